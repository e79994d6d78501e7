"""Adding and changing annotations."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Row, bindparam, delete, insert, select, update

from tasknb.messages.content_requests import MultiAnnotationResponse, PatchAnnotationsRequest, PostAnnotationsRequest
from tasknb.messages.data import Annotation, Data
from tasknb.messages.people import User, Worker
from tasknb.messages.status import COUNT_OF_ANNOTATION, StatusCode
from tasknb.messages.wire import convert, decode, encode, to_dict
from tasknb.service.checks import MAX_BATCH, check_count, check_distinct, check_found, check_id
from tasknb.service.content.annotation_rows import (
    SUCCESS,
    annotation_message,
    check_may_change,
    read_annotations,
    roles_in_tasks,
    rows_by_id,
    table,
)
from tasknb.service.content.inputs import require_inputs
from tasknb.service.content.labels import check_labels
from tasknb.service.context import Context, Refusal
from tasknb.service.patching import check_action, patched
from tasknb.service.people.workers import REVIEWER, ensure_workers, identity, members
from tasknb.service.schema import assignments, tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

INVALID = StatusCode.ANNOTATION_INVALID_ARGUMENT
PENDING = StatusCode.ANNOTATION_PENDING.value

# An annotation stands where its worker's work on the input stands.
_OF_ASSIGNMENT = {
    StatusCode.TASK_ASSIGNMENT_PENDING.value: PENDING,
    StatusCode.TASK_ASSIGNMENT_AWAITING_REVIEW.value: StatusCode.ANNOTATION_AWAITING_REVIEW.value,
    StatusCode.TASK_ASSIGNMENT_AWAITING_CONSENSUS_REVIEW.value: StatusCode.ANNOTATION_AWAITING_REVIEW.value,
    StatusCode.TASK_ASSIGNMENT_SUCCESS.value: SUCCESS,
    StatusCode.TASK_ASSIGNMENT_REJECTED.value: StatusCode.ANNOTATION_REVIEW_DENIED.value,
}

_TASKS = select(tasks.c.id, tasks.c.pk).where(
    tasks.c.app_pk == bindparam("app_pk"), tasks.c.id.in_(bindparam("ids", expanding=True))
)
_ASSIGNED = select(
    assignments.c.task_pk, assignments.c.input_pk, assignments.c.worker_pk, assignments.c.status_code
).where(
    assignments.c.task_pk.in_(bindparam("task_pk", expanding=True)),
    assignments.c.input_pk.in_(bindparam("input_pk", expanding=True)),
)


def post_annotations(ctx: Context, request: PostAnnotationsRequest) -> MultiAnnotationResponse:
    """Add 1 to 128 annotations, all of them or none.

    An annotation for a task takes the status of its worker's assignment, PENDING until it is submitted; any other is
    ANNOTATION_SUCCESS unless it says otherwise. Workers annotate in their own name, the app's owner in anybody's.
    """
    check_count(request.annotations, "annotations", MAX_BATCH, INVALID)
    wanted = [_normalised(ctx, one) for one in request.annotations]
    ids = [one.id for one in wanted]
    for index, one in enumerate(wanted):
        check_id(one.id, f"annotations[{index}].id", INVALID)
    check_distinct(ids, "annotations")
    if taken := rows_by_id(ctx, [one.id for one in request.annotations if one.id]):
        raise Refusal(StatusCode.DATABASE_DUPLICATE_KEY, f"There is an annotation {min(taken)!r} already.")
    input_pks = require_inputs(ctx, [one.input_id for one in wanted])
    task_pks = _task_pks(ctx, wanted)
    worker_pks = _worker_pks(ctx, wanted)
    check_labels(ctx, [(f"annotations[{index}].data", one.data or Data()) for index, one in enumerate(wanted)])
    rows = [
        {
            "app_pk": ctx.app_pk,
            "id": one.id,
            "input_pk": input_pks[one.input_id],
            "task_pk": task_pks.get(one.task_id),
            "task_id": one.task_id,
            "worker_pk": worker_pk,
            "status_code": _asked_status(one, f"annotations[{index}]"),
            "input_level": one.input_level,
            "created_at": ctx.now,
            "modified_at": ctx.now,
            "body": _body(one),
        }
        for index, (one, worker_pk) in enumerate(zip(wanted, worker_pks, strict=True))
    ]
    _follow_assignments(ctx, rows)
    ctx.db.execute(insert(table), rows)
    made = rows_by_id(ctx, ids)
    return MultiAnnotationResponse(annotations=[annotation_message(made[one]) for one in ids])


def patch_annotations(ctx: Context, request: PatchAnnotationsRequest) -> MultiAnnotationResponse:
    """Change annotations, all of them or none.

    ``merge`` changes what is given, ``overwrite`` replaces the data, ``remove`` takes regions or concepts out; with
    ``delete_if_empty_data`` an annotation that is left empty is deleted, and missing from the answer.
    """
    check_action(request.action)
    check_count(request.annotations, "annotations", MAX_BATCH, INVALID)
    ids = [one.id for one in request.annotations]
    check_distinct(ids, "annotations")
    rows = rows_by_id(ctx, ids)
    for index, one in enumerate(request.annotations):
        row = rows.get(one.id)
        if row is None or one.input_id not in ("", row.input_id):
            where = f" of input {one.input_id!r}" if one.input_id else ""
            details = f"annotations[{index}]: there is no annotation {one.id!r}{where} in the app."
            raise Refusal(StatusCode.CONN_DOES_NOT_EXIST, details)
    roles = check_may_change(ctx, list(rows.values()))
    changed = [_changed(rows[one.id], one, request.action) for one in request.annotations]
    check_labels(ctx, [(f"annotations[{index}].data", data) for index, data in enumerate(changed)])
    kept = []
    for one, data in zip(request.annotations, changed, strict=True):
        row = rows[one.id]
        if request.delete_if_empty_data and not row.input_level and not to_dict(data):
            ctx.db.execute(delete(table).where(table.c.pk == row.pk))
            continue
        _store(ctx, row, one, data, roles)
        kept.append(row.pk)
    return MultiAnnotationResponse(annotations=read_annotations(ctx, kept))


def _normalised(ctx: Context, one: Annotation) -> Annotation:
    """A copy with an id, a worker and regions' ids, and the task where it belongs."""
    info = dict(one.annotation_info)
    task_id = one.task_id or info.get("task_id") or ""
    worker = one.worker if one.worker and one.worker.id else Worker(user=User(id=one.user_id or ctx.caller.id))
    annotation = msgspec.structs.replace(
        one, id=one.id or uuid.uuid4().hex, task_id=str(task_id), worker=worker, data=one.data or Data()
    )
    for region in annotation.data.regions if annotation.data else ():
        region.id = region.id or uuid.uuid4().hex
    return annotation


