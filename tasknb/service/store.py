"""The database: one SQLite file, memory, or PostgreSQL, opened and checked, with transactions to read and to write."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from tasknb.errors import MissingExtraError, StoreError
from tasknb.service.schema import SCHEMA_VERSION, meta, metadata
from tasknb.service.turns import Turns, begin_write, is_locked, turns_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import TypeAlias

    from sqlalchemy import Connection, Engine

    Turn: TypeAlias = tuple[AbstractContextManager[object], AbstractContextManager[object]]

MEMORY = ":memory:"
BUSY_SECONDS = 30
"""How long SQLite waits for another writer before a transaction is tried again."""

# What PostgreSQL says of a transaction that met another one: serialization failure, deadlock, lock not available.
_PG_RETRY = {"40001", "40P01", "55P03"}
_SCHEMA_LOCK = 7_265_105


class Store:
    """A database that holds a task service.

    Several processes and threads may hold the same file or PostgreSQL database open; writers take turns. Memory is one
    connection that the threads of this process share.

    Parameters
    ----------
    location : str or Path
        A path, ``":memory:"``, ``sqlite:///path`` or ``postgresql://user:password@host/name``. What does not exist is
        made; the folder or PostgreSQL database must exist.
    read_only : bool, default False
        Only look at what is there: nothing is made, and every transaction that would write is refused.

    Raises
    ------
    StoreError
        If it cannot be opened or is no tasknb database; it is left as it was.
    MissingExtraError
        If it is PostgreSQL and its driver is not installed.
    """

    def __init__(self, location: str | Path, *, read_only: bool = False) -> None:
        self.url = _url(str(location))
        self.read_only = read_only
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        in_memory = self.is_sqlite and self.url.database in (None, "", MEMORY)
        # Memory is one connection, which its readers and writers share.
        turns = Turns() if in_memory else turns_of(self.url.database or "")
        none: Turn = (nullcontext(), nullcontext())
        self._write_turn, self._write_lock = (turns, turns.lock) if self.is_sqlite else none
        self._read_turn, self._read_lock = (turns, turns.lock) if in_memory else none
        self._engine = self._open(in_memory=in_memory)
        self._reader = (
            self._engine if self.is_sqlite else self._engine.execution_options(isolation_level="REPEATABLE READ")
        )
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The location in words, without its password."""
        return (self.url.database or MEMORY) if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout."""
        with self._read_turn, self._read_lock, self._reader.begin() as db:
            if self.is_sqlite:
                _driver(db).execute("BEGIN")
            yield db

    @contextmanager
    def write(self, lock: int = 0) -> Iterator[Connection]:
        """A transaction that may write; an exception undoes all of it.

        SQLite has one writer at a time. PostgreSQL gets the same for each `lock` (an app's pk; 0 for what is about no
        app), so that a use case never meets another one of its app half-done.
        """
        with self._write_turn, self._write_lock, self._engine.begin() as db:
            if self.is_sqlite:
                # A transaction that reads first and writes later may find its state stale; this one waits its turn.
                begin_write(_driver(db), BUSY_SECONDS)
            else:
                db.execute(text("SELECT pg_advisory_xact_lock(:space, :lock)"), {"space": _SCHEMA_LOCK, "lock": lock})
            yield db

    def close(self) -> None:
        """Close every connection."""
        # SQLite crashes the process when a connection is closed in the middle of another thread's statement.
        with self._write_turn, self._write_lock:
            self._engine.dispose()

    def _open(self, *, in_memory: bool) -> Engine:
        if not self.is_sqlite:
            arguments = {"options": "-c default_transaction_read_only=on"} if self.read_only else {}
            try:
                return create_engine(
                    self.url,
                    pool_size=8,
                    max_overflow=24,
                    pool_timeout=60,
                    pool_pre_ping=True,
                    connect_args=arguments,
                )
            except ModuleNotFoundError:
                raise MissingExtraError("A PostgreSQL database", "postgres") from None
        options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 8, "max_overflow": -1}
        # Every transaction ends in `read` or `write`; the pool need not roll it back once more.
        options["pool_reset_on_return"] = None
        options["connect_args"] = {"check_same_thread": False, "timeout": BUSY_SECONDS}
        engine = create_engine(self.url, **options)
        event.listen(engine, "connect", _tune_sqlite)
        if self.read_only:
            event.listen(engine, "connect", _refuse_writes)
        return engine

    def _prepare(self) -> None:
        """Check what is there, and make the tables where nothing is."""
        if self.is_sqlite and self.url.database and Path(self.url.database).is_dir():
            raise StoreError(f"{self.name} is a folder. Name a file in it, for example {self.name}/labels.db.")
        if self.read_only and self.is_sqlite and not Path(self.url.database or "").is_file():
            raise StoreError(f"There is no database {self.name}. It is only read here, and so it is not made.")
        try:
            with self.read() as db:
                version = self._version(db)
            if version is None and self.read_only:
                raise StoreError(f"{self.name} is empty. It is only read here, and so nothing is made in it.")
            if version != SCHEMA_VERSION and not self.read_only:
                self._make_tables()
        except (SQLAlchemyError, OSError, UnicodeError) as error:
            raise StoreError(f"{self.name} cannot be opened: {_reason(error)}") from error

    def _version(self, db: Connection) -> int | None:
        """The schema's version, this one's or an older one; None where the database is empty."""
        tables = inspect(db).get_table_names()
        if not tables:
            return None
        if meta.name not in tables:
            raise StoreError(
                f"{self.name} is another program's database (it holds the table {min(tables)!r} and no {meta.name!r}). "
                "Nothing in it was changed. Name a file or database of its own for tasknb."
            )
        found = db.execute(select(meta.c.value).where(meta.c.name == "schema_version")).scalar()
        version = int(found) if found and found.isdecimal() else 0
        if not 1 <= version <= SCHEMA_VERSION:
            raise StoreError(
                f"{self.name} was made by another version of tasknb (schema {found}; this one reads "
                f"{SCHEMA_VERSION} and before). Open it with that version, or name a new file."
            )
        return version

    def _make_tables(self) -> None:
        """Make the tables that are missing: all of them, or what came after an older version."""
        if self.is_sqlite:
            self._use_wal()
        with self.write() as db:
            # Whoever waited for the lock finds the tables made.
            if self._version(db) != SCHEMA_VERSION:
                metadata.create_all(db)
                db.execute(meta.delete().where(meta.c.name == "schema_version"))
                db.execute(meta.insert().values(name="schema_version", value=str(SCHEMA_VERSION)))

    def _use_wal(self) -> None:
        """Turn on write-ahead logging, which the file remembers. SQLite does not wait for others here, so we do."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            connection = self._engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if not is_locked(error) or time.monotonic() > deadline:
                    raise StoreError(f"{self.name} cannot be opened: {_reason(error)}") from error
                time.sleep(0.01)
            else:
                return
            finally:
                connection.close()


