import pytest

from tasknb.messages.agreement import labels_agree
from tasknb.messages.data import (
    BoundingBox,
    Concept,
    Data,
    Frame,
    FrameInfo,
    Point,
    Region,
    RegionInfo,
    Span,
    TimeInfo,
    TimeSegment,
)


def tags(*ids, value=1.0):
    return Data(concepts=[Concept(id=one, value=value) for one in ids])


def box(left, concept="cat", width=0.4):
    place = BoundingBox(top_row=0.1, left_col=left, bottom_row=0.5, right_col=left + width)
    return Region(region_info=RegionInfo(bounding_box=place), data=tags(concept))


def regions(*some):
    return Data(regions=list(some))


def span(start, end, concept="name", raw_text=""):
    info = RegionInfo(span=Span(char_start=start, char_end=end, raw_text=raw_text))
    return Region(region_info=info, data=tags(concept))


def frame(time, *some):
    return Data(frames=[Frame(frame_info=FrameInfo(time=time), data=regions(*some))])


def segment(begin, end, concept="rain"):
    return Data(time_segments=[TimeSegment(time_info=TimeInfo(begin_time=begin, end_time=end), data=tags(concept))])


SAME = [
    ([], []),
    ([], [Data()]),
    ([tags("cat", "dog")], [tags("dog"), tags("cat")]),
    ([tags("cat")], [tags("cat"), tags("cat")]),
    ([regions(box(0.1), box(0.5))], [regions(box(0.52)), regions(box(0.12))]),
    ([regions(box(0.1), box(0.2))], [regions(box(0.25), box(0.05))]),
    ([regions(span(1, 4, raw_text="abc"))], [regions(span(1, 4))]),
    ([frame(0, box(0.1)), frame(40, box(0.3))], [frame(40, box(0.3)), frame(0, box(0.1))]),
    ([segment(0.5, 2)], [segment(0.5, 2)]),
    ([regions(Region(region_info=RegionInfo(point=Point(row=0.5))))] * 2,) * 2,
]
DIFFERENT = [
    ([tags("cat")], []),
    ([tags("cat")], [tags("cat", value=0.0)]),
    ([tags("cat")], [tags("dog")]),
    ([regions(box(0.1))], [regions(box(0.3))]),
    ([regions(box(0.1))], [regions(box(0.1, "dog"))]),
    ([regions(box(0.1), box(0.1))], [regions(box(0.1))]),
    ([regions(box(0.1), box(0.1))], [regions(box(0.1), box(0.6))]),
    ([regions(box(0.1))], [regions(span(1, 4))]),
    ([regions(span(1, 4))], [regions(span(1, 5))]),
    ([frame(0, box(0.1))], [frame(40, box(0.1))]),
    ([frame(0, box(0.1))], [regions(box(0.1))]),
    ([segment(0.5, 2)], [segment(0.5, 2, "sun")]),
    ([segment(0.5, 2)], [segment(0.5, 3)]),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same(one, other):
    assert labels_agree(one, other)
    assert labels_agree(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one, other):
    assert not labels_agree(one, other)
    assert not labels_agree(other, one)


def test_how_much_must_overlap_can_be_set():
    one, other = [regions(box(0.1))], [regions(box(0.2))]
    assert labels_agree(one, other, min_overlap=0.6)
    assert not labels_agree(one, other, min_overlap=0.61)


def test_regions_are_matched_so_that_all_find_a_partner():
    # 0.3 fits both of the others, 0.18 only one of them: the first choice must be given up again.
    one = [regions(box(0.3), box(0.18))]
    other = [regions(box(0.3), box(0.42))]
    assert labels_agree(one, other)


def test_many_regions_in_one_place():
    many = [regions(*[box(0.1)] * 300)]
    assert labels_agree(many, many)
