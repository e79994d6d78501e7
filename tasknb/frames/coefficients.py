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

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tasknb.frames.coded import Floats, numeric, special

if TYPE_CHECKING:
    from tasknb.frames.coded import Coded

LEVELS = ("nominal", "ordinal", "interval")

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


def coefficients(coded: Coded, level: str = "nominal") -> dict[str, Coefficient]:
    """Percent agreement, Fleiss' kappa, Gwet's AC1 (all nominal) and Krippendorff's alpha (of the given level)."""
    counts = coded.counts()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    pairable = totals >= 2
    if not pairable.any():
        undefined = Coefficient(np.nan, reason=_NO_PAIRS)
        return dict.fromkeys(("percent", "fleiss_kappa", "gwet_ac1", "krippendorff_alpha"), undefined)
    agreed = _agreed(counts[pairable], totals[pairable])
    shares = _shares(counts, totals)
    return {
        "percent": _mean(agreed),
        "fleiss_kappa": _chance_corrected(agreed, shares, pairable, _fleiss),
        "gwet_ac1": _chance_corrected(agreed, shares, pairable, _gwet),
        "krippendorff_alpha": _alpha(counts[pairable], totals[pairable], _positions(coded, counts[pairable], level)),
    }


def _agreed(counts: Any, totals: Floats) -> Floats:
    """The share of agreeing pairs of labels on each input."""
    squares = np.asarray(counts.power(2).sum(axis=1)).ravel()
    agreed: Floats = (squares - totals) / (totals * (totals - 1))
    return agreed


def _shares(counts: Any, totals: Floats) -> Any:
    """Each input's shares of the classes, sparse."""
    shares = counts.copy()
    shares.data = shares.data / np.repeat(totals, np.diff(shares.indptr))
    return shares


def _mean(values: Floats) -> Coefficient:
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return Coefficient(float(values.mean()), float(error), len(values))


def _fleiss(prevalence: Floats) -> tuple[float, Floats]:
    """Chance agreement, and its gradient by the classes' prevalence, halved."""
    return float(prevalence @ prevalence), prevalence


def _gwet(prevalence: Floats) -> tuple[float, Floats]:
    others = len(prevalence) - 1
    return float(prevalence @ (1 - prevalence)) / others, (1 - prevalence) / others


def _chance_corrected(agreed: Floats, shares: Any, pairable: Any, chance_of: Any) -> Coefficient:
    prevalence = np.asarray(shares.mean(axis=0)).ravel()
    if np.count_nonzero(prevalence) < 2:
        return Coefficient(np.nan, inputs=len(agreed), reason=_ONE_CLASS)
    chance, gradient = chance_of(prevalence)
    value = (agreed.mean() - chance) / (1 - chance)
    # Gwet's linearisation, over all inputs: those with one label tell of chance, not of agreement.
    number = len(pairable)
    alone = np.zeros(number)
    alone[pairable] = (agreed - chance) / (1 - chance) * number / len(agreed)
    by_input = alone - 2 * (1 - value) * ((shares @ gradient) - chance) / (1 - chance)
    spread = by_input - value
    error = np.sqrt(float(spread @ spread) / (number * (number - 1))) if number > 1 else np.nan
    return Coefficient(float(value), float(error), number)


def _positions(coded: Coded, counts: Any, level: str) -> Floats | None:
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
        totals: Floats = np.asarray(counts.sum(axis=0)).ravel()
        middle: Floats = np.cumsum(totals) - totals / 2
        return middle
    raise ValueError(f"no level {level!r}; there are {', '.join(LEVELS)}")


def _alpha(counts: Any, totals: Floats, positions: Floats | None) -> Coefficient:
    prevalence = np.asarray(counts.sum(axis=0)).ravel()
    total = prevalence.sum()
    observed, far = _disagreement(counts, totals, prevalence, positions)
    expected = float(prevalence @ far) / (total - 1)
    if expected == 0:
        return Coefficient(np.nan, inputs=len(totals), reason=_ONE_CLASS)
    ratio = observed.sum() / expected
    # The delta method: how the ratio moves with each input's part of the observed, and of the expected disagreement.
    by_expected = 2 * (counts @ far) / (total - 1) - expected * totals / (total - 1)
    moved = (observed - ratio * by_expected) / expected
    number = len(totals)
    spread = moved - moved.mean()
    error = np.sqrt(float(spread @ spread) * number / (number - 1)) if number > 1 else np.nan
    return Coefficient(float(1 - ratio), float(error), number)


def _disagreement(counts: Any, totals: Floats, prevalence: Floats, positions: Floats | None) -> tuple[Floats, Floats]:
    """The disagreement on each input, and of each class with all labels, both as sums of squared distances."""
    if positions is None:
        observed = totals**2 - np.asarray(counts.power(2).sum(axis=1)).ravel()
        return observed / (totals - 1), prevalence.sum() - prevalence
    positions = positions - prevalence @ positions / prevalence.sum()  # small numbers keep their digits when squared
    observed = 2 * (totals * (counts @ positions**2) - (counts @ positions) ** 2)
    far = prevalence.sum() * positions**2 + prevalence @ positions**2
    return observed / (totals - 1), far
