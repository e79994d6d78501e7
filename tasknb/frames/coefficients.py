"""Coefficients of agreement over all workers at once, each with its interval.

All are computed from how many workers gave an input a class, so that any number of workers may label any part of the
inputs. With N inputs, n_ik labels of class k on input i and n_i labels on it:

- **Percent agreement**: the share of agreeing pairs of labels on an input, averaged over inputs with two or more.
- **Fleiss' kappa** (Fleiss 1971, Psychological Bulletin 76, 378-382), for unequal n_i as generalised by Gwet (2014,
  Handbook of Inter-Rater Reliability, 4th ed., chapter 2): chance agreement is the sum of squares of the classes' mean
  shares.
- **Gwet's AC1** (Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, 29-48): chance agreement is
  the sum of p_k (1 - p_k) over q - 1, which stays small when one class prevails.
- **Krippendorff's alpha** (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability): 1 minus observed over
  expected disagreement among pairable labels, for nominal, ordinal and interval classes.

The standard errors are those of the linearised coefficient over inputs (Gwet 2014, chapter 5; for alpha the same delta
method), the intervals those of Student's t with N - 1 degrees of freedom, cut off at 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tasknb.frames.coded import Floats, numeric, special

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasknb.frames.coded import Cells, Coded

LEVELS = ("nominal", "ordinal", "interval")
MEASURES = ("percent", "fleiss_kappa", "gwet_ac1", "krippendorff_alpha")

_NO_PAIRS = "no input has labels of two workers"
_ONE_CLASS = "all labels are the same class, so that chance alone would agree fully"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient with its interval; NaN with the reason where it is undefined."""

    value: float
    error: float = np.nan
    inputs: int = 0
    reason: str = ""

    def interval(self, level: float) -> tuple[float, float]:
        """Lower and upper end, by Student's t."""
        if self.inputs < 2 or np.isnan(self.error):
            return np.nan, np.nan
        half = special().stdtrit(self.inputs - 1, 0.5 + level / 2) * self.error
        return self.value - half, min(1.0, self.value + half)


def coefficients(
    coded: Coded, level: str = "nominal", *, measures: Iterable[str] = MEASURES, errors: bool = True
) -> dict[str, Coefficient]:
    """Percent agreement, Fleiss' kappa, Gwet's AC1 (all nominal) and Krippendorff's alpha (of the given level).

    Parameters
    ----------
    coded : Coded
        The labels, one of a worker on an input.
    level : {"nominal", "ordinal", "interval"}
        For alpha.
    measures : iterable of str
        Which of `MEASURES` to compute.
    errors : bool, default True
        Whether to compute standard errors, which takes about as long as the coefficients.
    """
    cells = coded.cells()
    totals = cells.per_item(cells.count)
    pairable = totals >= 2
    if not pairable.any():
        return dict.fromkeys(measures, Coefficient(np.nan, reason=_NO_PAIRS))
    table = _Table(cells, totals, cells.per_item(cells.count**2), pairable, errors)
    compute = {
        "percent": lambda: _mean(table),
        "fleiss_kappa": lambda: _chance_corrected(table, _fleiss),
        "gwet_ac1": lambda: _chance_corrected(table, _gwet),
        "krippendorff_alpha": lambda: _alpha(table, coded, level),
    }
    return {measure: compute[measure]() for measure in measures}


@dataclass(frozen=True)
class _Table:
    """How many gave an input a class, and what all coefficients need of it, one number an input.

    Attributes
    ----------
    cells : Cells
        The counts.
    totals, squares : array of float
        The sums of the counts and of their squares.
    pairable : array of bool
        Which inputs have two labels or more.
    errors : bool
        Whether standard errors are asked for.
    """

    cells: Cells
    totals: Floats
    squares: Floats
    pairable: np.ndarray[Any, Any]
    errors: bool

    @cached_property
    def agreed(self) -> Floats:
        """The share of agreeing pairs on each pairable input."""
        totals = self.totals[self.pairable]
        shares: Floats = (self.squares[self.pairable] - totals) / (totals * (totals - 1))
        return shares

    @cached_property
    def shares(self) -> Cells:
        """Each input's labels as shares of them."""
        return replace(self.cells, count=self.cells.count / self.totals.take(self.cells.item))


