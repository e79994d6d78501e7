"""Creating, reading and deleting tasks."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, bindparam, delete, func, or_, select

from tasknb.messages.requests import (
    BaseResponse,
    DeleteTasksRequest,
    GetTaskRequest,
    ListTasksRequest,
    MultiTaskResponse,
    PostTasksRequest,
    SingleTaskResponse,
)
from tasknb.messages.status import StatusCode
from tasknb.service.assigning import assign_all
from tasknb.service.checks import check_page, page_window
from tasknb.service.context import Context, Refusal
from tasknb.service.schema import task_people, tasks, workers
from tasknb.service.sources import find_source, has_source
from tasknb.service.task_checks import checked
from tasknb.service.task_details import check_fields, with_details
from tasknb.service.task_rows import (
    add_task,
    answered,
    body_of,
    find_task,
    find_tasks,
    read_tasks,
    write_people,
)
from tasknb.service.workers import LABELER, REVIEWER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from tasknb.messages.people import WorkerIDSet
    from tasknb.messages.task import Task


def post_tasks(ctx: Context, request: PostTasksRequest) -> MultiTaskResponse:
    """Create tasks: all of them or none. Ids are made here; one that is sent is not taken over."""
    return MultiTaskResponse(tasks=[_create(ctx, task) for task in checked(ctx, request.tasks)])


def _create(ctx: Context, wanted: Task) -> Task:
    assert wanted.worker is not None
    assert wanted.input_source is not None
    task = answered(ctx, wanted, uuid.uuid4().hex, StatusCode.TASK_IN_PROGRESS, ctx.now)
    values = {
        "app_pk": ctx.app_pk,
        "id": task.id,
        "status_code": StatusCode.TASK_IN_PROGRESS.value,
        "strategy": wanted.worker.strategy.number,
        "source_type": wanted.input_source.type.number,
        "source_pk": find_source(ctx, wanted.input_source),
        "seed": secrets.randbits(63),
        "created_at": ctx.now,
        "modified_at": ctx.now,
        "body": body_of(task),
    }
    pk = add_task(ctx, values)
    labelers, _ = write_people(ctx, pk, wanted)
    assign_all(ctx, find_task(ctx, task.id), wanted.worker, labelers)
    return task


def get_task(ctx: Context, request: GetTaskRequest) -> SingleTaskResponse:
    """One task, with the details that ``additional_fields`` asks for."""
    fields = check_fields(request.additional_fields)
    row = find_task(ctx, request.task_id)
    [task] = read_tasks([row.body])
    with_details(ctx, [(row, task)], fields)
    return SingleTaskResponse(task=task)


def list_tasks(ctx: Context, request: ListTasksRequest) -> MultiTaskResponse:
    """Tasks, newest first. Filters are combined by AND, the values within one by OR.

    Tasks of label orders do not exist here, so a filter for them is refused.
    """
    fields = check_fields(request.additional_fields)
    if request.label_order_ids:
        raise Refusal(
            StatusCode.TASK_NOT_IMPLEMENTED, "label_order_ids: The embedded service does not offer label orders."
        )
    limit, offset = page_window(request)
    filters = _filters(ctx, request)
    page = select(tasks.c.pk).where(tasks.c.app_pk == ctx.app_pk, *filters).order_by(tasks.c.pk.desc())
    pks = ctx.db.scalars(page.limit(limit).offset(offset)).all()
    if not pks and offset:
        check_page(request, int(ctx.db.scalar(select(func.count()).select_from(page.order_by(None).subquery())) or 0))
    return MultiTaskResponse(tasks=_listed(ctx, pks, fields))


_BODIES = select(tasks.c.body).where(tasks.c.pk.in_(bindparam("pks", expanding=True))).order_by(tasks.c.pk.desc())


def _listed(ctx: Context, pks: Sequence[int], fields: frozenset[str]) -> list[Task]:
    found = read_tasks(ctx.db.scalars(_BODIES, {"pks": pks})) if pks else []
    if fields and found:
        rows = find_tasks(ctx, [task.id for task in found])
        with_details(ctx, list(zip(rows, found, strict=True)), fields)
    return found


def _filters(ctx: Context, request: ListTasksRequest) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if request.ids:
        filters.append(tasks.c.id.in_(request.ids))
    if request.worker_user_ids:
        named = and_(workers.c.kind == "user", workers.c.id.in_(request.worker_user_ids))
        filters.append(tasks.c.pk.in_(_tasks_of(ctx, LABELER, named)))
    sets = [one for one in request.worker_ids if one.user_id or one.model_id or one.workflow_id]
    if sets:
        filters.append(tasks.c.pk.in_(_tasks_of(ctx, LABELER, or_(*map(_is_worker, sets)))))
    if request.review_user_ids:
        named = and_(workers.c.kind == "user", workers.c.id.in_(request.review_user_ids))
        filters.append(tasks.c.pk.in_(_tasks_of(ctx, REVIEWER, named)))
    if request.input_source_type:
        filters.append(tasks.c.source_type == request.input_source_type.number)
    if request.input_source_ids:
        filters.append(has_source(ctx, request.input_source_ids))
    return filters


def _tasks_of(ctx: Context, role: int, named: ColumnElement[bool]) -> Select[Any]:
    who = select(workers.c.pk).where(workers.c.app_pk == ctx.app_pk, named)
    return select(task_people.c.task_pk).where(task_people.c.role == role, task_people.c.worker_pk.in_(who))


def _is_worker(one: WorkerIDSet) -> ColumnElement[bool]:
    """A user, a model or a workflow; a version only where one is named."""
    if one.model_id:
        kind, worker_id, version_id = "model", one.model_id, one.model_version_id
    elif one.workflow_id:
        kind, worker_id, version_id = "workflow", one.workflow_id, one.workflow_version_id
    else:
        kind, worker_id, version_id = "user", one.user_id, ""
    same = and_(workers.c.kind == kind, workers.c.id == worker_id)
    return and_(same, workers.c.version_id == version_id) if version_id else same


def delete_tasks(ctx: Context, request: DeleteTasksRequest) -> BaseResponse:
    """Delete tasks: all of them or none. Their assignments and reviews go with them, their annotations stay."""
    if not request.ids:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, "ids: Name at least one task to delete.")
    ids = list(dict.fromkeys(request.ids))
    pks = [row.pk for row in find_tasks(ctx, ids)]
    ctx.db.execute(delete(tasks).where(tasks.c.pk.in_(pks)))
    return BaseResponse()
