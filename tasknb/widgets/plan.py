"""The plan: what each worker and reviewer will get, before the task is created."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tasknb.messages.enums import PartitionedStrategy, ReviewStrategy, WorkerStrategy
from tasknb.messages.normal import normalised
from tasknb.messages.partition import loads
from tasknb.messages.rules import labels_per_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.task import Task, TaskReview, TaskWorker


@dataclass(frozen=True, slots=True)
class Load:
    """The part of one person.

    Attributes
    ----------
    who : str
        The user's id, or the model's.
    inputs : int
        How many inputs he labels or reviews.
    hours : float or None
        How long that takes at the plan's rate; None without one.
    """

    who: str
    inputs: int
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a task will ask of its people.

    Attributes
    ----------
    inputs : int
        How many inputs the task has.
    labels_per_input : int
        How many different workers label each input.
    workers : tuple of Load
        In the order of the task. Empty while the task has no workers or breaks the rules of its strategy.
    exact : bool
        Whether `workers` is what the service will assign; under DYNAMIC it is the average: who is faster gets more.
    shared : float
        How many inputs two workers have in common, on average over all pairs; 0 when each input has one worker.
    reviewers : tuple of Load
        How many inputs each reviewer looks at, at most.
    review : {"none", "all", "some"}
        How many inputs wait for a reviewer: none, all of them, or those on which labelers differ.
    end : datetime or None
        When the last worker is done if all start now, at the rate given.
    """

    inputs: int
    labels_per_input: int
    workers: tuple[Load, ...]
    exact: bool
    shared: float
    reviewers: tuple[Load, ...]
    review: str
    end: datetime | None

    @property
    def labels(self) -> int:
        """How many labels will be collected in all."""
        return self.inputs * self.labels_per_input

    @property
    def hours(self) -> float | None:
        """How long the worker with the largest part is busy; None without a rate."""
        return max((load.hours for load in self.workers if load.hours is not None), default=None)


def plan(
    task: Task,
    inputs: int,
    *,
    labels_per_hour: float | None = None,
    hours_per_day: float = 24.0,
    now: datetime | None = None,
) -> Plan:
    """What `task` will ask of its people: the same shares that the service assigns.

    Parameters
    ----------
    task : Task
        The task; it need not be valid yet.
    inputs : int
        How many inputs its source has.
    labels_per_hour : float, optional
        How many inputs one worker labels in an hour.
    hours_per_day : float, default 24
        How long a worker is at it each day.
    now : datetime, optional
        When the work starts; without it there is no `end`.
    """
    task = normalised(task)
    each = _inputs_per_worker(task.worker, inputs) if task.worker else []
    workers = tuple(
        Load(one.id, count, count / labels_per_hour if labels_per_hour else None)
        for one, count in zip(task.worker.workers if task.worker else [], each, strict=False)
    )
    review, reviewers = _review(task.review, inputs)
    if review == "all" and task.is_automatic:
        review = "some"  # only what the model's annotations leave to reviewers
    longest = max((load.hours for load in workers if load.hours is not None), default=None)
    return Plan(
        inputs=inputs,
        labels_per_input=labels_per_input(task),
        workers=workers,
        exact=bool(task.worker and task.worker.strategy is not WorkerStrategy.DYNAMIC),
        shared=_shared(inputs, labels_per_input(task), len(workers)),
        reviewers=reviewers,
        review=review,
        end=None if longest is None or now is None else _end(now, longest, hours_per_day),
    )


def _inputs_per_worker(worker: TaskWorker, inputs: int) -> list[int]:
    """How many inputs each worker labels; empty while the strategy's settings make no sense."""
    count = len(worker.workers)
    if not count:
        return []
    if worker.strategy is WorkerStrategy.FULL:
        return [inputs] * count
    info = worker.partitioned_strategy_info
    if worker.strategy is not WorkerStrategy.PARTITIONED or info is None:
        return loads(inputs, [1] * count, 1)
    weights: Sequence[float] = [1] * count
    if info.type is PartitionedStrategy.WEIGHTED:
        weights = [info.weights.get(one.id, 0) for one in worker.workers]
    try:
        return loads(inputs, weights, info.workers_per_input)
    except (TypeError, ValueError, OverflowError):  # the rules say what is wrong with the weights, beside their field
        return []


def _shared(inputs: int, each: int, workers: int) -> float:
    """Each input makes ``each * (each - 1)`` ordered pairs of workers, spread over all there are."""
    return inputs * each * (each - 1) / (workers * (workers - 1)) if workers > 1 else 0.0


def _review(review: TaskReview | None, inputs: int) -> tuple[str, tuple[Load, ...]]:
    if review is None or review.strategy not in (ReviewStrategy.MANUAL, ReviewStrategy.CONSENSUS):
        return "none", ()
    info = review.consensus_strategy_info
    agreement = info.approval_threshold_labelers if info else 0
    if review.strategy is ReviewStrategy.CONSENSUS and agreement == 1:
        return "none", ()
    everyone = info is not None and info.approval_threshold_reviewers == -1
    count = len(review.users)
    each = [inputs] * count if everyone else (loads(inputs, [1] * count, 1) if count else [])
    reviewers = tuple(Load(user.id, part) for user, part in zip(review.users, each, strict=True))
    return ("some" if agreement > 1 else "all"), reviewers


def _end(now: datetime, hours: float, hours_per_day: float) -> datetime | None:
    try:
        return now + timedelta(days=hours / hours_per_day)
    except OverflowError:
        return None
