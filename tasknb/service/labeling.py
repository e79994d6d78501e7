"""What a labeler does: start, which gets him inputs, and submit, which hands his work in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select, update

from tasknb.messages.enums import ReviewStrategy
from tasknb.messages.status import StatusCode
from tasknb.service.assigning import BATCH, PENDING, draw
from tasknb.service.assignment_rows import assignment_messages, assignment_pks, find_assignments
from tasknb.service.context import Context, Refusal
from tasknb.service.schema import annotations as annotation_table
from tasknb.service.schema import assignments, inputs
from tasknb.service.task_rows import TaskRow, people
from tasknb.service.workers import LABELER, find_worker, user_worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.requests import PutTaskAssignmentsRequest
    from tasknb.messages.task import TaskAssignment

ANNOTATION_OF = {
    StatusCode.TASK_ASSIGNMENT_PENDING.value: StatusCode.ANNOTATION_PENDING.value,
    StatusCode.TASK_ASSIGNMENT_AWAITING_REVIEW.value: StatusCode.ANNOTATION_AWAITING_REVIEW.value,
    StatusCode.TASK_ASSIGNMENT_AWAITING_CONSENSUS_REVIEW.value: StatusCode.ANNOTATION_AWAITING_CONSENSUS_REVIEW.value,
    StatusCode.TASK_ASSIGNMENT_SUCCESS.value: StatusCode.ANNOTATION_SUCCESS.value,
    StatusCode.TASK_ASSIGNMENT_REJECTED.value: StatusCode.ANNOTATION_REVIEW_DENIED.value,
}
"""The status that annotations take from their assignment."""


def label_start(ctx: Context, row: TaskRow) -> list[TaskAssignment]:
    """The caller's pending assignments, at most ten; under DYNAMIC ten new inputs when he has none left.

    Raises
    ------
    Refusal
        TASK_PERMISSION_DENIED for who is no labeler of the task; TASK_CONFLICT when the task has ended.
    """
    return assignment_messages(ctx, row, start_labeling(ctx, row))


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
    fresh = [one.pk for one in rows if one.status_code == PENDING]
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


def submit(ctx: Context, row: TaskRow, pks: Sequence[int]) -> None:
    """Take pending assignments as handed in, and send them where the task's review says."""
    review = row.task.review
    assert review is not None
    if review.strategy is ReviewStrategy.NONE:
        set_status(ctx, row, pks, StatusCode.TASK_ASSIGNMENT_SUCCESS)


def set_status(ctx: Context, row: TaskRow, pks: Sequence[int], code: StatusCode) -> None:
    """Set the status of assignments, and of the annotations that their workers made for them."""
    chosen = and_(assignments.c.task_pk == row.pk, assignments.c.pk.in_(pks))
    ctx.db.execute(update(assignments).where(chosen).values(status_code=code.value, modified_at=ctx.now))
    of_same_work = (
        select(assignments.c.pk)
        .where(
            chosen,
            assignments.c.input_pk == annotation_table.c.input_pk,
            assignments.c.worker_pk == annotation_table.c.worker_pk,
        )
        .exists()
    )
    ctx.db.execute(
        update(annotation_table)
        .where(annotation_table.c.task_pk == row.pk, of_same_work)
        .values(status_code=ANNOTATION_OF[code.value], modified_at=ctx.now)
    )
