"""How far a task is, read from two documented endpoints: GetTask with its metrics, and GetTaskInputCount."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasknb.messages.enums import WorkerStrategy
from tasknb.messages.requests import METRIC_FIELDS
from tasknb.messages.status import StatusCode

if TYPE_CHECKING:
    from tasknb.api import Client
    from tasknb.messages.people import User
    from tasknb.messages.task import Task, TaskStatusCount

COUNTED = ("pending", "awaiting_review", "awaiting_consensus", "done", "rejected")
"""The statuses that the API counts, in the order of `tasknb.look`."""

Counts = tuple[int, int, int, int, int]
ENDED = ("TASK_DONE", "TASK_WONT_DO", "TASK_FAILED")


@dataclass(frozen=True, slots=True)
class WorkerReading:
    """One worker's work: how many assignments he has in each of the `COUNTED` statuses."""

    id: str
    name: str
    kind: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class ReviewerReading:
    """One reviewer's work, in inputs; the API calls both numbers estimates."""

    id: str
    name: str
    reviewed: int
    reviewable: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a task.

    Attributes
    ----------
    taken : float
        When, in seconds since 1970.
    id, name, status, strategy, review : str
        The task's; the last three are the API's names.
    per_input : int
        How many workers label each input.
    total : int
        How many pieces of work there are: one worker's work on one input.
    estimated : bool
        Whether `total` rests on the API's estimate of the number of inputs, because not all are handed out yet.
    counts : tuple of int
        The pieces of work in each of the `COUNTED` statuses; pending includes those that are not handed out yet.
    workers, reviewers : tuple
        In the order that the task gives.
    """

    taken: float
    id: str
    name: str
    status: str
    strategy: str
    review: str
    per_input: int
    total: int
    estimated: bool
    counts: Counts
    workers: tuple[WorkerReading, ...]
    reviewers: tuple[ReviewerReading, ...]

    @property
    def finished(self) -> int:
        """The pieces of work that nobody needs to touch again: done or rejected."""
        return self.counts[3] + self.counts[4]

    @property
    def unit(self) -> str:
        """What the numbers count: inputs where each is labeled once, else labels."""
        return "inputs" if self.per_input == 1 else "labels"

    @property
    def complete(self) -> bool:
        """Whether all work is finished."""
        return 0 < self.total <= self.finished

    @property
    def ended(self) -> bool:
        """Whether somebody has ended the task."""
        return self.status in ENDED


class Reader:
    """Reads one task again and again; asks for people's names only the first time.

    Parameters
    ----------
    client : Client
        Where the task is.
    task_id : str
        Which one.
    """

    def __init__(self, client: Client, task_id: str) -> None:
        self._client = client
        self._task_id = task_id
        self._names: dict[str, str] | None = None

    def read(self) -> Reading:
        """Look at the task; two requests.

        Raises
        ------
        ApiError
            If the server cannot be reached or refuses.
        """
        people = ("worker.users", "review.users") if self._names is None else ()
        task = self._client.tasks.get(self._task_id, additional_fields=(*people, *METRIC_FIELDS))
        counts = self._client.tasks.input_counts(self._task_id)
        if self._names is None:
            self._names = people_names(task)
        return reading(task, counts, self._names, time.time())


def reading(task: Task, counts: list[TaskStatusCount], names: dict[str, str], taken: float) -> Reading:
    """Make a `Reading` of the API's answers; `names` maps user ids to what people are called."""
    workers = _workers(task, counts, names)
    handed_out = sum(sum(worker.counts) for worker in workers)
    total = max(_total(task, handed_out), handed_out)
    summed = [sum(column) for column in zip(*(worker.counts for worker in workers), strict=True)] or [0] * 5
    summed[0] += total - handed_out
    return Reading(
        taken=taken,
        id=task.id,
        name=task.name,
        status=_status_name(task),
        strategy=str(task.worker.strategy) if task.worker else "",
        review=str(task.review.strategy) if task.review else "",
        per_input=_per_input(task),
        total=total,
        estimated=total > handed_out,
        counts=(summed[0], summed[1], summed[2], summed[3], summed[4]),
        workers=workers,
        reviewers=_reviewers(task, names),
    )


def _workers(task: Task, counts: list[TaskStatusCount], names: dict[str, str]) -> tuple[WorkerReading, ...]:
    # Those the task names come first and in its order, also with nothing to do; then whoever has left it.
    found: dict[str, WorkerReading] = {}
    for worker in task.worker.workers if task.worker else ():
        found[worker.id] = WorkerReading(worker.id, names.get(worker.id, ""), worker.kind, (0, 0, 0, 0, 0))
    for row in counts:
        worker_id = (row.worker.id if row.worker else "") or row.user_id
        kind = (row.worker.kind if row.worker else "") or "user"
        found[worker_id] = WorkerReading(worker_id, names.get(worker_id, ""), kind, _counts(row))
    return tuple(found.values())


def _counts(row: TaskStatusCount) -> Counts:
    return row.pending, row.awaiting_review, row.awaiting_consensus_review, row.success, row.review_denied


def _per_input(task: Task) -> int:
    worker = task.worker
    if worker is None or worker.strategy is WorkerStrategy.DYNAMIC:
        return 1
    if worker.strategy is WorkerStrategy.FULL:
        return max(1, len(worker.workers))
    info = worker.partitioned_strategy_info
    return max(1, info.workers_per_input if info else 1)


def _total(task: Task, handed_out: int) -> int:
    """How much work the task will be; what is handed out says it exactly where all is handed out at creation."""
    source = task.metrics.input_source if task.metrics else None
    inputs = source.inputs_count_estimated if source else 0
    dynamic = task.worker is not None and task.worker.strategy is WorkerStrategy.DYNAMIC
    return handed_out if handed_out and not dynamic and not task.is_automatic else inputs * _per_input(task)


def _reviewers(task: Task, names: dict[str, str]) -> tuple[ReviewerReading, ...]:
    users = task.review.users if task.review else []
    metrics = task.metrics.review if task.metrics else None
    if not users or metrics is None:
        return ()
    # The API's lists are positional; one that is shorter than the list of reviewers says nothing of the last of them.
    reviewed = _padded(metrics.inputs_count_estimated_per_reviewer, len(users))
    reviewable = _padded(metrics.inputs_reviewable_count_estimated_per_reviewer, len(users))
    return tuple(
        ReviewerReading(user.id, names.get(user.id, ""), done, max(total, done))
        for user, done, total in zip(users, reviewed, reviewable, strict=True)
    )


def _padded(values: list[int], length: int) -> list[int]:
    return [*values, *[0] * length][:length]


def people_names(task: Task) -> dict[str, str]:
    """What people are called, by user id, where the task tells it (``worker.users``, ``review.users``)."""
    users = [worker.user for worker in task.worker.workers if worker.user] if task.worker else []
    users += task.review.users if task.review else []
    return {user.id: name for user in users if (name := _full_name(user)) not in ("", user.id)}


def _full_name(user: User) -> str:
    return f"{user.first_name} {user.last_name}".strip()


def _status_name(task: Task) -> str:
    code = task.status.code if task.status else 0
    return StatusCode(code).name if code in set(StatusCode) else ""
