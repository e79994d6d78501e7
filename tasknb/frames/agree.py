"""How well workers agree: over all of them, by concept, and pair by pair."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.build import frame_of
from tasknb.frames.check import require
from tasknb.frames.coded import Coded, Floats, Ints, code, special, wide
from tasknb.frames.coefficients import LEVELS, MEASURES, Coefficient, coefficients
from tasknb.frames.tables import AGREEMENT, WORKER_PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOTHING_SHARED = "no input in common"
_ONE_CLASS = "both always say the same class, so that chance alone would agree fully"


def agreement(
    labels: pd.DataFrame,
    *,
    by: str | None = None,
    level: str = "nominal",
    measures: str | Iterable[str] = MEASURES,
    confidence: float | None = 0.95,
) -> pd.DataFrame:
    """How well all workers agree, by four coefficients.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels; rows without a label are left out, and of several labels of a worker on an input the last
        counts. With several labeling tasks, an input of each is an input of its own.
    by : str, optional
        ``"label"`` asks for each class how well workers agree on it against all others; any other column, for example
        ``"task_id"``, groups the rows.
    level : {"nominal", "ordinal", "interval"}
        The distance between classes that Krippendorff's alpha uses; the other coefficients are nominal. Ordinal
        classes are in the order of an ordered category, else of their numbers, else of their names.
    measures : str or several, default all
        Which coefficients: ``percent``, ``fleiss_kappa``, ``gwet_ac1``, ``krippendorff_alpha``.
    confidence : float or None, default 0.95
        The level of the intervals; None leaves them out, which halves the time.

    Returns
    -------
    DataFrame
        Indexed by ``measure`` (after `by`), with the columns of ``tasknb.frames.columns("agreement")``. A coefficient
        that is undefined is NaN, and ``reason`` says why. See `tasknb.frames.coefficients` for definitions and sources.

    Raises
    ------
    ValueError
        If a column is missing, a measure unknown, or the level does not fit the labels.
    """
    if level not in LEVELS:
        raise ValueError(f"no level {level!r}; there are {', '.join(LEVELS)}")
    table = partial(_table, measures=_measures(measures), confidence=confidence)
    if by is None:
        return table(code(labels, "agreement()", once=True), level)
    if by == "label":
        coded = code(labels, "agreement()", once=True)
        parts = {name: table(one, "nominal") for name, one in _one_against_rest(coded)}
    else:
        require(labels, (by,), f"agreement(by={by!r})")
        groups = labels.groupby(by, observed=True, sort=True)
        parts = {name: table(code(group, "agreement()", once=True), level) for name, group in groups}
    if not parts:
        return table(code(labels, "agreement()"), level).iloc[:0]
    result: pd.DataFrame = pd.concat(parts, names=[by])
    return result


def _measures(chosen: str | Iterable[str]) -> list[str]:
    measures = [chosen] if isinstance(chosen, str) else list(chosen)
    unknown = [measure for measure in measures if measure not in MEASURES]
    if unknown:
        raise ValueError(f"no measure {unknown[0]!r}; there are {', '.join(MEASURES)}")
    return measures


def _one_against_rest(coded: Coded) -> Iterator[tuple[Any, Coded]]:
    for position, name in enumerate(coded.classes):
        yield name, replace(coded, label=(coded.label == position).astype(np.int64), classes=pd.Index([False, True]))


def _table(coded: Coded, level: str, *, measures: list[str], confidence: float | None) -> pd.DataFrame:
    found = coefficients(coded, level, measures=measures, errors=confidence is not None)
    several = int((np.bincount(coded.item, minlength=len(coded.items)) >= 2).sum())
    rows = [_row(one, confidence) for one in found.values()]
    shared = {
        "inputs": several,
        "coverage": several / len(coded.items) if len(coded.items) else np.nan,
        "labels": len(coded.item),
        "workers": len(coded.workers),
    }
    values = {column.name: [{**shared, **row}[column.name] for row in rows] for column in AGREEMENT}
    return frame_of(AGREEMENT, values).set_index(pd.Index(list(found), name="measure"))


def _row(one: Coefficient, confidence: float | None) -> dict[str, Any]:
    low, high = (np.nan, np.nan) if confidence is None else one.interval(confidence)
    return {"value": one.value, "low": low, "high": high, "reason": one.reason}


def worker_pairs(labels: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Cohen's kappa of each pair of workers, over the inputs that both have labeled.

    Cohen (1960), Educational and Psychological Measurement 20, 37-46, with the standard error given there.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    confidence : float, default 0.95
        The level of the intervals.

    Returns
    -------
    DataFrame
        One row a pair, with the columns of ``tasknb.frames.columns("worker_pairs")``; NaN with the reason where kappa
        is undefined.
    """
    coded = code(labels, "worker_pairs()", once=True)
    first, second = _each_pair(coded)
    kappa, error, observed, inputs = _kappas(coded)
    half = special().ndtri(0.5 + confidence / 2) * error
    return frame_of(
        WORKER_PAIRS,
        {
            "worker_a": list(coded.workers[first]),
            "worker_b": list(coded.workers[second]),
            "kappa": kappa,
            "low": np.maximum(kappa - half, -1),
            "high": np.minimum(kappa + half, 1),
            "agreement": observed,
            "inputs": inputs,
            "reason": np.select([inputs == 0, np.isnan(kappa)], [_NOTHING_SHARED, _ONE_CLASS], "").tolist(),
        },
    )


