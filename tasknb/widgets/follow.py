"""Looking at something again and again, beside the kernel, at a pace that fits what happens."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FASTEST = 1.0
SLOWEST = 15.0
RETRY_LONGEST = 60.0
BUSY_SHARE = 10


class Follower:
    """Calls a method again and again in a daemon thread, which never outlives the method's object.

    The thread holds the object only while the method runs: when the object is dropped or `stop` is called, the
    thread ends by itself, at once if it is waiting.

    Parameters
    ----------
    step : bound method
        Called in the thread. Returns how many seconds to wait before the next call, or None to end.
    name : str
        The thread's name, for whoever lists threads.
    """

    def __init__(self, step: Callable[[], float | None], name: str) -> None:
        self._step = weakref.WeakMethod(step)
        self._name = name
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether a thread is at work."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def start(self) -> None:
        """Begin, or do nothing if it has begun."""
        with self._lock:
            if self.running:
                return
            self._wake = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(self._wake,), name=self._name, daemon=True)
            self._thread.start()

    def now(self) -> None:
        """Look now and not only when the waiting is over."""
        self._wake.set()

    def stop(self, wait: float = 0) -> None:
        """End the thread; wait for at most so many seconds until it has ended."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._wake.set()
        if thread is not None and wait and thread is not threading.current_thread():
            thread.join(wait)

    def _run(self, wake: threading.Event) -> None:
        while threading.current_thread() is self._thread:
            wake.clear()
            step = self._step()
            seconds = step() if step else None
            del step
            if seconds is None:
                break
            wake.wait(seconds)


def next_pause(previous: float, *, moved: bool, cost: float) -> float:
    """Seconds until the next look: soon when things move, ever later when they rest.

    Parameters
    ----------
    previous : float
        The pause before.
    moved : bool
        Whether the last look saw something new.
    cost : float
        How many seconds the last look took; looking never takes more than a tenth of the time.
    """
    pause = FASTEST if moved else min(SLOWEST, previous * 1.5)
    return max(pause, FASTEST, cost * BUSY_SHARE)


def retry_pause(failures: int) -> float:
    """Seconds until the next look after so many failed ones in a row: 2, 4, 8 … 60."""
    return float(min(RETRY_LONGEST, 2.0 ** min(failures, 10)))
