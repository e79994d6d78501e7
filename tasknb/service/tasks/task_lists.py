"""Listing tasks: which of them, page by page, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from tasknb.messages.requests import ListTasksRequest, MultiTaskResponse
from tasknb.messages.status import StatusCode
from tasknb.service.checks import check_filter, check_page, page_window
from tasknb.service.context import Context, Refusal
from tasknb.service.people.workers import LABELER, REVIEWER
from tasknb.service.schema import task_people, tasks, workers
from tasknb.service.tasks.sources import has_source
from tasknb.service.tasks.task_details import check_fields, with_details
from tasknb.service.tasks.task_pages import count_tasks, newest
from tasknb.service.tasks.task_rows import find_tasks, read_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from tasknb.messages.people import WorkerIDSet
    from tasknb.messages.task import Task


def list_tasks(ctx: Context, request: ListTasksRequest) -> MultiTaskResponse:
    """Tasks, newest first. Filters are combined by AND, the values within one by OR.

    Tasks of label orders do not exist here, so a filter for them is refused.
    """
    fields = check_fields(request.additional_fields)
    if request.label_order_ids:
        raise Refusal(
            StatusCode.TASK_NOT_IMPLEMENTED, "label_order_ids: The embedded service does not offer label orders."
        )
    return MultiTaskResponse(tasks=_read(ctx, _page(ctx, request), fields))


def _page(ctx: Context, request: ListTasksRequest) -> Sequence[int]:
    """The pks of the tasks on the page."""
    limit, offset = page_window(request)
    people, others = _people_filters(ctx, request), _filters(ctx, request)
    if not people and not others:
        pks = newest(ctx, limit, offset)
        if not pks and offset:
            check_page(request, count_tasks(ctx))
        return pks
    query = _found_by(ctx, people, others)
    pks = ctx.db.scalars(query.limit(limit).offset(offset)).all()
    if not pks and offset:
        check_page(request, int(ctx.db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0))
    return pks


def _found_by(
    ctx: Context, people: Sequence[tuple[int, list[int]]], others: Sequence[ColumnElement[bool]]
) -> Select[Any]:
    """The tasks that have somebody of each list in that role, and fulfil the other conditions."""
    if not people:
        return select(tasks.c.pk).where(tasks.c.app_pk == ctx.app_pk, *others).order_by(tasks.c.pk.desc())
    # The index of one list of people is read in the tasks' order; the other conditions look at what it yields.
    (role, pks), *more = people
    found = task_people.c.task_pk
    query = select(found).where(task_people.c.worker_pk.in_(pks), task_people.c.role == role)
    query = query.distinct() if len(pks) > 1 else query
    for other_role, other_pks in more:
        also = task_people.alias()
        has = and_(also.c.task_pk == found, also.c.role == other_role, also.c.worker_pk.in_(other_pks))
        query = query.where(select(also.c.task_pk).where(has).correlate(task_people).exists())
    if others:
        query = query.where(select(tasks.c.pk).where(tasks.c.pk == found, *others).correlate(task_people).exists())
    return query.order_by(found.desc())


def _people_filters(ctx: Context, request: ListTasksRequest) -> list[tuple[int, list[int]]]:
    """The roles that are asked about, each with the workers of whom the task must have one."""
    check_filter(request.worker_user_ids, "worker_user_ids")
    check_filter(request.review_user_ids, "review_user_ids")
    check_filter(request.worker_ids, "worker_ids")
    found = []
    for role, user_ids in ((LABELER, request.worker_user_ids), (REVIEWER, request.review_user_ids)):
        if user_ids:
            found.append((role, _workers(ctx, and_(workers.c.kind == "user", workers.c.id.in_(user_ids)))))
    # A query cannot spell lists of messages in the official JSON channel; what is left of them names nobody.
    sets = [one for one in request.worker_ids if one.user_id or one.model_id or one.workflow_id]
    if sets:
        found.append((LABELER, _workers(ctx, or_(*map(_is_worker, sets)))))
    return found


def _workers(ctx: Context, named: ColumnElement[bool]) -> list[int]:
    return list(ctx.db.scalars(select(workers.c.pk).where(workers.c.app_pk == ctx.app_pk, named)))


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


def _filters(ctx: Context, request: ListTasksRequest) -> list[ColumnElement[bool]]:
    """The conditions on the tasks themselves."""
    check_filter(request.ids, "ids")
    check_filter(request.input_source_ids, "input_source_ids")
    filters: list[ColumnElement[bool]] = []
    if request.ids:
        filters.append(tasks.c.id.in_(request.ids))
    if request.input_source_type:
        filters.append(tasks.c.source_type == request.input_source_type.number)
    if request.input_source_ids:
        filters.append(has_source(ctx, request.input_source_ids))
    return filters


_BODIES = select(tasks.c.body).where(tasks.c.pk.in_(bindparam("pks", expanding=True))).order_by(tasks.c.pk.desc())


def _read(ctx: Context, pks: Sequence[int], fields: frozenset[str]) -> list[Task]:
    found = read_tasks(ctx.db.scalars(_BODIES, {"pks": pks})) if pks else []
    if fields and found:
        rows = find_tasks(ctx, [task.id for task in found])
        with_details(ctx, list(zip(rows, found, strict=True)), fields)
    return found
