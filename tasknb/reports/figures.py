"""The headline figures of a report: what its first lines show and what rules are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasknb.reports.data import ReportData, TaskLine


ENOUGH = 10
"""Inputs with labels of two workers, below which the agreement of a task is no headline."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure means.

    Attributes
    ----------
    meaning : str
        In words.
    kind : str
        ``count``; ``share`` (0 to 1); ``coefficient`` (-1 to 1); ``time`` (seconds).
    """

    meaning: str
    kind: str = "count"


FIGURES: Mapping[str, Figure] = {
    "tasks": Figure("tasks in the report"),
    "tasks_in_progress": Figure("tasks in progress"),
    "tasks_idle": Figure("automatic tasks that wait for new inputs"),
    "tasks_done": Figure("tasks that somebody has marked as done"),
    "tasks_failed": Figure("tasks that failed"),
    "labels": Figure("labels to give in all: one worker's work on one input"),
    "pending": Figure("labels still to be handed in"),
    "awaiting_review": Figure("labels that a reviewer must look at"),
    "awaiting_consensus": Figure("labels that wait for those of others"),
    "finished": Figure("labels that are done or rejected"),
    "rejected": Figure("labels that were rejected"),
    "progress": Figure("finished of all labels", "share"),
    "lowest_progress": Figure("the same of the task in progress that is least far", "share"),
    "rejected_share": Figure("rejected of finished labels", "share"),
    "time_left": Figure("time until all is labeled, an estimate; 0 when all is", "time"),
    "workers": Figure("workers of these tasks"),
    "stalled_workers": Figure("workers with open work who have been silent for unusually long"),
    "longest_silence": Figure("time for which a worker with open work has been silent", "time"),
    "reviewers": Figure("reviewers of these tasks"),
    "lowest_agreement": Figure("the least Krippendorff's alpha of a task with 10 or more shared inputs", "coefficient"),
    "contested_inputs": Figure("inputs whose labels differ, in samples scaled to all"),
    "contested_share": Figure("inputs whose labels differ of those with labels", "share"),
    "new_labels": Figure("labels handed in since the last report"),
    "report_age": Figure("time since the last report", "time"),
}
"""Every figure by its name, in the order in which they are listed."""


def figures_of(data: ReportData) -> dict[str, float | None]:
    """Each of `FIGURES`, computed from the lines of a report; None where one is undefined."""
    return {**_work(data), **_people(data), **_quality(data), **_change(data)}


def _work(data: ReportData) -> dict[str, float | None]:
    tasks = data.tasks
    states = [task.status for task in tasks]
    counts = {key: sum(task.counts[key] for task in tasks) for key in tasks[0].counts} if tasks else {}
    total, finished = sum(task.total for task in tasks), sum(task.finished for task in tasks)
    pending = sum(task.counts["pending"] for task in tasks if task.active)
    left = (data.ahead.expected_at - data.made_at).total_seconds() if data.ahead else None
    active = [task.finished / task.total for task in tasks if task.active and task.total]
    return {
        "tasks": len(tasks),
        "tasks_in_progress": states.count("TASK_IN_PROGRESS"),
        "tasks_idle": states.count("TASK_IDLE"),
        "tasks_done": states.count("TASK_DONE"),
        "tasks_failed": states.count("TASK_FAILED"),
        "labels": total,
        "pending": counts.get("pending", 0),
        "awaiting_review": counts.get("awaiting_review", 0),
        "awaiting_consensus": counts.get("awaiting_consensus", 0),
        "finished": finished,
        "rejected": counts.get("rejected", 0),
        "progress": finished / total if total else None,
        "lowest_progress": min(active, default=None),
        "rejected_share": counts["rejected"] / finished if finished else None,
        "time_left": 0.0 if not pending else left,
    }


def _people(data: ReportData) -> dict[str, float | None]:
    silent = [worker.silent_seconds for worker in data.workers if worker.open and worker.silent_seconds is not None]
    return {
        "workers": len(data.workers),
        "stalled_workers": sum(worker.stalled for worker in data.workers),
        "longest_silence": max(silent, default=None),
        "reviewers": len(data.reviewers),
    }


def _quality(data: ReportData) -> dict[str, float | None]:
    lowest = least_agreed(data)
    labeled = sum(task.labeled for task in data.tasks)
    contested = sum(task.contested for task in data.tasks)
    return {
        "lowest_agreement": lowest.agreement.value if lowest else None,
        "contested_inputs": contested,
        "contested_share": contested / labeled if labeled else None,
    }


def least_agreed(data: ReportData) -> TaskLine | None:
    """The task whose workers agree least, of those where agreement rests on enough inputs to mean something."""
    known = [
        (task.agreement.value, task)
        for task in data.tasks
        if task.agreement.measure == "alpha" and task.agreement.value is not None and task.agreement.inputs >= ENOUGH
    ]
    return min(known, key=lambda pair: pair[0])[1] if known else None


def _change(data: ReportData) -> dict[str, float | None]:
    changes = data.changes
    return {
        "new_labels": changes.handed_in if changes else None,
        "report_age": changes.seconds if changes else None,
    }
