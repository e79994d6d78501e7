"""Which of a model's predictions become annotations, and with what status.

A task's concepts are its rules. A prediction becomes an annotation by the first rule that is about its concept and
fits; one that no rule fits is dropped. A concept that is listed twice has two bands, for example 0.5 to 0.9 for review
and 0.9 to 1 accepted. Everything here is pure.
"""

from __future__ import annotations

from ctypes import c_float
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import msgspec

from tasknb.messages.data import Concept, Data, RegionInfo
from tasknb.messages.enums import AnnotationDataType
from tasknb.messages.task import AutoAnnotationConfig
from tasknb.service.auto.geometry import box_outline, outlines_meet
from tasknb.service.auto.pixels import mask_outlines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasknb.messages.data import Input, Polygon
    from tasknb.messages.task import TaskConcept, ThresholdRange, TimeOfDay, TimeOfDayRange
    from tasknb.service.auto.geometry import Place

TIME_FIELDS = ("timestamp", "created_at")
"""The fields of an input's metadata that may say when it was taken, as RFC 3339 text."""

_KINDS = {
    "bounding_box": AnnotationDataType.BOUNDING_BOX,
    "polygon": AnnotationDataType.POLYGON,
    "point": AnnotationDataType.POINT,
    "span": AnnotationDataType.SPAN,
    "mask": AnnotationDataType.MASK,
}
_RULE_OF_NONE = AutoAnnotationConfig()
_NANOS = 1_000_000_000


def accepted(
    data: Data, rules: Sequence[TaskConcept], *, taken: datetime, default_status: int
) -> list[tuple[int, Data]]:
    """What becomes of one prediction.

    Parameters
    ----------
    data : Data
        What a model said of one input or one frame: concepts, and regions with concepts.
    rules : sequence of TaskConcept
        The task's concepts with their settings.
    taken : datetime
        When the input was taken, for rules about the time of day: see `time_of`.
    default_status : int
        The status of annotations whose rule names none.

    Returns
    -------
    list of (int, Data)
        The annotations to make, each with its status: one a status with the concepts of the whole input, then one a
        region and status. Concepts carry the model's value and the task's id.
    """
    found = [
        (status, Data(concepts=concepts))
        for status, concepts in _by_status(data.concepts, None, rules, taken, default_status)
    ]
    for region in data.regions:
        concepts = region.data.concepts if region.data else []
        for status, kept in _by_status(concepts, region.region_info or RegionInfo(), rules, taken, default_status):
            found.append((status, Data(regions=[msgspec.structs.replace(region, data=Data(concepts=kept))])))
    return found


def _by_status(
    concepts: Iterable[Concept],
    place: RegionInfo | None,
    rules: Sequence[TaskConcept],
    taken: datetime,
    default_status: int,
) -> Iterator[tuple[int, list[Concept]]]:
    """The concepts that a rule fits, gathered by the status that they get; `place` is None for the whole input."""
    kept: dict[int, list[Concept]] = {}
    for concept in concepts:
        for rule in rules:
            config = rule.auto_annotation_config or _RULE_OF_NONE
            if is_about(rule, concept) and fits(config, concept.value, place, taken):
                status = config.status_code or default_status
                kept.setdefault(status, []).append(as_task_concept(rule, concept))
                break
    yield from kept.items()


def is_about(rule: TaskConcept, concept: Concept) -> bool:
    """Whether a task's concept is the one a model named: by id, or else by name; an id stands for a name not given."""
    mine = rule.concept
    if mine is None:
        return False
    return bool(mine.id and mine.id == concept.id) or (mine.name or mine.id) == (concept.name or concept.id)


def as_task_concept(rule: TaskConcept, concept: Concept) -> Concept:
    """The task's concept with the model's value."""
    assert rule.concept is not None
    return Concept(id=rule.concept.id or concept.id, name=rule.concept.name or concept.name, value=float(concept.value))


