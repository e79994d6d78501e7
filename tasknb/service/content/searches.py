"""Finding inputs and annotations by what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select

from tasknb.messages.data import Annotation, Data
from tasknb.messages.requests import PagedRequest
from tasknb.messages.searches import (
    Filter,
    FilterAnnotation,
    FilterData,
    FilterInput,
    Hit,
    HitCount,
    MultiSearchResponse,
    Pagination,
    PostAnnotationsSearchesRequest,
    PostInputsSearchesRequest,
    Search,
)
from tasknb.messages.status import StatusCode
from tasknb.service import schema
from tasknb.service.checks import asked_code, page_rows
from tasknb.service.content.annotation_rows import SUCCESS, of_task, read_annotations
from tasknb.service.content.inputs import MEDIA_FIELDS, inputs_by_pk
from tasknb.service.content.json_search import JsonSearch
from tasknb.service.context import Context, Refusal
from tasknb.service.schema import dataset_inputs, datasets, inputs, workers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Row, Select

table = schema.annotations

MAX_CONDITIONS = 100
"""How many filters, or values in one filter, a search may have."""

_SPACE_AND_TIME = ("regions", "frames", "time_segments")
_REGIONS = ("bounding_box", "mask", "point", "polygon", "span")


def post_inputs_searches(ctx: Context, request: PostInputsSearchesRequest) -> MultiSearchResponse:
    """Inputs that every filter finds, oldest first; a filter of annotations finds the inputs that have such a one."""
    conditions = []
    for path, one in _filters(request.searches):
        parts = _input_conditions(ctx, f"{path}.input", one.input)
        # Clients that filter by input send an empty annotation beside it.
        if one.annotation is not None and one.annotation != FilterAnnotation():
            parts.append(_is_said(ctx, f"{path}.annotation", one.annotation))
        conditions.append(_either_way(one, parts))
    query = select(inputs.c.pk).where(inputs.c.app_pk == ctx.app_pk, *conditions).order_by(inputs.c.pk)
    if request.only_count:
        total = ctx.db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        return MultiSearchResponse(hit_counts=[HitCount(estimated_total=total)])
    pks = [row.pk for row in _page(ctx, query, request.pagination)]
    found = inputs_by_pk(ctx, pks)
    return MultiSearchResponse(hits=[Hit(input=found[pk]) for pk in pks])


def _is_said(ctx: Context, path: str, wanted: FilterAnnotation) -> ColumnElement[bool]:
    """Whether an input has such an annotation; what came with the input is said of it too, in nobody's name."""
    conditions = _annotation_conditions(ctx, path, wanted)
    annotated = select(table.c.pk).where(table.c.input_pk == inputs.c.pk, *conditions).exists()
    data = wanted.data or FilterData()
    own = FilterData(concepts=data.concepts, metadata=data.metadata)
    if own == FilterData() or wanted != FilterAnnotation(data=own):
        return annotated
    return or_(annotated, and_(*_annotation_data(ctx, f"{path}.data", own, inputs.c.body)))


def post_annotations_searches(ctx: Context, request: PostAnnotationsSearchesRequest) -> MultiSearchResponse:
    """Annotations that every filter finds, whatever their status, oldest first and each with its input."""
    conditions = []
    for path, one in _filters(request.searches):
        parts = _input_conditions(ctx, f"{path}.input", one.input)
        if one.annotation is not None:
            parts += _annotation_conditions(ctx, f"{path}.annotation", one.annotation)
        conditions.append(_either_way(one, parts))
    query = select(table.c.pk, table.c.input_pk).join(inputs)
    query = query.where(table.c.app_pk == ctx.app_pk, *conditions).order_by(table.c.pk)
    rows = _page(ctx, query, request.pagination)
    found = inputs_by_pk(ctx, {row.input_pk for row in rows})
    read = read_annotations(ctx, [row.pk for row in rows])
    hits = [Hit(annotation=one, input=found[row.input_pk]) for one, row in zip(read, rows, strict=True)]
    return MultiSearchResponse(hits=hits)


def _page(ctx: Context, query: Select[Any], page: Pagination | None) -> Sequence[Row[Any]]:
    asked = page or Pagination()
    return page_rows(ctx.db, query, PagedRequest(page=asked.page, per_page=asked.per_page))


def _filters(searches: list[Search]) -> list[tuple[str, Filter]]:
    """The filters of the one search, each with its path; refuses whatever cannot be searched by."""
    if len(searches) != 1:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"searches: send exactly one, not {len(searches)}.")
    [search] = searches
    if search.save or search.id:
        named = "save" if search.save else "id"
        raise _not_offered(f"searches[0].{named}", "saved searches", "Send the search's query each time.")
    query = search.query
    if query is None:
        return []
    # Clients send an empty rank where nothing is to be ranked.
    for index, rank in enumerate(query.ranks):
        if rank.annotation is not None and rank.annotation not in (Annotation(), Annotation(data=Data())):
            way_out = "Leave ranks out and use filters; hits come oldest first."
            raise _not_offered(f"searches[0].query.ranks[{index}]", "ranking by likeness", way_out)
    _check_number(query.filters, "searches[0].query.filters")
    return [(f"searches[0].query.filters[{index}]", one) for index, one in enumerate(query.filters)]


def _not_offered(path: str, what: str, way_out: str) -> Refusal:
    return Refusal(StatusCode.NOT_IMPLEMENTED, f"{path}: The embedded service does not offer {what}. {way_out}")


def _check_number(values: Collection[Any], path: str) -> None:
    if len(values) > MAX_CONDITIONS:
        details = f"{path}: {len(values)} are too many; a search has at most {MAX_CONDITIONS}."
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, details)


