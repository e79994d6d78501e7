"""The door to a service that runs elsewhere, the real Clarifai above all; the environment says where, and who.

``TASKNB_CONTRACT_BASE`` is its URL. ``TASKNB_CONTRACT_PEOPLE`` is a JSON file that gives the tests' people accounts::

    {"owner": {"user_id": "jane", "key": "…"}, "ann": {"user_id": "ann-7", "key": "…"}, "bob": …}

The tests name owner, ann, bob, cleo, dan, rita, ray and, as one who is in no app, stranger. A test that needs
somebody without an account is skipped, and so is one that looks inside the service. Each test works in an app of its
own; the apps are deleted at the end.
"""

from __future__ import annotations

import json
import os
import re
import uuid
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
import requests
from doors import OWNER, Api, Entry, sign
from office import PEOPLE
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from tasknb.service.context import AppRow, Refusal
from tasknb.service.doors.routes import find_rpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasknb.service.core import Service

BASE, ACCOUNTS = "TASKNB_CONTRACT_BASE", "TASKNB_CONTRACT_PEOPLE"
EVERYBODY = {OWNER, *PEOPLE, "stranger"}


def wanted() -> bool:
    """Whether the suite is to run against a service elsewhere."""
    return BASE in os.environ


class Names:
    """The tests' people and the accounts that stand for them; JSON with the ones in place of the others."""

    def __init__(self, accounts: dict[str, str]) -> None:
        self._accounts = accounts
        self._people = {account: name for name, account in accounts.items()}

    def account(self, name: str) -> str:
        """What the service calls somebody; skips the test where he has no account."""
        if name in EVERYBODY and name not in self._accounts:
            pytest.skip(f"{ACCOUNTS} gives {name!r} no account")
        return self._accounts.get(name, name)

    def person(self, text: str) -> str:
        """What the tests call whoever is named; also in a sentence."""
        found = sorted(map(re.escape, self._people), key=len, reverse=True)
        return re.sub(rf"(?<![\w-])({'|'.join(found)})(?![\w-])", lambda match: self._people[match[1]], text)


def translated(value: Any, name: Callable[[str], str]) -> Any:
    """JSON with every text, and every name of a field, put through `name`."""
    if isinstance(value, dict):
        return {name(key): translated(one, name) for key, one in value.items()}
    if isinstance(value, list):
        return [translated(one, name) for one in value]
    return name(value) if isinstance(value, str) else value


class RemoteAdapter(HTTPAdapter):
    """Sends what it is given with the accounts' names in it, slower where the service asks for it."""

    def __init__(self, names: Names) -> None:
        patience = Retry(total=10, status_forcelist=[429], allowed_methods=None, backoff_factor=0.5, read=0)
        super().__init__(max_retries=patience)
        self._names = names

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        url = urlsplit(request.url)
        check_official(request.method, url.path)
        path = "/".join(self._names.account(part) for part in url.path.split("/"))
        query = parse_qsl(url.query, keep_blank_values=True)
        named = [(key, self._names.account(one)) for key, one in query]
        request.url = urlunsplit(url._replace(path=path, query=url.query if named == query else urlencode(named)))
        self._translate_body(request)
        response = super().send(request, *args, **options)
        if "json" in response.headers.get("content-type", ""):
            response._content = json.dumps(translated(response.json(), self._names.person)).encode()
        return response

    def _translate_body(self, request: requests.PreparedRequest) -> None:
        try:
            body = json.loads(request.body or b"")
        except (ValueError, RecursionError):
            return
        request.body = json.dumps(translated(body, self._names.account)).encode()
        request.headers["Content-Length"] = str(len(request.body))


def check_official(verb: str, path: str) -> None:
    """Skip the test where Clarifai does not offer what it asks for."""
    try:
        rpc, _ = find_rpc(verb, path)
    except Refusal:
        return
    if not rpc.official:
        pytest.skip(f"{rpc.name} is the embedded service's own")


class Remote(Entry):
    """A service elsewhere. What the other doors do in its store is done by requests here."""

    def __init__(self, url: str, people: dict[str, dict[str, str]]) -> None:
        super().__init__(None, url.rstrip("/"))
        self._names = Names({name: one["user_id"] for name, one in people.items()})
        self._keys = {name: one["key"] for name, one in people.items()}
        self._prefix = f"tasknb-contract-{uuid.uuid4().hex[:8]}"
        self._made: list[AppRow] = []

    @property
    def service(self) -> Service:
        pytest.skip("looks inside the service, or registers a model in it")

    @service.setter
    def service(self, _service: None) -> None:
        """There is none in this process."""

    def fresh(self) -> Api:
        app = AppRow(0, f"{self._prefix}-{len(self._made)}", 0, OWNER)
        self._made.append(app)
        api = Api(self, OWNER, app)
        api.ok("POST", f"/v2/users/{OWNER}/apps", {"apps": [{"id": app.id}]})
        return api

    def invite(self, app: AppRow, user_id: str) -> None:
        invited = {"user": {"id": self.known(user_id)}, "scopes": ["All"]}
        Api(self, OWNER, app).ok("POST", "/collaborators", {"collaborators": [invited]})

    def session(self, user_id: str, _app: AppRow) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.auth = sign(self._keys[self.known(user_id)])
        session.mount(self.url, RemoteAdapter(self._names))
        return session

    def known(self, user_id: str) -> str:
        """The same; skips the test where he has no account."""
        if user_id not in self._keys:
            pytest.skip(f"{ACCOUNTS} gives {user_id!r} no account")
        return user_id

    def close(self) -> None:
        """Delete the apps, and say which are left where that is not offered."""
        left = sum(Api(self, OWNER, app)("DELETE", "").code != 10000 for app in self._made)
        if left:
            warnings.warn(f"{left} apps could not be deleted: {self._prefix}-…", stacklevel=1)


def remote() -> Iterator[Remote]:
    entry = Remote(os.environ[BASE], json.loads(Path(os.environ[ACCOUNTS]).read_text()))
    yield entry
    entry.close()
