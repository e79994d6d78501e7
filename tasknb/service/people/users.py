"""Users with their keys, and who may work in an app."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from tasknb.errors import AuthError
from tasknb.messages.content_requests import (
    GetUserRequest,
    ListCollaboratorsRequest,
    MultiCollaboratorsResponse,
    PostCollaboratorsRequest,
    SingleUserResponse,
)
from tasknb.messages.people import App, Collaborator, User
from tasknb.messages.status import StatusCode
from tasknb.messages.wire import encode
from tasknb.service.checks import check_count, check_distinct, check_id, named_user, page_rows
from tasknb.service.context import AppRow, Caller, Context, Refusal, now_micros, to_datetime
from tasknb.service.schema import apps, collaborators, keys, users

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection, Row, Select


def get_user(ctx: Context, request: GetUserRequest) -> SingleUserResponse:
    """One user; ``me`` is the caller."""
    user_id = named_user(request.user_app_id, ctx.caller.id)
    row = ctx.db.execute(_user_columns().where(users.c.id == user_id)).first()
    if row is None:
        raise Refusal(StatusCode.CONN_DOES_NOT_EXIST, f"There is no user {user_id!r}.")
    return SingleUserResponse(user=_user(row))


def list_collaborators(ctx: Context, request: ListCollaboratorsRequest) -> MultiCollaboratorsResponse:
    """Who may work in the app, in the order of joining, and its owner."""
    found = [_collaborator(ctx, row) for row in page_rows(ctx.db, _members(ctx), request)]
    assert ctx.app is not None
    owner = ctx.db.execute(_user_columns().where(users.c.pk == ctx.app.owner_pk)).one()
    return MultiCollaboratorsResponse(collaborators=found, app_owner=_user(owner))


def post_collaborators(ctx: Context, request: PostCollaboratorsRequest) -> MultiCollaboratorsResponse:
    """Let users into the app, which its owner may do; a user who does not exist is made, since nobody signs up here."""
    app = ctx.app
    assert app is not None
    if ctx.caller.pk != app.owner_pk:
        raise Refusal(
            StatusCode.CONN_INSUFFICIENT_SCOPES, f"Only the owner of the app, {app.owner_id}, adds collaborators."
        )
    check_count(request.collaborators, "collaborators", most=1000)
    invited = [one.user or User(id=one.id) for one in request.collaborators]
    check_distinct([user.id for user in invited], "collaborators")
    for index, user in enumerate(invited):
        check_id(user.id, f"collaborators[{index}].user.id")
        if user.id == app.owner_id:
            raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"collaborators[{index}]: {user.id} owns the app already.")
        add_collaborator(ctx.db, app, ensure_user(ctx.db, user.id, user.first_name, user.last_name))
    query = _members(ctx).where(users.c.id.in_([user.id for user in invited]))
    rows = {row.id: row for row in ctx.db.execute(query)}
    return MultiCollaboratorsResponse(collaborators=[_collaborator(ctx, rows[user.id]) for user in invited])


def find_user(db: Connection, user_id: str) -> Caller | None:
    """The user of that id, if there is one."""
    row = db.execute(select(users.c.pk, users.c.id).where(users.c.id == user_id)).first()
    return Caller(*row) if row else None


def ensure_user(db: Connection, user_id: str, first_name: str = "", last_name: str = "") -> Caller:
    """The user of that id, made if there is none."""
    found = find_user(db, user_id)
    if found is None:
        row = {"id": user_id, "first_name": first_name, "last_name": last_name, "created_at": now_micros()}
        found = Caller(_pk(db, insert(users).values(row)), user_id)
    return found


def ensure_app(db: Connection, user_id: str, app_id: str) -> tuple[Caller, AppRow]:
    """The user, and the app of that id: his own, else one he works in, else made where nobody has one.

    Raises
    ------
    AuthError
        If others have an app of that id and he works in none of them.
    Refusal
        If an id is none.
    """
    check_id(user_id, "user_id")
    check_id(app_id, "app_id")
    caller = ensure_user(db, user_id)
    named = find_apps(db, app_id)
    own = next((app for app in named if app.owner_pk == caller.pk), None)
    app = own or next((app for app in named if _is_member(db, app, caller)), None)
    if app is None and named:
        owner = named[0].owner_id
        raise AuthError(
            f"{user_id} may not work in the app {app_id!r} of {owner}",
            details=f"{owner} can add the user: client.collaborators.add({user_id!r}). Another app_id makes a new app.",
        )
    return caller, app or add_app(db, caller, App(id=app_id))


def find_apps(db: Connection, app_id: str = "") -> list[AppRow]:
    """The apps of that id, or all, the oldest first."""
    query = select(apps.c.pk, apps.c.id, users.c.pk.label("owner_pk"), users.c.id.label("owner_id"))
    query = query.join_from(apps, users).order_by(apps.c.pk)
    return [AppRow(*row) for row in db.execute(query.where(apps.c.id == app_id) if app_id else query)]


def add_app(db: Connection, owner: Caller, app: App) -> AppRow:
    """Make an app."""
    now = now_micros()
    row = {"user_pk": owner.pk, "id": app.id, "created_at": now, "modified_at": now, "body": encode(app).decode()}
    return AppRow(_pk(db, insert(apps).values(row)), app.id, owner.pk, owner.id)


def add_collaborator(db: Connection, app: AppRow, user: Caller) -> None:
    """Let a user into an app; nothing changes when he is in."""
    if not _is_member(db, app, user):
        db.execute(insert(collaborators).values(app_pk=app.pk, user_pk=user.pk, created_at=now_micros()))


def hash_key(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def has_key(db: Connection, user: Caller) -> bool:
    """Whether the user has any key."""
    return db.execute(select(keys.c.pk).where(keys.c.user_pk == user.pk)).first() is not None


def add_key(db: Connection, user: Caller, key: str = "") -> str:
    """Give a user a key, made up unless one is given, and return it: it is not kept and cannot be shown again.

    Raises
    ------
    AuthError
        If the key is another user's.
    """
    key = key or secrets.token_hex(16)
    digest = hash_key(key)
    holder = db.execute(select(keys.c.user_pk).where(keys.c.hash == digest)).scalar()
    if holder is None:
        db.execute(insert(keys).values(user_pk=user.pk, hash=digest, created_at=now_micros()))
    elif holder != user.pk:
        raise AuthError("the key is another user's", details="Choose another one, or let one be made.")
    return key


def _pk(db: Connection, statement: Any) -> int:
    inserted = db.execute(statement).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def _is_member(db: Connection, app: AppRow, user: Caller) -> bool:
    query = select(collaborators.c.pk).where(collaborators.c.app_pk == app.pk, collaborators.c.user_pk == user.pk)
    return db.execute(query).first() is not None


def _user_columns() -> Select[Any]:
    return select(users.c.id, users.c.first_name, users.c.last_name, users.c.created_at)


def _members(ctx: Context) -> Select[Any]:
    return (
        _user_columns()
        .add_columns(collaborators.c.pk.label("member_pk"), collaborators.c.created_at.label("joined_at"))
        .join_from(users, collaborators)
        .where(collaborators.c.app_pk == ctx.app_pk)
        .order_by(collaborators.c.pk)
    )


def _user(row: Row[Any]) -> User:
    return User(id=row.id, first_name=row.first_name, last_name=row.last_name, created_at=to_datetime(row.created_at))


def _collaborator(ctx: Context, row: Row[Any]) -> Collaborator:
    assert ctx.app is not None
    app = App(id=ctx.app.id, user_id=ctx.app.owner_id)
    joined = to_datetime(row.joined_at)
    return Collaborator(id=f"{row.member_pk:032x}", app=app, user=_user(row), created_at=joined, modified_at=joined)
