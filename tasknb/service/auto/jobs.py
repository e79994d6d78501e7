"""Automatic tasks in the database: which wait, the next inputs to look at, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import exists, func, insert, literal, select, update

from tasknb.messages.status import Status, StatusCode
from tasknb.service.auto import cleaning, leases, unread
from tasknb.service.auto.findings import Item, write_findings
from tasknb.service.content.inputs import INPUT_COLUMNS, input_message
from tasknb.service.context import AppRow, Caller, Context, to_datetime
from tasknb.service.people.workers import LABELER
from tasknb.service.schema import apps, assignments, inputs, task_people, tasks, users, workers
from tasknb.service.tasks.sources import place_of, source_inputs
from tasknb.service.tasks.task_rows import TaskRow, body_of
from tasknb.service.work.assigning import COLUMNS, PENDING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Select

    from tasknb.messages.people import Worker
    from tasknb.messages.task import Task
    from tasknb.service.auto.findings import Finding

BATCH = 32
"""How many inputs a model is shown at a time; what it must look at again at most when a process is killed."""

GIVEN_AT_ONCE = 10_000
"""How many inputs that came later are given to the model in one transaction."""

IN_PROGRESS, IDLE = StatusCode.TASK_IN_PROGRESS.value, StatusCode.TASK_IDLE.value

AUTOMATIC = ("model", "workflow")
"""The kinds of workers that are no people."""


@dataclass(frozen=True, slots=True)
class Job:
    """An automatic task that is open: in progress, or idle with new inputs."""

    row: TaskRow
    app: AppRow
    worker_pk: int
    worker: Worker


@dataclass(frozen=True, slots=True)
class Batch:
    """The next inputs of a job. Without any, `changed` says whether something else was done meanwhile."""

    job: Job
    task: Task
    items: list[Item]
    changed: bool = False


_OPEN = (
    select(
        *(tasks.c[name] for name in TaskRow.__slots__),
        apps.c.pk.label("app_pk"),
        apps.c.id.label("app_id"),
        users.c.pk.label("owner_pk"),
        users.c.id.label("owner_id"),
        workers.c.pk.label("worker_pk"),
    )
    .join_from(workers, task_people)
    .join(tasks, tasks.c.pk == task_people.c.task_pk)
    .join(apps, apps.c.pk == tasks.c.app_pk)
    .join(users, users.c.pk == apps.c.user_pk)
    .where(
        workers.c.kind.in_(AUTOMATIC),
        task_people.c.role == LABELER,
        tasks.c.status_code.in_((IN_PROGRESS, IDLE)),
    )
    .order_by(tasks.c.pk)
)


def has_automatic(db: Connection) -> bool:
    """Whether a model or workflow was ever a worker of a task here, so that there may be something to go on with."""
    return bool(db.scalar(select(exists().where(workers.c.kind.in_(AUTOMATIC)))))


def waiting(db: Connection) -> list[Job]:
    """The automatic tasks that have something to do, oldest first."""
    # The few workers that are models come first, so that the tasks of people are not even looked at.
    models = db.scalars(select(workers.c.pk).where(workers.c.kind.in_(AUTOMATIC))).all()
    rows = db.execute(_OPEN.where(task_people.c.worker_pk.in_(models))).all() if models else []
    found = []
    for one in rows:
        *columns, app_pk, app_id, owner_pk, owner_id, worker_pk = one
        row, app = TaskRow(*columns), AppRow(app_pk, app_id, owner_pk, owner_id)
        ctx = Context(db, Caller(owner_pk, owner_id), app, 0)
        if row.status_code == IN_PROGRESS or db.scalar(_has_more(ctx, row, worker_pk)):
            worker = row.task.worker
            assert worker is not None
            found.append(Job(row, app, worker_pk, worker.workers[0]))
    return found


def _has_more(ctx: Context, row: TaskRow, worker_pk: int) -> Select[Any]:
    """Whether an idle task has inputs again: new ones, or some that a reviewer has sent back."""
    later = source_inputs(ctx, row).where(place_of(row) > row.cursor)
    return select(exists(later) | exists(_pending(row.pk, worker_pk)))


def _pending(task_pk: int, worker_pk: int) -> Select[Any]:
    return select(assignments.c.pk).where(
        assignments.c.task_pk == task_pk,
        assignments.c.worker_pk == worker_pk,
        assignments.c.status_code == PENDING,
        ~unread.passed_over,
    )


def take(ctx: Context, job: Job, holder: str) -> Batch | None:
    """The next inputs of a job, with the lease on it; None when another process has it, or the task has ended.

    Only for a transaction that writes. A task with nothing left becomes idle.
    """
    row = _reread(ctx, job)
    if row is None or not leases.claim(ctx.db, row.pk, holder, ctx.now):
        return None
    task = row.task
    if task.delete_previous_annotations and not cleaning.is_clean(ctx, row.pk):
        cleaning.clean(ctx, row.pk, job.worker, task)
        return Batch(job, task, [], changed=True)
    more = _give(ctx, row, job.worker_pk)
    items = _next(ctx, row.pk, job.worker_pk)
    if items and row.status_code == IDLE:
        set_status(ctx, row, StatusCode.TASK_IN_PROGRESS, unread.told(ctx.db, row.pk))
    elif not items and not more and row.status_code == IN_PROGRESS:
        set_status(ctx, row, StatusCode.TASK_IDLE, unread.told(ctx.db, row.pk))
    return Batch(job, task, items, changed=more)


def _reread(ctx: Context, job: Job) -> TaskRow | None:
    """The task as it is now; None when it is gone, has ended or has another worker."""
    query = _OPEN.where(tasks.c.pk == job.row.pk, workers.c.pk == job.worker_pk)
    found = ctx.db.execute(query).first()
    return TaskRow(*found[: len(TaskRow.__slots__)]) if found else None


def _give(ctx: Context, row: TaskRow, worker_pk: int) -> bool:
    """Give the model the inputs that came after the last one it was given; whether there may be more."""
    place = place_of(row)
    source = source_inputs(ctx, row).where(place > row.cursor).order_by(place).limit(GIVEN_AT_ONCE).subquery()
    count, last = ctx.db.execute(select(func.count(), func.max(source.c.place))).one()
    if not count:
        return False
    # A model that joins later is given the earlier inputs by the patch that lets it join.
    given = exists().where(assignments.c.task_pk == row.pk, assignments.c.input_pk == source.c.input_pk)
    values = (literal(worker_pk), literal(PENDING), literal(ctx.now), literal(ctx.now))
    new = select(literal(row.pk), source.c.input_pk, literal(worker_pk), *values).where(~given)
    ctx.db.execute(insert(assignments).from_select(COLUMNS, new))
    ctx.db.execute(update(tasks).where(tasks.c.pk == row.pk).values(cursor=last))
    return bool(count == GIVEN_AT_ONCE)


def _next(ctx: Context, task_pk: int, worker_pk: int) -> list[Item]:
    query = (
        select(assignments.c.pk.label("assignment_pk"), *INPUT_COLUMNS)
        .join_from(assignments, inputs)
        .where(assignments.c.pk.in_(_pending(task_pk, worker_pk).order_by(assignments.c.input_pk).limit(BATCH)))
        .order_by(assignments.c.input_pk)
    )
    return [Item(one.assignment_pk, one.pk, input_message(one, ctx.base_url)) for one in ctx.db.execute(query)]


def save(
    ctx: Context, batch: Batch, found: Sequence[Sequence[Finding]], unreadable: Mapping[int, str], holder: str
) -> None:
    """Store what a model found, and mark its inputs done: both or neither; and note which cannot be read, and why.

    Nothing is stored where the lease was lost, the task has ended, or the input is no longer the model's to label.
    """
    job = batch.job
    row = _reread(ctx, job)
    if row is None or not leases.holds(ctx.db, row.pk, holder):
        return
    still_open = _still_open(ctx, job, [item.assignment_pk for item in batch.items])
    items = [(index, item) for index, item in enumerate(batch.items) if item.assignment_pk in still_open]
    kept = [(item, found[index]) for index, item in items if index not in unreadable]
    write_findings(ctx, row, job.worker_pk, kept)
    reasons = {item.assignment_pk: unreadable[index] for index, item in items if index in unreadable}
    if reasons:
        unread.note(ctx.db, row.pk, reasons)
        set_status(ctx, row, StatusCode(row.status_code), unread.told(ctx.db, row.pk))
    leases.renew(ctx.db, row.pk, holder, ctx.now)


def _still_open(ctx: Context, job: Job, pks: Sequence[int]) -> set[int]:
    """Those of the assignments that the model has still to do."""
    # By pk alone: with the task's column in it, the query would go through all of the task's open assignments.
    query = select(assignments.c.pk, assignments.c.worker_pk, assignments.c.status_code)
    rows = ctx.db.execute(query.where(assignments.c.pk.in_(pks)))
    return {one.pk for one in rows if (one.worker_pk, one.status_code) == (job.worker_pk, PENDING)}


def fail(ctx: Context, job: Job, holder: str, reason: str) -> None:
    """Note that the model failed and why; a task that has ended meanwhile stays as it is."""
    row = _reread(ctx, job)
    if row is not None and leases.holds(ctx.db, row.pk, holder):
        set_status(ctx, row, StatusCode.TASK_FAILED, reason)


def set_status(ctx: Context, row: TaskRow, code: StatusCode, details: str = "") -> None:
    """Change a task's state, with the reason where there is one."""
    task = msgspec.structs.replace(row.task, status=Status.of(code, details), modified_at=to_datetime(ctx.now))
    values = {"status_code": code.value, "modified_at": ctx.now, "body": body_of(task)}
    ctx.db.execute(update(tasks).where(tasks.c.pk == row.pk).values(values))
