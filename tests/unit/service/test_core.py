from __future__ import annotations

import logging
import sqlite3

import pytest
from sqlalchemy import insert

from tasknb.errors import AuthError, NotFoundError
from tasknb.messages.content_requests import GetUserRequest, PostConceptsRequest
from tasknb.messages.people import UserAppID
from tasknb.messages.requests import Request, Response
from tasknb.messages.rpcs import RPCS
from tasknb.service import core
from tasknb.service.context import Refusal
from tasknb.service.doors.inprocess import connect
from tasknb.service.people.users import add_key
from tasknb.service.schema import users
from tasknb.service.usecases import USE_CASES, UseCase


@pytest.fixture
def adapter():
    return connect(":memory:", "owner", "main")


@pytest.fixture
def ask(adapter, monkeypatch):
    """Put a function in the place of a use case and call it."""

    def ask(function, *, writes=True):
        monkeypatch.setitem(USE_CASES, "PostConcepts", UseCase(function, writes=writes))
        request = PostConceptsRequest(user_app_id=UserAppID(user_id="me", app_id="main"))
        with adapter.service.store.read() as db:
            caller = core.Caller(*db.execute(users.select().with_only_columns(users.c.pk, users.c.id)).one())
        return adapter.service.call("PostConcepts", request, caller).status

    return ask


def user_count(adapter):
    with adapter.service.store.read() as db:
        return len(db.execute(users.select()).all())


def test_every_use_case_is_an_rpc():
    assert USE_CASES.keys() <= RPCS.keys()


def test_success(ask):
    status = ask(lambda _ctx, _request: Response())
    assert (status.code, status.description) == (10000, "Ok")
    assert len(status.req_id) == 32


def test_a_failure_is_logged_told_and_undone(ask, adapter, caplog):
    def fail(ctx, _request):
        ctx.db.execute(insert(users).values(id="new", created_at=0))
        raise RuntimeError("the secret reason")

    with caplog.at_level(logging.ERROR, "tasknb.service"):
        status = ask(fail)
    assert status.code == 98004
    assert "secret" not in status.details
    assert status.req_id in status.details
    assert "the secret reason" in caplog.text
    assert user_count(adapter) == 1


def test_a_refusal_is_undone(ask, adapter):
    def refuse(ctx, _request):
        ctx.db.execute(insert(users).values(id="new", created_at=0))
        raise Refusal(core.StatusCode.TASK_CONFLICT, "why")

    status = ask(refuse)
    assert (status.code, status.details) == (54100, "why")
    assert user_count(adapter) == 1


def busy():
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def test_who_meets_another_writer_tries_again(ask):
    tries = []

    def stumble(_ctx, _request):
        tries.append(1)
        if len(tries) < 5:
            raise busy()
        return Response()

    assert ask(stumble).code == 10000
    assert len(tries) == 5


def test_patience_ends(ask, monkeypatch):
    def stumble(_ctx, _request):
        raise busy()

    monkeypatch.setattr(core, "PATIENCE_SECONDS", -1)
    status = ask(stumble)
    assert status.code == 98009
    assert "Try again" in status.details
    assert "locked" not in status.details


def test_a_row_that_somebody_else_made_meanwhile(ask, adapter):
    tries = []

    def collide(ctx, _request):
        tries.append(1)
        ctx.db.execute(insert(users).values(id="owner" if len(tries) == 1 else "new", created_at=0))
        return Response()

    assert ask(collide).code == 10000
    assert user_count(adapter) == 2


@pytest.mark.parametrize("value", [2**70, "\ud800"])
def test_what_no_column_takes(ask, value):
    def store(ctx, _request):
        ctx.db.execute(insert(users).values(id=str(value) if isinstance(value, int) else value, created_at=value))
        return Response()

    assert ask(store).code == 11102


def test_an_rpc_that_is_not_offered(adapter):
    with adapter.service.store.read() as db:
        caller = core.Caller(*db.execute(users.select().with_only_columns(users.c.pk, users.c.id)).one())
    assert adapter.service.call("ListLabelOrders", Request(), caller).status.code in (10040, 54101)


def test_keys(adapter):
    with adapter.service.store.write() as db:
        caller = core.Caller(1, "owner")
        key = add_key(db, caller)
    assert adapter.service.caller(key) == caller
    assert adapter.service.caller(key + "x") is None
    with adapter.service.store.read() as db:
        assert key not in str(db.exec_driver_sql("SELECT * FROM keys").all())


def test_connect_makes_user_and_app(tmp_path):
    adapter = connect(tmp_path / "labels.db", "ann", "mine")
    assert (adapter.user_id, adapter.owner_id, adapter.app_id) == ("ann", "ann", "mine")


def test_connect_finds_the_app_in_which_the_user_works(tmp_path):
    file = tmp_path / "labels.db"
    owner = connect(file, "owner", "main")
    with pytest.raises(AuthError, match=r"collaborators\.add"):
        connect(file, "ann", "main")
    with owner.service.store.write() as db:
        from tasknb.service.people.users import add_collaborator, ensure_app, ensure_user

        add_collaborator(db, ensure_app(db, "owner", "main")[1], ensure_user(db, "ann"))
    ann = connect(file, "ann", "main")
    assert (ann.user_id, ann.owner_id) == ("ann", "owner")
    assert owner.acting_as("ann").user_id == "ann"


def test_acting_as_a_stranger(adapter):
    with pytest.raises(NotFoundError, match="nobody"):
        adapter.acting_as("nobody")


def test_get_user_needs_no_app(adapter):
    answer = adapter.service.call("GetUser", GetUserRequest(), core.Caller(1, "owner"))
    assert answer.user.id == "owner"
