"""How messages travel: the base of every struct, enums that read names or numbers, and JSON in both directions."""

from __future__ import annotations

import enum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias, TypeVar

import msgspec

from tasknb.errors import MessageError

M = TypeVar("M", bound="Message")


class Message(msgspec.Struct, kw_only=True, omit_defaults=True, repr_omit_defaults=True):
    """A message of the Tasks API. Field names are the wire's own; fields left at their default are not sent."""


class WireEnum(str, enum.Enum):  # noqa: UP042  StrEnum would not let a member carry its number
    """An enum that travels as its name and is also read from its number.

    A name or number that this version does not know is kept as it is (``known`` is False), so that a newer server
    breaks nothing and an update sends back what was received.
    """

    if TYPE_CHECKING:  # mypy reads a declared attribute of an enum as a member, and members as final

        @property
        def number(self) -> int:
            """The number on the wire; -1 for a name that this version does not know."""

        def __init__(self, name: str | int, number: int = ...) -> None: ...
    else:

        def __new__(cls, name: str, number: int) -> Self:  # noqa: D102  part of the construction
            member = str.__new__(cls, name)
            member._value_ = name
            member.number = number
            return member

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if isinstance(value, str) and not value.lstrip("-").isdecimal():
            return cls._unknown(value, -1)
        if isinstance(value, int | str):
            number = int(value)
            found = next((member for member in cls if member.number == number), None)
            # The member for 0 is false, and found all the same.
            return cls._unknown(str(number), number) if found is None else found
        return None

    @classmethod
    def _unknown(cls, name: str, number: int) -> Self:
        member = str.__new__(cls, name)
        member._name_ = member._value_ = name
        vars(member)["number"] = number
        return member

    @property
    def known(self) -> bool:
        """Whether this version of tasknb knows the value."""
        return self._name_ in type(self).__members__

    def __bool__(self) -> bool:
        """False for the ``…_NOT_SET`` member only, so that ``task.type or default`` reads naturally."""
        return self.number != 0

    def __str__(self) -> str:
        return str(self._value_)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self._name_}"


E = TypeVar("E", bound=WireEnum)

if TYPE_CHECKING:
    Wire: TypeAlias = Annotated[E, "enum"]
else:

    class Wire:
        """``Wire[SomeEnum]`` is ``SomeEnum`` to a type checker; the JSON reader also accepts its number."""

        def __class_getitem__(cls, item: type[WireEnum]) -> object:
            return item | int


def as_enum(kind: type[E], value: E | str | int) -> E:
    """`value` as a member of `kind`; for ``__post_init__``, where a number or a plain string may arrive."""
    return value if type(value) is kind else kind(value)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    # strict=False: the proto JSON mapping writes 64-bit integers as strings.
    return msgspec.json.Decoder(kind, strict=False)


_encoder = msgspec.json.Encoder()


def decode(data: bytes | str | msgspec.Raw, kind: type[M]) -> M:
    """Read one message from JSON.

    Raises
    ------
    MessageError
        If the text is no JSON, or a field has the wrong type; the message names the field.
    """
    try:
        message: M = _decoder(kind).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageError.from_msgspec(error, kind.__name__) from None
    return message


def convert(data: Any, kind: type[M]) -> M:
    """Make one message of plain dicts, lists, strings and numbers (the untyped form of its JSON).

    Raises
    ------
    MessageError
        If a field has the wrong type; the message names the field.
    """
    try:
        return msgspec.convert(data, kind, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        raise MessageError.from_msgspec(error, kind.__name__) from None


def encode(message: Message) -> bytes:
    """The message as JSON, without the fields that are at their default."""
    return _encoder.encode(message)


def to_dict(message: Message) -> dict[str, Any]:
    """The message as plain dicts, lists, strings and numbers: what its JSON would parse to."""
    builtins: dict[str, Any] = msgspec.to_builtins(message)
    return builtins
