"""From a request message to what is sent: verb, path, query and body."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec

from tasknb.errors import InvalidRequestError
from tasknb.messages.rpcs import RPCS, Rpc
from tasknb.messages.wire import encode, to_dict

if TYPE_CHECKING:
    from tasknb.messages.people import UserAppID
    from tasknb.messages.requests import Request

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
