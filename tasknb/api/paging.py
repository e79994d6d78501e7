"""Lists that come in pages: fetched when they are needed, several at once where there are many."""

from __future__ import annotations

import itertools
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from tasknb.errors import ApiError, ConnectionFailed, MessageError, ServerError
from tasknb.messages.content_requests import ListAnnotationsRequest, ListInputsRequest
from tasknb.messages.requests import (
    DEFAULT_PER_PAGE,
    MAX_PER_PAGE,
    GetTaskCountRequest,
    ListTaskAssignmentsRequest,
    PagedRequest,
    Request,
    Response,
)
from tasknb.messages.status import StatusCode
from tasknb.messages.wire import Message, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasknb.api.answers import Answer
    from tasknb.api.client import Client
    from tasknb.messages.rpcs import Rpc

M = TypeVar("M", bound=Message)

AT_ONCE = 6
"""How many pages are on their way at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its items, each still JSON, and the whole answer as it came."""

    items: list[msgspec.Raw]
    body: bytes


class Listing(Generic[M]):
    """The items of a list, fetched page by page while they are iterated over; each iteration asks anew.

    Parameters
    ----------
    fetch : callable
        Returns an iterator over the items.
    kind : type
        The items' type.
    rpc : str
        What is asked.
    limit : int, optional
        The largest number of items.
    """

    def __init__(self, fetch: Callable[[], Iterator[M]], kind: type[M], rpc: str, limit: int | None = None) -> None:
        if limit is not None and limit < 0:
            raise ValueError(f"limit is {limit}; a limit is 0 or more, or None for all")
        self._fetch, self._kind, self._rpc, self._limit = fetch, kind, rpc, limit
        self._seen: int | None = None

    def __iter__(self) -> Iterator[M]:
        if self._limit == 0:
            return iter(())
        return itertools.islice(self._fetch(), self._limit)

    def all(self) -> list[M]:
        """Fetch every item into a list."""
        items = list(self)
        self._seen = len(items)
        return items

    def __repr__(self) -> str:
        state = "not fetched yet" if self._seen is None else f"{self._seen} when last fetched"
        return f"<Listing of {self._kind.__name__}: {self._rpc}, {state}>"


def pages(
    rpc: Rpc,
    request: PagedRequest,
    exchange: Callable[[Rpc, Request, type[Any]], Answer[Any]],
    count: Callable[[], int] | None = None,
) -> Iterator[Page]:
    """Fetch page after page, in order, until one is not full. At least one page comes, perhaps without items.

    Parameters
    ----------
    rpc : Rpc
        What is asked.
    request : PagedRequest
        Its message; ``page`` is where to begin (1), ``per_page`` how many items a page has (1000).
    exchange : callable
        Sends a request of an RPC and reads the answer as a type.
    count : callable, optional
        About how many items there are; asked when the first page is full, to fetch the others several at once.

    Raises
    ------
    ServerError
        If the server sends the same page again and again.
    """
    per_page, first = request.per_page or MAX_PER_PAGE, request.page or 1
    reader, field, _ = page_reader(rpc.response)

    def fetch(number: int) -> Page:
        numbered = msgspec.structs.replace(request, page=number, per_page=per_page)
        try:
            answer = exchange(rpc, numbered, reader)
        except ApiError as error:
            if error.code != StatusCode.CONN_INVALID_RANGE or number == first:
                raise
            return Page([], b"")  # there are fewer items than were counted
        return Page(getattr(answer.message, field), answer.body)

    return _walk(fetch, per_page, first, count)


def _walk(fetch: Callable[[int], Page], per_page: int, first: int, count: Callable[[], int] | None) -> Iterator[Page]:
    seen: set[tuple[bytes, bytes]] = set()
    page = fetch(first)
    yield page
    if not _is_full(page, per_page):
        return
    _check_new(page, seen)
    expected = first + count() // per_page if count else first
    for page in itertools.chain(
        _several(fetch, range(first + 1, expected + 1)), map(fetch, itertools.count(expected + 1))
    ):
        if page.items:
            yield page
        if not _is_full(page, per_page):
            return
        _check_new(page, seen)


def _is_full(page: Page, per_page: int) -> bool:
    # A server that ignores per_page sends pages of the default size: those are full too.
    return len(page.items) >= per_page or len(page.items) == DEFAULT_PER_PAGE


def _check_new(page: Page, seen: set[tuple[bytes, bytes]]) -> None:
    ends = bytes(page.items[0]), bytes(page.items[-1])
    if ends in seen:
        raise ServerError(
            "the server sends the same page again and again", details="It seems to ignore the page's number."
        )
    seen.add(ends)


def _several(fetch: Callable[[int], Page], numbers: Iterable[int]) -> Iterator[Page]:
    """Fetch pages a few at once, ahead of the one who reads; they come in order."""
    waiting: deque[Future[Page]] = deque()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="tasknb-pages")
    try:
        for number in numbers:
            waiting.append(pool.submit(fetch, number))
            if len(waiting) == AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Also when the reader stops early: what has not begun is dropped, and nobody waits for the rest.
        pool.shutdown(wait=False, cancel_futures=True)


@cache
def page_reader(response: type[Response]) -> tuple[type[Any], str, Any]:
    """A response type whose list stays JSON item by item, the name of that list, and the type of its items."""
    for name, kind in get_type_hints(response).items():
        if get_origin(kind) is list:
            lazy = msgspec.defstruct("Page", [(name, list[msgspec.Raw], [])], bases=(Response,), kw_only=True)
            return lazy, name, get_args(kind)[0]
    raise TypeError(f"{response.__name__} has no list")


def read_item(item: msgspec.Raw, kind: type[M]) -> M:
    """One item of a page as a message.

    Raises
    ------
    ConnectionFailed
        If the server sent something else; the message names the field.
    """
    try:
        return decode(item, kind)
    except MessageError as error:
        raise ConnectionFailed("the answer cannot be read", details=str(error)) from None


def counter(client: Client, request: PagedRequest) -> Callable[[], int] | None:
    """What tells about how many items a list has; None where nothing does, or where there is no gain in knowing it."""
    if client.is_local:
        return None  # one process does one thing at a time
    if isinstance(request, ListInputsRequest) and not request.ids:
        return lambda: _inputs(client, request)
    if isinstance(request, ListTaskAssignmentsRequest):
        return lambda: _work(client, "GetTaskInputCount", request, request.task_id)
    if isinstance(request, ListAnnotationsRequest) and request.task_id and request.list_all_annotations:
        return lambda: _work(client, "GetTaskAnnotationCount", request, request.task_id)
    return None


def _inputs(client: Client, request: Request) -> int:
    counts = client.call("GetInputCount", Request(user_app_id=request.user_app_id)).counts
    return counts.processed + counts.to_process + counts.processing + counts.errors if counts else 0


def _work(client: Client, rpc: str, request: Request, task_id: str) -> int:
    rows = client.call(rpc, GetTaskCountRequest(user_app_id=request.user_app_id, task_id=task_id)).counts
    return sum(
        row.pending + row.awaiting_review + row.success + row.review_denied + row.awaiting_consensus_review
        for row in rows
    )
