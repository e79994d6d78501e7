"""Who does what: one row a task and worker, a task and reviewer, or a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.build import frame_of
from tasknb.frames.check import require
from tasknb.frames.tables import BY_WORKER, REVIEWERS, WORK, WORKERS
from tasknb.messages.requests import GetTaskCountRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.api import Client
    from tasknb.messages.task import TaskStatusCount

# The frame's word for each count of the API.
_COUNTS = {
    "pending": "pending",
    "awaiting_review": "awaiting_review",
    "awaiting_consensus": "awaiting_consensus_review",
    "done": "success",
    "rejected": "review_denied",
}


def workers(tasks: pd.DataFrame, client: Client | None = None) -> pd.DataFrame:
    """Who labels which task, and how much of it.

    Parameters
    ----------
    tasks : DataFrame
        The frame of tasks.
    client : Client, optional
        Asked for each task's exact counts. Without it, only the configured share is known.

    Returns
    -------
    DataFrame
        One row a task and worker, in the order of the task, with the columns of
        ``tasknb.frames.columns("workers")``. ``estimated`` is False where the counts are exact.

    Raises
    ------
    ApiError
        If the server refuses or cannot be reached.
    """
    rows = [row for task in tasks.itertuples(index=False) for row in _worker_rows(task, client)]
    return frame_of(WORKERS, {column.name: [row.get(column.name) for row in rows] for column in WORKERS})


def _worker_rows(task: Any, client: Client | None) -> Iterator[dict[str, Any]]:
    counts = _counts(client, task.task_id) if client is not None else {}
    shares = _shares(task)
    names = list(task.workers)
    kinds = list(task.worker_kinds)
    # Who has counts but is no longer among the workers has been taken off the task; his work stays.
    gone = [name for name in counts if name not in names]
    for position, name in enumerate([*names, *gone]):
        share = shares[position] if position < len(shares) else np.nan
        row = {"task_id": task.task_id, "task_name": task.name, "worker": name, "share": share}
        row["kind"] = kinds[position] if position < len(kinds) else None
        row["expected"] = _expected(task, share)
        row["estimated"] = client is None
        if client is not None:
            row.update(counts.get(name) or _counted(None))
        yield row


def _shares(task: Any) -> list[float]:
    """Each worker's configured share of the labels; NaN where inputs are drawn, not shared out."""
    number = len(task.workers)
    if task.strategy == "DYNAMIC" or pd.isna(task.strategy):
        return [np.nan] * number
    weights = list(task.weights) or [1.0] * number
    total = sum(weights)
    return [weight / total if total else np.nan for weight in weights]


def _expected(task: Any, share: float) -> float:
    if pd.isna(task.inputs) or pd.isna(task.labels_per_input):
        return np.nan
    return float(task.inputs) * float(task.labels_per_input) * share


def _counts(client: Client, task_id: str) -> dict[str, dict[str, int]]:
    response = client.call("GetTaskInputCount", GetTaskCountRequest(task_id=task_id))
    return {(one.worker.id if one.worker else "") or one.user_id: _counted(one) for one in response.counts}


def _counted(one: TaskStatusCount | None) -> dict[str, int]:
    counts = {name: getattr(one, field) if one else 0 for name, field in _COUNTS.items()}
    total = sum(counts.values())
    return {**counts, "assigned": total, "submitted": total - counts["pending"]}


def reviewers(tasks: pd.DataFrame) -> pd.DataFrame:
    """Who reviews which task, and how far: the API's positional lists joined by name.

    Parameters
    ----------
    tasks : DataFrame
        The frame of tasks.

    Returns
    -------
    DataFrame
        One row a task and reviewer, with the columns of ``tasknb.frames.columns("reviewers")``. A count that the
        server left out is missing, not 0.
    """
    rows = [row for task in tasks.itertuples(index=False) for row in _reviewer_rows(task)]
    return frame_of(REVIEWERS, {column.name: [row[column.name] for row in rows] for column in REVIEWERS})


def _reviewer_rows(task: Any) -> Iterator[dict[str, Any]]:
    for position, name in enumerate(task.reviewers):
        yield {
            "task_id": task.task_id,
            "task_name": task.name,
            "reviewer": name,
            "reviewed": _at(task.reviewer_reviewed, position),
            "reviewable": _at(task.reviewer_reviewable, position),
            "percent": _at(task.reviewer_percent, position),
            "estimated": task.estimated,
        }


def _at(values: Any, position: int) -> int | None:
    return int(values[position]) if position < len(values) else None


def handling_seconds(labels: pd.DataFrame) -> pd.Series[float]:
    """How long each label took: from the assignment, or the worker's label before it, until it was handed in.

    Inputs are assigned in batches, so the time since the assignment alone would grow along a batch. Pauses count as
    long handling times; take the median, or leave out what is too long. Without assignment times (Clarifai lists none)
    a worker's first label has no handling time.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.

    Returns
    -------
    Series
        Seconds, on the index of `labels`; NaN for what is not handed in.
    """
    require(labels, ("worker", "created_at", "submitted_at"), "handling times")
    # By position, because the index of frames that were put together repeats.
    order = labels.reset_index(drop=True).sort_values("submitted_at", kind="stable")
    before = order.groupby("worker", observed=True, sort=False)["submitted_at"].shift()
    start = pd.concat([order["created_at"], before], axis=1).max(axis=1)
    seconds = (order["submitted_at"] - start).dt.total_seconds()
    return seconds.sort_index().set_axis(labels.index)


def by_worker(labels: pd.DataFrame, *, pause: str = "30min") -> pd.DataFrame:
    """What each worker has done, and how fast.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    pause : str, default "30min"
        A label that took longer than this was interrupted: it counts as a label, but not for the times.

    Returns
    -------
    DataFrame
        Indexed by ``worker``, with the columns of ``tasknb.frames.columns("by_worker")``.
    """
    require(labels, ("worker", "label", "status", "created_at", "submitted_at"), "by_worker()")
    seconds = handling_seconds(labels)
    seconds = seconds.where(seconds <= pd.Timedelta(pause).total_seconds())
    by = labels.assign(seconds=seconds).groupby("worker", observed=True)
    status = pd.crosstab(labels["worker"], labels["status"].astype("str")).reindex(
        columns=list(WORK[:-1]), fill_value=0
    )
    times = by["seconds"].agg(["sum", "count", "median"])
    result = status.astype("Int64").rename_axis(columns=None).reindex(times.index, fill_value=0)
    result["assigned"] = by.size().astype("Int64")
    result["labeled"] = by["label"].count().astype("Int64")
    result["first_at"] = by["submitted_at"].min()
    result["last_at"] = by["submitted_at"].max()
    result["active_hours"] = times["sum"] / 3600
    result["per_hour"] = (times["count"] / result["active_hours"]).where(result["active_hours"] > 0)
    result["median_seconds"] = times["median"]
    return result[[column.name for column in BY_WORKER]]
