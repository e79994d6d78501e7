"""Concepts: the classes that inputs are labeled with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Row, insert, or_, select, update

from tasknb.messages.content_requests import (
    ConceptRequest,
    ListConceptsRequest,
    MultiConceptResponse,
    PatchConceptsRequest,
    PostConceptsRequest,
    SingleConceptResponse,
)
from tasknb.messages.data import Concept
from tasknb.messages.status import StatusCode
from tasknb.messages.wire import decode, encode
from tasknb.service.checks import MAX_FILTER, check_count, check_distinct, check_found, check_id, page_rows
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.patching import check_action
from tasknb.service.schema import concepts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_COLUMNS = select(concepts.c.id, concepts.c.name, concepts.c.created_at, concepts.c.body)


def post_concepts(ctx: Context, request: PostConceptsRequest) -> MultiConceptResponse:
    """Create concepts: all of them or none. A missing id or name is taken from the other."""
    check_count(request.concepts, "concepts", MAX_FILTER)
    wanted = [msgspec.structs.replace(one, id=one.id or one.name, name=one.name or one.id) for one in request.concepts]
    for index, one in enumerate(wanted):
        check_id(one.id, f"concepts[{index}].id", StatusCode.CONCEPTS_INVALID_REQUEST)
    ids = [one.id for one in wanted]
    check_distinct(ids, "concepts")
    if taken := known_concepts(ctx, ids):
        raise Refusal(StatusCode.DATABASE_DUPLICATE_KEY, f"There is a concept {min(taken)!r} already.")
    rows = [
        {"app_pk": ctx.app_pk, "id": one.id, "name": one.name, "created_at": ctx.now, "body": _body(one)}
        for one in wanted
    ]
    ctx.db.execute(insert(concepts), rows)
    return MultiConceptResponse(concepts=_read(ctx, ids))


def list_concepts(ctx: Context, request: ListConceptsRequest) -> MultiConceptResponse:
    """Concepts by id; ``id`` finds those whose id or name contains it."""
    query = _COLUMNS.where(concepts.c.app_pk == ctx.app_pk).order_by(concepts.c.id)
    if request.id:
        found = [column.icontains(request.id, autoescape=True) for column in (concepts.c.id, concepts.c.name)]
        query = query.where(or_(*found))
    return MultiConceptResponse(concepts=[_concept(ctx, row) for row in page_rows(ctx.db, query, request)])


def get_concept(ctx: Context, request: ConceptRequest) -> SingleConceptResponse:
    """One concept."""
    return SingleConceptResponse(concept=_read(ctx, [request.concept_id])[0])


def patch_concepts(ctx: Context, request: PatchConceptsRequest) -> MultiConceptResponse:
    """Change the name and metadata of concepts (``overwrite``): all of them or none."""
    check_action(request.action, ("overwrite",))
    check_count(request.concepts, "concepts", MAX_FILTER)
    ids = [one.id for one in request.concepts]
    check_distinct(ids, "concepts")
    _read(ctx, ids)
    for one in request.concepts:
        here = (concepts.c.app_pk == ctx.app_pk, concepts.c.id == one.id)
        ctx.db.execute(update(concepts).where(*here).values(name=one.name or one.id, body=_body(one)))
    return MultiConceptResponse(concepts=_read(ctx, ids))


def known_concepts(ctx: Context, ids: Iterable[str]) -> set[str]:
    """Which of the ids are concepts of the app."""
    query = select(concepts.c.id).where(concepts.c.app_pk == ctx.app_pk, concepts.c.id.in_(set(ids)))
    return set(ctx.db.scalars(query))


def _read(ctx: Context, ids: Sequence[str]) -> list[Concept]:
    """The concepts of these ids, in their order.

    Raises
    ------
    Refusal
        CONN_DOES_NOT_EXIST if there is no such concept.
    """
    query = _COLUMNS.where(concepts.c.app_pk == ctx.app_pk, concepts.c.id.in_(ids))
    rows = {row.id: row for row in ctx.db.execute(query)}
    check_found(ids, rows, StatusCode.CONN_DOES_NOT_EXIST, "concept", "ListConcepts")
    return [_concept(ctx, rows[one]) for one in ids]


def _body(concept: Concept) -> str:
    kept = msgspec.structs.replace(concept, id="", name="", value=1.0, created_at=None, app_id="", user_id="")
    return encode(kept).decode()


def _concept(ctx: Context, row: Row[*tuple[Any, ...]]) -> Concept:
    assert ctx.app is not None
    return msgspec.structs.replace(
        decode(row.body, Concept),
        id=row.id,
        name=row.name,
        created_at=to_datetime(row.created_at),
        app_id=ctx.app.id,
        user_id=ctx.app.owner_id,
    )
