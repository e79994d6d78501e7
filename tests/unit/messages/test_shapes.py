import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasknb.messages.data import BoundingBox, Point, Polygon, RegionInfo
from tasknb.messages.shapes import common_area, overlap

UNIT = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]


def box(top, left, bottom, right):
    return RegionInfo(bounding_box=BoundingBox(top_row=top, left_col=left, bottom_row=bottom, right_col=right))


def polygon(*corners):
    return RegionInfo(polygon=Polygon(points=[Point(row=row, col=col) for row, col in corners]))


def regular(sides, row=0.5, col=0.5, radius=0.4):
    angles = [2 * math.pi * side / sides for side in range(sides)]
    return [(row + radius * math.sin(angle), col + radius * math.cos(angle)) for angle in angles]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (box(0, 0, 1, 1), box(0, 0, 1, 1), 1),
        (box(0, 0, 1, 0.5), box(0, 0.25, 1, 0.75), 1 / 3),
        (box(1, 1, 0, 0), box(0, 0, 0.5, 1), 0.5),
        (box(0, 0, 0.1, 0.1), box(0.2, 0.2, 0.3, 0.3), 0),
        (box(0, 0, 0, 0), box(0, 0, 0, 0), 0),
        (polygon((0, 0), (0, 1), (1, 0)), box(0, 0, 1, 1), 0.5),
        (polygon((0, 0), (0, 1), (1, 0)), polygon((0, 1), (1, 1), (1, 0)), 0),
        (polygon((0, 0), (0, 1), (1, 1)), polygon((0, 0), (0, 1), (1, 0)), 0.25 / 0.75),
        (polygon(), box(0, 0, 1, 1), 0),
        (RegionInfo(), RegionInfo(), 0),
    ],
)
def test_overlap(one, other, expected):
    assert overlap(one, other) == pytest.approx(expected)
    assert overlap(other, one) == pytest.approx(expected)


def test_the_area_of_regular_polygons():
    for sides in (3, 5, 8, 60):
        expected = sides / 2 * 0.4**2 * math.sin(2 * math.pi / sides)
        assert common_area(regular(sides), regular(sides)) == pytest.approx(expected)
        assert common_area(regular(sides), UNIT) == pytest.approx(expected)


def test_a_concave_outline():
    comb = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.2), (0.5, 0.2), (0.5, 0.8), (1.0, 0.8), (1.0, 1.0), (0.0, 1.0)]
    below = [(0.75, 0.0), (0.75, 1.0), (1.0, 1.0), (1.0, 0.0)]
    assert common_area(comb, below) == pytest.approx(2 * 0.2 * 0.25)


def test_an_outline_that_crosses_itself_is_read_by_the_even_odd_rule():
    bow = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]
    assert common_area(bow, UNIT) == pytest.approx(0.5)


edges = st.tuples(*[st.floats(0, 1) for _ in range(4)])


@given(edges, edges)
def test_boxes_as_polygons_have_the_same_overlap(one, other):
    def outline(top, left, bottom, right):
        return polygon((top, left), (top, right), (bottom, right), (bottom, left))

    assert overlap(outline(*one), outline(*other)) == pytest.approx(overlap(box(*one), box(*other)), abs=1e-6)


corners = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=8)


@given(corners, corners)
def test_what_two_outlines_share_is_no_more_than_either(one, other):
    common = common_area(one, other)
    assert common == pytest.approx(common_area(other, one), abs=1e-9)
    assert -1e-12 <= common <= min(common_area(one, one), common_area(other, other)) + 1e-9


@given(corners, st.floats(0, 1))
def test_two_parts_add_up(one, cut):
    left = [(0.0, 0.0), (0.0, cut), (1.0, cut), (1.0, 0.0)]
    right = [(0.0, cut), (0.0, 1.0), (1.0, 1.0), (1.0, cut)]
    whole = common_area(one, one)
    assert common_area(one, left) + common_area(one, right) == pytest.approx(whole, abs=1e-9)
