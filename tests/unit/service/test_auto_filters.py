"""Which predictions become annotations: each filter by itself, and all of them together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasknb.messages.data import BoundingBox, Concept, Data, Input, Point, Polygon, Region, RegionInfo, Span
from tasknb.messages.enums import AnnotationDataType
from tasknb.messages.status import StatusCode
from tasknb.messages.task import AutoAnnotationConfig, TaskConcept, ThresholdRange, TimeOfDay, TimeOfDayRange
from tasknb.service.auto import filters

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SUCCESS, REVIEW = StatusCode.ANNOTATION_SUCCESS.value, StatusCode.ANNOTATION_AWAITING_REVIEW.value

unit = st.floats(0, 1, width=32)
moments = st.datetimes(timezones=st.just(UTC))
times = st.builds(TimeOfDay, hours=st.integers(0, 23), minutes=st.integers(0, 59), seconds=st.integers(0, 59))


def box(top, left, bottom, right):
    return RegionInfo(bounding_box=BoundingBox(top_row=top, left_col=left, bottom_row=bottom, right_col=right))


def rule(concept_id="cat", name="", **config):
    return TaskConcept(concept=Concept(id=concept_id, name=name), auto_annotation_config=AutoAnnotationConfig(**config))


def band(lower, upper, **config):
    limits = ThresholdRange(lower=lower, upper=upper, is_lower_inclusive=True)
    return rule(threshold_range=limits, **config)


PLACES = [
    (None, AnnotationDataType.TAG),
    (box(0, 0, 1, 1), AnnotationDataType.BOUNDING_BOX),
    (RegionInfo(polygon=Polygon()), AnnotationDataType.POLYGON),
    (RegionInfo(point=Point()), AnnotationDataType.POINT),
    (RegionInfo(span=Span()), AnnotationDataType.SPAN),
]


@pytest.mark.parametrize(("place", "kind"), PLACES)
@given(mask=st.integers(0, 63))
def test_the_mask_says_which_kinds_pass_and_0_passes_all(place, kind, mask):
    assert filters.fits_data_types(mask, place) == (mask == 0 or bool(mask & kind))


def test_a_region_without_a_place_passes_only_where_every_kind_does():
    assert filters.fits_data_types(0, RegionInfo())
    assert not filters.fits_data_types(63, RegionInfo())


@given(unit, unit, unit, st.booleans(), st.booleans())
def test_a_threshold_range_keeps_its_flags_at_both_ends(value, lower, upper, with_lower, with_upper):
    limits = ThresholdRange(lower=lower, upper=upper, is_lower_inclusive=with_lower, is_upper_inclusive=with_upper)
    expected = lower < value < upper or (value == lower <= upper and with_lower and (value < upper or with_upper))
    expected = expected or (value == upper >= lower and with_upper and (value > lower or with_lower))
    assert filters.fits_threshold(limits, value) == expected


def test_a_limit_is_the_same_by_json_and_by_grpc():
    single = 0.699999988079071  # what 0.7 becomes in a 32-bit float
    for lower, value in ((0.7, single), (single, 0.7)):
        assert filters.fits_threshold(ThresholdRange(lower=lower, upper=1, is_lower_inclusive=True), value)
        assert not filters.fits_threshold(ThresholdRange(lower=lower, upper=1), value)


def test_without_a_range_every_value_passes():
    assert filters.fits_threshold(None, 0.0)


@given(moments, times, times, st.booleans(), st.booleans())
def test_a_range_and_its_complement_share_the_day(taken, start, end, with_start, with_end):
    there = TimeOfDayRange(start=start, end=end, is_start_inclusive=with_start, is_end_inclusive=with_end)
    back = TimeOfDayRange(start=end, end=start, is_start_inclusive=not with_end, is_end_inclusive=not with_start)
    if start != end:
        assert filters.fits_time_of_day(there, taken) != filters.fits_time_of_day(back, taken)


@pytest.mark.parametrize(("clock", "inside"), [("23:00", True), ("01:59", True), ("02:00", False), ("12:00", False)])
def test_a_range_may_wrap_midnight(clock, inside):
    night = TimeOfDayRange(start=TimeOfDay(hours=22), end=TimeOfDay(hours=2), is_start_inclusive=True)
    assert filters.fits_time_of_day(night, datetime.fromisoformat(f"2026-05-01T{clock}:00Z")) is inside


@given(moments, times)
def test_equal_ends_are_the_whole_day(taken, moment):
    assert filters.fits_time_of_day(TimeOfDayRange(start=moment, end=moment, is_start_inclusive=True), taken)


def test_the_polygon_keeps_what_it_meets():
    half = Polygon(points=[Point(row=0, col=0), Point(row=0, col=0.5), Point(row=1, col=0.5), Point(row=1, col=0)])
    assert filters.fits_polygon(half, box(0.4, 0.4, 0.6, 0.6))
    assert not filters.fits_polygon(half, box(0.4, 0.51, 0.6, 0.6))
    assert filters.fits_polygon(half, RegionInfo(point=Point(row=0.5, col=0.5)))
    assert filters.fits_polygon(half, RegionInfo(span=Span(char_end=3)))
    assert filters.fits_polygon(half, None)


@given(st.floats(0, 1))
def test_a_concept_listed_twice_has_two_bands(value):
    rules = [band(0.5, 0.9, status_code=REVIEW), band(0.9, 1.1, status_code=SUCCESS)]
    made = filters.accepted(Data(concepts=[Concept(id="cat", value=value)]), rules, taken=NOON, default_status=SUCCESS)
    expected = [] if value < 0.5 - 1e-7 else None
    if expected is None and abs(value - 0.9) > 1e-7 and abs(value - 0.5) > 1e-7:
        expected = [SUCCESS if value > 0.9 else REVIEW]
    if expected is not None:
        assert [status for status, _ in made] == expected


def test_tags_of_one_status_go_together_and_each_region_by_itself():
    data = Data(
        concepts=[Concept(id="cat", value=0.95), Concept(id="dog", value=0.6), Concept(id="tree", value=1)],
        regions=[
            Region(region_info=box(0, 0, 0.5, 0.5), data=Data(concepts=[Concept(id="cat", value=0.7)])),
            Region(region_info=box(0.5, 0.5, 1, 1), data=Data(concepts=[Concept(id="dog", value=0.9)])),
        ],
    )
    made = filters.accepted(data, [rule("cat"), rule("dog", status_code=REVIEW)], taken=NOON, default_status=SUCCESS)
    assert [(status, [one.id for one in data.concepts], len(data.regions)) for status, data in made] == [
        (SUCCESS, ["cat"], 0),
        (REVIEW, ["dog"], 0),
        (SUCCESS, [], 1),
        (REVIEW, [], 1),
    ]


def test_a_concept_is_known_by_its_id_or_else_by_its_name():
    rules = [rule("c1", name="cat")]
    for concept in (Concept(id="c1"), Concept(id="ai_x", name="cat"), Concept(id="cat")):
        (_, data), *rest = filters.accepted(Data(concepts=[concept]), rules, taken=NOON, default_status=SUCCESS)
        assert (data.concepts[0].id, data.concepts[0].name, rest) == ("c1", "cat", [])
    assert filters.is_about(rule("cat"), Concept(id="ai_x", name="cat"))
    assert not filters.is_about(rule("c1", name="cat"), Concept(id="ai_x", name="c1"))
    assert not filters.accepted(Data(concepts=[Concept(id="c2")]), rules, taken=NOON, default_status=SUCCESS)


@given(
    st.lists(st.builds(Concept, id=st.sampled_from("abc"), value=unit), max_size=6),
    st.lists(st.sampled_from("abc"), max_size=3, unique=True),
)
def test_what_is_made_was_predicted_and_is_asked_for(concepts, wanted):
    made = filters.accepted(Data(concepts=concepts), [rule(one) for one in wanted], taken=NOON, default_status=SUCCESS)
    kept = [(one.id, one.value) for _, data in made for one in data.concepts]
    assert kept == [(one.id, one.value) for one in concepts if one.id in wanted]


@pytest.mark.parametrize(
    ("metadata", "clock"),
    [
        ({}, "12:00"),
        ({"created_at": "2020-01-01T23:30:00+02:00"}, "23:30"),
        ({"timestamp": "2020-01-01T05:00:00Z", "created_at": "2020-01-01T06:00:00Z"}, "05:00"),
        ({"timestamp": "yesterday", "created_at": 5}, "12:00"),
    ],
)
def test_an_input_was_taken_when_its_metadata_says_so_or_when_it_was_added(metadata, clock):
    item = Input(created_at=NOON, data=Data(metadata=metadata))
    assert f"{filters.time_of(item):%H:%M}" == clock


def test_the_clock_of_a_video_runs_on_through_its_frames():
    assert filters.time_of(Input(created_at=NOON), after_ms=90_000) == NOON + timedelta(seconds=90)
