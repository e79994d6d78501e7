"""The in-process door: a `requests` adapter that answers without a socket.

Whoever can open the database is trusted, so no key is asked for; the adapter says who acts.
"""

from __future__ import annotations

from http.client import responses
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from tasknb.errors import NotFoundError, StoreError
from tasknb.service.context import Caller
from tasknb.service.core import Service
from tasknb.service.doors.http import Door
from tasknb.service.people.users import ensure_app, find_apps, find_user

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tasknb.messages.models import ModelFunction
    from tasknb.messages.people import Workflow
    from tasknb.service.context import AppRow

LOCAL_URL = "http://tasknb.local"
"""The base of every address in this process; it leads nowhere outside."""


class LocalAdapter(BaseAdapter):
    """Carries the requests of one user to a service in this process.

    Attributes
    ----------
    base_url : str
        What to mount it at.
    user_id : str
        Who acts.
    owner_id, app_id : str
        The app: the path of its requests names its owner.
    """

    base_url = LOCAL_URL

    def __init__(self, door: Door, caller: Caller, app: AppRow) -> None:
        super().__init__()
        self._door, self._caller, self._app = door, caller, app
        self.user_id, self.owner_id, self.app_id = caller.id, app.owner_id, app.id

    @property
    def service(self) -> Service:
        """What answers."""
        return self._door.service

    def acting_as(self, user_id: str) -> LocalAdapter:
        """The same store and app, seen by another user.

        Raises
        ------
        NotFoundError
            If there is no such user.
        """
        with self.service.store.read() as db:
            caller = find_user(db, user_id)
        if caller is None:
            raise NotFoundError(
                f"There is no user {user_id!r}", details=f"client.collaborators.add({user_id!r}) makes one"
            )
        return LocalAdapter(self._door, caller, self._app)

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """Answer one prepared request; time-outs, proxies and certificates have no meaning here."""
        url = urlsplit(request.url or "")
        body = request.body or b""
        answer = self._door.handle(
            request.method or "GET",
            url.path,
            url.query,
            body if isinstance(body, bytes) else body.encode(),
            caller=self._caller,
        )
        response = requests.Response()
        response.status_code = answer.status
        response.reason = responses.get(answer.status, "")
        response.headers.update(answer.headers)
        response.url = request.url or ""
        response.request = request
        response.encoding = "utf-8"
        response._content = answer.body  # noqa: SLF001  as requests' own adapter does once a body is read
        return response

    def close(self) -> None:
        """Nothing to close: the store may serve other users of this process."""


def connect(
    location: str | Path,
    user_id: str,
    app_id: str,
    *,
    models: Mapping[str, ModelFunction | str] | None = None,
    workflows: Sequence[Workflow] = (),
) -> LocalAdapter:
    """Open a store and make the user and the app in it where they are missing.

    The app is the user's own of that id, else the one in which he collaborates; it is made, with him as its owner,
    where nobody has one of that id.

    Parameters
    ----------
    location : str or Path
        A path, ``":memory:"`` or a PostgreSQL URL: see `Store`.
    user_id : str
        Who acts.
    app_id : str
        The app.
    models : mapping of str to callable or str, optional
        Models by id, that may label in automatic tasks: see `Registry.add_model`.
    workflows : sequence of Workflow
        Chains of those models.

    Raises
    ------
    StoreError
        If the database cannot be opened.
    ModelError
        If a model or workflow is none.
    AuthError
        If others have an app of that id, and the user is no collaborator.
    """
    service = Service(location, base_url=LOCAL_URL)
    try:
        with service.store.write() as db:
            caller, app = ensure_app(db, user_id, app_id)
        service.auto.open(models or {}, workflows)
    except BaseException:
        service.close()
        raise
    return LocalAdapter(Door(service), caller, app)


def connect_to_read(location: str | Path, user_id: str = "", app_id: str = "") -> LocalAdapter:
    """Open a store that exists, to read an app that exists; nothing is written, and no automatic task goes on.

    Parameters
    ----------
    location : str or Path
        A path or a PostgreSQL URL: see `Store`.
    user_id, app_id : str, optional
        The owner and the app; where they are left out, the only app there is. Its owner is the one who reads.

    Raises
    ------
    StoreError
        If the database cannot be opened, or has no such app, or several.
    """
    service = Service(location, base_url=LOCAL_URL, background=False, read_only=True)
    try:
        with service.store.read() as db:
            app = _only(find_apps(db), user_id, app_id, service.store.name)
    except BaseException:
        service.close()
        raise
    return LocalAdapter(Door(service), Caller(app.owner_pk, app.owner_id), app)


def _only(known: list[AppRow], user_id: str, app_id: str, name: str) -> AppRow:
    fit = [app for app in known if app_id in ("", app.id) and user_id in ("", app.owner_id)]
    if len(fit) == 1:
        return fit[0]
    names = ", ".join(f"{app.owner_id}/{app.id}" for app in known) or "none"
    wanted = "/".join(part for part in (user_id, app_id) if part)
    problem = f"has no app {wanted}" if wanted and not fit else "has several apps" if fit else "has no app"
    raise StoreError(f"{name} {problem}. There are: {names}. Name the one to read by its app id and its owner's id.")
