"""Jobs of uploads: what became of the inputs that were sent under one id. All is done when the upload is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from tasknb.messages.content_requests import GetInputsAddJobRequest, SingleInputsAddJobResponse
from tasknb.messages.data import InputsAddJob, InputsAddJobProgress
from tasknb.messages.status import Status, StatusCode
from tasknb.service.checks import check_id
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.schema import upload_jobs as table

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Row


def count_upload(ctx: Context, job_id: str, added: int, failed: int) -> InputsAddJob | None:
    """Count inputs that were added, and those that existed already, into a job; None without an id."""
    if not job_id:
        return None
    check_id(job_id, "inputs_add_job_id", StatusCode.INPUT_INVALID_ARGUMENT)
    row = _find(ctx, job_id)
    if row is None:
        counts = {"success_count": added, "failed_count": failed}
        times = {"created_at": ctx.now, "modified_at": ctx.now}
        ctx.db.execute(insert(table).values(app_pk=ctx.app_pk, id=job_id, **counts, **times))
    else:
        counts = {"success_count": row.success_count + added, "failed_count": row.failed_count + failed}
        ctx.db.execute(update(table).where(_named(ctx, job_id)).values(**counts, modified_at=ctx.now))
    return get_inputs_add_job(ctx, GetInputsAddJobRequest(id=job_id)).inputs_add_job


def get_inputs_add_job(ctx: Context, request: GetInputsAddJobRequest) -> SingleInputsAddJobResponse:
    """How many inputs an upload has added, and how many not."""
    row = _find(ctx, request.id)
    if row is None:
        raise Refusal(
            StatusCode.CONN_DOES_NOT_EXIST,
            f"There is no upload {request.id!r} in the app. PostInputs takes its id as inputs_add_job_id; an upload "
            "that was refused leaves none.",
        )
    job = InputsAddJob(
        id=row.id,
        progress=InputsAddJobProgress(success_count=row.success_count, failed_count=row.failed_count),
        created_at=to_datetime(row.created_at),
        modified_at=to_datetime(row.modified_at),
        status=Status.of(StatusCode.JOB_COMPLETED),
    )
    return SingleInputsAddJobResponse(inputs_add_job=job)


def _named(ctx: Context, job_id: str) -> Any:
    return (table.c.app_pk == ctx.app_pk) & (table.c.id == job_id)


def _find(ctx: Context, job_id: str) -> Row[Any] | None:
    return ctx.db.execute(select(table).where(_named(ctx, job_id))).first()
