"""Creating, reading and deleting tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from tasknb.messages.requests import (
    BaseResponse,
    DeleteTasksRequest,
    GetTaskRequest,
    MultiTaskResponse,
    PostTasksRequest,
    SingleTaskResponse,
)
from tasknb.service.checks import MAX_FILTER, check_count
from tasknb.service.schema import tasks
from tasknb.service.tasks.task_checks import checked
from tasknb.service.tasks.task_creation import create_tasks
from tasknb.service.tasks.task_details import check_fields, with_details
from tasknb.service.tasks.task_pages import count_blocks
from tasknb.service.tasks.task_rows import find_task, find_tasks, read_tasks

if TYPE_CHECKING:
    from tasknb.service.context import Context


def post_tasks(ctx: Context, request: PostTasksRequest) -> MultiTaskResponse:
    """Create tasks: all of them or none. Ids are made here; one that is sent is not taken over."""
    return MultiTaskResponse(tasks=create_tasks(ctx, checked(ctx, request.tasks)))


def get_task(ctx: Context, request: GetTaskRequest) -> SingleTaskResponse:
    """One task, with the details that ``additional_fields`` asks for."""
    fields = check_fields(request.additional_fields)
    row = find_task(ctx, request.task_id)
    [task] = read_tasks([row.body])
    with_details(ctx, [(row, task)], fields)
    return SingleTaskResponse(task=task)


def delete_tasks(ctx: Context, request: DeleteTasksRequest) -> BaseResponse:
    """Delete tasks: all of them or none. Their assignments and reviews go with them, their annotations stay."""
    check_count(request.ids, "ids", MAX_FILTER)
    pks = [row.pk for row in find_tasks(ctx, list(dict.fromkeys(request.ids)))]
    ctx.db.execute(delete(tasks).where(tasks.c.pk.in_(pks)))
    count_blocks(ctx, pks, -1)
    return BaseResponse()
