"""What makes the content of an annotation sound: its concepts exist, its regions lie within the picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select

from tasknb.messages.status import StatusCode
from tasknb.service.context import Refusal
from tasknb.service.schema import concepts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasknb.messages.data import BoundingBox, Concept, Data, Point, Region, RegionInfo, Span
    from tasknb.service.context import Context

MARGIN = 1e-6
"""How far an edge may lie outside the picture: coordinates travel as 32-bit floats."""

_NAMED = select(concepts.c.id, concepts.c.name).where(
    concepts.c.app_pk == bindparam("app_pk"),
    or_(concepts.c.id.in_(bindparam("ids", expanding=True)), concepts.c.name.in_(bindparam("names", expanding=True))),
)


def check_labels(ctx: Context, labels: Sequence[tuple[str, Data]]) -> None:
    """Refuse annotations whose content is wrong; `labels` are paths in the request with the data found there.

    Concepts are completed with their ids and names.

    Raises
    ------
    Refusal
        ANNOTATION_INVALID_ARGUMENT for places, CONCEPTS_INVALID_REQUEST for concepts.
    """
    for path, data in labels:
        _check_shape(path, data)
    _check_concepts(ctx, [found for path, data in labels for found in _concepts(path, data)])


def _refuse(path: str, details: str) -> Refusal:
    return Refusal(StatusCode.ANNOTATION_INVALID_ARGUMENT, f"{path}: {details}")


def _check_shape(path: str, data: Data) -> None:
    if len(data.frames) > 1:
        raise _refuse(f"{path}.frames", "an annotation is about one frame; send one annotation for each.")
    inner = [(path, data), *((f"{path}.frames[0].data", frame.data) for frame in data.frames if frame.data)]
    if sum(len(part.regions) for _, part in inner) > 1:
        raise _refuse(f"{path}.regions", "an annotation has one region; send one annotation for each.")
    for where, part in inner:
        for region in part.regions:
            _check_region(f"{where}.regions[0]", region)
    for index, segment in enumerate(data.time_segments):
        time = segment.time_info
        if time is None or not 0 <= time.begin_time <= time.end_time:
            raise _refuse(f"{path}.time_segments[{index}].time_info", "begin_time is 0 or more, end_time not before.")


def _check_region(path: str, region: Region) -> None:
    info = region.region_info
    names = ("bounding_box", "mask", "polygon", "point", "span")
    given = [name for name in names if info is not None and getattr(info, name) is not None]
    if info is None or len(given) != 1:
        raise _refuse(f"{path}.region_info", f"a region is exactly one of {', '.join(names)}.")
    _check_place(f"{path}.region_info.{given[0]}", info)


def _check_place(path: str, info: RegionInfo) -> None:
    if info.bounding_box is not None:
        _check_box(path, info.bounding_box)
    elif info.polygon is not None:
        if len(info.polygon.points) < 3:
            raise _refuse(f"{path}.points", "a polygon has at least three points.")
        for index, point in enumerate(info.polygon.points):
            _check_point(f"{path}.points[{index}]", point)
    elif info.point is not None:
        _check_point(path, info.point)
    elif info.span is not None:
        _check_span(path, info.span)
    elif info.mask is not None and (info.mask.image is None or not (info.mask.image.url or info.mask.image.base64)):
        raise _refuse(f"{path}.image", "a mask is an image, by url or base64.")


def _check_box(path: str, box: BoundingBox) -> None:
    if not all(_inside(edge) for edge in (box.top_row, box.left_col, box.bottom_row, box.right_col)):
        raise _refuse(path, "edges lie between 0 and 1: divide pixels by the picture's height and width.")
    if not (box.top_row < box.bottom_row and box.left_col < box.right_col):
        raise _refuse(path, "top_row is less than bottom_row, and left_col less than right_col.")


def _check_point(path: str, point: Point) -> None:
    if not (_inside(point.row) and _inside(point.col)):
        raise _refuse(path, "row and col lie between 0 and 1: divide pixels by the picture's height and width.")


def _check_span(path: str, span: Span) -> None:
    if not 0 <= span.char_start < span.char_end:
        raise _refuse(path, "char_start is 0 or more, and char_end greater.")


def _inside(value: float) -> bool:
    return -MARGIN <= value <= 1 + MARGIN


def _concepts(path: str, data: Data) -> Iterator[tuple[str, Concept]]:
    """Every concept within the data, with its path."""
    for index, one in enumerate(data.concepts):
        yield f"{path}.concepts[{index}]", one
    for name in ("regions", "frames", "time_segments"):
        for index, part in enumerate(getattr(data, name)):
            if part.data is not None:
                yield from _concepts(f"{path}.{name}[{index}].data", part.data)


def _check_concepts(ctx: Context, found: Sequence[tuple[str, Concept]]) -> None:
    if not found:
        return
    ids = {one.id for _, one in found if one.id}
    names = {one.name for _, one in found if not one.id}
    values = {"app_pk": ctx.app_pk, "ids": list(ids), "names": list(names)}
    by_id = {row.id: row.name for row in ctx.db.execute(_NAMED, values)}
    by_name = {name: concept_id for concept_id, name in by_id.items()}
    for path, one in found:
        concept_id = one.id or by_name.get(one.name, "")
        if concept_id not in by_id:
            named = one.id or one.name
            details = (
                f"there is no concept {named!r} in the app. PostConcepts makes it." if named else "an id is needed."
            )
            raise Refusal(StatusCode.CONCEPTS_INVALID_REQUEST, f"{path}: {details}")
        if not (math.isfinite(one.value) and 0 <= one.value <= 1):
            raise _refuse(f"{path}.value", "a value lies between 0 (absent) and 1 (present).")
        one.id, one.name = concept_id, by_id[concept_id]
