"""Tasks as they lie in the store: finding one, reading their messages, writing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, delete, insert, select

from tasknb.messages.enums import WorkerStrategy
from tasknb.messages.normal import normalised
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.task import Task, TaskReview, TaskWorker
from tasknb.messages.wire import decode, encode
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.people.workers import LABELER, REVIEWER, ensure_workers, user_worker
from tasknb.service.schema import task_people, tasks, workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row

    from tasknb.messages.people import Worker

TASK_STATUSES = (StatusCode.TASK_IN_PROGRESS, StatusCode.TASK_DONE, StatusCode.TASK_WONT_DO)
"""The states that a patch may set."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """What the store's columns say of a task, and its message as JSON."""

    pk: int
    id: str
    status_code: int
    strategy: int
    source_type: int
    source_pk: int | None
    seed: int
    cursor: int
    routed: int
    created_at: int
    body: str

    @property
    def task(self) -> Task:
        """The task's message, in its present form: without deprecated fields."""
        return normalised(decode(self.body, Task))

    @property
    def is_dynamic(self) -> bool:
        """Whether inputs are given out on demand."""
        return self.strategy == WorkerStrategy.DYNAMIC.number


_COLUMNS = [tasks.c[name] for name in TaskRow.__slots__]
_ONE_TASK = select(*_COLUMNS).where(tasks.c.app_pk == bindparam("app_pk"), tasks.c.id == bindparam("id"))
_decoder = msgspec.json.Decoder(list[Task], strict=False)


def find_task(ctx: Context, task_id: str) -> TaskRow:
    """The task of that id.

    Raises
    ------
    Refusal
        TASK_MISSING if the app has none.
    """
    row = ctx.db.execute(_ONE_TASK, {"app_pk": ctx.app_pk, "id": task_id}).first()
    if row is None:
        raise missing([task_id])
    return TaskRow(*row)


def find_tasks(ctx: Context, task_ids: Sequence[str]) -> list[TaskRow]:
    """The tasks of these ids, in their order.

    Raises
    ------
    Refusal
        TASK_MISSING if there is none for some id, which it names.
    """
    found = ctx.db.execute(select(*_COLUMNS).where(tasks.c.app_pk == ctx.app_pk, tasks.c.id.in_(task_ids)))
    rows = {row.id: TaskRow(*row) for row in found}
    absent = [task_id for task_id in task_ids if task_id not in rows]
    if absent:
        raise missing(absent)
    return [rows[task_id] for task_id in task_ids]


def missing(task_ids: Sequence[str]) -> Refusal:
    """The refusal for ids of which the app has no task."""
    named = ", ".join(repr(task_id) for task_id in task_ids[:3])
    more = f" and {len(task_ids) - 3} others" if len(task_ids) > 3 else ""
    return Refusal(
        StatusCode.TASK_MISSING, f"There is no task {named}{more} in this app. ListTasks names those there are."
    )


def read_tasks(bodies: Iterable[str]) -> list[Task]:
    """The messages of stored bodies, as they are answered."""
    return _decoder.decode(f"[{','.join(bodies)}]")


def write_people(ctx: Context, task_pk: int, task: Task) -> tuple[list[int], list[int]]:
    """Note anew who labels and who reviews; return their pks as workers, in the task's order."""
    labelers = ensure_workers(ctx, task.worker.workers if task.worker else [])
    reviewers = ensure_workers(ctx, [user_worker(user.id) for user in task.review.users] if task.review else [])
    ctx.db.execute(delete(task_people).where(task_people.c.task_pk == task_pk))
    ctx.db.execute(insert(task_people), people_rows(task_pk, labelers, reviewers))
    return labelers, reviewers


def people_rows(task_pk: int, labelers: Sequence[int], reviewers: Sequence[int]) -> list[dict[str, int]]:
    """The rows of ``task_people`` that say so."""
    return [
        {"task_pk": task_pk, "role": role, "position": position, "worker_pk": pk}
        for role, pks in ((LABELER, labelers), (REVIEWER, reviewers))
        for position, pk in enumerate(pks)
    ]


_PEOPLE = (
    select(workers.c.pk, workers.c.kind, workers.c.id, workers.c.version_id, workers.c.body)
    .join_from(task_people, workers)
    .where(task_people.c.task_pk == bindparam("task_pk"), task_people.c.role == bindparam("role"))
    .order_by(task_people.c.position)
)


def people(ctx: Context, task_pk: int, role: int) -> list[Row[Any]]:
    """The rows of a task's labelers or reviewers, in the task's order."""
    return list(ctx.db.execute(_PEOPLE, {"task_pk": task_pk, "role": role}))


def answered(ctx: Context, task: Task, task_id: str, status_code: int, created_at: int) -> Task:
    """The task as it is stored and answered: with what the server fills in, and the deprecated fields echoed."""
    assert ctx.app is not None
    status = Status.of(StatusCode(status_code))
    return msgspec.structs.replace(
        task,
        id=task_id,
        created_at=to_datetime(created_at),
        modified_at=to_datetime(ctx.now),
        app_id=ctx.app.id,
        user_id=ctx.app.owner_id,
        status=status,
        metrics=None,
        concept_ids=[one.concept.id for one in task.concepts if one.concept and one.concept.id],
        worker=_echoed_worker(task.worker) if task.worker else None,
        review=_echoed_review(task.review) if task.review else None,
    )


def _echoed_worker(worker: TaskWorker) -> TaskWorker:
    users = [bare(one).user for one in worker.workers if one.user]
    return msgspec.structs.replace(
        worker,
        workers=[bare(one) for one in worker.workers],
        users=[user for user in users if user],
        user_ids=[user.id for user in users if user],
    )


def _echoed_review(review: TaskReview) -> TaskReview:
    ids = [user.id for user in review.users]
    users = [one.user for one in map(user_worker, ids) if one.user]
    return msgspec.structs.replace(review, users=users, user_ids=ids)


def bare(worker: Worker) -> Worker:
    """A user with no more than the id, because real names are told on request only; models as they are."""
    return user_worker(worker.user.id) if worker.user else worker


def body_of(task: Task) -> str:
    """What is stored of a task."""
    return encode(task).decode()
