"""One label an input out of many: majority vote, the one-coin model, Dawid and Skene; and whom to trust."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.coded import Coded, Floats, Ints, code, special, wide
from tasknb.frames.em import fit, row_maxima, row_sums, vote_shares
from tasknb.frames.votes import majority

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = ("majority", "one_coin", "dawid_skene")

_TIE = 1e-9  # probabilities closer than this are equal


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Labels brought together.

    Attributes
    ----------
    method : str
        ``majority``, ``one_coin`` or ``dawid_skene``.
    labels : DataFrame
        One row an input (indexed by ``task``, or ``task_id`` and ``task``): ``label`` (missing where several classes
        are equally probable), ``probability`` (0 to 1), ``entropy`` (bits; 0 is certain), ``votes`` (labels on the
        input) and ``tied``.
    posterior : DataFrame
        Inputs x classes: how probable each class is; rows sum to 1. For the majority, the shares of the votes.
    workers : DataFrame
        Indexed by ``worker``: ``skill`` (the probability of a right label, on inputs as frequent as these) and
        ``labels`` (how many).
    confusion : DataFrame
        Indexed by ``worker`` and ``truth``, one column a label: how probable the worker says it of such an input; rows
        sum to 1. A truth that a worker has not met is spread evenly.
    iterations : int
        How many rounds the fit took; 0 for the majority.
    converged : bool
        Whether it came to rest.
    """

    method: str
    labels: pd.DataFrame
    posterior: pd.DataFrame
    workers: pd.DataFrame
    confusion: pd.DataFrame
    iterations: int
    converged: bool


def aggregate(
    labels: pd.DataFrame, method: str = "dawid_skene", *, iterations: int = 100, tolerance: float = 1e-5
) -> Aggregation:
    """Bring several labels of an input together to one, and learn how far each worker can be trusted.

    A model among the workers is one worker more.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels; rows without a label are left out, and each label counts, also a second one of a worker.
    method : {"dawid_skene", "one_coin", "majority"}
        Dawid and Skene give each worker a confusion matrix, which takes some dozens of labels a worker and class to
        learn; the one-coin model gives him one accuracy; the majority trusts all alike.
    iterations : int, default 100
        The most rounds of the fit.
    tolerance : float, default 1e-5
        The fit ends when no probability moves by more.

    Returns
    -------
    Aggregation
        Labels, posterior, workers' skill and confusion.

    Raises
    ------
    ValueError
        If the method is unknown or a column is missing.
    """
    if method not in METHODS:
        raise ValueError(f"no method {method!r}; there are {', '.join(METHODS)}")
    coded = code(labels, "aggregate()")
    if not len(coded.item):
        return _aggregation(method, coded, np.zeros((0, 0)), np.zeros((0, 0, 0)), np.zeros(0), 0, converged=True)
    if method == "majority":
        posterior = vote_shares(coded)
        confusion = _against(coded, majority(coded).leader)
        return _aggregation(method, coded, posterior, confusion, posterior.mean(axis=0), 0, converged=True)
    found = fit(coded, one_coin=method == "one_coin", iterations=iterations, tolerance=tolerance)
    rounds = len(found.log_likelihood)
    return _aggregation(method, coded, found.posterior, found.confusion, found.prior, rounds, converged=found.converged)


def consensus(labels: Any, method: str = "majority", **options: Any) -> Any:
    """One label an input: the ``labels`` of `aggregate`, by majority unless another method is named.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels; by majority also a DuckDB relation or a Dask, Polars or PySpark DataFrame.
    method : {"majority", "one_coin", "dawid_skene"}
        See `aggregate`.
    **options
        As for `aggregate`.

    Returns
    -------
    DataFrame
        One row an input: ``label``, ``probability``, ``entropy`` (bits), ``votes``, ``tied``. A tie has no label: it is
        for a person, or for one more label, to decide. Of another engine's frame it is that engine's own, perhaps lazy
        frame with ``task``, ``label``, ``top`` (labels for it), ``votes`` and ``tied``.
    """
    if not isinstance(labels, pd.DataFrame):
        if method != "majority":
            raise ValueError(f"{method} needs a pandas DataFrame; of another engine's frame there is the majority")
        return import_module("tasknb.frames.engines").majority(labels)
    if method == "majority":  # the votes are all it needs, not the workers' skill
        return _majority(code(labels, "consensus()"))
    return aggregate(labels, method, **options).labels


def _aggregation(
    method: str, coded: Coded, posterior: Floats, confusion: Floats, prior: Floats, rounds: int, *, converged: bool
) -> Aggregation:
    by_truth = pd.MultiIndex.from_product([coded.workers, coded.classes.rename("truth")])
    table = pd.DataFrame(confusion.reshape(len(by_truth), len(coded.classes)), index=by_truth, columns=coded.classes)
    skill = np.einsum("wkk,k->w", confusion, prior) if len(prior) else np.zeros(0)
    given = np.bincount(coded.worker, minlength=len(coded.workers))
    return Aggregation(
        method=method,
        labels=_labels(coded, posterior),
        posterior=pd.DataFrame(posterior, index=coded.items, columns=coded.classes),
        workers=pd.DataFrame({"skill": skill, "labels": given}, index=coded.workers),
        confusion=table,
        iterations=rounds,
        converged=converged,
    )


