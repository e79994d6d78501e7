"""What an answer means: success, or a failure, and whether and when to try again."""

from __future__ import annotations

import email.utils
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

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
    from collections.abc import Callable, Iterable
    from typing import Any

    import requests

    from tasknb.api.calls import Call

R = TypeVar("R", bound=Response)

_DONE = {StatusCode.SUCCESS.value, StatusCode.MIXED_STATUS.value, StatusCode.ACCEPTED.value}
_THROTTLED = {StatusCode.CONN_THROTTLED.value, StatusCode.CONN_EXCEED_HOURLY_LIMIT.value}
_PASSING = {502, 503, 504}
_ADDED = {
    StatusCode.SUCCESS,
    StatusCode.INPUT_DOWNLOAD_SUCCESS,
    StatusCode.INPUT_DOWNLOAD_PENDING,
    StatusCode.INPUT_DOWNLOAD_IN_PROGRESS,
    StatusCode.DATASET_INPUT_SUCCESS,
}
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


def read_answer(call: Call, response: requests.Response, body: bytes, kind: type[R]) -> Answer[R] | Failure:
    """What came back for a call, read as `kind`."""
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
    meaning = http_status(status.code) if status.code in set(StatusCode) else 400
    if meaning == 400 and response.status_code >= 400:
        meaning = response.status_code  # 400 is also what stands for a code that has no HTTP status of its own
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
        said = f"HTTP {http} {response.reason or ''}: {said}"
        details = f"{error or 'Is the base URL that of a Tasks API?'} It begins: {start!r}"
    failed = kind(said, details=details, request=str(call), http_status=http)
    return Failure(failed, refused=throttled, throttled=throttled, passing=http in _PASSING, wait=wait)


def _class_of(http: int) -> type[ApiError]:
    return _BY_HTTP_STATUS.get(http) or (ServerError if http >= 500 else InvalidRequestError)


def no_part_refused(rpc: str, answer: Any, items: Iterable[Any]) -> None:
    """Raise if an answer of mixed success holds items that failed; they are named with their reasons."""
    if answer.status.code != StatusCode.MIXED_STATUS:
        return
    failed = [one for one in items if one.status is not None and one.status.code not in _ADDED]
    shown = "; ".join(f"{one.id}: {one.status.details or one.status.description}" for one in failed[:5])
    more = f"; and {len(failed) - 5} more" if len(failed) > 5 else ""
    raise InvalidRequestError(
        f"{len(failed)} were refused, the others are done",
        code=answer.status.code,
        details=shown + more,
        req_id=answer.status.req_id,
        request=rpc,
    )
