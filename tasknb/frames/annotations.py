"""The frame of annotations: one row a concept that a worker gave to an input or to a region of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasknb.frames.build import Builder
from tasknb.frames.read import gc_paused, pages
from tasknb.frames.slim import AnnotationPage, SlimAnnotation, SlimConcept, SlimRegion
from tasknb.frames.tables import ANNOTATIONS
from tasknb.frames.words import codes_of, work_status, worker_id, worker_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tasknb.frames.build import Codes

# One concept of one annotation: None where an annotation says nothing, or a region carries no concept.
_Row = tuple[SlimAnnotation, SlimRegion | None, SlimConcept | None]
_NOWHERE: tuple[None, None, None, None] = (None, None, None, None)


def annotations_frame(source: Any) -> pd.DataFrame:
    """Annotations in any form as the frame of annotations.

    Parameters
    ----------
    source : bytes, str, dict, message, or an iterable of these
        The JSON text of an answer to ListAnnotations, or several; an answer as a dict; annotations as dicts, as
        tasknb's `Annotation` or as Clarifai's protobuf messages.

    Returns
    -------
    DataFrame
        One row a concept, whether of the whole input or of a region, with the columns of
        ``tasknb.frames.columns("annotations")``. An annotation without concepts gets one row without a label.

    Raises
    ------
    MessageError
        If something is no annotation; the message names the field.
    """
    builder = Builder(ANNOTATIONS)
    add_annotations(builder, source)
    return builder.frame()


def annotations_builder(shared: Mapping[str, Codes]) -> Builder:
    """A builder of annotations whose category codes others share."""
    return Builder(ANNOTATIONS, shared)


def add_annotations(builder: Builder, source: Any, task_id: str = "") -> None:
    """Read `source` into `builder`; an annotation that names no labeling task belongs to `task_id`."""
    with gc_paused():
        for page in pages(source, AnnotationPage):
            builder.add(_values([row for annotation in page.annotations for row in _rows(annotation)], task_id))


def _rows(annotation: SlimAnnotation) -> list[_Row]:
    data = annotation.data
    if data is None:
        return [(annotation, None, None)]
    rows: list[_Row] = [(annotation, None, concept) for concept in data.concepts]
    for region in data.regions:
        concepts: list[SlimConcept | None] = [*region.data.concepts] if region.data else []
        rows.extend((annotation, region, concept) for concept in concepts or [None])
    return rows or [(annotation, None, None)]


def _values(rows: list[_Row], task_id: str) -> dict[str, list[Any]]:
    annotations = [annotation for annotation, _, _ in rows]
    bounds = [_bounds(region) for _, region, _ in rows]
    return {
        "annotation_id": [one.id for one in annotations],
        "task": [one.input_id for one in annotations],
        "worker": [worker_id(one.worker) or one.user_id for one in annotations],
        "label": [concept.id if concept else None for _, _, concept in rows],
        "value": [concept.value if concept else None for _, _, concept in rows],
        "status": [work_status(code) for code in codes_of([one.status for one in annotations])],
        "task_id": [one.task_id or task_id for one in annotations],
        "kind": [worker_kind(one.worker) or ("user" if one.user_id else None) for one in annotations],
        "shape": [_shape(region, concept) for _, region, concept in rows],
        "region_id": [region.id if region else None for _, region, _ in rows],
        "left": [left for left, _, _, _ in bounds],
        "top": [top for _, top, _, _ in bounds],
        "right": [right for _, _, right, _ in bounds],
        "bottom": [bottom for _, _, _, bottom in bounds],
        "polygon": [_outline(region) for _, region, _ in rows],
        "created_at": [one.created_at for one in annotations],
        "modified_at": [one.modified_at for one in annotations],
    }


def _shape(region: SlimRegion | None, concept: SlimConcept | None) -> str | None:
    if region is None:
        return "concept" if concept else None
    info = region.region_info
    if info is None:
        return None
    found = {"box": info.bounding_box, "polygon": info.polygon, "point": info.point, "span": info.span}
    return next((name for name, value in found.items() if value is not None), "mask" if info.mask is not None else None)


def _bounds(region: SlimRegion | None) -> tuple[float | None, float | None, float | None, float | None]:
    info = region.region_info if region else None
    if info and info.bounding_box:
        box = info.bounding_box
        return box.left_col, box.top_row, box.right_col, box.bottom_row
    if info and info.polygon and info.polygon.points:
        columns = [point.col for point in info.polygon.points]
        rows = [point.row for point in info.polygon.points]
        return min(columns), min(rows), max(columns), max(rows)
    return _NOWHERE


def _outline(region: SlimRegion | None) -> list[float]:
    info = region.region_info if region else None
    if info is None or info.polygon is None:
        return []
    return [coordinate for point in info.polygon.points for coordinate in (point.col, point.row)]