def _task_pks(ctx: Context, wanted: Sequence[Annotation]) -> dict[str, int]:
    """The tasks that are annotated for, in which the caller must have a part."""
    ids = {one.task_id for one in wanted if one.task_id}
    if not ids:
        return {}
    pks = {row.id: row.pk for row in ctx.db.execute(_TASKS, {"app_pk": ctx.app_pk, "ids": list(ids)})}
    check_found(sorted(ids), pks, StatusCode.TASK_MISSING, "task", "ListTasks")
    assert ctx.app is not None
    if ctx.caller.pk != ctx.app.owner_pk:
        roles = roles_in_tasks(ctx, set(pks.values()))
        for task_id, pk in pks.items():
            if pk not in roles:
                details = f"{ctx.caller.id} is neither a worker nor a reviewer of the task {task_id!r}."
                raise Refusal(StatusCode.TASK_PERMISSION_DENIED, details)
    return pks


def _worker_pks(ctx: Context, wanted: Sequence[Annotation]) -> list[int]:
    """Whose annotations they are."""
    assert ctx.app is not None
    workers = [one.worker or Worker() for one in wanted]
    named = {worker.user.id for worker in workers if worker.user}
    if ctx.caller.pk != ctx.app.owner_pk and (named != {ctx.caller.id} or any(not one.user for one in workers)):
        raise Refusal(
            StatusCode.ANNOTATION_PERMISSION_DENIED,
            f"{ctx.caller.id} annotates in no other name; the app's owner may. Leave the worker out.",
        )
    others = named - {ctx.caller.id}
    for one in sorted(others - members(ctx, others).keys() if others else ()):
        raise Refusal(INVALID, f"{one} is no collaborator of the app. Add the user as one first.")
    distinct = {identity(worker): worker for worker in workers}
    pks = dict(zip(distinct, ensure_workers(ctx, list(distinct.values())), strict=True))
    return [pks[identity(worker)] for worker in workers]


def _asked_status(one: Annotation, path: str) -> int:
    code = one.status.code if one.status else 0
    if not code:
        return SUCCESS
    if code not in COUNT_OF_ANNOTATION:
        names = ", ".join(known.name for known in COUNT_OF_ANNOTATION)
        raise Refusal(INVALID, f"{path}.status.code: {code} is no annotation's status; choose one of {names}.")
    return code


def _follow_assignments(ctx: Context, rows: list[dict[str, Any]]) -> None:
    """Give annotations for tasks the status of the work that they are part of."""
    of_tasks = [row for row in rows if row["task_pk"] is not None]
    if not of_tasks:
        return
    values = {name: list({row[name] for row in of_tasks}) for name in ("task_pk", "input_pk")}
    found = ctx.db.execute(_ASSIGNED, values)
    standing = {(one.task_pk, one.input_pk, one.worker_pk): one.status_code for one in found}
    for row in of_tasks:
        code = standing.get((row["task_pk"], row["input_pk"], row["worker_pk"]))
        row["status_code"] = _OF_ASSIGNMENT.get(code, PENDING) if code else PENDING


def _changed(row: Row[*tuple[Any, ...]], new: Annotation, action: str) -> Data:
    """The data after the change; what says nothing of the data leaves them."""
    old = decode(row.body, Annotation).data or Data()
    if new.data is None:
        return old
    return convert(patched(to_dict(old), to_dict(new.data), action), Data)


def _store(ctx: Context, row: Row[*tuple[Any, ...]], new: Annotation, data: Data, roles: dict[int, set[int]]) -> None:
    body = decode(row.body, Annotation)
    body.data = data
    body.annotation_info = new.annotation_info or body.annotation_info
    code = _asked_status(new, "annotations") if new.status and new.status.code else row.status_code
    assert ctx.app is not None
    judges = ctx.caller.pk == ctx.app.owner_pk or REVIEWER in roles.get(row.task_pk, ())
    if code != row.status_code and row.task_pk is not None and not judges:
        raise Refusal(
            StatusCode.ANNOTATION_PERMISSION_DENIED,
            f"The status of the annotation {row.id!r} follows the task; its reviewers and the app's owner change it.",
        )
    values = {"status_code": code, "modified_at": ctx.now, "body": _body(body)}
    ctx.db.execute(update(table).where(table.c.pk == row.pk).values(values))


def _body(one: Annotation) -> str:
    """What is kept as JSON: all that has no column of its own."""
    kept = Annotation(data=one.data, annotation_info=one.annotation_info, consensus_info=one.consensus_info)
    return encode(kept).decode()
