"""The RPCs about assignments: PutTaskAssignments with its actions, and the two lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select, tuple_

from tasknb.messages.content_requests import MultiInputResponse
from tasknb.messages.enums import AssignmentAction
from tasknb.messages.requests import (
    ListNextTaskAssignmentsRequest,
    ListTaskAssignmentsRequest,
    MultiTaskAssignmentResponse,
    PutTaskAssignmentsRequest,
)
from tasknb.messages.status import StatusCode
from tasknb.messages.task import TaskAssignment
from tasknb.service.checks import check_filter, check_page, page_window
from tasknb.service.context import Context, Refusal
from tasknb.service.review.reviewing import decide, review_start
from tasknb.service.schema import assignments, workers
from tasknb.service.tasks.task_rows import find_task
from tasknb.service.work.assignment_rows import assignment_messages, assignment_pks, no_assignment
from tasknb.service.work.labeling import label_start, label_submit

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import ColumnElement

    from tasknb.service.tasks.task_rows import TaskRow

NOT_SET = AssignmentAction.PUT_TASK_ASSIGNMENTS_REQUEST_ACTION_NOT_SET


def put_task_assignments(ctx: Context, request: PutTaskAssignmentsRequest) -> MultiTaskAssignmentResponse:
    """Do one action to assignments; doing it again changes nothing more."""
    row = find_task(ctx, request.task_id)
    return MultiTaskAssignmentResponse(task_assignments=_done(ctx, row, request))


def _done(ctx: Context, row: TaskRow, request: PutTaskAssignmentsRequest) -> list[TaskAssignment]:
    action = request.action
    if action is AssignmentAction.LABEL_START:
        return label_start(ctx, row)
    if action is AssignmentAction.LABEL_SUBMIT or (action is NOT_SET and request.input_id):
        return label_submit(ctx, row, request)
    if action is AssignmentAction.REVIEW_START:
        return review_start(ctx, row, request.review_start_config)
    if action.known and action is not NOT_SET:
        return decide(ctx, row, request)
    choices = ", ".join(name for name in AssignmentAction.__members__ if name != NOT_SET)
    raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"action: {action!s} is no action. Choose one of {choices}.")


def list_next_task_assignments(ctx: Context, request: ListNextTaskAssignmentsRequest) -> MultiInputResponse:
    """The inputs of what LABEL_START answers."""
    started = label_start(ctx, find_task(ctx, request.task_id))
    return MultiInputResponse(inputs=[one.input for one in started if one.input])


def list_task_assignments(ctx: Context, request: ListTaskAssignmentsRequest) -> MultiTaskAssignmentResponse:
    """A task's assignments by input, one page; those of some users only, where they are named."""
    row = find_task(ctx, request.task_id)
    limit, offset = page_window(request)
    query = select(assignments.c.pk).where(assignments.c.task_pk == row.pk)
    if request.user_ids:
        check_filter(request.user_ids, "user_ids")
        who = select(workers.c.pk).where(
            workers.c.app_pk == ctx.app_pk, workers.c.kind == "user", workers.c.id.in_(request.user_ids)
        )
        # "+ 0" keeps the database from the workers' index: it would sort all of their work for each page.
        query = query.where((assignments.c.worker_pk + 0).in_(who))
    if request.last_id:
        query = query.where(_place(ctx, row, request.last_id) < _ORDER)
    page = query.order_by(assignments.c.input_pk, assignments.c.slot)
    pks = ctx.db.scalars(page.limit(limit).offset(offset)).all()
    if not pks and offset:
        check_page(request, int(ctx.db.scalar(select(func.count()).select_from(query.subquery())) or 0))
    return MultiTaskAssignmentResponse(task_assignments=assignment_messages(ctx, row, pks))


_ORDER = tuple_(assignments.c.input_pk, assignments.c.slot)


def _place(ctx: Context, row: TaskRow, last_id: str) -> ColumnElement[Any]:
    """Where an assignment stands in the order."""
    [pk] = assignment_pks(row, [TaskAssignment(id=last_id)], "last_id")
    last = ctx.db.execute(select(assignments.c.input_pk, assignments.c.slot).where(assignments.c.pk == pk)).first()
    if last is None:
        raise no_assignment("last_id", last_id)
    return tuple_(literal(last.input_pk), literal(last.slot))
