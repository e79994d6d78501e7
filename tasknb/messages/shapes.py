"""How far two shapes in an image overlap: exact areas of boxes and polygons, without a geometry library."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasknb.messages.data import BoundingBox, Polygon, RegionInfo

Corner: TypeAlias = tuple[float, float]
Edge: TypeAlias = tuple[float, float, float, float]


def overlap(one: RegionInfo, other: RegionInfo) -> float:
    """The intersection over union of two regions.

    Parameters
    ----------
    one, other : RegionInfo
        Each with a bounding box or a polygon; edges of a box may be given in either order. An outline that crosses
        itself has its inside by the even-odd rule.

    Returns
    -------
    float
        From 0 (apart, or a region without an area) to 1 (the same).
    """
    if one.bounding_box and other.bounding_box:
        common, total = _boxes(_edges_of_box(one.bounding_box), _edges_of_box(other.bounding_box))
    else:
        first, second = outline(one), outline(other)
        if not first or not second:
            return 0.0
        common = common_area(first, second)
        total = common_area(first, first) + common_area(second, second) - common
    return common / total if total > 0 else 0.0


def outline(region: RegionInfo) -> list[Corner]:
    """The corners of a box or polygon as (row, column); empty for anything else."""
    if region.bounding_box:
        top, left, bottom, right = _edges_of_box(region.bounding_box)
        return [(top, left), (top, right), (bottom, right), (bottom, left)]
    return _corners(region.polygon) if region.polygon else []


def common_area(one: Sequence[Corner], other: Sequence[Corner]) -> float:
    """The area that two outlines share.

    The plane is cut into strips at every corner and every crossing of two edges. Within a strip edges are straight and
    keep their order, so its share is its height times the shared length along its middle.
    """
    first, second = _edges(one), _edges(other)
    rows = {row for corner in (*one, *other) for row in corner[:1]}
    every = [*first, *second]
    for index, edge in enumerate(every):
        rows.update(row for row in (_crossing(edge, later) for later in every[index + 1 :]) if row is not None)
    area = 0.0
    for top, bottom in pairwise(sorted(rows)):
        middle = (top + bottom) / 2
        area += (bottom - top) * _common_length(_cut(first, middle), _cut(second, middle))
    return area


def _edges_of_box(box: BoundingBox) -> Edge:
    rows, columns = sorted((box.top_row, box.bottom_row)), sorted((box.left_col, box.right_col))
    return rows[0], columns[0], rows[1], columns[1]


def _boxes(one: Edge, other: Edge) -> tuple[float, float]:
    """The areas of intersection and union of two boxes (top, left, bottom, right)."""
    height = min(one[2], other[2]) - max(one[0], other[0])
    width = min(one[3], other[3]) - max(one[1], other[1])
    common = max(height, 0.0) * max(width, 0.0)
    return common, sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - common


def _corners(polygon: Polygon) -> list[Corner]:
    return [(point.row, point.col) for point in polygon.points]


def _edges(corners: Sequence[Corner]) -> list[Edge]:
    """The edges that are not level, each from its upper end to its lower one."""
    closed = [*corners, *corners[:1]]
    return [(*min(pair), *max(pair)) for pair in pairwise(closed) if pair[0][0] != pair[1][0]]


def _crossing(one: Edge, other: Edge) -> float | None:
    """The row in which two edges cross; None where they do not, or run side by side."""
    (r1, c1, r2, c2), (r3, c3, r4, c4) = one, other
    if r2 <= r3 or r4 <= r1 or max(c1, c2) < min(c3, c4) or max(c3, c4) < min(c1, c2):
        return None
    turn = (c2 - c1) * (r4 - r3) - (c4 - c3) * (r2 - r1)
    if not turn:
        return None
    along = ((c3 - c1) * (r4 - r3) - (r3 - r1) * (c4 - c3)) / turn
    row = r1 + along * (r2 - r1)
    return row if max(r1, r3) < row < min(r2, r4) else None


def _cut(edges: Iterable[Edge], row: float) -> list[float]:
    """The columns in which edges meet a row, in order; every other stretch between them is inside."""
    return sorted(c1 + (row - r1) / (r2 - r1) * (c2 - c1) for r1, c1, r2, c2 in edges if r1 <= row < r2)


def _common_length(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(
        max(min(one[i + 1], other[j + 1]) - max(one[i], other[j]), 0.0)
        for i in range(0, len(one) - 1, 2)
        for j in range(0, len(other) - 1, 2)
    )
