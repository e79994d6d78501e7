"""What a labeler does: start, which gets him inputs, and submit, which hands his work in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tasknb.messages.status import StatusCode
from tasknb.service.auto.assistant import offer
from tasknb.service.context import Context, Refusal
from tasknb.service.people.workers import LABELER, find_worker, user_worker
from tasknb.service.schema import assignments, inputs
from tasknb.service.tasks.task_rows import TaskRow, people
from tasknb.service.work.assigning import BATCH, PENDING, draw
from tasknb.service.work.assignment_rows import assignment_messages, assignment_pks, find_assignments
from tasknb.service.work.submitting import submit

if TYPE_CHECKING:
    from tasknb.messages.requests import PutTaskAssignmentsRequest
    from tasknb.messages.task import TaskAssignment


def label_start(ctx: Context, row: TaskRow) -> list[TaskAssignment]:
    """The caller's pending assignments, at most ten; under DYNAMIC ten new inputs when he has none left.

    Where the task has an assistant, the inputs carry its suggestions.

    Raises
    ------
    Refusal
        TASK_PERMISSION_DENIED for who is no labeler of the task; TASK_CONFLICT when the task has ended.
    """
    started = assignment_messages(ctx, row, start_labeling(ctx, row))
    offer(ctx, row, [one.input for one in started if one.input])
    return started


def start_labeling(ctx: Context, row: TaskRow) -> list[int]:
    """The pks of what `label_start` answers."""
    worker_pk = _labeler(ctx, row)
    if row.status_code != StatusCode.TASK_IN_PROGRESS:
        raise Refusal(
            StatusCode.TASK_CONFLICT,
            f"The task is {StatusCode(row.status_code).name}, so nothing is given out. "
            "Set it to TASK_IN_PROGRESS to go on.",
        )
    pending = _pending(ctx, row, worker_pk)
    if not pending and row.is_dynamic:
        draw(ctx, row, worker_pk)
        pending = _pending(ctx, row, worker_pk)
    return pending


def _labeler(ctx: Context, row: TaskRow) -> int:
    labelers = people(ctx, row.pk, LABELER)
    for one in labelers:
        if (one.kind, one.id) == ("user", ctx.caller.id):
            return int(one.pk)
    named = ", ".join(one.id for one in labelers[:5])
    raise Refusal(
        StatusCode.TASK_PERMISSION_DENIED,
        f"{ctx.caller.id} is no worker of this task (those are {named}). PatchTasks can add {ctx.caller.id}.",
    )


def _pending(ctx: Context, row: TaskRow, worker_pk: int) -> list[int]:
    query = (
        select(assignments.c.pk)
        .where(
            assignments.c.task_pk == row.pk,
            assignments.c.worker_pk == worker_pk,
            assignments.c.status_code == PENDING,
        )
        .order_by(assignments.c.input_pk)
        .limit(BATCH)
    )
    return list(ctx.db.scalars(query))


def label_submit(ctx: Context, row: TaskRow, request: PutTaskAssignmentsRequest) -> list[TaskAssignment]:
    """Hand in the caller's work on some assignments; what has been handed in before stays as it is.

    An ``input_id`` in place of ids is the deprecated form: the caller's assignment of that input.

    Raises
    ------
    Refusal
        TASK_PERMISSION_DENIED for another worker's assignment; TASK_MISSING for an id that the task has not.
    """
    config = request.label_submit_config
    named = config.task_assignments if config else []
    pks = assignment_pks(row, named, "label_submit_config.task_assignments")
    if not pks:
        pks = [_of_input(ctx, row, request.input_id)]
    rows = find_assignments(ctx, row, pks)
    worker_pk = find_worker(ctx, user_worker(ctx.caller.id))
    for index, one in enumerate(rows):
        if one.worker_pk != worker_pk:
            raise Refusal(
                StatusCode.TASK_PERMISSION_DENIED,
                f"label_submit_config.task_assignments[{index}]: This is another worker's assignment, "
                f"which {ctx.caller.id} cannot submit.",
            )
    fresh = {one.pk: one.input_pk for one in rows if one.status_code == PENDING}
    if fresh:
        submit(ctx, row, fresh)
    return assignment_messages(ctx, row, pks)


def _of_input(ctx: Context, row: TaskRow, input_id: str) -> int:
    if not input_id:
        raise Refusal(
            StatusCode.CONN_INVALID_REQUEST,
            "label_submit_config.task_assignments: Name the assignments by their ids, as LABEL_START gave them.",
        )
    worker_pk = find_worker(ctx, user_worker(ctx.caller.id))
    query = (
        select(assignments.c.pk)
        .join_from(assignments, inputs)
        .where(
            inputs.c.app_pk == ctx.app_pk,
            inputs.c.id == input_id,
            assignments.c.task_pk == row.pk,
            assignments.c.worker_pk == worker_pk,
        )
    )
    pk = ctx.db.scalar(query)
    if pk is None:
        raise Refusal(
            StatusCode.TASK_MISSING, f"input_id: {ctx.caller.id} has no assignment of input {input_id!r} in this task."
        )
    return int(pk)
