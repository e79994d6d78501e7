"""The core that every door calls: who asks, about which app, in one transaction, answered with one status."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from tasknb.errors import MessageError
from tasknb.messages.requests import Request, Response
from tasknb.messages.rpcs import RPCS, Rpc
from tasknb.messages.status import Status, StatusCode
from tasknb.service.auto.automation import Automation
from tasknb.service.context import AppRow, Caller, Context, Refusal, now_micros
from tasknb.service.people.users import hash_key
from tasknb.service.schema import apps, collaborators, keys, users
from tasknb.service.store import Store, is_busy
from tasknb.service.usecases import USE_CASES, UseCase

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection

    from tasknb.messages.models import ModelFunction
    from tasknb.messages.people import Workflow

log = logging.getLogger("tasknb.service")

PATIENCE_SECONDS = 60
"""How long a request is tried again while other writers are in its way."""

ATTEMPTS = 3
UNFIT = "A value does not fit: a number is too large, or a text holds characters that are none."
READ_ONLY = "The database was opened to be read only. Open it without read_only to change it."
BUSY = f"The database was busy for {PATIENCE_SECONDS} seconds; nothing was changed. Try again."


class Service:
    """The embedded task service on one database. Its methods may be called from any thread.

    Parameters
    ----------
    location : str or Path, default ":memory:"
        Where the data lie: see `Store`.
    base_url : str, optional
        How clients reach it, for the addresses of stored files: ``http://127.0.0.1:8008``.
    background : bool, default True
        Whether automatic tasks run by themselves, in a thread; otherwise they do in ``auto.runner.run_until_idle()``.
    read_only : bool, default False
        Only read: see `Store`.

    Attributes
    ----------
    auto : Automation
        The models and workflows of this process, and their work.

    Raises
    ------
    StoreError
        If the database cannot be opened.
    """

    def __init__(
        self, location: str | Path = ":memory:", *, base_url: str = "", background: bool = True, read_only: bool = False
    ) -> None:
        self.store = Store(location, read_only=read_only)
        self.auto = Automation(self.store, background=background)
        self.base_url = base_url
        # Users, apps and memberships are only ever added: what was found once stays true.
        self._callers: dict[str, Caller] = {}
        self._apps: dict[tuple[int, str, str], AppRow] = {}

    def close(self) -> None:
        """Stop automatic tasks, which go on where the database is opened next, and close it."""
        self.auto.close()
        self.store.close()

    def register_model(self, model_id: str, model: ModelFunction | str, *, version_id: str = "") -> None:
        """Let a Python function label as a model: see `Registry.add_model`."""
        self.auto.registry.add_model(model_id, model, version_id)
        self.auto.start()

    def register_workflow(self, workflow: Workflow) -> None:
        """Let a chain of registered models label as a workflow: see `Registry.add_workflow`."""
        self.auto.registry.add_workflow(workflow)
        self.auto.start()

    def caller(self, key: str) -> Caller | None:
        """Whose key this is; None when it is nobody's."""
        digest = hash_key(key)
        if digest not in self._callers:
            query = select(users.c.pk, users.c.id).join_from(users, keys).where(keys.c.hash == digest)
            with self.store.read() as db:
                row = db.execute(query).first()
            if row is None:
                return None
            self._callers[digest] = Caller(*row)
        return self._callers[digest]

    def call(self, name: str, request: Request, caller: Caller, req_id: str = "") -> Response:
        """Answer one request.

        Parameters
        ----------
        name : str
            The RPC's name.
        request : Request
            The message that belongs to it.
        caller : Caller
            Who asks.
        req_id : str, optional
            The request's id, for the answer and the log; made up when left out.

        Returns
        -------
        Response
            The RPC's response; a plain `Response` with the reason in its status when the request was refused or failed,
            and then nothing of it has been done.
        """
        req_id = req_id or new_req_id()
        try:
            response = self._answer(RPCS[name], request, caller)
            status = response.status or Status(code=StatusCode.SUCCESS.value, description="Ok")
        except Refusal as refusal:
            response, status = Response(), Status.of(refusal.code, refusal.details)
        except Exception:
            log.exception("%s failed, request %s", name, req_id)
            details = f"The server failed to answer. Its log says why, under {req_id}."
            response, status = Response(), Status.of(StatusCode.INTERNAL_SERVER_ISSUE, details)
        status.req_id = req_id
        response.status = status
        return response

    def _answer(self, rpc: Rpc, request: Request, caller: Caller) -> Response:
        case = USE_CASES.get(rpc.name)
        if case is None:
            raise Refusal(StatusCode.NOT_IMPLEMENTED, f"The embedded service does not offer {rpc.name}.")
        if case.writes and self.store.read_only:
            raise Refusal(StatusCode.CONN_INSUFFICIENT_SCOPES, READ_ONLY)
        app = self._app(request, caller) if "{app_id}" in rpc.path else None
        ctx, response = self._run(case, request, caller, app)
        for finish in ctx.after:
            finish(response)
        if case.writes:
            self.auto.runner.wake()
        return response

    def _run(self, case: UseCase, request: Request, caller: Caller, app: AppRow | None) -> tuple[Context, Response]:
        """Call a use case in a transaction, again while others are in its way."""
        deadline, attempts = time.monotonic() + PATIENCE_SECONDS, 0
        while True:
            attempts += 1
            try:
                with self._transaction(case, app) as db:
                    ctx = Context(db, caller, app, now_micros(), self.base_url, self.auto)
                    answered = ctx, case.function(ctx, request)
            except IntegrityError:
                # Two requests made the same thing at once; seen again, it is there, and the use case can say so.
                if attempts == ATTEMPTS:
                    raise
            except (DataError, OverflowError, UnicodeEncodeError) as error:
                raise Refusal(StatusCode.CONN_INVALID_REQUEST, UNFIT) from error
            except MessageError as error:
                raise Refusal(StatusCode.CONN_INVALID_REQUEST, str(error)) from error
            except (DBAPIError, sqlite3.Error) as error:
                if not is_busy(error):
                    raise
                if time.monotonic() > deadline:
                    raise Refusal(StatusCode.INTERNAL_UNEXPECTED_TIMEOUT, BUSY) from error
            else:
                return answered

    def _transaction(self, case: UseCase, app: AppRow | None) -> AbstractContextManager[Connection]:
        return self.store.write(lock=app.pk if app else 0) if case.writes else self.store.read()

    def _app(self, request: Request, caller: Caller) -> AppRow:
        named = request.user_app_id
        user_id = (named.user_id if named else "") or "me"
        app_id = named.app_id if named else ""
        key = (caller.pk, caller.id if user_id == "me" else user_id, app_id)
        if key not in self._apps:
            with self.store.read() as db:
                self._apps[key] = _find_app(db, caller, key[1], app_id)
        return self._apps[key]


def new_req_id() -> str:
    """A request's id: 32 hexadecimal digits."""
    return os.urandom(16).hex()


def _find_app(db: Connection, caller: Caller, user_id: str, app_id: str) -> AppRow:
    if not app_id:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, "Name the app: user_app_id.user_id and user_app_id.app_id.")
    query = select(apps.c.pk, apps.c.id, users.c.pk, users.c.id).join_from(apps, users)
    row = db.execute(query.where(users.c.id == user_id, apps.c.id == app_id)).first()
    if row is None:
        raise Refusal(StatusCode.CONN_DOES_NOT_EXIST, f"There is no app {app_id!r} of user {user_id!r}.")
    app = AppRow(*row)
    member = select(collaborators.c.pk).where(collaborators.c.app_pk == app.pk, collaborators.c.user_pk == caller.pk)
    if caller.pk != app.owner_pk and db.execute(member).first() is None:
        raise Refusal(
            StatusCode.CONN_INSUFFICIENT_SCOPES,
            f"{caller.id} may not work in the app {app_id!r} of {user_id}, who can add {caller.id} as a collaborator.",
        )
    return app
