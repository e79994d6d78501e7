"""Apps, and the table of status codes."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, or_, select

from tasknb.messages.content_requests import ListAppsRequest, MultiAppResponse, PostAppsRequest, SingleAppResponse
from tasknb.messages.people import App
from tasknb.messages.requests import GetStatusCodeRequest, MultiStatusCodeResponse, Request, SingleStatusCodeResponse
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.wire import decode
from tasknb.service.checks import check_count, check_distinct, check_id, named_user, page_rows
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.people.users import add_app, find_user
from tasknb.service.schema import apps, collaborators, users

_APPS = select(
    apps.c.pk, apps.c.id, apps.c.created_at, apps.c.modified_at, apps.c.body, users.c.id.label("user_id")
).join_from(apps, users)
_ONE_APP = _APPS.where(apps.c.pk == bindparam("app_pk"))


def post_apps(ctx: Context, request: PostAppsRequest) -> MultiAppResponse:
    """Make apps for the caller: all of them or none."""
    if named_user(request.user_app_id, ctx.caller.id) != ctx.caller.id:
        raise Refusal(StatusCode.CONN_INSUFFICIENT_SCOPES, "Apps are made for oneself only: name the user 'me'.")
    check_count(request.apps, "apps")
    wanted = [msgspec.structs.replace(app, id=app.id or uuid.uuid4().hex) for app in request.apps]
    check_distinct([app.id for app in wanted], "apps")
    for index, app in enumerate(wanted):
        check_id(app.id, f"apps[{index}].id")
        taken = select(apps.c.pk).where(apps.c.user_pk == ctx.caller.pk, apps.c.id == app.id)
        if ctx.db.execute(taken).first():
            raise Refusal(StatusCode.DATABASE_DUPLICATE_KEY, f"apps[{index}].id: there is an app {app.id!r} already.")
    made = [add_app(ctx.db, ctx.caller, app).pk for app in wanted]
    rows = {row.pk: row for row in ctx.db.execute(_APPS.where(apps.c.pk.in_(made)))}
    return MultiAppResponse(apps=[_app(rows[pk]) for pk in made])


def list_apps(ctx: Context, request: ListAppsRequest) -> MultiAppResponse:
    """A user's apps, as far as the caller may work in them, by id."""
    user_id = named_user(request.user_app_id, ctx.caller.id)
    owner = find_user(ctx.db, user_id)
    if owner is None:
        raise Refusal(StatusCode.CONN_DOES_NOT_EXIST, f"There is no user {user_id!r}.")
    shared = select(collaborators.c.app_pk).where(collaborators.c.user_pk == ctx.caller.pk)
    visible = or_(apps.c.user_pk == ctx.caller.pk, apps.c.pk.in_(shared))
    query = _APPS.where(apps.c.user_pk == owner.pk, visible).order_by(apps.c.id)
    return MultiAppResponse(apps=[_app(row) for row in page_rows(ctx.db, query, request)])


def get_app(ctx: Context, _request: Request) -> SingleAppResponse:
    """The app that the request names."""
    return SingleAppResponse(app=_app(ctx.db.execute(_ONE_APP, {"app_pk": ctx.app_pk}).one()))


def list_status_codes(_ctx: Context, _request: Request) -> MultiStatusCodeResponse:
    """Every status code, by number."""
    return MultiStatusCodeResponse(statuses=[Status.of(code) for code in StatusCode])


def get_status_code(_ctx: Context, request: GetStatusCodeRequest) -> SingleStatusCodeResponse:
    """One status code."""
    known = {str(code.value): code for code in StatusCode}
    code = known.get(request.status_code_id) or StatusCode.__members__.get(request.status_code_id)
    if code is None:
        raise Refusal(StatusCode.CONN_DOES_NOT_EXIST, f"There is no status code {request.status_code_id!r}.")
    return SingleStatusCodeResponse(status=Status.of(code))


def _app(row: Row[*tuple[Any, ...]]) -> App:
    return msgspec.structs.replace(
        decode(row.body, App),
        id=row.id,
        user_id=row.user_id,
        created_at=to_datetime(row.created_at),
        modified_at=to_datetime(row.modified_at),
    )
