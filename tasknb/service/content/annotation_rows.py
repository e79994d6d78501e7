"""Annotations as they are stored: read, listed and deleted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, and_, bindparam, delete, func, or_, select, tuple_

from tasknb.messages.content_requests import (
    AnnotationRequest,
    DeleteAnnotationsRequest,
    ListAnnotationsRequest,
    ListAnnotationWorkersRequest,
    MultiAnnotationResponse,
    MultiWorkerResponse,
    SingleAnnotationResponse,
)
from tasknb.messages.data import Annotation
from tasknb.messages.people import Worker
from tasknb.messages.requests import Response
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.wire import decode
from tasknb.service import schema
from tasknb.service.checks import MAX_FILTER, asked_code, check_count, check_filter, check_page, page_rows, page_window
from tasknb.service.content.inputs import input_pks, require_inputs
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.people.workers import REVIEWER
from tasknb.service.schema import inputs, task_people, tasks, workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

table = schema.annotations

COLUMNS = (
    table.c.pk,
    table.c.id,
    table.c.task_pk,
    table.c.task_id,
    table.c.status_code,
    table.c.input_level,
    table.c.created_at,
    table.c.modified_at,
    table.c.body,
    inputs.c.id.label("input_id"),
    workers.c.body.label("worker"),
    workers.c.user_pk,
)
"""What `annotation_message` needs of a row."""

_JOINED = select(*COLUMNS).join_from(table, inputs).join(workers, workers.c.pk == table.c.worker_pk)
_BY_PKS = _JOINED.where(table.c.pk.in_(bindparam("pks", expanding=True)))
_BY_IDS = _JOINED.where(table.c.app_pk == bindparam("app_pk"), table.c.id.in_(bindparam("ids", expanding=True)))
_ROLES = (
    select(task_people.c.task_pk, task_people.c.role)
    .join(workers, workers.c.pk == task_people.c.worker_pk)
    .where(task_people.c.task_pk.in_(bindparam("task_pks", expanding=True)), workers.c.user_pk == bindparam("user_pk"))
)

SUCCESS = StatusCode.ANNOTATION_SUCCESS.value


def get_annotation(ctx: Context, request: AnnotationRequest) -> SingleAnnotationResponse:
    """One annotation."""
    return SingleAnnotationResponse(annotation=annotation_message(_one(ctx, request)))


def list_annotations(ctx: Context, request: ListAnnotationsRequest) -> MultiAnnotationResponse:
    """Annotations, oldest first.

    By default those that count, with the status ANNOTATION_SUCCESS; naming workers or statuses, or
    ``list_all_annotations``, lists the others too.
    """
    # The pks of a page come from an index alone; only then are the rows read.
    limit, offset = page_window(request)
    wanted = select(table.c.pk).where(*_filters(ctx, request)).order_by(table.c.pk)
    pks = ctx.db.scalars(wanted.limit(limit).offset(offset)).all()
    if not pks and offset:
        check_page(request, ctx.db.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0)
    return MultiAnnotationResponse(annotations=read_annotations(ctx, pks))


def delete_annotation(ctx: Context, request: AnnotationRequest) -> Response:
    """Delete one annotation."""
    _delete(ctx, [_one(ctx, request)])
    return Response()


def delete_annotations(ctx: Context, request: DeleteAnnotationsRequest) -> Response:
    """Delete annotations: all of them or none.

    ``ids`` and ``input_ids`` pair up; ``input_ids`` alone deletes all annotations of those inputs but the input-level
    ones.
    """
    check_count(request.input_ids, "input_ids", MAX_FILTER)
    require_inputs(ctx, request.input_ids)
    if not request.ids:
        _delete(ctx, [row for row in _of_inputs(ctx, request.input_ids) if not row.input_level])
        return Response()
    if len(request.ids) != len(request.input_ids):
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, "ids: there is one for each of input_ids, in the same order.")
    rows = {(row.id, row.input_id): row for row in rows_by_id(ctx, request.ids).values()}
    for pair in zip(request.ids, request.input_ids, strict=True):
        if pair not in rows:
            raise _missing(*pair)
    _delete(ctx, list(rows.values()))
    return Response()


def list_annotation_workers(ctx: Context, request: ListAnnotationWorkersRequest) -> MultiWorkerResponse:
    """Who has annotated in the app, in the order of their first work."""
    made = select(table.c.pk).where(table.c.app_pk == ctx.app_pk, table.c.worker_pk == workers.c.pk)
    if request.trusted_only:
        made = made.where(table.c.status_code == SUCCESS)
    query = select(workers.c.body).where(workers.c.app_pk == ctx.app_pk, made.exists()).order_by(workers.c.pk)
    return MultiWorkerResponse(workers=[worker_message(row.body) for row in page_rows(ctx.db, query, request)])


def read_annotations(ctx: Context, pks: Sequence[int]) -> list[Annotation]:
    """The annotations of these pks, in their order."""
    rows = {row.pk: row for row in ctx.db.execute(_BY_PKS, {"pks": pks})}
    return [annotation_message(rows[pk]) for pk in pks]


def rows_by_id(ctx: Context, ids: Sequence[str]) -> dict[str, Row[*tuple[Any, ...]]]:
    """The rows of those ids that are annotations of the app."""
    return {row.id: row for row in ctx.db.execute(_BY_IDS, {"app_pk": ctx.app_pk, "ids": ids})}


def annotation_message(row: Row[*tuple[Any, ...]]) -> Annotation:
    """The annotation that a row of `COLUMNS` holds."""
    message = decode(row.body, Annotation)
    message.id, message.input_id, message.task_id = row.id, row.input_id, row.task_id
    message.worker = worker_message(row.worker)
    message.user_id = message.worker.user.id if message.worker.user else ""
    message.status = Status.of(StatusCode(row.status_code))
    message.created_at, message.modified_at = to_datetime(row.created_at), to_datetime(row.modified_at)
    message.trusted, message.input_level = row.status_code == SUCCESS, row.input_level
    return message


@lru_cache(maxsize=1024)
def worker_message(body: str) -> Worker:
    """The worker that a row's body holds; shared, so not to be changed."""
    return decode(body, Worker)