def _majority(coded: Coded) -> pd.DataFrame:
    votes = majority(coded)
    return _labels_frame(coded, votes.leader, votes.share, votes.entropy, votes.number)


def _labels(coded: Coded, posterior: Floats) -> pd.DataFrame:
    best, highest = _decided(posterior)
    logs = np.log2(np.maximum(posterior, np.finfo(np.float64).tiny))
    logs *= posterior
    return _labels_frame(
        coded, best, highest, np.abs(row_sums(logs)[:, 0]), np.bincount(coded.item, minlength=len(coded.items))
    )


def _labels_frame(coded: Coded, best: Ints, probability: Floats, entropy: Floats, votes: Ints) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": pd.Categorical.from_codes(best, dtype=pd.CategoricalDtype(coded.classes), validate=False),
            "probability": probability,
            "entropy": entropy,
            "votes": votes,
            "tied": best < 0,
        },
        index=coded.items,
        copy=False,
    )


def _decided(posterior: Floats) -> tuple[np.ndarray[Any, np.dtype[np.int64]], Floats]:
    """The most probable class of each input, -1 where there are several; and its probability."""
    if not posterior.size:
        return np.zeros(len(posterior), dtype=np.int64), np.zeros(len(posterior))
    highest = row_maxima(posterior)
    floor = highest - _TIE
    leaders, best = np.zeros(len(posterior), dtype=np.int64), np.zeros(len(posterior), dtype=np.int64)
    for position, column in enumerate(posterior.T):
        leads = column > floor
        leaders += leads
        best += leads * position  # the one leader's position; several leaders are told apart below
    best[leaders > 1] = -1
    return best, highest


def _against(coded: Coded, truth: np.ndarray[Any, np.dtype[np.int64]]) -> Floats:
    """Each worker's shares of labels for each truth, on inputs whose truth is decided."""
    workers, classes = len(coded.workers), len(coded.classes)
    at = truth[coded.item]
    cell = ((wide(coded.worker) * classes + at) * classes + coded.label)[at >= 0]
    counts = np.bincount(cell, minlength=workers * classes**2).reshape(workers, classes, classes).astype(np.float64)
    met = counts.sum(axis=2, keepdims=True)
    shares: Floats = np.divide(counts, met, out=np.full_like(counts, 1 / classes), where=met > 0)
    return shares


def gold_agreement(
    labels: pd.DataFrame, truth: Mapping[str, str] | pd.Series[Any], *, confidence: float = 0.95
) -> pd.DataFrame:
    """How often each worker is right where the truth is known.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    truth : mapping or Series
        The right label by the input's id (``task``).
    confidence : float, default 0.95
        The level of the interval.

    Returns
    -------
    DataFrame
        Indexed by ``worker``: ``accuracy`` (0 to 1), ``low`` and ``high`` (Wilson 1927), ``inputs`` (labels on inputs
        whose truth is known) and ``correct``. Workers without any are left out.
    """
    known = _with_truth(labels, truth)
    by = known["right"].groupby(known["worker"].astype("str"))
    inputs, correct = by.size(), by.sum()
    low, high = wilson(correct.to_numpy(), inputs.to_numpy(), confidence)
    columns = {"accuracy": correct / inputs, "low": low, "high": high, "inputs": inputs, "correct": correct}
    return pd.DataFrame(columns).rename_axis("worker")


def confusion(labels: pd.DataFrame, truth: Mapping[str, str] | pd.Series[Any] | None = None) -> pd.DataFrame:
    """What workers say of inputs whose truth is known.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    truth : mapping or Series, optional
        The right label by the input's id (``task``); by default the label of the majority, where there is one.

    Returns
    -------
    DataFrame
        Indexed by ``worker`` and ``truth``, one column a label: counts.
    """
    if truth is None:
        decided = consensus(labels)["label"]
        if isinstance(decided.index, pd.MultiIndex):
            raise ValueError("confusion() without truth needs the labels of one labeling task; filter by task_id")
        truth = decided
    known = _with_truth(labels, truth)
    return pd.crosstab([known["worker"].astype("str"), known["truth"]], known["label"].astype("str"))


def _with_truth(labels: pd.DataFrame, truth: Mapping[str, str] | pd.Series[Any]) -> pd.DataFrame:
    known = pd.Series(truth, dtype=object).dropna()
    right = dict(zip(known.index.astype("str"), known.astype("str"), strict=True))
    present = labels[labels["label"].notna()]
    found = present.assign(truth=present["task"].astype("str").map(right).astype(object))
    found = found[found["truth"].notna()]
    return found.assign(right=found["label"].astype("str") == found["truth"])


def wilson(correct: np.ndarray[Any, Any], number: np.ndarray[Any, Any], confidence: float) -> tuple[Floats, Floats]:
    """Wilson's interval of a share (Wilson 1927, Journal of the American Statistical Association 22, 209-212)."""
    z = float(special().ndtri(0.5 + confidence / 2))
    share = correct / number
    middle = (share + z**2 / (2 * number)) / (1 + z**2 / number)
    half = z / (1 + z**2 / number) * np.sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    return middle - half, middle + half
