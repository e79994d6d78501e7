"""Boxes and polygons of two workers, matched one to one by overlap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tasknb.frames.coded import optimize
from tasknb.messages.agreement import ROUNDING
from tasknb.messages.shapes import common_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.frames.coded import Floats, Ints

    Pairs = tuple[Ints, Ints, Floats]


@dataclass(frozen=True)
class Regions:
    """Boxes and polygons, in the order of `group` and, within it, of `worker`.

    Attributes
    ----------
    group : array of int
        Regions of one group may be matched: they are on the same input and of the same concept.
    worker : array of int
        Whose they are; a worker's own are never matched.
    edges : array of float, regions x 4
        Left, top, right and bottom, of a polygon's bounds.
    polygon : array of lists
        x0, y0, x1, y1 …; empty for a box.
    """

    group: Ints
    worker: Ints
    edges: Floats
    polygon: np.ndarray[Any, Any]

    @cached_property
    def outlined(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which are polygons."""
        return np.fromiter(map(len, self.polygon), dtype=np.int64, count=len(self.polygon)) > 0

    @cached_property
    def areas(self) -> Floats:
        """The area of each."""
        areas: Floats = np.prod(self.edges[:, 2:] - self.edges[:, :2], axis=1)
        for at in np.flatnonzero(self.outlined).tolist():
            areas[at] = common_area(self.outline(at), self.outline(at))
        return areas

    def outline(self, at: int) -> list[tuple[float, float]]:
        """The corners of one as (row, column)."""
        polygon = self.polygon[at]
        if len(polygon):
            return list(zip(polygon[1::2], polygon[0::2], strict=True))
        left, top, right, bottom = self.edges[at].tolist()
        return [(top, left), (top, right), (bottom, right), (bottom, left)]


def matched(regions: Regions, min_overlap: float) -> Pairs:
    """For each group and two workers, the matching whose overlaps have the largest sum.

    Parameters
    ----------
    regions : Regions
        What there is to match.
    min_overlap : float
        Intersection over union below which two regions are no match.

    Returns
    -------
    tuple of three arrays
        The positions of the first and second region of each match, the first being of the earlier worker, and the
        overlap.
    """
    found = [_overlapping(regions, one, other, min_overlap - ROUNDING) for one, other in _pairs(regions)]
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    one, other, overlap = (np.concatenate(column) for column in zip(*found, strict=True))
    kept = _one_to_one(regions, one, other, overlap)
    return one[kept], other[kept], overlap[kept]


def _pairs(regions: Regions) -> Iterator[tuple[Ints, Ints]]:
    """Regions of two workers in one group. Groups lie together: first neighbours, then the next but one, and so on."""
    for distance in range(1, len(regions.group)):
        same = regions.group[distance:] == regions.group[:-distance]
        if not same.any():
            return
        one = np.flatnonzero(same & (regions.worker[distance:] != regions.worker[:-distance]))
        yield one, one + distance


def _overlapping(regions: Regions, one: Ints, other: Ints, least: float) -> Pairs:
    """The pairs that overlap, and by no less than `least`; and how far."""
    first, second = regions.edges[one], regions.edges[other]
    sides = np.minimum(first[:, 2:], second[:, 2:]) - np.maximum(first[:, :2], second[:, :2])
    common = np.prod(np.clip(sides, 0, None), axis=1)
    areas = regions.areas[one], regions.areas[other]
    # Outlines share no more than their bounds do, and no more than the smaller one has.
    most = np.where(regions.outlined[one] | regions.outlined[other], np.minimum(common, np.minimum(*areas)), common)
    overlap = _overlap(most, *areas)
    near = np.flatnonzero((overlap > 0) & (overlap >= least - ROUNDING))
    one, other, overlap, areas = one[near], other[near], overlap[near], (areas[0][near], areas[1][near])
    for at in np.flatnonzero(regions.outlined[one] | regions.outlined[other]):
        shared = common_area(regions.outline(int(one[at])), regions.outline(int(other[at])))
        overlap[at] = _overlap(np.array(shared), areas[0][at], areas[1][at])
    kept = (overlap > 0) & (overlap >= least)
    return one[kept], other[kept], overlap[kept]


def _overlap(common: Floats, one: Floats, other: Floats) -> Floats:
    """Intersection over union; 0 where there is no area."""
    total = one + other - common
    result: Floats = np.divide(common, total, out=np.zeros_like(total), where=total > 0)
    return result


def _one_to_one(regions: Regions, one: Ints, other: Ints, overlap: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which pairs are in the best matching. Most regions overlap with one alone, and need no search."""
    workers = int(regions.worker.max(initial=0)) + 1
    # A region is matched anew with each other worker.
    rows, columns = one * workers + regions.worker[other], other * workers + regions.worker[one]
    _, row, rivals = np.unique(rows, return_inverse=True, return_counts=True)
    _, column, others = np.unique(columns, return_inverse=True, return_counts=True)
    kept: np.ndarray[Any, np.dtype[np.bool_]] = (rivals[row] == 1) & (others[column] == 1)
    open_ = np.flatnonzero(~kept)
    problem = (regions.group[one[open_]] * workers + regions.worker[one[open_]]) * workers + regions.worker[
        other[open_]
    ]
    order = np.argsort(problem, kind="stable")
    for part in np.split(open_[order], np.flatnonzero(np.diff(problem[order])) + 1):
        kept[part[_best(row[part], column[part], overlap[part])]] = True
    return kept


def _best(rows: Ints, columns: Ints, overlap: Floats) -> Ints:
    """The pairs of the best matching among these."""
    rows, columns = np.unique(rows, return_inverse=True)[1], np.unique(columns, return_inverse=True)[1]
    shape = (rows.max(initial=-1) + 1, columns.max(initial=-1) + 1)
    value, pair = np.zeros(shape), np.full(shape, -1)
    value[rows, columns], pair[rows, columns] = overlap, np.arange(len(overlap))
    chosen = pair[optimize().linear_sum_assignment(value, maximize=True)]
    best: Ints = chosen[chosen >= 0]
    return best
