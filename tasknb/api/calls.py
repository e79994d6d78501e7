"""From what a method is given to what is sent: ids and lists, then verb, path, query and body."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from tasknb.errors import InvalidRequestError, ServerError
from tasknb.messages.people import User, Worker
from tasknb.messages.rpcs import RPCS, Rpc
from tasknb.messages.task import Task
from tasknb.messages.wire import Message, encode, to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasknb.messages.people import UserAppID
    from tasknb.messages.requests import Request

T = TypeVar("T")
M = TypeVar("M", bound=Message)

TaskRef: TypeAlias = Task | str
WorkerRef: TypeAlias = Worker | str

BATCH = 128
"""How many annotations or inputs one request may hold."""

BATCH_BYTES = 16 * 2**20
"""How many bytes of images and the like go into one request; as base64 they grow by a third."""

_FIELD = re.compile(r"\{(\w+)\}")
_OF_APP = ("user_id", "app_id")


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it is sent.

    Attributes
    ----------
    verb : str
        The HTTP verb.
    target : str
        Path and query.
    body : bytes
        The JSON; empty for a GET.
    idempotent : bool
        Whether sending it twice leaves the same state as once.
    deletes_one : bool
        Whether it deletes one thing, so that "does not exist" means it is done.
    """

    verb: str
    target: str
    body: bytes = field(default=b"", repr=False)
    idempotent: bool = True
    deletes_one: bool = False

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


def rpc_named(name: str, request: Request) -> Rpc:
    """The RPC, checked to be asked with its own kind of message.

    Raises
    ------
    InvalidRequestError
        If there is no such RPC; the nearest name is offered.
    TypeError
        If the message belongs to another RPC.
    """
    rpc = RPCS.get(name)
    if rpc is None:
        near = difflib.get_close_matches(name, RPCS, n=1)
        raise InvalidRequestError(f"there is no RPC {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
    if not isinstance(request, rpc.request):
        raise TypeError(f"{name} is asked with a {rpc.request.__name__}, not a {type(request).__name__}")
    return rpc


def build(rpc: Rpc, request: Request, app: UserAppID) -> Call:
    """What to send for a request.

    Parameters
    ----------
    rpc : Rpc
        What is asked.
    request : Request
        The message. Fields that the path names go into the path, all others into the query (GET) or the body.
    app : UserAppID
        The app, where the request names none.

    Raises
    ------
    InvalidRequestError
        If an id that the path needs is missing or cannot be in a path, or a GET has fields that a query cannot hold.
    """
    named = request.user_app_id or app
    in_path = _fields(rpc.path)
    path = rpc.path
    for name in in_path:
        value = getattr(named if name in _OF_APP else request, name)
        path = path.replace(f"{{{name}}}", _segment(rpc, name, value))
    blank: dict[str, Any] = {name: "" for name in in_path if name not in _OF_APP}
    rest = msgspec.structs.replace(request, user_app_id=None, **blank)
    if rpc.verb == "GET":
        query = _query(rpc, rest)
        return Call("GET", f"{path}?{query}" if query else path)
    return Call(rpc.verb, path, encode(rest), rpc.idempotent, rpc.verb == "DELETE" and _names_one(rest))


@cache
def _fields(path: str) -> tuple[str, ...]:
    return tuple(_FIELD.findall(path))


def _segment(rpc: Rpc, name: str, value: str) -> str:
    if name == "app_id" and not value:
        raise InvalidRequestError(
            f"{rpc.name} is about an app, and none is named. Pass Client(app_id=…) or set CLARIFAI_APP_ID."
        )
    if value in ("", ".", ".."):
        raise InvalidRequestError(f"{rpc.name} needs a {name}, and {value!r} cannot be one")
    return quote(value, safe="")


def _query(rpc: Rpc, request: Request) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in to_dict(request).items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                # The API's own gateway cannot read messages from a query, and a filter that is dropped finds too much.
                raise InvalidRequestError(f"{rpc.name} cannot send {name} over HTTP. Use a filter of plain ids.")
            pairs.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return urlencode(pairs, quote_via=quote)


def _names_one(request: Request) -> bool:
    lists = [value for value in to_dict(request).values() if isinstance(value, list)]
    return all(len(value) == 1 for value in lists)


def several(given: Any) -> list[Any]:
    """A list of what was given: one, several or nothing. A text and a message count as one."""
    if given is None:
        return []
    if isinstance(given, Iterable) and not isinstance(given, str | Message):
        return list(given)
    return [given]


def batches(items: Iterable[T], weigh: Callable[[T], int] = lambda _item: 0) -> Iterator[list[T]]:
    """The items in order, in lists of at most 128 items and, unless one item alone is more, 16 MiB by `weigh`."""
    batch: list[T] = []
    total = 0
    for item in items:
        weight = weigh(item)
        if batch and (len(batch) == BATCH or total + weight > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += weight
    if batch:
        yield batch


def id_of(thing: Any, noun: str) -> str:
    """The id of a message, or the id itself.

    Raises
    ------
    InvalidRequestError
        If it has none.
    """
    found = thing if isinstance(thing, str) else getattr(thing, "id", None)
    if not isinstance(found, str) or not found:
        raise InvalidRequestError(f"a {noun} or its id is needed, and {thing!r} has no id")
    return found


def task_id(task: TaskRef) -> str:
    """The id of a task."""
    return id_of(task, "task")


def worker_filter(workers: WorkerRef | Iterable[WorkerRef] | None) -> dict[str, Any]:
    """The fields ``user_ids``, ``model_version_ids`` and ``workflow_version_ids`` that name these workers.

    Raises
    ------
    InvalidRequestError
        If a model or workflow comes without its version, by which the API finds its work.
    """
    found: dict[str, Any] = {}
    for worker in several(workers):
        field, value = "user_ids", worker if isinstance(worker, str) else worker.id
        if isinstance(worker, Worker) and worker.user is None:
            version = (worker.model and worker.model.model_version) or (worker.workflow and worker.workflow.version)
            field = "model_version_ids" if worker.model else "workflow_version_ids"
            value = version.id if version else ""
        if not value:
            raise InvalidRequestError(f"{worker!r} cannot be found: give a user's id, or a version with its id")
        found.setdefault(field, []).append(value)
    return found


def user_ids(workers: WorkerRef | Iterable[WorkerRef] | None) -> list[str]:
    """The workers' ids, where only users can be asked for.

    Raises
    ------
    InvalidRequestError
        If one is no user.
    """
    found = worker_filter(workers)
    if found.keys() - {"user_ids"}:
        raise InvalidRequestError("only users can be asked for here, not models or workflows")
    ids: list[str] = found.get("user_ids", [])
    return ids


def as_workers(workers: WorkerRef | Iterable[WorkerRef] | None) -> list[Worker]:
    """Workers as messages; a text is a user's id."""
    return [Worker(user=User(id=one)) if isinstance(one, str) else one for one in several(workers)]


def same_shape(given: M | Iterable[M], answered: list[M], kind: type[M]) -> M | list[M]:
    """One for one, a list for a list."""
    return present(answered, kind) if isinstance(given, Message) else answered


def present(answered: Any, kind: type[M]) -> M:
    """What the answer should hold, or the first of what it holds.

    Raises
    ------
    ServerError
        If it does not.
    """
    found = next(iter(answered), None) if isinstance(answered, list) else answered
    if not isinstance(found, kind):
        raise ServerError(f"the server reports success, but its answer holds no {kind.__name__}")
    return found
