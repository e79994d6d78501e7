"""When the work will be done, and who has stopped."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.check import require

if TYPE_CHECKING:
    from collections.abc import Iterator

# The history is cut into this many stretches; their spread tells how steady the work is, pauses included.
_STRETCHES = 30
_FEWEST = 5  # labels; below, a pace is a guess


def forecast(
    labels: pd.DataFrame,
    *,
    by: str | None = None,
    now: pd.Timestamp | None = None,
    window: str | None = None,
    confidence: float = 0.9,
) -> pd.DataFrame:
    """When the pending labels will be handed in, if the work goes on as it did.

    The pace is that of the history, pauses and nights included. The interval is that of a renewal process (Cox 1962,
    Renewal Theory) whose spread is taken from the means of 30 equal stretches of the history, which lets bursts count:
    with n stretches of mean m and standard deviation s, the time left has the relative variance
    (s/m)² (1 / stretches left + 1/n), and its logarithm is taken as normal. It knows nothing of what has not yet
    happened, such as a worker who leaves.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    by : str, optional
        A column, for example ``"worker"`` or ``"task_id"``; one row for each of its values. Under PARTITIONED the task
        is done when its slowest worker is.
    now : Timestamp, optional
        The end of the history; the present by default.
    window : str, optional
        Only the history since so long ago counts, for example ``"2D"``; all of it by default.
    confidence : float, default 0.9
        The level of the interval.

    Returns
    -------
    DataFrame
        Indexed by `by` (or one row ``all``): ``remaining`` (labels), ``per_hour`` (labels an hour), ``expected_at``,
        ``low_at``, ``high_at`` (UTC) and ``reason`` (why there is no forecast; empty where there is one).
    """
    require(labels, ("status", "created_at", "submitted_at", *([by] if by else [])), "forecast()")
    now = pd.Timestamp.now("UTC") if now is None else now
    rows = {
        name: _forecast(group, now, None if window is None else now - pd.Timedelta(window), confidence)
        for name, group in _groups(labels, by)
    }
    columns = ["remaining", "per_hour", "expected_at", "low_at", "high_at", "reason"]
    result = pd.DataFrame(list(rows.values()), columns=columns, index=pd.Index(list(rows), name=by))
    for name in ("expected_at", "low_at", "high_at"):
        result[name] = pd.to_datetime(result[name], utc=True).dt.as_unit("us")
    return result


def _groups(labels: pd.DataFrame, by: str | None) -> Iterator[tuple[Any, pd.DataFrame]]:
    if by is None:
        yield "all", labels
    else:
        yield from labels.groupby(by, observed=True)


def _forecast(labels: pd.DataFrame, now: pd.Timestamp, since: pd.Timestamp | None, confidence: float) -> list[Any]:
    remaining = int((labels["status"] == "pending").sum())
    times = labels["submitted_at"].dropna()
    times = times[times <= now]
    begin = labels["created_at"].min()
    begin = times.min() if pd.isna(begin) else begin
    if since is not None and not pd.isna(begin):
        begin = max(begin, since)
        times = times[times >= since]
    if len(times) < _FEWEST or not begin < now:
        reason = "nothing is left to do" if not remaining else f"fewer than {_FEWEST} labels tell of the pace"
        return [remaining, np.nan, pd.NaT, pd.NaT, pd.NaT, reason]
    hours = (now - begin).total_seconds() / 3600
    per_hour = len(times) / hours
    if not remaining:
        return [0, per_hour, pd.NaT, pd.NaT, pd.NaT, "nothing is left to do"]
    since_begin = (times - begin).dt.total_seconds().to_numpy() / 3600
    counts, _ = np.histogram(since_begin, bins=_STRETCHES, range=(0, hours))
    mean, spread = counts.mean(), counts.std(ddof=1)
    ahead = remaining / mean
    # Handed in one by one, labels are at least as irregular as a Poisson process.
    relative = np.sqrt(max(spread**2, mean) / mean**2 * (1 / ahead + 1 / _STRETCHES))
    half = _normal(confidence) * relative
    left = remaining / per_hour
    ends = [now + pd.Timedelta(left * np.exp(shift), "h") for shift in (0, -half, half)]
    return [remaining, per_hour, *ends, ""]


def _normal(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def stalled_workers(
    labels: pd.DataFrame, *, now: pd.Timestamp | None = None, at_least: str = "1h", times_usual: float = 5
) -> pd.DataFrame:
    """Who has pending work and has been silent for longer than is usual for him.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    now : Timestamp, optional
        The present by default.
    at_least : str, default "1h"
        A silence shorter than this is never a stall.
    times_usual : float, default 5
        How many times as long as nineteen in twenty of the worker's own gaps between labels a silence must be.

    Returns
    -------
    DataFrame
        Indexed by ``worker``, the longest silence first: ``pending`` (assignments), ``last_at`` (UTC; the last label,
        or the assignment where there is none), ``silent_hours``, ``usual_hours`` (95 % of his gaps are shorter; NaN
        below three labels) and ``stalled``. Workers without pending work are left out.
    """
    require(labels, ("worker", "status", "created_at", "submitted_at"), "stalled_workers()")
    now = pd.Timestamp.now("UTC") if now is None else now
    by = labels.groupby("worker", observed=True)
    pending = (labels["status"] == "pending").groupby(labels["worker"], observed=True).sum()
    last = by["submitted_at"].max()
    silent = (now - last.fillna(by["created_at"].min())).dt.total_seconds() / 3600
    order = labels.dropna(subset=["submitted_at"]).sort_values("submitted_at")
    gaps = order.groupby("worker", observed=True)["submitted_at"].diff().dt.total_seconds() / 3600
    known = gaps.groupby(order["worker"], observed=True)
    usual = known.quantile(0.95).where(known.count() >= 2).reindex(pending.index)
    limit = (usual * times_usual).fillna(0).clip(lower=pd.Timedelta(at_least).total_seconds() / 3600)
    result = pd.DataFrame(
        {
            "pending": pending.astype("int64"),
            "last_at": last.fillna(by["created_at"].min()),
            "silent_hours": silent,
            "usual_hours": usual,
            "stalled": silent > limit,
        }
    )
    return result[result["pending"] > 0].sort_values("silent_hours", ascending=False, kind="stable")