def fits(config: AutoAnnotationConfig, value: float, place: RegionInfo | None, taken: datetime) -> bool:
    """Whether one predicted concept passes every filter of a rule.

    Parameters
    ----------
    config : AutoAnnotationConfig
        The rule.
    value : float
        The concept's value.
    place : RegionInfo or None
        Where it was found; None for the whole input.
    taken : datetime
        When the input was taken; its clock time counts.
    """
    return (
        fits_data_types(config.annotation_data_types, place)
        and fits_threshold(config.threshold_range, value)
        and fits_time_of_day(config.time_of_day_range, taken)
        and fits_polygon(config.polygon, place)
    )


def data_type(place: RegionInfo | None) -> AnnotationDataType:
    """The kind of annotation that a prediction makes; NOT_SET for a region that says nothing of its place."""
    if place is None:
        return AnnotationDataType.TAG
    set_ones = (kind for name, kind in _KINDS.items() if getattr(place, name) is not None)
    return next(set_ones, AnnotationDataType.NOT_SET)


def fits_data_types(mask: int, place: RegionInfo | None) -> bool:
    """Whether the kind of annotation is in the bit mask; every kind is in mask 0."""
    return mask == 0 or bool(mask & data_type(place))


def fits_threshold(limits: ThresholdRange | None, value: float) -> bool:
    """Whether a value lies in the range; without a range every value does.

    Compared as 32-bit floats, which the API's numbers are: 0.7 is the same limit by JSON and by gRPC.
    """
    if limits is None:
        return True
    lower, upper, given = _single(limits.lower), _single(limits.upper), _single(value)
    above = given >= lower if limits.is_lower_inclusive else given > lower
    below = given <= upper if limits.is_upper_inclusive else given < upper
    return above and below


def _single(value: float) -> float:
    return c_float(value).value


def fits_time_of_day(limits: TimeOfDayRange | None, taken: datetime) -> bool:
    """Whether the clock showed a time in the range. A range whose start is after its end wraps midnight.

    Equal ends are the whole day; that moment itself is in it when either end is inclusive.
    """
    if limits is None:
        return True
    start, end = _nanos(limits.start), _nanos(limits.end)
    now = _nanos_of_clock(taken.time())
    after = now >= start if limits.is_start_inclusive else now > start
    before = now <= end if limits.is_end_inclusive else now < end
    return (after and before) if start < end else (after or before)


def _nanos(moment: TimeOfDay | None) -> int:
    if moment is None:
        return 0
    return ((moment.hours * 60 + moment.minutes) * 60 + moment.seconds) * _NANOS + moment.nanos


def _nanos_of_clock(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * _NANOS + clock.microsecond * 1000


def fits_polygon(polygon: Polygon | None, place: RegionInfo | None) -> bool:
    """Whether a detection meets the polygon; a tag or a span has no place in an image, and stays."""
    if polygon is None or place is None:
        return True
    outline: list[Place] = [(point.col, point.row) for point in polygon.points]
    found = _outlines(place)
    return found is None or any(outlines_meet(outline, one) for one in found)


def _outlines(place: RegionInfo) -> list[list[Place]] | None:
    """The outlines of a region in an image; None where it has none."""
    if place.bounding_box is not None:
        box = place.bounding_box
        return [box_outline(box.top_row, box.left_col, box.bottom_row, box.right_col)]
    if place.polygon is not None:
        return [[(point.col, point.row) for point in place.polygon.points]]
    if place.point is not None:
        return [[(place.point.col, place.point.row)]]
    if place.mask is not None and place.mask.image is not None:
        return mask_outlines(place.mask.image.base64)
    return None


def time_of(item: Input, after_ms: int = 0) -> datetime:
    """When an input was taken; for a frame of a video, `after_ms` milliseconds later.

    The first of its metadata's `TIME_FIELDS` that holds RFC 3339 text, with the clock as written there (its own
    offset); else when it was added, in UTC.
    """
    return _started(item) + timedelta(milliseconds=after_ms)


def _started(item: Input) -> datetime:
    metadata = item.data.metadata if item.data else {}
    for name in TIME_FIELDS:
        text = metadata.get(name)
        if isinstance(text, str):
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                continue
    return item.created_at or datetime.fromtimestamp(0, UTC)
