"""Whether outlines meet, against independent ways to tell."""

from __future__ import annotations

from fractions import Fraction
from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasknb.service.auto.geometry import box_outline, outlines_meet

SQUARE = box_outline(0, 0, 1, 1)

coordinates = st.floats(-2, 2, width=16)
places = st.tuples(coordinates, coordinates)
outlines = st.lists(places, min_size=1, max_size=6)
edges = st.tuples(coordinates, coordinates).map(sorted)


@st.composite
def convex_outlines(draw):
    """Corners on an ellipse, which are convex in any number; rounded to numbers that fractions hold exactly."""
    corners = sorted(draw(st.lists(st.integers(0, 31), min_size=3, max_size=8, unique=True)))
    column, row, width, height = draw(coordinates), draw(coordinates), draw(st.floats(0.2, 2)), draw(st.floats(0.2, 2))
    return [(column + width * cos(at * pi / 16), row + height * sin(at * pi / 16)) for at in corners]


def separated(one, other):
    """Whether a line along an edge of `one` has all of `other` strictly beyond it (both convex, any direction)."""
    exact = [[(Fraction(x), Fraction(y)) for x, y in outline] for outline in (one, other)]
    for mine, theirs in (exact, exact[::-1]):
        for a, b in zip(mine, [*mine[1:], mine[0]], strict=True):
            normal = (b[1] - a[1], a[0] - b[0])
            along = [normal[0] * x + normal[1] * y for x, y in mine]
            beyond = [normal[0] * x + normal[1] * y for x, y in theirs]
            if max(along) < min(beyond) or max(beyond) < min(along):
                return True
    return False


@given(edges, edges, edges, edges)
def test_boxes_meet_where_their_extents_overlap(rows, columns, other_rows, other_columns):
    one = box_outline(rows[0], columns[0], rows[1], columns[1])
    other = box_outline(other_rows[0], other_columns[0], other_rows[1], other_columns[1])
    apart = (
        rows[1] < other_rows[0]
        or other_rows[1] < rows[0]
        or columns[1] < other_columns[0]
        or other_columns[1] < columns[0]
    )
    assert outlines_meet(one, other) is not apart


@given(convex_outlines(), convex_outlines())
def test_convex_outlines_meet_unless_a_line_parts_them(one, other):
    assert outlines_meet(one, other) is not separated(one, other)


@given(outlines, outlines, st.integers(0, 5), st.booleans())
def test_neither_the_order_nor_the_first_corner_matters(one, other, turn, back):
    turned = one[turn % len(one) :] + one[: turn % len(one)]
    turned = turned[::-1] if back else turned
    assert outlines_meet(one, other) == outlines_meet(other, turned)


@given(outlines, outlines, st.integers(0, 5))
def test_outlines_with_a_common_corner_meet(one, other, at):
    assert outlines_meet(one, [*other, one[at % len(one)]])


def test_a_point_in_the_bay_of_a_horseshoe_is_outside():
    horseshoe = [(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)]
    assert not outlines_meet(horseshoe, box_outline(1.5, 1.25, 2.5, 1.75))
    assert outlines_meet(horseshoe, box_outline(1.5, 1.25, 2.5, 2))
    assert outlines_meet(horseshoe, [(0.5, 2)])


def test_one_inside_the_other_meets_it():
    assert outlines_meet(SQUARE, box_outline(0.4, 0.4, 0.6, 0.6))


def test_a_gap_of_the_last_bit_is_a_gap():
    line = [(0.0, 0.0), (0.9, 0.3)]
    on = (0.3, 0.3 * 0.3 / 0.9)
    exactly_on = Fraction(on[1]) * Fraction(0.9) == Fraction(on[0]) * Fraction(0.3)
    assert outlines_meet(line, [on]) is exactly_on
    assert outlines_meet([(0.0, 0.0), (0.75, 0.25)], [(0.375, 0.125)])


@pytest.mark.parametrize("outline", [[], [(5.0, 5.0)]])
def test_nothing_and_what_is_far_away_do_not_meet(outline):
    assert not outlines_meet(SQUARE, outline)
