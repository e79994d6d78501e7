"""Workers and reviewers as rows: finding them, making them, and telling who is a member of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, bindparam, insert, or_, select

from tasknb.messages.people import Model, ModelVersion, User, Worker, Workflow, WorkflowVersion
from tasknb.messages.wire import encode
from tasknb.service.schema import collaborators, users, workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasknb.service.context import Context

LABELER, REVIEWER = 0, 1
"""The roles of ``task_people``."""

_NAMED = select(workers.c.pk, workers.c.kind, workers.c.id, workers.c.version_id).where(
    workers.c.app_pk == bindparam("app_pk"),
    workers.c.kind.in_(bindparam("kinds", expanding=True)),
    workers.c.id.in_(bindparam("ids", expanding=True)),
)
_INSIDE = select(collaborators.c.user_pk).where(collaborators.c.app_pk == bindparam("app_pk"))
_MEMBERS = select(users.c.id, users.c.pk).where(
    users.c.id.in_(bindparam("ids", expanding=True)),
    or_(users.c.pk == bindparam("owner_pk"), users.c.pk.in_(_INSIDE)),
)


def members(ctx: Context, user_ids: Iterable[str]) -> dict[str, int]:
    """Those of the users who own the app or collaborate in it, with their pks."""
    assert ctx.app is not None
    asked = {"app_pk": ctx.app.pk, "owner_pk": ctx.app.owner_pk, "ids": list(set(user_ids))}
    return {row.id: row.pk for row in ctx.db.execute(_MEMBERS, asked)}


def user_worker(user_id: str) -> Worker:
    """The worker that is this user."""
    return Worker(user=User(id=user_id))


def identity(worker: Worker) -> tuple[str, str, str]:
    """What tells one worker of an app from another: its kind, its id and its version's id."""
    if worker.model is not None:
        version = worker.model.model_version
        return worker.kind, worker.id, version.id if version else ""
    if worker.workflow is not None:
        return worker.kind, worker.id, worker.workflow.version.id if worker.workflow.version else ""
    return worker.kind, worker.id, ""


def find_worker(ctx: Context, worker: Worker) -> int | None:
    """The worker's pk in this app; None for one who has not worked here."""
    kind, worker_id, version_id = identity(worker)
    query = select(workers.c.pk).where(
        workers.c.app_pk == ctx.app_pk,
        workers.c.kind == kind,
        workers.c.id == worker_id,
        workers.c.version_id == version_id,
    )
    found: int | None = ctx.db.scalar(query)
    return found


def ensure_workers(ctx: Context, wanted: Sequence[Worker]) -> list[int]:
    """The pks of workers, in their order; those who are new to the app are added.

    Only for a transaction that writes. Whether a user may work in the app is the caller's to check: see `members`.
    """
    kinds = {worker.kind for worker in wanted}
    ids = {worker.id for worker in wanted}
    found = ctx.db.execute(_NAMED, {"app_pk": ctx.app_pk, "kinds": list(kinds), "ids": list(ids)})
    known = {(row.kind, row.id, row.version_id): row.pk for row in found}
    new = {identity(worker): worker for worker in wanted if identity(worker) not in known}
    if new:
        _add(ctx, new)
        return ensure_workers(ctx, wanted)
    return [known[identity(worker)] for worker in wanted]


def is_one_of(wanted: Sequence[Worker]) -> ColumnElement[bool]:
    """Whether a row of ``workers`` is one of these, in any version where none is named."""
    return or_(*(and_(*_same(one)) for one in wanted))


def _same(worker: Worker) -> list[ColumnElement[bool]]:
    kind, worker_id, version_id = identity(worker)
    same = [workers.c.kind == kind, workers.c.id == worker_id]
    return [*same, workers.c.version_id == version_id] if version_id else same


def _add(ctx: Context, new: dict[tuple[str, str, str], Worker]) -> None:
    user_ids = [worker.id for worker in new.values() if worker.user]
    found = ctx.db.execute(select(users.c.id, users.c.pk).where(users.c.id.in_(user_ids)))
    pks = {row.id: row.pk for row in found} if user_ids else {}
    rows = [
        {
            "app_pk": ctx.app_pk,
            "kind": kind,
            "id": worker_id,
            "version_id": version_id,
            "user_pk": pks.get(worker_id) if kind == "user" else None,
            "body": encode(_reference(worker)).decode(),
        }
        for (kind, worker_id, version_id), worker in new.items()
    ]
    ctx.db.execute(insert(workers), rows)


def _reference(worker: Worker) -> Worker:
    """The worker as tasks and assignments name it: by ids only."""
    if worker.user:
        return user_worker(worker.user.id)
    if worker.model:
        model = worker.model
        version = ModelVersion(id=model.model_version.id) if model.model_version else None
        return Worker(model=Model(id=model.id, user_id=model.user_id, app_id=model.app_id, model_version=version))
    if worker.workflow:
        workflow = worker.workflow
        of = WorkflowVersion(id=workflow.version.id) if workflow.version else None
        return Worker(workflow=Workflow(id=workflow.id, user_id=workflow.user_id, app_id=workflow.app_id, version=of))
    return Worker()
