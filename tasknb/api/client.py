"""The client: one object for Clarifai's Tasks API and for the embedded service."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar
from urllib.parse import urlsplit

import msgspec

from tasknb.api import paging
from tasknb.api.answers import NO_RETRIES, Answer, Retries
from tasknb.api.auth import CLARIFAI_URL, Key, checked_url, is_loopback
from tasknb.api.calls import build, rpc_named
from tasknb.api.content import Collaborators, Concepts, Datasets, Inputs, Users
from tasknb.api.labels import Annotations, Assignments
from tasknb.api.paging import Listing, Page
from tasknb.api.tasks import Tasks
from tasknb.api.transport import REQUESTS_PER_SECOND, RateLimiter, Transport
from tasknb.errors import TasknbError
from tasknb.messages.people import UserAppID
from tasknb.messages.requests import MAX_PER_PAGE, PagedRequest, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tasknb.messages.models import ModelFunction
    from tasknb.messages.people import Workflow
    from tasknb.messages.rpcs import Rpc

R = TypeVar("R", bound=Response)


class Client:
    """A client of the Tasks API. Threads may share it; processes may not.

    Parameters
    ----------
    pat : str, optional
        A personal access token; ``CLARIFAI_PAT`` when left out.
    user_id : str, optional
        The owner of the app; ``CLARIFAI_USER_ID`` when left out, else ``me``, which is the owner of the key.
    app_id : str, optional
        The app; ``CLARIFAI_APP_ID`` when left out.
    base_url : str, optional
        The server; ``CLARIFAI_API_BASE`` when left out, else Clarifai.
    timeout : (float, float) or float, default (5, 60)
        Seconds to wait for a connection, and for each part of an answer; a number is for both.
    retries : Retries, optional
        When to send again after throttling, a lost connection, or HTTP 502 to 504.
    requests_per_second : float, optional
        How fast to send; 0 for no limit. When left out 15, as Clarifai allows, and no limit on this machine.
    allow_plain_http : bool, default False
        Send the key over plain http to another machine too.

    Raises
    ------
    AuthError
        If there is no key, or it would travel in the open.
    InvalidRequestError
        If the base URL is none.

    Attributes
    ----------
    tasks, assignments, annotations, inputs, datasets, concepts, collaborators, users
        What can be done with each.
    """

    def __init__(
        self,
        pat: str | None = None,
        user_id: str | None = None,
        app_id: str | None = None,
        base_url: str | None = None,
        *,
        timeout: float | tuple[float, float] = (5.0, 60.0),
        retries: Retries | None = None,
        requests_per_second: float | None = None,
        allow_plain_http: bool = False,
    ) -> None:
        key = Key(pat)
        del pat  # a traceback that shows variables must not show the key
        url = checked_url(
            base_url or os.environ.get("CLARIFAI_API_BASE") or CLARIFAI_URL, allow_plain_http=allow_plain_http
        )
        if requests_per_second is None and not is_loopback(urlsplit(url).hostname):
            requests_per_second = REQUESTS_PER_SECOND
        transport = Transport(
            url,
            key=key,
            timeout=timeout,
            limiter=RateLimiter(requests_per_second) if requests_per_second else None,
            retries=retries or Retries(),
        )
        owner = user_id or os.environ.get("CLARIFAI_USER_ID") or "me"
        self._set_up(
            transport, UserAppID(user_id=owner, app_id=app_id or os.environ.get("CLARIFAI_APP_ID") or ""), owner
        )

    def _set_up(
        self, transport: Transport, app: UserAppID, user_id: str, adapter: Any = None, opener: Client | None = None
    ) -> None:
        self._transport = transport
        self._app = app
        self._user_id = user_id
        self._adapter = adapter
        self._opener: Client = opener or self
        self._closed = False
        self.tasks = Tasks(self)
        self.assignments = Assignments(self)
        self.annotations = Annotations(self)
        self.inputs = Inputs(self)
        self.datasets = Datasets(self)
        self.concepts = Concepts(self)
        self.collaborators = Collaborators(self)
        self.users = Users(self)

    @classmethod
    def local(
        cls,
        path: str | Path = ":memory:",
        *,
        user_id: str = "owner",
        app_id: str = "main",
        models: Mapping[str, ModelFunction | str] | None = None,
        workflows: Sequence[Workflow] = (),
        read_only: bool = False,
    ) -> Self:
        """Open the embedded service in this process: no account, no network, no key.

        Parameters
        ----------
        path : str or Path, default ":memory:"
            The SQLite file, which is made if it does not exist; ``":memory:"`` forgets everything when it is closed;
            ``postgresql://…`` is a PostgreSQL database.
        user_id : str, default "owner"
            Who acts.
        app_id : str, default "main"
            The app, which is made if it does not exist.
        models : mapping of str to callable or str, optional
            Models that may label in automatic tasks, by id: functions from a list of inputs to a prediction for each,
            or where they are, as ``{"digits": "tasknb.demo:digit_model"}``. They work in a background thread.
        workflows : sequence of Workflow
            Chains of those models.
        read_only : bool, default False
            Only read what exists, as the app's owner; an empty `user_id` and `app_id` stand for the only app.

        Raises
        ------
        StoreError
            If the database cannot be opened.
        """
        door = import_module("tasknb.service.doors.inprocess")
        if read_only:
            return cls._in_process(door.connect_to_read(path, user_id, app_id))
        return cls._in_process(door.connect(path, user_id, app_id, models=models, workflows=workflows))

    @classmethod
    def _in_process(cls, adapter: Any, opener: Client | None = None) -> Self:
        client = cls.__new__(cls)  # without __init__, which asks for a key
        transport = Transport(adapter.base_url, adapter=adapter, retries=NO_RETRIES)
        app = UserAppID(user_id=adapter.owner_id, app_id=adapter.app_id)
        client._set_up(transport, app, adapter.user_id, adapter, opener)  # noqa: SLF001  its own
        return client

    def acting_as(self, user_id: str) -> Self:
        """A client of the same embedded service and app, in which another user acts.

        Raises
        ------
        NotFoundError
            If there is no such user.
        TasknbError
            If this is a client of a remote server, where only a key says who acts.
        """
        if self._adapter is None:
            raise TasknbError("over a network only a key says who acts: make a Client with that user's key")
        return self._in_process(self._adapter.acting_as(user_id), self._opener)

    @property
    def user_id(self) -> str:
        """Who acts, in the embedded service; the owner of the app otherwise."""
        return self._user_id

    @property
    def owner_id(self) -> str:
        """The owner of the app; ``me`` is the owner of the key."""
        return self._app.user_id

    @property
    def app_id(self) -> str:
        """The app."""
        return self._app.app_id

    @property
    def url(self) -> str:
        """The server's base URL."""
        return self._transport.base_url

    @property
    def is_local(self) -> bool:
        """Whether it is the embedded service in this process."""
        return self._adapter is not None

    @property
    def closed(self) -> bool:
        """Whether it, or the client that opened the embedded service, was closed."""
        return self._closed or (self._opener is not self and self._opener.closed)

    def __repr__(self) -> str:
        if "_app" not in vars(self):
            return "<Client that was not set up>"  # what a traceback that shows variables meets in __init__
        app = f"{self.owner_id}/{self.app_id or '?'}"
        if self._adapter is None:
            return f"<Client of {app} at {self.url}>"
        acting = "" if self.user_id == self.owner_id else f", {self.user_id} acts"
        return f"<Client of {app} in {self._adapter.service.store.name}{acting}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Client is not pickled or copied, so that its key and its connections stay where they are; "
            "make one where it is needed"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, and the embedded service if this client opened it, for all who share it."""
        self._closed = True
        self._transport.close()
        if self._adapter is not None and self._opener is self:
            self._adapter.service.close()

    def call(self, name: str, request: Request) -> Any:
        """Ask for one RPC.

        Parameters
        ----------
        name : str
            The RPC, one of `tasknb.messages.rpcs.RPCS`.
        request : Request
            Its message; the client's app is filled in where it names none.

        Returns
        -------
        Response
            The RPC's response, with status SUCCESS or MIXED_STATUS.

        Raises
        ------
        ApiError
            If the server refuses or does not answer; the subclass says which.
        """
        rpc = rpc_named(name, request)
        return self._exchange(rpc, request, rpc.response).message

    def fetch(self, url: str, *, most: int = 20 * 2**20) -> bytes:
        """The file behind an input's URL, at most so many bytes; the key does not travel with the question.

        Raises
        ------
        ConnectionFailed
            If it cannot be had or is larger.
        """
        return self._transport.fetch(url, most)

    def pages(self, name: str, request: PagedRequest) -> Iterator[bytes]:
        """Ask for a list and yield each page as the JSON that came, for whoever builds columns of it.

        At least one page comes, perhaps without items. A ``per_page`` that is left out is 1000.

        Parameters
        ----------
        name : str
            The RPC, for example ``ListTasks``.
        request : PagedRequest
            Its message; ``page`` is where to begin.
        """
        return (page.body for page in self._pages(name, request))

    def listing(self, name: str, request: PagedRequest, limit: int | None = None) -> Listing[Any]:
        """Ask for a list whose items are fetched when they are iterated over.

        Parameters
        ----------
        name : str
            The RPC, for example ``ListTasks``.
        request : PagedRequest
            Its message.
        limit : int, optional
            The largest number of items.
        """
        kind = paging.page_reader(rpc_named(name, request).response)[2]
        if limit is not None:
            request = msgspec.structs.replace(request, per_page=min(limit or 1, MAX_PER_PAGE))

        def fetch() -> Iterator[Any]:
            for page in self._pages(name, request):
                yield from (paging.read_item(item, kind) for item in page.items)

        return Listing(fetch, kind, name, limit)

    def _pages(self, name: str, request: PagedRequest) -> Iterator[Page]:
        return paging.pages(rpc_named(name, request), request, self._exchange, paging.counter(self, request))

    def _exchange(self, rpc: Rpc, request: Request, kind: type[R]) -> Answer[R]:
        if self.closed:
            raise TasknbError("this client is closed")
        return self._transport.exchange(build(rpc, request, self._app), kind)
