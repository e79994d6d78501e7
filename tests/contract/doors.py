"""The doors of a service, and one user's view through one of them."""

from __future__ import annotations

import itertools
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
import uvicorn

from tasknb.service.core import Service
from tasknb.service.doors.asgi import AsgiApp
from tasknb.service.doors.http import Door
from tasknb.service.doors.inprocess import LOCAL_URL, LocalAdapter
from tasknb.service.people.users import add_collaborator, add_key, ensure_app, ensure_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from requests.auth import AuthBase

    from tasknb.service.context import AppRow

OWNER = "owner"


@dataclass
class Reply:
    """An answer: its HTTP status and its JSON."""

    http: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def code(self) -> int:
        return self.body["status"]["code"]

    @property
    def details(self) -> str:
        return self.body["status"].get("details", "")

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


@dataclass
class Api:
    """One user's view of one app through one door. Call it with a verb, a path within the app and a JSON body."""

    entry: Entry
    user_id: str
    app: AppRow
    session: requests.Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.entry.session(self.user_id, self.app)

    @property
    def path(self) -> str:
        return f"/v2/users/{self.app.owner_id}/apps/{self.app.id}"

    def __call__(self, verb: str, path: str, body: Any = None, *, raw: bytes | None = None, **query: Any) -> Reply:
        """Ask; `path` is within the app unless it begins with /v2."""
        target = path if path.startswith("/v2") else self.path + path
        response = self.session.request(
            verb, self.entry.url + target, json=body, data=raw, params=query or None, timeout=30
        )
        return Reply(response.status_code, response.json() if response.content else {}, dict(response.headers))

    def ok(self, verb: str, path: str, body: Any = None, **query: Any) -> Reply:
        """Ask, and insist on success."""
        reply = self(verb, path, body, **query)
        assert (reply.http, reply.code) == (200, 10000), reply.body
        return reply

    def collaborator(self, user_id: str) -> Api:
        """The same app as a collaborator sees it."""
        self.entry.invite(self.app, user_id)
        return Api(self.entry, user_id, self.app)

    def stranger(self, user_id: str = "stranger") -> Api:
        """The same app as somebody sees it who has no part in it."""
        return Api(self.entry, user_id, self.app)


class Entry:
    """A service and one of its doors."""

    def __init__(self, service: Service, url: str) -> None:
        self.service, self.url = service, url
        self._numbers = itertools.count()

    def fresh(self) -> Api:
        """A new app, seen by its owner."""
        with self.service.store.write() as db:
            _, app = ensure_app(db, OWNER, f"app-{next(self._numbers)}")
        return Api(self, OWNER, app)

    def invite(self, app: AppRow, user_id: str) -> None:
        """Let somebody work in an app."""
        with self.service.store.write() as db:
            add_collaborator(db, app, ensure_user(db, user_id))

    def session(self, user_id: str, app: AppRow) -> requests.Session:
        raise NotImplementedError


class InProcess(Entry):
    def session(self, user_id: str, app: AppRow) -> requests.Session:
        with self.service.store.write() as db:
            caller = ensure_user(db, user_id)
        session = requests.Session()
        session.trust_env = False
        session.mount(LOCAL_URL, LocalAdapter(Door(self.service), caller, app))
        return session


class OverHttp(Entry):
    def session(self, user_id: str, app: AppRow) -> requests.Session:
        with self.service.store.write() as db:
            key = add_key(db, ensure_user(db, user_id))
        session = requests.Session()
        session.trust_env = False
        session.auth = sign(key)
        return session


def sign(key: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest] | AuthBase:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Key {key}"
        return request

    return sign


def in_process(location: str) -> Iterator[InProcess]:
    service = Service(location, base_url=LOCAL_URL)
    yield InProcess(service, LOCAL_URL)
    service.close()


def over_http(location: str) -> Iterator[OverHttp]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        service = Service(location, base_url=url)
        server = uvicorn.Server(uvicorn.Config(AsgiApp(Door(service)), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield OverHttp(service, url)
        server.should_exit = True
        thread.join()
        service.close()


DOORS = {"in-process": in_process, "http": over_http}
