"""From what a caller holds (JSON pages, dicts, messages, a normalized frame) to pages of slim rows."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

import msgspec
import pandas as pd

from tasknb.errors import MessageError
from tasknb.messages.wire import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.frames.slim import Slim

P = TypeVar("P", bound="Slim")

# Of a longer text, rows are made a part at a time: they are read while the processor's caches still hold them, and
# freed before the next ones. Below, splitting costs more than it saves.
_LONG = 2_000_000
_PART = 100  # rows


def pages(source: Any, kind: type[P]) -> Iterator[P]:
    """Each page of `source` as the struct `kind`.

    Parameters
    ----------
    source : bytes, str, dict, DataFrame, message, or an iterable of these
        JSON text of an answer; an answer as a dict (with ``tasks``); one message or many, as dicts, as tasknb's own
        structs or as Clarifai's protobuf messages; or what ``pd.json_normalize`` makes of a list of them.
    kind : type
        `TaskPage`, `AssignmentPage` or `AnnotationPage`.

    Raises
    ------
    MessageError
        If something is not what it should be; the message names the field.
    """
    field = kind.__struct_fields__[0]
    rows: list[Any] = []
    for item in _items(source, field):
        if isinstance(item, bytes | bytearray | memoryview | str):
            yield from _decoded(item, kind)
        elif isinstance(item, dict) and field in item:
            yield from _converted(item, kind)
        else:
            rows.append(item)
    if rows:
        yield from _converted({field: rows}, kind)


def _items(source: Any, field: str) -> Iterator[Any]:
    if isinstance(source, pd.DataFrame):
        from tasknb.frames.normalized import rows_of  # noqa: PLC0415  only for this one form

        yield from rows_of(source)
    elif isinstance(source, bytes | bytearray | memoryview | str):
        yield source
    elif isinstance(source, dict | Message) or hasattr(source, "DESCRIPTOR"):
        yield _plain(source, field)
    else:
        for item in _iterated(source, field):
            yield item if isinstance(item, bytes | str) else _plain(item, field)


def _iterated(source: Any, field: str) -> Iterator[Any]:
    try:
        return iter(source)
    except TypeError:
        raise TypeError(
            f"cannot read {field} from {type(source).__name__}; give JSON text, dicts, messages or a DataFrame "
            "made by pd.json_normalize"
        ) from None


def _plain(item: Any, field: str) -> Any:
    """A dict of plain values with the wire's snake_case names."""
    if isinstance(item, Message):
        return msgspec.to_builtins(item)
    if hasattr(item, "DESCRIPTOR"):
        # Whoever has such a message has protobuf.
        return import_module("google.protobuf.json_format").MessageToDict(item, preserving_proto_field_name=True)
    if not isinstance(item, dict):
        raise TypeError(f"{field} holds a {type(item).__name__}; expected dicts or messages")
    return snake_case(item)


# What lies below these is the user's own, and its names are kept.
_FREE_FORM = frozenset({"metadata", "weights"})


def snake_case(data: Any) -> Any:
    """Plain data with snake_case names, for those who let protobuf write camelCase."""
    if isinstance(data, list):
        return [snake_case(item) for item in data]
    if not isinstance(data, dict):
        return data
    return {snake(key): value if key in _FREE_FORM else snake_case(value) for key, value in data.items()}


@cache
def snake(name: str) -> str:
    """``createdAt`` as ``created_at``; what is snake_case already stays."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@cache
def _decoder(kind: type[P]) -> msgspec.json.Decoder[P]:
    # strict=False: the proto JSON mapping writes 64-bit integers as strings.
    return msgspec.json.Decoder(kind, strict=False)


@cache
def _splitter(kind: type[P]) -> msgspec.json.Decoder[Any]:
    """Finds the rows of a page, and leaves each as JSON."""
    rows: tuple[str, type, Any] = (kind.__struct_fields__[0], list[msgspec.Raw], msgspec.field(default_factory=list))
    return msgspec.json.Decoder(msgspec.defstruct("Rows", [rows]))


@cache
def _row_decoder(kind: type[P]) -> msgspec.json.Decoder[Any]:
    (row,) = get_args(get_type_hints(kind)[kind.__struct_fields__[0]])
    return msgspec.json.Decoder(row, strict=False)


def _decoded(text: bytes | bytearray | memoryview | str, kind: type[P]) -> Iterator[P]:
    try:
        if len(text) > _LONG:
            yield from _parts(text, kind)
        else:
            with gc_paused():
                page = _decoder(kind).decode(text)
            yield page
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MessageError.from_msgspec(error, kind.__name__) from None


def _parts(text: bytes | bytearray | memoryview | str, kind: type[P]) -> Iterator[P]:
    field = kind.__struct_fields__[0]
    rows, row = getattr(_splitter(kind).decode(text), field), _row_decoder(kind)
    for first in range(0, len(rows), _PART):
        try:
            with gc_paused():
                part = [row.decode(one) for one in rows[first : first + _PART]]
        except msgspec.ValidationError:
            _decoder(kind).decode(text)  # fails as well, and says which row it is
            raise
        yield kind(**{field: part})


def _converted(data: dict[str, Any], kind: type[P]) -> Iterator[P]:
    # By way of JSON, because that is where `metadata` stays text; it is still faster than building the frame.
    try:
        text = msgspec.json.encode(data)
    except TypeError as error:
        raise MessageError(f"not plain data: {error}") from None
    return _decoded(text, kind)


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep the cycle collector from walking the rows of a page while they are made: they hold no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
