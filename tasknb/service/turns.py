"""How those who write one SQLite file take turns: in order within a process, and soon between processes.

SQLite has one writer at a time and no queue: whoever finds it busy naps and asks again, for longer each time (up to
0.1 s), so that newcomers overtake and some wait ten times as long as others. Here the threads of a process queue up, so
that only one of them asks, and that one asks often.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections import deque
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from types import TracebackType

NAP = (0.0002, 0.0006)
"""Seconds between two askings: at least and at most, so that processes do not ask in step."""

LOST_SECONDS = 1.0
"""After how long somebody who waits looks whether anybody is at work at all."""

SLOWING = 5
"""By how much rarer it asks, as a multiple of the nap, for each second that it has waited."""


class Turns:
    """Who writes next, in the order of asking. It orders only; whoever's turn it is takes `lock` too.

    A keyboard interrupt can come between any two steps of Python, so that somebody goes without leaving the queue.
    Those behind notice that nobody has the lock, and pass him over.

    Attributes
    ----------
    lock : threading.Lock
        Held by who writes.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._own = threading.local()
        self._writer = 0

    def __enter__(self) -> None:
        mine = threading.Lock()
        mine.acquire()
        try:
            self._join(mine)
            while not mine.acquire(timeout=LOST_SECONDS):
                self._pass_over()
            self._own.place, self._writer = mine, threading.get_ident()
        except BaseException:
            self._leave(mine)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(self._own.place)

    def _join(self, mine: threading.Lock) -> None:
        if self.lock.locked() and self._writer == threading.get_ident():
            raise RuntimeError("A transaction that writes was begun inside another one.")
        with self._guard:
            self._queue.append(mine)
            self._call_first()

    def _pass_over(self) -> None:
        """Call the next one if nobody is at work. The first one has always been called, so that nobody is forgotten."""
        with self._guard:
            if not self.lock.locked() and len(self._queue) > 1:
                self._queue.popleft()
                self._call_first()

    def _leave(self, mine: threading.Lock) -> None:
        """Leave the queue; from its front, the next one's turn comes."""
        with self._guard:
            self._queue = deque(one for one in self._queue if one is not mine)
            self._call_first()

    def _call_first(self) -> None:
        if self._queue and self._queue[0].locked():
            self._queue[0].release()


_turns: WeakValueDictionary[str, Turns] = WeakValueDictionary()
_turns_guard = threading.Lock()


def turns_of(path: str) -> Turns:
    """The turns of everybody in this process who writes a file, by whatever path they name it."""
    with _turns_guard:
        return _turns.setdefault(os.path.realpath(path), Turns())


def _forget() -> None:
    # A child has none of its parent's threads: a turn that one of them had would never end.
    global _turns, _turns_guard
    _turns, _turns_guard = WeakValueDictionary(), threading.Lock()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget)


def begin_write(connection: sqlite3.Connection, seconds: float) -> None:
    """Begin a transaction that may write, once other processes let it; what it reads later may wait as long again.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection of the driver, in no transaction.
    seconds : float
        How long it waits at most.

    Raises
    ------
    sqlite3.OperationalError
        If it is still busy then.
    """
    started = time.monotonic()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                waited = time.monotonic() - started
                if not is_locked(error) or waited > seconds:
                    raise
                nap = random.uniform(*NAP)  # noqa: S311  not a secret
                time.sleep(nap * (1 + SLOWING * waited))
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(1000 * seconds)}")


def is_locked(error: sqlite3.Error) -> bool:
    """Whether SQLite said only that somebody else is at work."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
