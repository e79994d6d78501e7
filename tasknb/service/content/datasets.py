"""Datasets, and which inputs are in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Row, delete, insert, select, update

from tasknb.messages.content_requests import (
    DatasetRequest,
    DeleteDatasetInputsRequest,
    DeleteDatasetsRequest,
    ListDatasetInputsRequest,
    ListDatasetsRequest,
    MultiDatasetInputResponse,
    MultiDatasetResponse,
    PatchDatasetsRequest,
    PostDatasetInputsRequest,
    PostDatasetsRequest,
    SingleDatasetResponse,
)
from tasknb.messages.data import Dataset, DatasetInput, Input
from tasknb.messages.requests import Response
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.wire import decode, encode, to_dict
from tasknb.service.checks import MAX_FILTER, check_count, check_distinct, check_found, check_id, page_rows
from tasknb.service.content.inputs import INPUT_COLUMNS, input_message, input_pks
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.patching import check_action, patched
from tasknb.service.schema import dataset_inputs, datasets, inputs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement

_COLUMNS = (datasets.c.pk, datasets.c.id, datasets.c.created_at, datasets.c.modified_at, datasets.c.body)


def post_datasets(ctx: Context, request: PostDatasetsRequest) -> MultiDatasetResponse:
    """Create datasets: all of them or none."""
    check_count(request.datasets, "datasets", MAX_FILTER)
    ids = [one.id for one in request.datasets]
    for index, one in enumerate(ids):
        check_id(one, f"datasets[{index}].id")
    check_distinct(ids, "datasets")
    if taken := dataset_pks(ctx, ids):
        raise Refusal(StatusCode.DATABASE_DUPLICATE_KEY, f"There is a dataset {min(taken)!r} already.")
    times = {"created_at": ctx.now, "modified_at": ctx.now}
    rows = [{"app_pk": ctx.app_pk, "id": one.id, "body": _body(one), **times} for one in request.datasets]
    ctx.db.execute(insert(datasets), rows)
    return MultiDatasetResponse(datasets=_read(ctx, ids))


def list_datasets(ctx: Context, request: ListDatasetsRequest) -> MultiDatasetResponse:
    """Datasets, newest first; ``id`` and ``search`` find those whose id contains them."""
    query = select(*_COLUMNS).where(datasets.c.app_pk == ctx.app_pk).order_by(datasets.c.pk.desc())
    for text in filter(None, (request.id, request.search)):
        query = query.where(datasets.c.id.icontains(text, autoescape=True))
    return MultiDatasetResponse(datasets=[_dataset(ctx, row) for row in page_rows(ctx.db, query, request)])


def get_dataset(ctx: Context, request: DatasetRequest) -> SingleDatasetResponse:
    """One dataset."""
    return SingleDatasetResponse(dataset=_read(ctx, [request.dataset_id])[0])


def patch_datasets(ctx: Context, request: PatchDatasetsRequest) -> MultiDatasetResponse:
    """Change datasets: all of them or none."""
    check_action(request.action)
    check_count(request.datasets, "datasets", MAX_FILTER)
    ids = [one.id for one in request.datasets]
    check_distinct(ids, "datasets")
    for new, old in zip(request.datasets, _read(ctx, ids), strict=True):
        changed = patched(_plain(old), _plain(new), request.action)
        here = (datasets.c.app_pk == ctx.app_pk, datasets.c.id == new.id)
        values = {"body": _body(msgspec.convert(changed, Dataset)), "modified_at": ctx.now}
        ctx.db.execute(update(datasets).where(*here).values(values))
    return MultiDatasetResponse(datasets=_read(ctx, ids))


def delete_datasets(ctx: Context, request: DeleteDatasetsRequest) -> Response:
    """Delete datasets, all of them or none; their inputs stay."""
    check_count(request.dataset_ids, "dataset_ids", MAX_FILTER)
    pks = require_datasets(ctx, request.dataset_ids)
    ctx.db.execute(delete(datasets).where(datasets.c.pk.in_(pks.values())))
    return Response()


def post_dataset_inputs(ctx: Context, request: PostDatasetInputsRequest) -> MultiDatasetInputResponse:
    """Put inputs into a dataset; each has a status of its own, and those that exist go in even when others do not."""
    check_count(request.dataset_inputs, "dataset_inputs", MAX_FILTER)
    dataset_pk = require_datasets(ctx, [request.dataset_id])[request.dataset_id]
    ids = [one.input.id if one.input else "" for one in request.dataset_inputs]
    pks = input_pks(ctx, ids)
    add_to_dataset(ctx, dataset_pk, [pks[one] for one in dict.fromkeys(ids) if one in pks])
    members = [_membership(ctx, one, exists=one in pks) for one in ids]
    missing = [one for one in ids if one not in pks]
    status = None
    if missing:
        code = StatusCode.FAILURE if len(missing) == len(ids) else StatusCode.MIXED_STATUS
        named = ", ".join(map(repr, missing[:5])) + (", …" if len(missing) > 5 else "")
        details = f"{len(missing)} of {len(ids)} inputs do not exist: {named}. PostInputs adds them."
        status = Status.of(code, details)
    return MultiDatasetInputResponse(dataset_inputs=members, status=status)


def list_dataset_inputs(ctx: Context, request: ListDatasetInputsRequest) -> MultiDatasetInputResponse:
    """A dataset's inputs, in the order in which they were added."""
    dataset_pk = require_datasets(ctx, [request.dataset_id])[request.dataset_id]
    query = (
        select(*INPUT_COLUMNS, dataset_inputs.c.created_at.label("added_at"))
        .join_from(dataset_inputs, inputs)
        .where(dataset_inputs.c.dataset_pk == dataset_pk)
        .order_by(dataset_inputs.c.pk)
    )
    members = [
        DatasetInput(created_at=to_datetime(row.added_at), input=input_message(row, ctx.base_url))
        for row in page_rows(ctx.db, query, request)
    ]
    return MultiDatasetInputResponse(dataset_inputs=members)