def is_busy(error: Exception) -> bool:
    """Whether a transaction failed only because it met another one, so that it may succeed when run again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return is_locked(cause) if isinstance(cause, sqlite3.Error) else getattr(cause, "sqlstate", None) in _PG_RETRY


def _url(location: str) -> URL:
    if "://" not in location:
        return URL.create("sqlite", database=location)
    try:
        url = make_url(location)
    except ArgumentError:
        raise StoreError(
            "The database's URL cannot be read. Write postgresql://user:password@host:port/name."
        ) from None
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return url.set(drivername="sqlite")
    raise StoreError(f"{backend} is not supported. Name a file, sqlite:///path or postgresql://host/name.")


def _tune_sqlite(connection: Any, _record: object) -> None:
    # The driver would start transactions on its own, and too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    # With write-ahead logging this loses nothing when a process dies; only a power cut may cost the last moments.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _refuse_writes(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")


def _driver(db: Connection) -> sqlite3.Connection:
    """The driver's own connection, to begin transactions on: SQLAlchemy's event for this slows down every statement."""
    connection: sqlite3.Connection | None = db.connection.driver_connection
    assert connection is not None
    return connection


def _reason(error: Exception) -> str:
    """What went wrong, in words that name the way out."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if "not a database" in said or "malformed" in said:
        return f"{said}. The file holds something else or is damaged; it was not changed. Name another file."
    if "unable to open" in said:
        return f"{said}. Its folder must exist and you must be allowed to write there."
    if "readonly" in said or "read-only" in said:
        return f"{said}. You must be allowed to write the file and its folder."
    return f"{said}. Check that the server runs and that the URL is right." if "://" in str(cause) else said
