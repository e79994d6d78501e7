"""A task in words and rows: for the static view, and the plan for the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasknb import look
from tasknb.messages.enums import InputSourceType, ReviewStrategy, WorkerStrategy
from tasknb.messages.normal import normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.task import Task, TaskReview, TaskWorker
    from tasknb.widgets.plan import Load, Plan

MOST_NAMED = 12
"""How many names a row lists before it says how many more there are."""


def title(stored: Task | None) -> str:
    """The caption of the static view."""
    return f"Task {stored.name}, with id {stored.id}" if stored else "A task being filled in"


def rows(task: Task, plan: Plan | None) -> list[tuple[str, str]]:
    """What a task says, as pairs of heading and text, in the order of the form."""
    task = normalised(task)
    pairs = [
        ("Name", task.name),
        ("Type", look.label(str(task.type))),
        ("Concepts", named([one.concept.id for one in task.concepts if one.concept])),
        ("Inputs", _inputs(task, plan)),
        ("Workers", named([one.id for one in task.worker.workers]) if task.worker else ""),
        ("Strategy", strategy(task.worker) if task.worker else ""),
        ("Review", review(task.review) if task.review else ""),
        ("Labels in all", look.count(plan.labels) if plan and plan.labels else ""),
    ]
    return [(heading, text or "—") for heading, text in pairs]


def named(ids: Sequence[str]) -> str:
    """Ids in a row, the first of many."""
    more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return ", ".join(ids[:MOST_NAMED]) + more


def strategy(worker: TaskWorker) -> str:
    """How inputs reach workers: "Partitioned by weight, 2 workers per input"."""
    info = worker.partitioned_strategy_info
    if worker.strategy is not WorkerStrategy.PARTITIONED or info is None:
        return look.label(str(worker.strategy))
    how = "by weight" if info.weights else "evenly"
    return f"Partitioned {how}, workers per input: {info.workers_per_input}"


def review(review: TaskReview) -> str:
    """How labels are checked: "Manual by rita"."""
    if review.strategy not in (ReviewStrategy.MANUAL, ReviewStrategy.CONSENSUS):
        return look.label(str(review.strategy))
    text = look.label(str(review.strategy))
    info = review.consensus_strategy_info
    if info is not None:
        text += f" of {info.approval_threshold_labelers} labelers"
    return f"{text}, by {named([user.id for user in review.users])}" if review.users else text


def _inputs(task: Task, plan: Plan | None) -> str:
    source = task.input_source
    if source is None or not source.type:
        return ""
    text = look.label(str(source.type)) + (f" {source.id}" if source.type is not InputSourceType.ALL_INPUTS else "")
    return f"{text} ({look.count(plan.inputs)})" if plan else text


def plan_dict(plan: Plan | None) -> dict[str, Any] | None:
    """The plan as JSON values, for the browser."""
    if plan is None:
        return None
    return {
        "inputs": plan.inputs,
        "labels": plan.labels,
        "labels_per_input": plan.labels_per_input,
        "exact": plan.exact,
        "shared": round(plan.shared),
        "workers": [_load(one) for one in plan.workers],
        "review": plan.review,
        "reviewers": [_load(one) for one in plan.reviewers],
        "hours": plan.hours,
        "end": plan.end.isoformat() if plan.end else None,
    }


def _load(load: Load) -> list[Any]:
    return [load.who, load.inputs, load.hours]