def _either_way(one: Filter, parts: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """All parts together, or their opposite: what is NULL is not found by the one and so is by the other."""
    together = func.coalesce(and_(*parts), false()) if parts else ~false()
    return not_(together) if one.negate else together


def _input_conditions(ctx: Context, path: str, wanted: FilterInput | None) -> list[ColumnElement[bool]]:
    if wanted is None:
        return []
    conditions: list[ColumnElement[bool]] = []
    if wanted.id:
        conditions.append(inputs.c.id == wanted.id)
    if code := asked_code(wanted.status, f"{path}.status"):
        conditions.append(inputs.c.status_code == code)
    if wanted.dataset_ids:
        _check_number(wanted.dataset_ids, f"{path}.dataset_ids")
        members = select(dataset_inputs.c.input_pk).join(datasets)
        here = (datasets.c.app_pk == ctx.app_pk, datasets.c.id.in_(wanted.dataset_ids))
        conditions.append(inputs.c.pk.in_(members.where(*here)))
    if wanted.data is not None:
        conditions += _input_data(ctx, f"{path}.data", wanted.data)
    return conditions


def _input_data(ctx: Context, path: str, wanted: FilterData) -> list[ColumnElement[bool]]:
    """One of the kinds, and all of the metadata."""
    _check_fields(path, wanted, (*MEDIA_FIELDS, "metadata"))
    json = JsonSearch(ctx.db)
    kinds = [json.has(inputs.c.body, name) for name in MEDIA_FIELDS if getattr(wanted, name) is not None]
    metadata = _metadata(json, path, inputs.c.body, wanted)
    return [or_(*kinds), *metadata] if kinds else metadata


def _annotation_conditions(ctx: Context, path: str, wanted: FilterAnnotation) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.id:
        conditions.append(table.c.id == wanted.id)
    if wanted.input_id:
        named = select(inputs.c.pk).where(inputs.c.app_pk == ctx.app_pk, inputs.c.id == wanted.input_id)
        conditions.append(table.c.input_pk == named.correlate(None).scalar_subquery())
    if wanted.task_id:
        conditions.append(of_task(ctx, wanted.task_id))
    if code := asked_code(wanted.status, f"{path}.status"):
        conditions.append(table.c.status_code == code)
    if wanted.trusted:
        conditions.append(table.c.status_code == SUCCESS)
    if wanted.input_level:
        conditions.append(table.c.input_level)
    conditions += _worker_conditions(ctx, wanted)
    if wanted.data is not None:
        conditions += _annotation_data(ctx, f"{path}.data", wanted.data, table.c.body)
    return conditions


def _worker_conditions(ctx: Context, wanted: FilterAnnotation) -> list[ColumnElement[bool]]:
    """Users by id, models and workflows by version."""
    worker = wanted.worker
    model = worker.model.model_version if worker and worker.model else None
    workflow = worker.workflow.version if worker and worker.workflow else None
    named = (
        ("user", workers.c.id, wanted.user_id),
        ("user", workers.c.id, worker.user.id if worker and worker.user else ""),
        ("model", workers.c.version_id, wanted.model_version_id),
        ("model", workers.c.version_id, model.id if model else ""),
        ("workflow", workers.c.version_id, workflow.id if workflow else ""),
    )
    here = select(workers.c.pk).where(workers.c.app_pk == ctx.app_pk)
    return [
        table.c.worker_pk.in_(here.where(workers.c.kind == kind, column == value))
        for kind, column, value in named
        if value
    ]


def _annotation_data(
    ctx: Context, path: str, wanted: FilterData, body: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """One of the concepts, one of the metadata's pairs, and each kind of place; no data at all: none of the places."""
    _check_fields(path, wanted, ("concepts", "metadata", "text", *_SPACE_AND_TIME))
    json = JsonSearch(ctx.db)
    if wanted == FilterData():
        return [not_(json.has(body, name)) for name in _SPACE_AND_TIME]
    conditions = [json.has(body, name) for name in ("frames", "time_segments") if getattr(wanted, name)]
    if wanted.text is not None:
        conditions.append(json.has(body, "text"))
    if wanted.concepts:
        _check_number(wanted.concepts, f"{path}.concepts")
        conditions.append(or_(*(json.some(body, "concepts", _named(one)) for one in wanted.concepts)))
    if metadata := _metadata(json, path, body, wanted):
        conditions.append(or_(*metadata))
    _check_number(wanted.regions, f"{path}.regions")
    for region in wanted.regions:
        equal = {"track_id": region.track_id} if region.track_id else {}
        kinds = [name for name in _REGIONS if getattr(region.region_info, name, None) is not None]
        having = ("region_info", *kinds[:1]) if kinds else ()
        conditions.append(json.some(body, "regions", equal, having=having))
    return conditions


def _named(concept: Any) -> dict[str, str | float]:
    """What of a concept is compared; its value always, because nothing said means 1 in JSON."""
    named = {name: getattr(concept, name) for name in ("id", "name") if getattr(concept, name)}
    return {**named, "value": concept.value}


def _metadata(json: JsonSearch, path: str, body: ColumnElement[str], wanted: FilterData) -> list[ColumnElement[bool]]:
    _check_number(wanted.metadata, f"{path}.metadata")
    for key, value in wanted.metadata.items():
        if not isinstance(value, str | int | float):
            way_out = "Search by a text, a number, true or false."
            raise _not_offered(f"{path}.metadata.{key}", "searching by lists, dicts and null", way_out)
    return [json.metadata(body, key, value) for key, value in wanted.metadata.items()]


def _check_fields(path: str, wanted: FilterData, offered: Collection[str]) -> None:
    for name in FilterData.__struct_fields__:
        if name not in offered and getattr(wanted, name):
            raise _not_offered(f"{path}.{name}", "searching by it here", f"Use {', '.join(offered)}.")