def _mean(table: _Table) -> Coefficient:
    values = table.agreed
    error = values.std(ddof=1) / np.sqrt(len(values)) if table.errors and len(values) > 1 else np.nan
    return Coefficient(float(values.mean()), float(error), len(values))


def _fleiss(prevalence: Floats) -> tuple[float, Floats]:
    """Chance agreement, and its gradient by the classes' prevalence, halved."""
    return float(prevalence @ prevalence), prevalence


def _gwet(prevalence: Floats) -> tuple[float, Floats]:
    others = len(prevalence) - 1
    return float(prevalence @ (1 - prevalence)) / others, (1 - prevalence) / others


def _chance_corrected(table: _Table, chance_of: Any) -> Coefficient:
    shares, agreed = table.shares, table.agreed
    labeled = int(np.count_nonzero(table.totals))
    prevalence = shares.per_class(shares.count) / labeled
    if np.count_nonzero(prevalence) < 2:
        return Coefficient(np.nan, inputs=len(agreed), reason=_ONE_CLASS)
    chance, gradient = chance_of(prevalence)
    value = float((agreed.mean() - chance) / (1 - chance))
    if not table.errors or labeled < 2:
        return Coefficient(value, inputs=labeled)
    # Gwet's linearisation, over all inputs: those with one label tell of chance, not of agreement.
    by_input = np.zeros(len(table.totals))
    by_input[table.pairable] = (agreed - chance) * labeled / len(agreed)
    by_input -= 2 * (1 - value) * (shares.per_item(shares.count * gradient.take(shares.label)) - chance)
    spread = (by_input / (1 - chance) - value)[table.totals > 0]
    error = np.sqrt(np.square(spread).sum() / (labeled * (labeled - 1)))
    return Coefficient(value, float(error), labeled)


def _positions(coded: Coded, cells: Cells, level: str) -> Floats | None:
    """Where each class lies on a line; Krippendorff's ordinal and interval distances are squared distances on it.

    None for nominal classes, which are all equally far from each other.
    """
    if level == "nominal":
        return None
    if level == "interval":
        values = numeric(coded.classes)
        if values is None:
            raise ValueError("interval agreement needs labels that are numbers; use level='nominal' or 'ordinal'")
        return values
    if level == "ordinal":
        # From class c to k lie all labels between them and half of those of c and k.
        totals = cells.per_class(cells.count)
        middle: Floats = np.cumsum(totals) - totals / 2
        return middle
    raise ValueError(f"no level {level!r}; there are {', '.join(LEVELS)}")


def _alpha(table: _Table, coded: Coded, level: str) -> Coefficient:
    cells = table.cells if table.pairable.all() else table.cells.where(table.pairable)
    totals = table.totals[table.pairable]
    number = len(totals)
    prevalence = cells.per_class(cells.count)
    total = prevalence.sum()
    observed, far = _disagreement(table, cells, prevalence, _positions(coded, cells, level))
    observed = observed[table.pairable] / (totals - 1)
    expected = float(prevalence @ far) / (total - 1)
    if expected == 0:
        return Coefficient(np.nan, inputs=number, reason=_ONE_CLASS)
    ratio = observed.sum() / expected
    if not table.errors or number < 2:
        return Coefficient(float(1 - ratio), inputs=number)
    # The delta method: how the ratio moves with each input's part of the observed, and of the expected disagreement.
    by_expected = 2 * cells.per_item(cells.count * far.take(cells.label))[table.pairable] - expected * totals
    moved = (observed - ratio * by_expected / (total - 1)) / expected
    spread = moved - moved.mean()
    error = np.sqrt(np.square(spread).sum() * number / (number - 1))
    return Coefficient(float(1 - ratio), float(error), number)


def _disagreement(table: _Table, cells: Cells, prevalence: Floats, positions: Floats | None) -> tuple[Floats, Floats]:
    """The disagreement on each input, and of each class with all labels, both as sums of squared distances."""
    if positions is None:
        return table.totals**2 - table.squares, prevalence.sum() - prevalence
    positions = positions - prevalence @ positions / prevalence.sum()  # small numbers keep their digits when squared
    at = positions[cells.label]
    observed = 2 * (table.totals * cells.per_item(cells.count * at**2) - cells.per_item(cells.count * at) ** 2)
    far = prevalence.sum() * positions**2 + prevalence @ positions**2
    return observed, far
