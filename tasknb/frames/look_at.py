"""What to look at: contested inputs, and what other consensus settings would have made of the labels."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.coded import Cells, Coded, code
from tasknb.frames.crowd import aggregate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def disagreements(labels: pd.DataFrame, method: str = "majority") -> pd.DataFrame:
    """Inputs whose labels differ, the most contested first.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    method : {"majority", "one_coin", "dawid_skene"}
        How contested an input is: by the entropy of its votes, or of the model's posterior, which weighs the votes by
        the workers' skill.

    Returns
    -------
    DataFrame
        One row an input with labels of two or more classes: ``label``, ``probability``, ``entropy`` (bits), ``votes``
        (labels) and ``tied`` as of `consensus`; ``classes`` (how many different labels) and ``said`` (the votes as
        text, the most frequent first: ``cat: 2, dog: 1``).
    """
    found = contested(labels, method)
    texts = [", ".join(f"{name}: {number}" for name, number in votes) for votes in found.pop("votes_by_label")]
    return found.assign(said=pd.Series(texts, index=found.index, dtype="str"))


def contested(labels: pd.DataFrame, method: str = "majority") -> pd.DataFrame:
    """As `disagreements`, with the votes as pairs of label and number (``votes_by_label``) in place of text."""
    found = aggregate(labels, method).labels
    coded = code(labels, "disagreements()")
    cells = coded.cells()
    classes = np.bincount(cells.item, minlength=len(coded.items))
    several = classes >= 2
    votes = pd.Series(_votes(cells.where(several), coded.classes), index=found.index[several], dtype=object)
    result = found[several].assign(classes=classes[several], votes_by_label=votes)
    return result.sort_values(["entropy", "votes"], ascending=False, kind="stable")


def _votes(cells: Cells, classes: pd.Index[Any]) -> list[list[tuple[str, int]]]:
    """The votes on each input, the most frequent first."""
    order = np.lexsort((cells.label, -cells.count, cells.item))
    names = classes.astype("str")[cells.label[order]]
    pairs = list(zip(names, cells.count[order].astype(int).tolist(), strict=True))
    ends = np.flatnonzero(np.diff(cells.item[order], append=-1)) + 1
    return [pairs[first:last] for first, last in pairwise([0, *ends.tolist()])]


def what_if(
    labels: pd.DataFrame,
    *,
    threshold: int | Iterable[int] | None = None,
    workers: int | Iterable[int] | None = None,
    truth: Mapping[str, str] | pd.Series[Any] | None = None,
) -> pd.DataFrame:
    """Replay other consensus settings on the labels at hand.

    A setting is: so many `workers` label each input, and it is approved once `threshold` of them say the same. The
    first labels of each input are replayed in the order in which they were handed in; inputs with fewer labels than
    `workers` are left out of that setting.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels, in the order of the labels, or with ``submitted_at``.
    threshold : int or iterable of int, optional
        Thresholds to try; by default 1 up to the number of workers.
    workers : int or iterable of int, optional
        Numbers of workers an input to try; by default 1 up to the most labels on an input.
    truth : mapping or Series, optional
        The right label by the input's id (``task``); otherwise the label that Dawid and Skene's model gives on all
        labels stands for it, and ``wrong`` is an estimate.

    Returns
    -------
    DataFrame
        Indexed by ``workers`` and ``threshold``: ``inputs`` (with enough labels), ``approved``, ``to_review``
        (inputs), ``approved_share`` (0 to 1), ``checked`` (approved inputs whose truth is known), ``wrong`` (of these,
        approved with another label), ``wrong_share`` (of ``checked``; NaN without any) and ``labels`` (to be paid
        for).
    """
    coded, rank = _ranked(labels)
    right = _truth_codes(labels, coded, truth)
    most = int(rank.max(initial=-1)) + 1
    rows = []
    for number in _tried(workers, most):
        first = rank < number
        enough = np.bincount(coded.item[first], minlength=len(coded.items)) == number
        best, votes = _leaders(coded, first)
        rows += [
            _replayed(number, needed, enough, enough & (votes >= needed), best == right, right != -1)
            for needed in _tried(threshold, number)
            if needed <= number
        ]
    columns = ["workers", "threshold", "inputs", "approved", "checked", "wrong"]
    result = pd.DataFrame(rows, columns=columns).set_index(["workers", "threshold"])
    result.insert(2, "to_review", result["inputs"] - result["approved"])
    result.insert(3, "approved_share", result["approved"] / result["inputs"])
    result["wrong_share"] = result["wrong"] / result["checked"]
    result["labels"] = result["inputs"] * result.index.get_level_values("workers")
    return result


def _tried(numbers: int | Iterable[int] | None, most: int) -> Iterable[int]:
    """The settings to try, in order: those given, or all from 1 to `most`."""
    if numbers is None:
        return range(1, most + 1)
    return [numbers] if isinstance(numbers, int | np.integer) else sorted(set(numbers))


def _ranked(labels: pd.DataFrame) -> tuple[Coded, np.ndarray[Any, Any]]:
    """The labels in the order in which they came, and which one of its input each is, from 0."""
    if "submitted_at" in labels.columns:
        labels = labels.sort_values("submitted_at", kind="stable")
    coded = code(labels, "what_if()", once=True)
    return coded, pd.Series(coded.item).groupby(coded.item).cumcount().to_numpy()


def _leaders(coded: Coded, chosen: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The class with the most of the chosen votes on each input, and how many; of equal ones the first in order."""
    cells = replace(coded, item=coded.item[chosen], worker=coded.worker[chosen], label=coded.label[chosen]).cells()
    order = np.lexsort((-cells.label, cells.count, cells.item))  # the last of an input's entries leads
    last = order[np.flatnonzero(np.diff(cells.item[order], append=-1))]
    best, votes = np.full(len(coded.items), -1), np.zeros(len(coded.items))
    best[cells.item[last]], votes[cells.item[last]] = cells.label[last], cells.count[last]
    return best, votes


def _truth_codes(
    labels: pd.DataFrame, coded: Coded, truth: Mapping[str, str] | pd.Series[Any] | None
) -> np.ndarray[Any, Any]:
    """The position of each input's right class; -1 where it is not known, -2 where no worker ever says it."""
    if truth is None:
        known = aggregate(labels, "dawid_skene").labels["label"].reindex(coded.items)
    else:
        names = coded.items.get_level_values("task").astype("str")
        given = pd.Series(truth, dtype=object).dropna()
        known = names.map(dict(zip(given.index.astype("str"), given.astype("str"), strict=True))).to_series()
    position = {str(name): at for at, name in enumerate(coded.classes)}
    return np.array([-1 if pd.isna(name) else position.get(str(name), -2) for name in known], dtype=np.int64)


def _replayed(
    number: int,
    needed: int,
    enough: np.ndarray[Any, Any],
    approved: np.ndarray[Any, Any],
    is_right: np.ndarray[Any, Any],
    is_known: np.ndarray[Any, Any],
) -> list[int]:
    checked = approved & is_known
    counts = (enough, approved, checked, checked & ~is_right)
    return [number, needed, *(int(one.sum()) for one in counts)]