def _each_pair(coded: Coded) -> tuple[Ints, Ints]:
    first, second = np.triu_indices(len(coded.workers), k=1)
    return first, second


def _kappas(coded: Coded) -> tuple[Floats, Floats, Floats, Floats]:
    """Of each pair: kappa, its standard error, the share of agreement, and how many inputs both have labeled."""
    pairs = _each_pair(coded)
    inputs, agreed, chance = (counts[pairs] for counts in _pair_counts(coded))
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = agreed / inputs
        expected = chance / inputs**2
        kappa = np.where(expected < 1, (observed - expected) / (1 - expected), np.nan)
        error = np.sqrt(observed * (1 - observed) / inputs) / (1 - expected)
    return kappa, error, observed, inputs


def _pair_counts(coded: Coded) -> tuple[Floats, Floats, Floats]:
    """For each pair of workers: shared inputs, agreed ones, and those expected to agree by chance times the shared.

    Labels of an input lie next to each other, so that those at a distance of 1, 2 … are its pairs.
    """
    coded = coded.by_item()
    number, classes = len(coded.workers), len(coded.classes)
    said = np.zeros((classes, number, number))  # how often the row's worker says it on the column's inputs
    agreed = np.zeros((number, number))
    most = int(np.bincount(coded.item).max(initial=0))
    for distance in range(1, most):
        one = np.flatnonzero(coded.item[:-distance] == coded.item[distance:])
        other = one + distance
        workers = wide(coded.worker[one]), wide(coded.worker[other])
        labels = wide(coded.label[one]), wide(coded.label[other])
        pair, turned = workers[0] * number + workers[1], workers[1] * number + workers[0]
        said += _counted(labels[0] * number**2 + pair, said.shape)
        said += _counted(labels[1] * number**2 + turned, said.shape)
        agreed += _counted(pair[labels[0] == labels[1]], agreed.shape)
    return said.sum(axis=0), agreed + agreed.T, np.einsum("kab,kba->ab", said, said)


def _counted(codes: Any, shape: tuple[int, ...]) -> Floats:
    counts: Floats = np.bincount(codes, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
    return counts


def kappa_matrix(labels: pd.DataFrame) -> pd.DataFrame:
    """Cohen's kappa of all workers as a square table, for a heat map.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.

    Returns
    -------
    DataFrame
        Workers x workers, symmetric; 1 on the diagonal, NaN where kappa is undefined (`worker_pairs` says why).
    """
    coded = code(labels, "kappa_matrix()", once=True)
    matrix = np.eye(len(coded.workers))
    first, second = _each_pair(coded)
    matrix[first, second] = matrix[second, first] = _kappas(coded)[0]
    return pd.DataFrame(matrix, index=coded.workers, columns=coded.workers)
