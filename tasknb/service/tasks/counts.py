"""How many assignments or annotations each worker of a task has in each state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Table, func, select

from tasknb.messages.people import Worker
from tasknb.messages.requests import GetTaskCountRequest, SingleTaskCountResponse
from tasknb.messages.status import COUNT_OF_ANNOTATION, COUNT_OF_ASSIGNMENT, StatusCode
from tasknb.messages.task import TaskStatusCount
from tasknb.messages.wire import decode
from tasknb.service.people.workers import LABELER
from tasknb.service.schema import annotations as annotation_table
from tasknb.service.schema import assignments, workers
from tasknb.service.tasks.task_rows import find_task, people

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Row

    from tasknb.service.context import Context


def get_task_input_count(ctx: Context, request: GetTaskCountRequest) -> SingleTaskCountResponse:
    """The assignments of each worker by state.

    One row for each worker of the task, also when he has none, in the task's order; then those who work in it no longer
    but did. The id lists together name the workers; without any, all are told.
    """
    return _counted(ctx, request, assignments, COUNT_OF_ASSIGNMENT)


def get_task_annotation_count(ctx: Context, request: GetTaskCountRequest) -> SingleTaskCountResponse:
    """The same for the annotations that were made for the task."""
    return _counted(ctx, request, annotation_table, COUNT_OF_ANNOTATION)


def _counted(
    ctx: Context, request: GetTaskCountRequest, table: Table, names: Mapping[StatusCode, str]
) -> SingleTaskCountResponse:
    assert ctx.app is not None
    row = find_task(ctx, request.task_id)
    query = (
        select(table.c.worker_pk, table.c.status_code, func.count().label("number"))
        .where(table.c.task_pk == row.pk)
        .group_by(table.c.worker_pk, table.c.status_code)
    )
    found = ctx.db.execute(query).all()
    rows = {one.pk: one for one in _workers(ctx, row.pk, {one.worker_pk for one in found}) if _named(request, one)}
    counts = {pk: _count_of(one) for pk, one in rows.items()}
    for one in found:
        name = names.get(StatusCode(one.status_code))
        if name and one.worker_pk in counts:
            setattr(counts[one.worker_pk], name, one.number)
    return SingleTaskCountResponse(app_id=ctx.app.id, task_id=row.id, counts=list(counts.values()))


def _workers(ctx: Context, task_pk: int, seen: set[int]) -> list[Row[Any]]:
    """The task's workers, then those who have left it."""
    present = list(people(ctx, task_pk, LABELER))
    gone = seen - {one.pk for one in present}
    if not gone:
        return present
    query = select(workers.c.pk, workers.c.kind, workers.c.id, workers.c.version_id, workers.c.body)
    return [*present, *ctx.db.execute(query.where(workers.c.pk.in_(gone)).order_by(workers.c.pk))]


def _named(request: GetTaskCountRequest, one: Row[Any]) -> bool:
    lists = {
        "user": (request.user_ids, one.id),
        "model": (request.model_version_ids, one.version_id),
        "workflow": (request.workflow_version_ids, one.version_id),
    }
    if not (request.user_ids or request.model_version_ids or request.workflow_version_ids):
        return True
    ids, own = lists[one.kind]
    return own in ids


def _count_of(one: Row[Any]) -> TaskStatusCount:
    return TaskStatusCount(user_id=one.id if one.kind == "user" else "", worker=decode(one.body, Worker))
