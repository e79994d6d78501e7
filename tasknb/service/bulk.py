"""Many rows at once, by the fastest way that each database has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Table


def insert_rows(db: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert plain tuples: by COPY on PostgreSQL, by the driver's own loop on SQLite.

    `rows` is consumed one by one by COPY and as a list on SQLite; hand over millions in pieces.
    """
    if db.dialect.name == "postgresql":
        names = ", ".join(columns)
        connection: Any = db.connection.driver_connection
        with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    wanted = list(rows)
    if wanted:
        statement = insert(table).compile(dialect=db.dialect, column_keys=list(columns))
        db.exec_driver_sql(str(statement), wanted)