def roles_in_tasks(ctx: Context, task_pks: set[int]) -> dict[int, set[int]]:
    """As what the caller is named by these tasks: see ``task_people.role``."""
    roles: dict[int, set[int]] = {}
    if not task_pks:
        return roles
    for row in ctx.db.execute(_ROLES, {"task_pks": list(task_pks), "user_pk": ctx.caller.pk}):
        roles.setdefault(row.task_pk, set()).add(row.role)
    return roles


def check_may_change(ctx: Context, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, set[int]]:
    """Refuse changes of others' annotations, but by the app's owner and by the reviewers of the task.

    Returns the caller's roles in the annotations' tasks.
    """
    assert ctx.app is not None
    roles = roles_in_tasks(ctx, {row.task_pk for row in rows if row.task_pk is not None})
    for row in rows:
        reviews = REVIEWER in roles.get(row.task_pk, ())
        if ctx.caller.pk not in (row.user_pk, ctx.app.owner_pk) and not reviews:
            raise Refusal(
                StatusCode.ANNOTATION_PERMISSION_DENIED,
                f"The annotation {row.id!r} is another worker's. Its worker, the task's reviewers and the app's owner "
                "change it.",
            )
    return roles


def _one(ctx: Context, request: AnnotationRequest) -> Row[*tuple[Any, ...]]:
    here = (table.c.app_pk == ctx.app_pk, table.c.id == request.annotation_id, inputs.c.id == request.input_id)
    row = ctx.db.execute(_JOINED.where(*here)).first()
    if row is None:
        raise _missing(request.annotation_id, request.input_id)
    return row


def _missing(annotation_id: str, input_id: str) -> Refusal:
    return Refusal(
        StatusCode.CONN_DOES_NOT_EXIST, f"There is no annotation {annotation_id!r} of input {input_id!r} in the app."
    )


def _of_inputs(ctx: Context, ids: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    return ctx.db.execute(_JOINED.where(table.c.input_pk.in_(input_pks(ctx, ids).values()))).all()


def _delete(ctx: Context, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    check_may_change(ctx, rows)
    # In parts, because an input may have more annotations than one statement can name.
    for start in range(0, len(rows), MAX_FILTER):
        pks = [row.pk for row in rows[start : start + MAX_FILTER]]
        ctx.db.execute(delete(table).where(table.c.pk.in_(pks)))


def _filters(ctx: Context, request: ListAnnotationsRequest) -> list[ColumnElement[bool]]:
    filters = [table.c.app_pk == ctx.app_pk]
    if request.task_id:
        filters.append(of_task(ctx, request.task_id))
    if request.ids and len(request.ids) == len(request.input_ids):
        pairs = list(zip(request.ids, request.input_ids, strict=True))
        check_filter(pairs, "ids")
        matching = select(table.c.pk).join(inputs).where(tuple_(table.c.id, inputs.c.id).in_(pairs))
        filters += [table.c.id.in_(request.ids), table.c.pk.in_(matching)]
    elif request.ids:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, "ids: there is one for each of input_ids, in the same order.")
    elif request.input_ids:
        check_filter(request.input_ids, "input_ids")
        filters.append(table.c.input_pk.in_(input_pks(ctx, request.input_ids).values()))
    by_worker = _of_workers(ctx, request)
    if request.statuses:
        check_filter(request.statuses, "statuses")
        codes = {asked_code(one, f"statuses[{index}]") for index, one in enumerate(request.statuses)}
        filters.append(table.c.status_code.in_(codes))
    elif not by_worker and not request.list_all_annotations:
        filters.append(table.c.status_code == SUCCESS)
    return filters + by_worker


def of_task(ctx: Context, task_id: str) -> ColumnElement[bool]:
    """What the annotations of a task have in common, also when it has been deleted."""
    here = (tasks.c.app_pk == ctx.app_pk, tasks.c.id == task_id)
    task_pk = ctx.db.scalar(select(tasks.c.pk).where(*here))
    # The annotations of a deleted task keep its id.
    return table.c.task_id == task_id if task_pk is None else table.c.task_pk == task_pk


def _of_workers(ctx: Context, request: ListAnnotationsRequest) -> list[ColumnElement[bool]]:
    """One filter for whoever is named: users by id, models and workflows by version."""
    named = (
        ("user", workers.c.id, request.user_ids),
        ("model", workers.c.version_id, request.model_version_ids),
        ("workflow", workers.c.version_id, request.workflow_version_ids),
    )
    chosen = []
    for kind, column, ids in named:
        check_filter(ids, f"{kind}_ids")
        if ids:
            chosen.append(and_(workers.c.kind == kind, column.in_(ids)))
    if not chosen:
        return []
    pks = ctx.db.scalars(select(workers.c.pk).where(workers.c.app_pk == ctx.app_pk, or_(*chosen))).all()
    return [table.c.worker_pk.in_(pks)]
