"""When to send: no faster than the server allows, and again after a while where that can help."""

from __future__ import annotations

import email.utils
import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REQUESTS_PER_SECOND = 15
"""What Clarifai allows."""


class RateLimiter:
    """Lets `rate` requests a second through, after a burst of as many. Threads share it.

    Parameters
    ----------
    rate : float
        Requests per second.
    clock, sleep : callable
        What tells and what passes the time, in seconds.
    """

    def __init__(
        self,
        rate: float = REQUESTS_PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.rate = rate
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._tokens = max(rate, 1.0)
        self._at = clock()

    def wait(self) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = self._clock()
            self._tokens = min(max(self.rate, 1.0), self._tokens + (now - self._at) * self.rate)
            self._at = now
            # Below zero it is a debt: each thread sleeps until its own token is due, without holding the lock.
            self._tokens -= 1
            due = -self._tokens / self.rate
        if due > 0:
            self._sleep(due)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and when a request is sent again.

    The waits double from `first` up to `longest`, less a random part of up to half, so that clients that failed
    together do not come back together.

    Attributes
    ----------
    throttled : int, default 6
        How often after "too many requests"; with the default waits, for about half a minute.
    failed : int, default 3
        How often after a lost connection or HTTP 502, 503, 504.
    first, longest : float, default 0.5 and 15
        Seconds.
    patience : float, default 60
        Seconds. If the server asks to wait longer (``Retry-After``), the request fails at once and says so.
    """

    throttled: int = 6
    failed: int = 3
    first: float = 0.5
    longest: float = 15.0
    patience: float = 60.0
    sleep: Callable[[float], object] = field(default=time.sleep, repr=False)

    def delay(self, attempt: int, retry_after: float | None) -> float:
        """Seconds to wait after attempt number `attempt` (from 1)."""
        backoff = min(self.longest, self.first * 2 ** (attempt - 1))
        jittered: float = backoff * random.uniform(0.5, 1.0)  # noqa: S311  nothing secret hangs on it
        return max(jittered, retry_after or 0.0)


NO_RETRIES = Retries(throttled=0, failed=0)


def retry_after(header: str | None) -> float | None:
    """The seconds that a ``Retry-After`` header asks to wait, given in seconds or as a date; None without one."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        when = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, when.timestamp() - time.time())
