"""From the query of a GET to its request message."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import inspect

from tasknb.messages.wire import convert

if TYPE_CHECKING:
    from tasknb.messages.requests import Request


def read_query(query: str, kind: type[Request]) -> Request:
    """The request that a query spells.

    A repeated key makes a list, ``a.b=c`` sets a field of a message within the message, and a message within a list is
    written as JSON (``statuses={"code":24150}``). Keys that the message does not know are ignored; so is what is no
    JSON where a message is due, because the official JSON channel writes the name of a field there.

    Raises
    ------
    MessageError
        If a value does not fit its field.
    """
    if not query:
        return kind()
    lists, messages = _shape(kind)
    found: dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        name, _, inner = key.partition(".")
        if name in messages:
            if inner:
                found.setdefault(name, {})[inner] = value
        elif name in lists:
            found.setdefault(name, []).extend(_items(value) if lists[name] else [value])
        elif name in kind.__struct_fields__:
            found[name] = value
    return convert(found, kind)


@cache
def _shape(kind: type[Request]) -> tuple[dict[str, bool], frozenset[str]]:
    """The fields that are lists, with whether of messages; and those that are messages."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    lists = {
        one.name: isinstance(one.type.item_type, inspect.StructType)
        for one in info.fields
        if isinstance(one.type, inspect.ListType)
    }
    messages = frozenset(
        one.name for one in info.fields if isinstance(one.type, inspect.UnionType) and _holds(one.type)
    )
    return lists, messages


def _holds(union: inspect.UnionType) -> bool:
    return any(isinstance(one, inspect.StructType) for one in union.types)


def _items(value: str) -> list[Any]:
    try:
        item = msgspec.json.decode(value)
    except msgspec.DecodeError:
        return []
    return [item] if isinstance(item, dict) else []
