"""The one plug between the client and the world: sends a call through a `requests` adapter and reads the answer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import MaxRetryError, NewConnectionError, ReadTimeoutError

from tasknb.api.pacing import NO_RETRIES, RateLimiter, Retries, retry_after
from tasknb.errors import (
    ApiError,
    AuthError,
    ConflictError,
    ConnectionFailed,
    InvalidRequestError,
    MessageError,
    NotFoundError,
    ServerError,
    ThrottledError,
)
from tasknb.messages.requests import Response
from tasknb.messages.status import Status, StatusCode, http_status
from tasknb.messages.wire import decode

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter
    from requests.auth import AuthBase

    from tasknb.api.calls import Call

R = TypeVar("R", bound=Response)

THREADS = 32
"""How many threads may send at once without opening connections anew."""

_DONE = {StatusCode.SUCCESS.value, StatusCode.MIXED_STATUS.value, StatusCode.ACCEPTED.value}
_THROTTLED = {StatusCode.CONN_THROTTLED.value, StatusCode.CONN_EXCEED_HOURLY_LIMIT.value}
_PASSING = {502, 503, 504}
_BY_HTTP_STATUS: dict[int, type[ApiError]] = {
    401: AuthError,
    403: AuthError,
    404: NotFoundError,
    409: ConflictError,
    429: ThrottledError,
    501: InvalidRequestError,
}


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """A successful answer: as a message, and as it came."""

    message: R
    body: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that failed.

    Attributes
    ----------
    error : ApiError
        What to raise when it is not tried again.
    refused : bool
        Whether the server certainly did nothing, so that any call may be sent again.
    throttled : bool
        Whether there were too many requests.
    passing : bool
        Whether it may go well the next time.
    wait : float or None
        Seconds that the server asks to wait.
    """

    error: ApiError
    refused: bool = False
    throttled: bool = False
    passing: bool = False
    wait: float | None = None


class Transport:
    """Sends calls to one server; threads may share it.

    Parameters
    ----------
    base_url : str
        ``https://host``, without a path.
    auth : AuthBase, optional
        Signs each request.
    adapter : BaseAdapter, optional
        What answers in place of the network; then no proxy, certificate or cookie matters.
    timeout : (float, float)
        Seconds to wait for a connection, and for each part of an answer.
    limiter : RateLimiter, optional
        Spaces the requests; None sends at once.
    retries : Retries
        When to try again.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: AuthBase | None = None,
        adapter: BaseAdapter | None = None,
        timeout: tuple[float, float] = (5.0, 60.0),
        limiter: RateLimiter | None = None,
        retries: Retries = NO_RETRIES,
    ) -> None:
        self.base_url = base_url
        self.retries = retries
        self._auth = auth
        self._limiter = limiter
        self._adapter = adapter or HTTPAdapter(pool_maxsize=THREADS)
        # A session reads proxies and certificates from the environment for every request, which takes a quarter of its
        # time. The server does not change, so once is enough; and in this process they have no meaning.
        environment: Any = (
            {} if adapter else requests.Session().merge_environment_settings(base_url, {}, False, None, None)
        )
        self._settings: dict[str, Any] = {**environment, "timeout": timeout}
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
                raise outcome.error
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
            # The frames below hold the key among their variables: a traceback that shows those ends here.
            error.__traceback__ = None
            raise
        else:
            return _read(call, response, body, kind)
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
        return self._auth(request) if self._auth else request

    def _lost(self, call: Call, error: requests.RequestException) -> Failure:
        cause = error.args[0] if error.args else None
        reason = cause.reason if isinstance(cause, MaxRetryError) else cause
        unreached = isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
        timed_out = isinstance(error, requests.ReadTimeout) or isinstance(reason, ReadTimeoutError)
        certificate = isinstance(error, requests.exceptions.SSLError)
        if timed_out:
            said = f"no answer within {self._settings['timeout'][1]:g} seconds"
            advice = "It may have been done all the same. Client(timeout=(5, 300)) waits longer."
        elif unreached:
            said = f"{self.base_url} cannot be reached"
            advice = f"{_last_words(reason or error)}. Is the server running, and is the base URL right?"
        elif certificate:
            said = f"{self.base_url} shows a certificate that is not trusted"
            advice = f"{_last_words(reason or error)}. REQUESTS_CA_BUNDLE names a file of certificates to trust."
        else:
            said = f"the connection to {self.base_url} was lost"
            advice = _last_words(reason or error)
            if not call.idempotent:
                advice += ". It may have been done all the same: look before you send it again."
        failed = ConnectionFailed(said, details=advice, request=str(call))
        return Failure(failed, refused=unreached, passing=not (timed_out or certificate))


def _last_words(error: object) -> str:
    """The end of an error's text, where the system's own words are: "Connection refused"."""
    words = str(error).rstrip(")'\". ")
    return words.rpartition(": ")[2].rpartition("] ")[2] or type(error).__name__


def _read(call: Call, response: requests.Response, body: bytes, kind: type[R]) -> Answer[R] | Failure:
    try:
        message = decode(body, kind)
    except MessageError as error:
        return _unreadable(call, response, error)
    status = message.status
    if response.status_code < 300 and status is not None and status.code in _DONE:
        return Answer(message, body)
    if status is None or not status.code:
        return _unreadable(call, response, None)
    return _refusal(call, response, status)


def _refusal(call: Call, response: requests.Response, status: Status) -> Failure:
    """The server says no in its own words."""
    known = status.code in StatusCode._value2member_map_
    meaning = http_status(status.code) if known else response.status_code
    throttled = status.code in _THROTTLED or response.status_code == 429
    error = _class_of(meaning)(
        status.description or "the server refused",
        code=status.code,
        details=status.details,
        req_id=status.req_id,
        request=str(call),
        http_status=response.status_code,
    )
    passing = response.status_code in _PASSING
    wait = retry_after(response.headers.get("Retry-After"))
    return Failure(error, refused=throttled, throttled=throttled, passing=passing, wait=wait)


def _unreadable(call: Call, response: requests.Response, error: MessageError | None) -> Failure:
    """The answer is not the API's: a proxy's page, another server's JSON, or cut off."""
    http, throttled = response.status_code, response.status_code == 429
    wait = retry_after(response.headers.get("Retry-After"))
    kind = _class_of(http) if http >= 400 else ConnectionFailed
    if 300 <= http < 400:
        said = "the server sends us elsewhere, where the key does not go by itself"
        details = f"It names {response.headers.get('Location', 'no address')}; check the base URL."
    else:
        said = "the answer has no status" if error is None else "the answer cannot be read"
        start = " ".join(response.text[:120].split())
        said = f"HTTP {http} {_phrase(http)}: {said}"
        details = f"{error or 'Is the base URL that of a Tasks API?'} It begins: {start!r}"
    failed = kind(said, details=details, request=str(call), http_status=http)
    return Failure(failed, refused=throttled, throttled=throttled, passing=http in _PASSING, wait=wait)


def _class_of(http: int) -> type[ApiError]:
    return _BY_HTTP_STATUS.get(http) or (ServerError if http >= 500 else InvalidRequestError)


def _phrase(http: int) -> str:
    try:
        return HTTPStatus(http).phrase
    except ValueError:
        return ""
