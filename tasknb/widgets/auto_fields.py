"""The form's fields for automatic tasks, and the rules of the concepts that they mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from tasknb.errors import Problem
from tasknb.messages.data import Concept, Point, Polygon
from tasknb.messages.status import StatusCode
from tasknb.messages.task import AutoAnnotationConfig, Task, TaskConcept, ThresholdRange, TimeOfDay, TimeOfDayRange

if TYPE_CHECKING:
    from collections.abc import Iterable

SUCCESS = int(StatusCode.ANNOTATION_SUCCESS)


class AutoFields(msgspec.Struct, kw_only=True):
    """What is filled in for the rules of an automatic task.

    Attributes
    ----------
    data_types : int
        A bit mask of ``AnnotationDataType``; 0 for all.
    limits : dict of concept id to [lower, upper]
        The thresholds; ``""`` holds those for all concepts.
    per_concept : bool
        Whether each concept has its own thresholds.
    new_status : int
        The status code of new annotations.
    time_of_day : (str, str)
        From when to when inputs must have been taken, as ``"08:30"``; an empty end is midnight, two are any time.
    outline : str
        The corners of the area that a detection must touch, as ``"0,0 0,1 0.5,1"``: row and column; empty for any.
    several : list of str
        The concepts with more than one rule. The form shows one rule a concept, so it leaves theirs as they are.
    """

    data_types: int = 0
    limits: dict[str, tuple[float | None, float | None]] = {}
    per_concept: bool = False
    new_status: int = SUCCESS
    time_of_day: tuple[str, str] = ("", "")
    outline: str = ""
    several: list[str] = []


def concept_ids(concepts: Iterable[TaskConcept]) -> list[str]:
    """The ids of a task's concepts (the names of those without), each once."""
    return list(dict.fromkeys(_key(one) for one in concepts if one.concept))


def fill_rules(fields: AutoFields, concepts: list[TaskConcept]) -> None:
    """Fill in what the concepts' rules say; where they differ, what the first one says."""
    configs = {_key(one): one.auto_annotation_config for one in concepts if one.auto_annotation_config}
    ranges = {concept_id: config.threshold_range or ThresholdRange(upper=1.0) for concept_id, config in configs.items()}
    fields.limits = {concept_id: (limits.lower, limits.upper) for concept_id, limits in ranges.items()}
    fields.per_concept = len(set(fields.limits.values())) > 1
    keys = [_key(one) for one in concepts]
    fields.several = sorted({one for one in keys if keys.count(one) > 1})
    if not configs:
        return
    first_id, first = next(iter(configs.items()))
    fields.limits[""] = fields.limits[first_id]
    fields.data_types = first.annotation_data_types
    fields.new_status = first.status_code or SUCCESS
    fields.time_of_day = _clock_texts(first.time_of_day_range)
    fields.outline = " ".join(f"{point.row:g},{point.col:g}" for point in first.polygon.points) if first.polygon else ""


def ruled_concepts(fields: AutoFields, chosen: list[str], origin: Task) -> list[TaskConcept]:
    """The chosen concepts of an automatic task, with their rules.

    What was not touched stays as each concept has it in `origin`, also what the form cannot show: rules that differ
    from concept to concept, ends of a range that are left out, several rules of one concept.
    """
    before = AutoFields()
    known: dict[str, list[TaskConcept]] = {}
    if origin.is_automatic:
        fill_rules(before, origin.concepts)
    for one in origin.concepts:
        known.setdefault(_key(one), []).append(one)
    concepts = []
    for concept_id in chosen:
        rules = known.get(concept_id, [])
        if len(rules) > 1:
            concepts.extend(rules)
            continue
        concept = rules[0].concept if rules else Concept(id=concept_id)
        own = rules[0].auto_annotation_config if rules else None
        touched = _touched(fields, before if rules and origin.is_automatic else None, concept_id)
        rule = msgspec.structs.replace(own or AutoAnnotationConfig(), **touched) if touched or own else None
        concepts.append(TaskConcept(concept=concept, auto_annotation_config=rule))
    return concepts


def _touched(fields: AutoFields, before: AutoFields | None, concept_id: str) -> dict[str, Any]:
    """The settings of a rule that are to be written: those that differ from `before`, or all where there is none."""
    changed: dict[str, Any] = {}
    lower, upper = _limits(fields, concept_id)
    if before is None or (lower, upper) != _limits(before, concept_id):
        # -1 is no threshold that the rules allow: an empty field must not pass as "none".
        changed["threshold_range"] = ThresholdRange(
            lower=-1.0 if lower is None else lower,
            upper=-1.0 if upper is None else upper,
            is_lower_inclusive=True,
            is_upper_inclusive=True,
        )
    if before is None or fields.data_types != before.data_types:
        changed["annotation_data_types"] = fields.data_types
    if before is None or fields.new_status != before.new_status:
        changed["status_code"] = fields.new_status
    if before is None or fields.time_of_day != before.time_of_day:
        changed["time_of_day_range"] = _time_range(*fields.time_of_day)
    if before is None or fields.outline != before.outline:
        changed["polygon"] = _polygon(fields.outline)
    return changed


def unreadable(fields: AutoFields) -> list[Problem]:
    """What is filled in and cannot be said in a task at all: corners that are no points of an image."""
    path = "concepts[0].auto_annotation_config.polygon"
    for text in _corners(fields.outline):
        if _point(text) is None:
            message = f"“{text}” is no corner. Write its row and column, each from 0 to 1, as 0.25,0.5."
            return [Problem(path, message)]
    return []


def _key(one: TaskConcept) -> str:
    return (one.concept.id or one.concept.name) if one.concept else ""


def _limits(fields: AutoFields, concept_id: str) -> tuple[float | None, float | None]:
    limits = fields.limits.get("", (0.0, 1.0))
    return fields.limits.get(concept_id, limits) if fields.per_concept else limits


def _clock_texts(limits: TimeOfDayRange | None) -> tuple[str, str]:
    return (_clock_text(limits.start), _clock_text(limits.end)) if limits else ("", "")


def _clock_text(moment: TimeOfDay | None) -> str:
    if moment is None or moment.hours == 24:
        return ""
    seconds = f":{moment.seconds:02}" if moment.seconds else ""
    return f"{moment.hours:02}:{moment.minutes:02}{seconds}"


def _time_range(start: str, end: str) -> TimeOfDayRange | None:
    if not start and not end:
        return None
    return TimeOfDayRange(start=_clock(start), end=_clock(end), is_start_inclusive=True, is_end_inclusive=True)


def _clock(text: str) -> TimeOfDay:
    hours, minutes, seconds = [*(int(part) for part in text.split(":") if part), 0, 0, 0][:3]
    return TimeOfDay(hours=hours, minutes=minutes, seconds=seconds)


def _corners(outline: str) -> list[str]:
    return re.sub(r"\s*,\s*", ",", outline).replace(";", " ").split()


def _point(text: str) -> Point | None:
    try:
        row, col = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return Point(row=row, col=col) if 0 <= row <= 1 and 0 <= col <= 1 else None


def _polygon(outline: str) -> Polygon | None:
    points = [_point(text) for text in _corners(outline)]
    found = [point for point in points if point is not None]
    # What cannot be read is told by `unreadable`, and not once more as a polygon with too few points.
    return Polygon(points=found) if found and len(found) == len(points) else None
