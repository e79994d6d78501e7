"""Dawid and Skene's model of workers who err, fitted by expectation and maximisation.

Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied Statistics
28, 20-28. Each worker has a confusion matrix: how often he says class l of an input whose truth is k. The *one-coin*
model is its simplest form: one accuracy a worker, all errors equally likely.

As in the paper, the truth is first taken to be the shares of the votes. Labels stay sparse; dense is only what has one
row an input and one column a class.

Round by round, both models are those of crowd-kit to the last digits. Its one-coin model may end some rounds earlier:
it stops when its loss falls, which counts the classes' prior once a label instead of once an input, and so may fall
while the likelihood still rises. Here, a fit ends when the posterior rests.

MACE and GLAD are left out: on 100 and 400 digits, three labels each of five workers with one spammer, who answered at
random or always alike, crowd-kit's found him as often as the one-coin model did (always), were right no more often
(95 to 98 % and 95 to 97 % of the inputs, the one-coin model 96 to 98 %), and took a hundred times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from tasknb.frames.coded import Floats, sparse, wide

if TYPE_CHECKING:
    from tasknb.frames.coded import Coded

# A class that a worker has not been seen to confuse is unlikely, not impossible.
_LEAST = 1e-10


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted.

    Attributes
    ----------
    posterior : array, items x classes
        How probable each class is to be the truth; rows sum to 1.
    confusion : array, workers x truth x label
        How probable a worker says a label given the truth; sums to 1 over labels.
    prior : array, classes
        How frequent each class is.
    log_likelihood : list of float
        After each iteration; it never falls.
    converged : bool
        Whether the posterior stood still before the iterations were used up.
    """

    posterior: Floats
    confusion: Floats
    prior: Floats
    log_likelihood: list[float]
    converged: bool


def vote_shares(coded: Coded) -> Floats:
    """The share of the labels that each class has on each input."""
    shape = (len(coded.classes), len(coded.items))
    key = wide(coded.label) * shape[1] + coded.item
    # Each class lies together in memory: what follows goes class by class.
    counts = np.bincount(key, minlength=shape[0] * shape[1]).reshape(shape).T.astype(np.float64)
    counts /= row_sums(counts)
    return counts


def row_sums(table: Floats) -> Floats:
    """Sums over few columns, as a column.

    einsum is several times faster than numpy's sum along a short axis, and needs no second processor as a product does.
    """
    sums: Floats = np.einsum("ij->i", table)[:, None]
    return sums


def row_maxima(table: Floats) -> Floats:
    """Maxima over few columns, one column after the other for the same reason."""
    highest: Floats = reduce(np.maximum, table.T)
    return highest


def fit(coded: Coded, *, one_coin: bool, iterations: int, tolerance: float) -> Fit:
    """Fit the model until no probability moves by more than `tolerance`, or for `iterations` rounds."""
    workers, classes = len(coded.workers), len(coded.classes)
    said = _said(coded.by_item())
    heard = said.T
    posterior = vote_shares(coded)
    history: list[float] = []
    converged = False
    for _ in range(iterations):
        prior = posterior.mean(axis=0)
        together = (heard @ posterior).reshape(workers, classes, classes).transpose(0, 2, 1)
        confusion = _one_coin(together) if one_coin else _by_truth(together)
        last = posterior
        posterior, likelihood = _truth(said, prior, confusion)
        history.append(likelihood)
        converged = bool(np.abs(posterior - last).max(initial=0.0) < tolerance)
        if converged:
            break
    return Fit(posterior, confusion, prior, history, converged)


def _said(coded: Coded) -> Any:
    """A sparse table of the labels, inputs x (worker, class), from labels that are in the order of the inputs."""
    columns = wide(coded.worker) * len(coded.classes) + coded.label
    ends = np.concatenate([[0], np.cumsum(np.bincount(coded.item, minlength=len(coded.items)))])
    shape = (len(coded.items), len(coded.workers) * len(coded.classes))
    return sparse().csr_array((np.ones(len(columns)), columns, ends), shape=shape)


def _by_truth(together: Floats) -> Floats:
    """Shares of the labels for each truth, from how often the two go together (workers x truth x label)."""
    likely = np.maximum(together, _LEAST)
    shares: Floats = likely / likely.sum(axis=2, keepdims=True)
    return shares


def _one_coin(together: Floats) -> Floats:
    workers, classes, _ = together.shape
    right = np.trace(together, axis1=1, axis2=2) / together.sum(axis=(1, 2))
    right = np.clip(right, _LEAST, 1 - _LEAST) if classes > 1 else np.ones(workers)
    confusion = np.repeat(((1 - right) / max(classes - 1, 1))[:, None, None], classes, axis=1).repeat(classes, axis=2)
    diagonal = np.arange(classes)
    confusion[:, diagonal, diagonal] = right[:, None]
    return confusion


def _truth(said: Any, prior: Floats, confusion: Floats) -> tuple[Floats, float]:
    """The posterior of the truth given all labels, and the log-likelihood of the labels."""
    workers, classes, _ = confusion.shape
    by_label = np.log(confusion.transpose(0, 2, 1).reshape(workers * classes, classes))
    joint = said @ by_label + np.log(np.maximum(prior, _LEAST))
    highest = row_maxima(joint)[:, None]
    joint -= highest
    np.exp(joint, out=joint)
    total = row_sums(joint)
    joint /= total
    return joint, float(np.log(total).sum() + highest.sum())
