"""How far the work is: by task, by worker, by concept, by day."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pandas as pd

from tasknb.frames.check import require
from tasknb.frames.tables import WORK

if TYPE_CHECKING:
    from collections.abc import Hashable

_STATUSES = list(WORK[:-1])


def task_progress(tasks: pd.DataFrame) -> pd.DataFrame:
    """How far each task is, by the server's metrics.

    Parameters
    ----------
    tasks : DataFrame
        The frame of tasks.

    Returns
    -------
    DataFrame
        Indexed by ``task_id``: ``name``, ``status``, ``inputs``, ``labeled``, ``labeled_percent``, ``reviewed``,
        ``reviewed_percent`` (counts of inputs and whole percents) and ``remaining`` (inputs without a finished label).
        Missing where the server sent no metrics.
    """
    names = ["name", "status", "inputs", "labeled", "labeled_percent", "reviewed", "reviewed_percent"]
    result = tasks.set_index("task_id")[names]
    result["remaining"] = result["inputs"] - result["labeled"]
    return result


def progress(labels: Any, by: str = "task_id") -> pd.DataFrame:
    """How many assignments are in which state.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels; also a DuckDB relation or a Dask, Polars or PySpark DataFrame, which then counts.
    by : str, default "task_id"
        Any column, for example ``"worker"`` or ``"label"``; ``"day"`` is the day (UTC) of ``submitted_at``.

    Returns
    -------
    DataFrame
        Indexed by `by`: ``pending``, ``awaiting_review``, ``awaiting_consensus``, ``done``, ``rejected`` (assignments),
        ``assigned`` (their sum), ``submitted`` (no longer pending), ``finished`` (done or rejected) and ``share``
        (submitted of assigned, 0 to 1). Rows without a value in `by` are left out.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    if not isinstance(labels, pd.DataFrame):
        counts = import_module("tasknb.frames.engines").status_counts(labels, by)
    else:
        require(labels, ("status", "submitted_at" if by == "day" else by), f"progress(by={by!r})")
        keys: pd.Series[Any] = labels["submitted_at"].dt.floor("D") if by == "day" else labels[by]
        sizes = labels.groupby([keys, labels["status"].astype("str")], observed=True).size()
        counts = sizes.unstack(fill_value=0)  # noqa: PD010  two levels, one of them few
    result: pd.DataFrame = counts.reindex(columns=pd.Index(_STATUSES), fill_value=0).astype("int64")
    result["assigned"] = result[_STATUSES].sum(axis=1)
    result["submitted"] = result["assigned"] - result["pending"]
    result["finished"] = result["done"] + result["rejected"]
    result["share"] = result["submitted"] / result["assigned"]
    return result.rename_axis(index=by)


def label_counts(labels: Any) -> pd.DataFrame:
    """How often each worker said each label.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels; also of another engine, as for `progress`.

    Returns
    -------
    DataFrame
        Workers x labels, in the order of their names: counts.
    """
    if not isinstance(labels, pd.DataFrame):
        counted: pd.DataFrame = import_module("tasknb.frames.engines").label_counts(labels)
        return counted
    require(labels, ("worker", "label"), "label_counts()")
    said = labels[labels["label"].notna()]
    return pd.crosstab(said["worker"].astype("str"), said["label"].astype("str"))


def throughput(labels: Any, freq: str = "h", *, by: str | None = None) -> pd.DataFrame | pd.Series[int]:
    """How many labels were handed in, period by period.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels; also of another engine, as for `progress`, and then periods without a label are left
        out.
    freq : str, default "h"
        The length of a period, as pandas writes it: ``"15min"``, ``"h"``, ``"D"``.
    by : str, optional
        A column, for example ``"worker"``; one column of the result for each of its values.

    Returns
    -------
    Series or DataFrame
        Labels by the period's begin (UTC, ``submitted_at``), without gaps: a period with no label counts 0.
    """
    if not isinstance(labels, pd.DataFrame):
        counted: pd.DataFrame | pd.Series[int] = import_module("tasknb.frames.engines").throughput(labels, freq, by)
        return counted
    require(labels, ("submitted_at", *([by] if by else [])), "throughput()")
    handed_in = labels[labels["submitted_at"].notna()]
    # Flooring is several times faster than pd.Grouper on many rows.
    periods = handed_in["submitted_at"].dt.floor(freq)
    keys: list[Hashable | pd.Series[Any]] = [periods, handed_in[by]] if by else [periods]
    sizes = handed_in.groupby(keys, observed=True).size()
    counts: Any = sizes.unstack(fill_value=0) if by else sizes.rename("labels")  # noqa: PD010  two levels, one of them few
    if len(counts):
        every = pd.date_range(counts.index.min(), counts.index.max(), freq=freq, name="submitted_at", unit="us")
        counts = counts.reindex(every, fill_value=0)
    result: pd.DataFrame | pd.Series[int] = counts
    return result
