"""The one plug between the client and the world: sends a call through a `requests` adapter and reads the answer."""

from __future__ import annotations

import itertools
import math
import threading
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import MaxRetryError, NewConnectionError, ReadTimeoutError

from tasknb.api.answers import NO_RETRIES, Answer, Failure, Retries, read_answer
from tasknb.api.auth import is_loopback
from tasknb.errors import ApiError, ConnectionFailed, NotFoundError
from tasknb.messages.requests import Response
from tasknb.messages.status import Status, StatusCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests.adapters import BaseAdapter

    from tasknb.api.auth import Key
    from tasknb.api.calls import Call

R = TypeVar("R", bound=Response)

REQUESTS_PER_SECOND = 15
"""What Clarifai allows."""

THREADS = 32
"""How many threads may send at once without opening connections anew."""


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
        if not 0 < rate < math.inf:
            raise ValueError(f"requests_per_second is {rate!r}; it is a number above 0, or 0 for no limit")
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


class Transport:
    """Sends calls to one server; threads may share it.

    Parameters
    ----------
    base_url : str
        ``https://host``, without a path.
    key : Key, optional
        Signs each request.
    adapter : BaseAdapter, optional
        What answers in place of the network; then no proxy, certificate or cookie matters.
    timeout : (float, float) or float
        Seconds to wait for a connection, and for each part of an answer; a number is for both.
    limiter : RateLimiter, optional
        Spaces the requests; None sends at once.
    retries : Retries
        When to try again.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: Key | None = None,
        adapter: BaseAdapter | None = None,
        timeout: float | tuple[float, float] = (5.0, 60.0),
        limiter: RateLimiter | None = None,
        retries: Retries = NO_RETRIES,
    ) -> None:
        self.base_url = base_url
        self.retries = retries
        self._key = key
        self._limiter = limiter
        self._adapter = adapter or HTTPAdapter(pool_maxsize=THREADS)
        self._settings: dict[str, Any] = {**({} if adapter else _environment(base_url)), "timeout": _both(timeout)}
        self._headers = {"User-Agent": f"tasknb/{version('tasknb')}", "Accept": "application/json"}
        if adapter is None:
            self._headers["Accept-Encoding"] = "gzip, deflate"

    def __repr__(self) -> str:
        return f"Transport({self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a connection is not pickled or copied; make a Client where it is needed")

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def exchange(self, call: Call, kind: type[R]) -> Answer[R]:
        """Send a call, again if need be, and return the answer read as `kind`.

        Raises
        ------
        ApiError
            If it fails; see `tasknb.errors` for the classes.
        """
        doubtful = False
        for attempt in itertools.count(1):
            outcome = self._attempt(call, kind)
            if isinstance(outcome, Answer):
                return outcome
            if doubtful and call.deletes_one and isinstance(outcome.error, NotFoundError):
                # The attempt whose answer was lost has done it.
                return Answer(kind(status=Status.of(StatusCode.SUCCESS)), b"")
            wait = self._wait(call, outcome, attempt)
            if wait is None:
                raise self._told(outcome)
            doubtful = doubtful or not outcome.refused
            self.retries.sleep(wait)
        raise AssertionError  # the count does not end

    def _wait(self, call: Call, failure: Failure, attempt: int) -> float | None:
        """Seconds until the next attempt; None when there is none."""
        allowed = self.retries.throttled if failure.throttled else self.retries.failed if failure.passing else 0
        if attempt > allowed or not (call.idempotent or failure.refused):
            return None
        wait = self.retries.delay(attempt, failure.wait)
        return wait if wait <= self.retries.patience else None

    def _told(self, failure: Failure) -> ApiError:
        """The error to raise, with what the server asks for and without the key, should the answer repeat it."""
        error = failure.error
        if failure.wait:
            error.details = f"{error.details} The server asks to wait {failure.wait:g} seconds.".strip()
        if self._key is not None:
            error.description, error.details = self._key.hide(error.description), self._key.hide(error.details)
            error.args = (error.description,)
        return error

    def fetch(self, url: str, most: int) -> bytes:
        """The file at a URL, asked for without the key: a hosted file's address is the key to it.

        Raises
        ------
        ConnectionFailed
            If it cannot be had, or has more than `most` bytes.
        """
        if not url.startswith(("http://", "https://")):
            raise ConnectionFailed(f"{url[:80]!r} is no address of a file: it is none of http:// or https://")
        settings = {**self._settings, "stream": True}
        try:
            if url.startswith(f"{self.base_url}/"):
                response = self._adapter.send(requests.Request("GET", url).prepare(), **settings)
            else:
                response = requests.get(url, stream=True, timeout=settings["timeout"])
            with response:
                content = _up_to(response, most)
        except requests.RequestException as error:
            raise ConnectionFailed(f"the file cannot be fetched: {_last_words(error)}", request=f"GET {url}") from None
        if response.status_code != requests.codes.ok:
            raise ConnectionFailed(
                f"the file cannot be fetched: HTTP {response.status_code}",
                request=f"GET {url}",
                http_status=response.status_code,
            )
        if len(content) > most:
            raise ConnectionFailed(f"the file is larger than {most} bytes", request=f"GET {url}")
        return content

    def _attempt(self, call: Call, kind: type[R]) -> Answer[R] | Failure:
        if self._limiter is not None:
            self._limiter.wait()
        try:
            # Past the session's own send, which would follow redirects with the key and keep cookies.
            response = self._adapter.send(self._prepare(call), **self._settings)
            body = response.content
        except requests.RequestException as error:
            failure = self._lost(call, error)
        except BaseException as error:
            if self._key is not None:
                # The frames below hold the key among their variables: a traceback that shows those ends here.
                error.__traceback__ = None
            raise
        else:
            return read_answer(call, response, body, kind)
        # Out of the except clause, so that the error carries no context, for the same reason.
        return failure

    def _prepare(self, call: Call) -> requests.PreparedRequest:
        # By hand: requests would quote the path once more, which it can only get wrong.
        request = requests.PreparedRequest()
        request.method = call.verb
        request.url = self.base_url + call.target
        request.headers = CaseInsensitiveDict(self._headers)
        request.hooks = default_hooks()
        if call.body:
            request.body = call.body
            request.headers["Content-Type"] = "application/json"
            request.headers["Content-Length"] = str(len(call.body))
        return self._key(request) if self._key else request

    def _lost(self, call: Call, error: requests.RequestException) -> Failure:
        cause = error.args[0] if error.args else None
        reason = cause.reason if isinstance(cause, MaxRetryError) else cause
        unreached = isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
        timed_out = isinstance(error, requests.ReadTimeout) or isinstance(reason, ReadTimeoutError)
        certificate = isinstance(error, requests.exceptions.SSLError)
        if timed_out:
            said = f"no answer within {self._settings['timeout'][1]:g} seconds"
            advice = "Client(timeout=(5, 300)) waits longer."
        elif unreached:
            said = f"{self.base_url} cannot be reached"
            advice = f"{_last_words(reason or error)}. Is the server running, and is the base URL right?"
        elif certificate:
            said = f"{self.base_url} shows a certificate that is not trusted"
            advice = f"{_last_words(reason or error)}. REQUESTS_CA_BUNDLE names a file of certificates to trust."
        else:
            said = f"the connection to {self.base_url} was lost"
            advice = f"{_last_words(reason or error)}."
        if not (unreached or certificate or call.idempotent):
            advice += " It may have been done all the same: look before you send it again."
        failed = ConnectionFailed(said, details=advice, request=str(call))
        return Failure(failed, refused=unreached, passing=not (timed_out or certificate))


def _environment(base_url: str) -> dict[str, Any]:
    """Proxies and certificates as the environment says.

    A session reads them anew for every request, which takes a quarter of its time; the server does not change.
    """
    settings: Any = requests.Session().merge_environment_settings(base_url, {}, False, None, None)
    if is_loopback(urlsplit(base_url).hostname):
        settings["proxies"] = {}  # another machine's way to this one leads elsewhere
    return dict(settings)


def _both(timeout: float | tuple[float, float]) -> tuple[float, float]:
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if not (0 < connect < math.inf and 0 < read < math.inf):
        raise ValueError(f"timeout is {timeout!r}; it is a number of seconds above 0, or two")
    return connect, read


def _up_to(response: requests.Response, most: int) -> bytes:
    """The body, and of one that is larger no more than a part that shows it."""
    if response.raw is None:
        return response.content  # in this process it is there already
    content = bytearray()
    for part in response.iter_content(64 * 1024):
        content += part
        if len(content) > most:
            break
    return bytes(content)


def _last_words(error: object) -> str:
    """The end of an error's text, where the system's own words are: "Connection refused"."""
    words = str(error).rstrip(")'\". ")
    return words.rpartition(": ")[2].rpartition("] ")[2] or type(error).__name__