def delete_dataset_inputs(ctx: Context, request: DeleteDatasetInputsRequest) -> Response:
    """Take inputs out of a dataset; those that are not in it are no mistake."""
    check_count(request.input_ids, "input_ids", MAX_FILTER)
    dataset_pk = require_datasets(ctx, [request.dataset_id])[request.dataset_id]
    pks = input_pks(ctx, request.input_ids)
    inside = dataset_inputs.c.dataset_pk == dataset_pk
    ctx.db.execute(delete(dataset_inputs).where(inside, dataset_inputs.c.input_pk.in_(pks.values())))
    return Response()


def add_to_dataset(ctx: Context, dataset_pk: int, new: Sequence[int]) -> None:
    """Put inputs into a dataset; those that are in it stay as they are."""
    query = select(dataset_inputs.c.input_pk).where(
        dataset_inputs.c.dataset_pk == dataset_pk, dataset_inputs.c.input_pk.in_(new)
    )
    inside = set(ctx.db.scalars(query))
    rows = [{"dataset_pk": dataset_pk, "input_pk": pk, "created_at": ctx.now} for pk in new if pk not in inside]
    if rows:
        ctx.db.execute(insert(dataset_inputs), rows)


def dataset_pks(ctx: Context, ids: Collection[str]) -> dict[str, int]:
    """The pks of those ids that are datasets of the app."""
    here: tuple[ColumnElement[bool], ...] = (datasets.c.app_pk == ctx.app_pk, datasets.c.id.in_(set(ids)))
    return {row.id: row.pk for row in ctx.db.execute(select(datasets.c.id, datasets.c.pk).where(*here))}


def require_datasets(ctx: Context, ids: Collection[str]) -> dict[str, int]:
    """The pks of datasets.

    Raises
    ------
    Refusal
        CONN_DOES_NOT_EXIST if one of them does not exist.
    """
    pks = dataset_pks(ctx, ids)
    check_found(ids, pks, StatusCode.CONN_DOES_NOT_EXIST, "dataset", "ListDatasets")
    return pks


def _membership(ctx: Context, input_id: str, *, exists: bool) -> DatasetInput:
    if exists:
        status = Status.of(StatusCode.DATASET_INPUT_SUCCESS)
        return DatasetInput(created_at=to_datetime(ctx.now), input=Input(id=input_id, status=status))
    status = Status.of(StatusCode.INPUT_DOES_NOT_EXIST, f"There is no input {input_id!r} in the app.")
    return DatasetInput(input=Input(id=input_id, status=status))


def _read(ctx: Context, ids: Sequence[str]) -> list[Dataset]:
    pks = require_datasets(ctx, ids)
    rows = {row.id: row for row in ctx.db.execute(select(*_COLUMNS).where(datasets.c.pk.in_(pks.values())))}
    return [_dataset(ctx, rows[one]) for one in ids]


def _carried(dataset: Dataset) -> Dataset:
    """The dataset without what has columns of its own."""
    return msgspec.structs.replace(dataset, id="", created_at=None, modified_at=None, app_id="", user_id="")


def _plain(dataset: Dataset) -> dict[str, Any]:
    return to_dict(_carried(dataset))


def _body(dataset: Dataset) -> str:
    return encode(_carried(dataset)).decode()


def _dataset(ctx: Context, row: Row[*tuple[Any, ...]]) -> Dataset:
    assert ctx.app is not None
    return msgspec.structs.replace(
        decode(row.body, Dataset),
        id=row.id,
        created_at=to_datetime(row.created_at),
        modified_at=to_datetime(row.modified_at),
        app_id=ctx.app.id,
        user_id=ctx.app.owner_id,
    )
