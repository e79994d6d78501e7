"""Conditions on what lies in the JSON of a body, in the words of SQLite and of PostgreSQL.

A body is the JSON of a message without its defaults: a field that is not there has its default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection

_NUMBERS = ("integer", "real")


class JsonSearch:
    """Makes conditions for one database.

    Parameters
    ----------
    db : Connection
        Its dialect is what is spoken.
    """

    def __init__(self, db: Connection) -> None:
        self._is_sqlite = db.dialect.name == "sqlite"

    def has(self, body: ColumnElement[str], name: str) -> ColumnElement[bool]:
        """Whether the message's ``data`` has the field."""
        return self._text(body, "data", name).is_not(None)

    def some(
        self, body: ColumnElement[str], name: str, equal: Mapping[str, str | float], *, having: tuple[str, ...] = ()
    ) -> ColumnElement[bool]:
        """Whether an item of a list within ``data`` is right: also in its regions, frames and time segments.

        Parameters
        ----------
        body : ColumnElement
            The column.
        name : str
            What the list is called, for example ``concepts``.
        equal : mapping
            What the item's fields are.
        having : tuple of str, optional
            A path that leads somewhere in the item.
        """
        if self._is_sqlite:
            # Metadata may hold anything, also a list of that name.
            items = func.json_tree(func.json_remove(body, "$.data.metadata"), "$.data").table_valued("value", "path")
            conditions: list[ColumnElement[bool]] = [items.c.path.like(f"%.{name}")]
        else:
            data = cast(body, JSONB).delete_path(["data", "metadata"])
            path = cast(f"$.data.**.{name}[*]", JSONPATH)
            items = func.jsonb_path_query(data, path).table_valued("value").render_derived()
            conditions = []
        conditions += [self._is(items.c.value, field, value) for field, value in equal.items()]
        if having:
            conditions.append(self._text(items.c.value, *having).is_not(None))
        return select(literal(1)).select_from(items).where(*conditions).exists()

    def metadata(self, body: ColumnElement[str], key: str, value: str | float) -> ColumnElement[bool]:
        """Whether the metadata within ``data`` has this value under the key; True is not 1, but 1.0 is."""
        if not self._is_sqlite:
            return cast(body, JSONB)["data"]["metadata"][key] == cast(value, JSONB)
        pairs = func.json_each(body, "$.data.metadata").table_valued("key", "atom", "type")
        here = select(literal(1)).select_from(pairs).where(pairs.c.key == key)
        if isinstance(value, bool):
            return here.where(pairs.c.type == str(value).lower()).exists()
        kinds = ("text",) if isinstance(value, str) else _NUMBERS
        return here.where(pairs.c.type.in_(kinds), pairs.c.atom == value).exists()

    def _is(self, item: ColumnElement[Any], field: str, value: str | float) -> ColumnElement[bool]:
        text = self._text(item, field)
        return text == value if isinstance(value, str) else cast(text, Float) == value

    def _text(self, column: ColumnElement[Any], *path: str) -> ColumnElement[Any]:
        """What the path leads to; NULL where it leads nowhere."""
        if self._is_sqlite:
            return func.json_extract(column, ".".join(("$", *path)))
        return func.jsonb_extract_path_text(cast(column, JSONB), *path)
