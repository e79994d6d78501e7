"""Whether outlines meet, exactly: floating point where it is certain, fractions where it is not.

Points are ``(column, row)`` pairs. Outlines are closed sets: those that only touch do meet. An outline that crosses
itself has its inside by the even-odd rule.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place: TypeAlias = tuple[float, float]

# Half of what a sum of two products of differences can lose to rounding, relative to their size (Shewchuk, 1997).
_CERTAIN = 3.3306690738754716e-16


def box_outline(top: float, left: float, bottom: float, right: float) -> list[Place]:
    """The four corners of a box; edges may be given in either order."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def outlines_meet(one: Sequence[Place], other: Sequence[Place]) -> bool:
    """Whether two outlines have a point in common, on their edges or inside.

    Parameters
    ----------
    one, other : sequence of (column, row)
        Corners in order; the last joins the first. One corner is a point, two are a line. Nothing meets an empty one.

    Returns
    -------
    bool
        Exact for the numbers given, however close the outlines are.
    """
    if not one or not other or not _extents_meet(one, other):
        return False
    if any(_segments_meet(*a, *b) for a in _edges(one) for b in _edges(other)):
        return True
    # No edges cross: they meet only if one lies wholly inside the other.
    return _inside(one[0], other) or _inside(other[0], one)


def _extents_meet(one: Sequence[Place], other: Sequence[Place]) -> bool:
    for mine, theirs in zip(zip(*one, strict=True), zip(*other, strict=True), strict=True):
        if min(mine) > max(theirs) or min(theirs) > max(mine):
            return False
    return True


def _edges(outline: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    yield from pairwise(outline)
    yield outline[-1], outline[0]


def _turn(a: Place, b: Place, c: Place) -> int:
    """1 when a→b→c turns one way, -1 the other, 0 when the three lie on one line."""
    left = (b[0] - a[0]) * (c[1] - a[1])
    right = (b[1] - a[1]) * (c[0] - a[0])
    turn = left - right
    if abs(turn) > _CERTAIN * (abs(left) + abs(right)):
        return 1 if turn > 0 else -1
    (ax, ay), (bx, by), (cx, cy) = ((Fraction(x), Fraction(y)) for x, y in (a, b, c))
    exact = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (exact > 0) - (exact < 0)


def _segments_meet(a: Place, b: Place, c: Place, d: Place) -> bool:
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _between(*end) for turn, end in zip(turns, ends, strict=True))


def _between(a: Place, b: Place, place: Place) -> bool:
    """Whether a place on the line through a and b lies between them."""
    return all(min(a[axis], b[axis]) <= place[axis] <= max(a[axis], b[axis]) for axis in (0, 1))


def _inside(place: Place, outline: Sequence[Place]) -> bool:
    """Whether a ray from the place crosses the outline an odd number of times."""
    inside = False
    for a, b in _edges(outline):
        if (a[1] > place[1]) != (b[1] > place[1]):
            low, high = (a, b) if a[1] < b[1] else (b, a)
            inside ^= _turn(low, high, place) > 0
    return inside
