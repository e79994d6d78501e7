"""Field names in lowerCamelCase, which JSON of protocol buffers may have too: read as the snake_case they stand for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from tasknb.messages.wire import convert, decode

if TYPE_CHECKING:
    from tasknb.messages.requests import Request

_CAMEL = re.compile(rb'"[a-z0-9]+[A-Z][A-Za-z0-9]*"\s*:')
_HUMP = re.compile(r"([A-Z])")


def read_body(body: bytes, kind: type[Request]) -> Request:
    """The request that a JSON body holds; its fields may be named in either way.

    Raises
    ------
    MessageError
        If the body is no JSON, or a field has the wrong type.
    """
    request = decode(body, kind)  # also where names are rewritten: what is no message is refused in its own words
    if _CAMEL.search(body) is None:
        return request
    return convert(_renamed(msgspec.json.decode(body), kind), kind)


def _renamed(value: Any, kind: Any) -> Any:
    """`value` with the names of the message's own fields; free-form dicts, such as metadata, keep theirs."""
    if isinstance(value, list):
        return [_renamed(item, kind) for item in value]
    if not isinstance(value, dict) or kind is None:
        return value
    inner = _fields(kind)
    named = {name if name in inner else _HUMP.sub(r"_\1", name).lower(): item for name, item in value.items()}
    return {name: _renamed(item, inner.get(name)) for name, item in named.items()}


@cache
def _fields(kind: type) -> dict[str, type | None]:
    """The fields of a message, each with the message that it holds or lists, or None."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return {one.name: _message(one.type) for one in info.fields}


def _message(kind: inspect.Type) -> type | None:
    if isinstance(kind, inspect.StructType):
        return kind.cls
    if isinstance(kind, inspect.ListType):
        return _message(kind.item_type)
    if isinstance(kind, inspect.UnionType):
        return next(filter(None, map(_message, kind.types)), None)
    return None
