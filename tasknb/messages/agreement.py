"""When two labelers agree on an input: the rule that consensus review and the analysis of labels share."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from tasknb.messages.data import Data, Region, RegionInfo
from tasknb.messages.shapes import overlap
from tasknb.messages.wire import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

MIN_OVERLAP = 0.5
"""From which intersection over union on two regions count as the same."""

ROUNDING = 1e-6
"""How far below the least overlap may be: coordinates travel as 32-bit floats."""


def labels_agree(one: Iterable[Data], other: Iterable[Data], min_overlap: float = MIN_OVERLAP) -> bool:
    """Whether two labelers say the same of an input.

    They do when their concepts with their values are the same sets and their regions can be matched one to one: boxes
    and polygons by equal concepts and an intersection over union of `min_overlap` or more, spans of text, points, masks
    and stretches of time by equal concepts and equal places. In a video each frame agrees by itself. Two labelers who
    both found nothing agree.

    Parameters
    ----------
    one, other : iterable of Data
        What each labeler said, in any number of annotations.
    min_overlap : float, default 0.5
        From 0 to 1.
    """
    first, second = _gathered(one), _gathered(other)
    if first.keys() != second.keys():
        return False
    return all(_same(first[time], second[time], min_overlap) for time in first)


class _Said:
    """Everything a labeler said of an input, or of one frame of it."""

    def __init__(self) -> None:
        self.concepts: set[Hashable] = set()
        self.regions: list[Region] = []
        self.segments: Counter[Hashable] = Counter()

    def add(self, data: Data) -> None:
        self.concepts |= _concepts(data)
        self.regions += data.regions
        for segment in data.time_segments:
            place = segment.time_info
            times = (place.begin_time, place.end_time) if place else None
            self.segments[times, frozenset(_concepts(segment.data))] += 1


def _gathered(datas: Iterable[Data]) -> dict[int, _Said]:
    """What was said, by the frame's time in milliseconds; -1 for the input as a whole."""
    said: dict[int, _Said] = defaultdict(_Said)
    said[-1] = _Said()
    for data in datas:
        said[-1].add(data)
        for frame in data.frames:
            if frame.data is not None:
                said[frame.frame_info.time if frame.frame_info else 0].add(frame.data)
    return dict(said)


def _concepts(data: Data | None) -> set[Hashable]:
    return {(concept.id or concept.name, round(concept.value, 6)) for concept in data.concepts} if data else set()


def _same(one: _Said, other: _Said, min_overlap: float) -> bool:
    if one.concepts != other.concepts or one.segments != other.segments or len(one.regions) != len(other.regions):
        return False

    def fits(region: Region, candidate: Region) -> bool:
        if _concepts(region.data) != _concepts(candidate.data):
            return False
        here, there = region.region_info or RegionInfo(), candidate.region_info or RegionInfo()
        if _is_shape(here) and _is_shape(there):
            return overlap(here, there) >= min_overlap - ROUNDING
        return _place(here) == _place(there)

    return _can_match(one.regions, other.regions, fits)


def _is_shape(info: RegionInfo) -> bool:
    return info.bounding_box is not None or info.polygon is not None


def _place(info: RegionInfo) -> Hashable:
    """Where a region is, for regions that are equal or not; the words of a span follow from its ends."""
    return (info.span.char_start, info.span.char_end) if info.span else encode(info)


def _can_match(ones: Sequence[Any], others: Sequence[Any], fits: Callable[[Any, Any], bool]) -> bool:
    """Whether each of `ones` can have one of `others` for itself that fits: by augmenting paths."""
    partners = [[index for index, other in enumerate(others) if fits(one, other)] for one in ones]
    holder: dict[int, int] = {}

    def place(one: int, tried: set[int]) -> bool:
        free = next((index for index in partners[one] if index not in holder), None)
        if free is not None:
            holder[free] = one
            return True
        for index in partners[one]:
            if index not in tried:
                tried.add(index)
                if place(holder[index], tried):
                    holder[index] = one
                    return True
        return False

    return len(ones) == len(others) and all(place(one, set()) for one in range(len(ones)))
