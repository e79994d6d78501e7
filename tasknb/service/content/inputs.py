"""Inputs: the images, texts, videos and recordings to be labeled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, case, delete, func, select, update

from tasknb.messages.content_requests import (
    DeleteInputsRequest,
    InputRequest,
    ListInputsRequest,
    MultiInputResponse,
    PatchInputsRequest,
    SingleInputCountResponse,
    SingleInputResponse,
    StreamInputsRequest,
)
from tasknb.messages.data import Data, Input, InputCount
from tasknb.messages.requests import DEFAULT_PER_PAGE, MAX_PER_PAGE, Request, Response
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.wire import convert, decode, encode, to_dict
from tasknb.service.checks import (
    MAX_BATCH,
    MAX_FILTER,
    check_count,
    check_distinct,
    check_filter,
    check_found,
    page_rows,
)
from tasknb.service.content.media import hosted, hosted_url
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.patching import check_action, patched
from tasknb.service.schema import inputs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

INPUT_COLUMNS = (
    inputs.c.pk,
    inputs.c.id,
    inputs.c.status_code,
    inputs.c.created_at,
    inputs.c.modified_at,
    inputs.c.body,
)
"""What `input_message` needs of a row."""

_PKS = select(inputs.c.id, inputs.c.pk).where(
    inputs.c.app_pk == bindparam("app_pk"), inputs.c.id.in_(bindparam("ids", expanding=True))
)
_BY_PKS = select(*INPUT_COLUMNS).where(inputs.c.pk.in_(bindparam("pks", expanding=True)))

MEDIA_FIELDS = ("image", "video", "audio", "text")
"""The fields of `Data` of which an input has one."""


def list_inputs(ctx: Context, request: ListInputsRequest) -> MultiInputResponse:
    """Inputs, oldest first."""
    query = select(*INPUT_COLUMNS).where(inputs.c.app_pk == ctx.app_pk).order_by(inputs.c.pk)
    if request.ids:
        check_filter(request.ids, "ids")
        query = query.where(inputs.c.id.in_(request.ids))
    rows = page_rows(ctx.db, query, request)
    return MultiInputResponse(inputs=[input_message(row, ctx.base_url) for row in rows])


def stream_inputs(ctx: Context, request: StreamInputsRequest) -> MultiInputResponse:
    """The next inputs after ``last_id``, in the order of adding or by id."""
    if not 0 <= request.per_page <= MAX_PER_PAGE:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"per_page: a page has 1 to {MAX_PER_PAGE} items.")
    column: Any = inputs.c.id if request.order_by_id else inputs.c.pk
    query = select(*INPUT_COLUMNS).where(inputs.c.app_pk == ctx.app_pk)
    if request.last_id:
        last = request.last_id if request.order_by_id else require_inputs(ctx, [request.last_id])[request.last_id]
        query = query.where(column < last if request.descending else column > last)
    query = query.order_by(column.desc() if request.descending else column)
    rows = ctx.db.execute(query.limit(request.per_page or DEFAULT_PER_PAGE))
    return MultiInputResponse(inputs=[input_message(row, ctx.base_url) for row in rows])


def get_input(ctx: Context, request: InputRequest) -> SingleInputResponse:
    """One input."""
    return SingleInputResponse(input=read_inputs(ctx, [request.input_id])[0])


def get_input_count(ctx: Context, _request: Request) -> SingleInputCountResponse:
    """How many inputs are ready, on their way, or failed."""
    ready = inputs.c.status_code == StatusCode.INPUT_DOWNLOAD_SUCCESS.value
    failed = inputs.c.status_code == StatusCode.INPUT_DOWNLOAD_FAILED.value
    columns = (func.count(), func.sum(case((ready, 1), else_=0)), func.sum(case((failed, 1), else_=0)))
    total, processed, errors = ctx.db.execute(select(*columns).where(inputs.c.app_pk == ctx.app_pk)).one()
    processed, errors = processed or 0, errors or 0
    counts = InputCount(processed=processed, errors=errors, to_process=total - processed - errors)
    return SingleInputCountResponse(counts=counts)


def patch_inputs(ctx: Context, request: PatchInputsRequest) -> MultiInputResponse:
    """Change what is said of inputs: all of them or none. Their pictures, videos, recordings and texts stay."""
    check_action(request.action)
    check_count(request.inputs, "inputs", MAX_BATCH, StatusCode.INPUT_OVER_LIMIT)
    ids = [one.id for one in request.inputs]
    check_distinct(ids, "inputs")
    pks = require_inputs(ctx, ids)
    stored = {
        row.pk: row.body
        for row in ctx.db.execute(select(inputs.c.pk, inputs.c.body).where(inputs.c.pk.in_(pks.values())))
    }
    for one in request.inputs:
        pk = pks[one.id]
        old = to_dict(decode(stored[pk], Input).data or Data())
        changed = patched(old, to_dict(one.data or Data()), request.action)
        changed.update({name: old[name] for name in MEDIA_FIELDS if name in old})
        values = {"body": encode(Input(data=convert(changed, Data))).decode(), "modified_at": ctx.now}
        ctx.db.execute(update(inputs).where(inputs.c.pk == pk).values(values))
    return MultiInputResponse(inputs=read_inputs(ctx, ids))


def delete_inputs(ctx: Context, request: DeleteInputsRequest) -> Response:
    """Delete inputs with their annotations and assignments: all of them or none."""
    check_count(request.ids, "ids", MAX_FILTER)
    pks = list(require_inputs(ctx, request.ids).values())
    ctx.db.execute(delete(inputs).where(inputs.c.pk.in_(pks)))
    return Response()


def delete_input(ctx: Context, request: InputRequest) -> Response:
    """Delete one input with its annotations and assignments."""
    return delete_inputs(ctx, DeleteInputsRequest(ids=[request.input_id]))


def read_inputs(ctx: Context, ids: Sequence[str]) -> list[Input]:
    """The inputs of these ids, in their order.

    Raises
    ------
    Refusal
        INPUT_DOES_NOT_EXIST if there is no such input.
    """
    pks = require_inputs(ctx, ids)
    rows = {row.id: row for row in ctx.db.execute(_BY_PKS, {"pks": list(pks.values())})}
    return [input_message(rows[one], ctx.base_url) for one in ids]


def inputs_by_pk(ctx: Context, pks: Collection[int]) -> dict[int, Input]:
    """The inputs of these pks."""
    rows = ctx.db.execute(_BY_PKS, {"pks": list(pks)})
    return {row.pk: input_message(row, ctx.base_url) for row in rows}


def input_pks(ctx: Context, ids: Collection[str]) -> dict[str, int]:
    """The pks of those ids that are inputs of the app."""
    return {row.id: row.pk for row in ctx.db.execute(_PKS, {"app_pk": ctx.app_pk, "ids": list(set(ids))})}


def require_inputs(ctx: Context, ids: Collection[str]) -> dict[str, int]:
    """The pks of inputs.

    Raises
    ------
    Refusal
        INPUT_DOES_NOT_EXIST if one of them does not exist.
    """
    pks = input_pks(ctx, ids)
    check_found(ids, pks, StatusCode.INPUT_DOES_NOT_EXIST, "input", "ListInputs")
    return pks


def input_message(row: Row[*tuple[Any, ...]], base_url: str) -> Input:
    """The input that a row of `INPUT_COLUMNS` holds, with the address of its bytes."""
    message = decode(row.body, Input)
    message.id = row.id
    message.created_at = to_datetime(row.created_at)
    message.modified_at = to_datetime(row.modified_at)
    message.status = Status.of(StatusCode(row.status_code))
    if message.data is not None:
        for media in (message.data.image, message.data.video, message.data.audio):
            if media is not None and media.hosted is not None:
                token = media.hosted.suffix
                media.hosted = hosted(base_url, token)
                media.url = media.url or hosted_url(base_url, token)
    return message
