"""PatchAnnotationsStatus: the deprecated way to set the status of many annotations at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from tasknb.messages.requests import PatchAnnotationsStatusRequest, PatchAnnotationsStatusResponse
from tasknb.messages.status import COUNT_OF_ANNOTATION, StatusCode
from tasknb.service import schema
from tasknb.service.checks import check_filter
from tasknb.service.context import Context, Refusal
from tasknb.service.patching import check_action
from tasknb.service.people.workers import REVIEWER
from tasknb.service.schema import workers
from tasknb.service.tasks.task_rows import find_task, people

if TYPE_CHECKING:
    from tasknb.service.tasks.task_rows import TaskRow


def patch_annotations_status(ctx: Context, request: PatchAnnotationsStatusRequest) -> PatchAnnotationsStatusResponse:
    """Set the status of a task's annotations; of some users, and of those in some states, where these are named.

    The task's reviewers and the app's owner may. Assignments stay as they are: PutTaskAssignments changes both.

    Raises
    ------
    Refusal
        TASK_MISSING, TASK_PERMISSION_DENIED, CONN_INVALID_REQUEST for a status that annotations do not have.
    """
    check_action(request.action, ("overwrite",))
    check_filter(request.user_ids, "user_ids")
    for path, code in [("status_code", request.status_code), *(("status_codes", one) for one in request.status_codes)]:
        if code not in COUNT_OF_ANNOTATION:
            names = ", ".join(one.name for one in COUNT_OF_ANNOTATION)
            raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"{path}: {code} is none of {names}.")
    row = find_task(ctx, request.task_id)
    _check_allowed(ctx, row)
    table = schema.annotations
    conditions = [table.c.task_pk == row.pk, table.c.worker_pk == workers.c.pk]
    if request.user_ids:
        conditions += [workers.c.kind == "user", workers.c.id.in_(request.user_ids)]
    if request.status_codes:
        conditions.append(table.c.status_code.in_(request.status_codes))
    user_ids = ctx.db.scalars(select(workers.c.id).where(*conditions).distinct().order_by(workers.c.id)).all()
    pks = select(table.c.pk).join_from(table, workers).where(*conditions)
    change = update(table).where(table.c.pk.in_(pks)).values(status_code=request.status_code, modified_at=ctx.now)
    return PatchAnnotationsStatusResponse(user_ids=list(user_ids), updated_count=ctx.db.execute(change).rowcount)


def _check_allowed(ctx: Context, row: TaskRow) -> None:
    assert ctx.app is not None
    reviewers = {one.id for one in people(ctx, row.pk, REVIEWER)}
    if ctx.caller.pk != ctx.app.owner_pk and ctx.caller.id not in reviewers:
        raise Refusal(
            StatusCode.TASK_PERMISSION_DENIED,
            f"{ctx.caller.id} is no reviewer of this task; its reviewers and the app's owner set annotations' status.",
        )
