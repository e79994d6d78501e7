"""The HTTP door: from verb, path, query and body to a message, and from the answer to a status and JSON.

It knows no socket: the in-process adapter and the ASGI app both call it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tasknb.errors import MessageError
from tasknb.messages.people import UserAppID
from tasknb.messages.requests import Request, Response
from tasknb.messages.status import Status, StatusCode, http_status
from tasknb.messages.wire import encode
from tasknb.service.content.media import MEDIA_PATH, read_media
from tasknb.service.context import Caller, Refusal
from tasknb.service.core import Service, new_req_id
from tasknb.service.doors.casing import read_body
from tasknb.service.doors.query import read_query
from tasknb.service.doors.routes import find_rpc

if TYPE_CHECKING:
    from tasknb.messages.rpcs import Rpc

MAX_BODY = 32 * 2**20
"""The largest body that is read, in bytes."""

JSON = {"content-type": "application/json"}


class Answer(NamedTuple):
    """What goes back: an HTTP status, headers with lower-case names, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Door:
    """Answers HTTP requests from a service.

    Parameters
    ----------
    service : Service
        What answers.
    max_body : int, default 32 MiB
        The largest body that is read, in bytes.
    """

    def __init__(self, service: Service, max_body: int = MAX_BODY) -> None:
        self.service = service
        self.max_body = max_body

    def handle(
        self,
        verb: str,
        path: str,
        query: str = "",
        body: bytes = b"",
        *,
        authorization: str = "",
        caller: Caller | None = None,
        req_id: str = "",
    ) -> Answer:
        """Answer one request.

        Parameters
        ----------
        verb, path, query : str
            As they were sent, percent-encoded.
        body : bytes
            JSON, or nothing.
        authorization : str
            The header of that name: ``Key …``.
        caller : Caller, optional
            Who asks, where the door itself vouches for it; then no key is needed.
        req_id : str, optional
            The request's id; made up when left out.
        """
        req_id = req_id or new_req_id()
        if path.startswith(MEDIA_PATH) and verb == "GET":
            return self._media(path, req_id)
        try:
            rpc, values = find_rpc(verb, path)
            known = caller or find_caller(self.service, authorization)
            if len(body) > self.max_body:
                return self.too_large(req_id)
            request = _request(rpc, values, query, body)
        except Refusal as refusal:
            return refused(refusal.code, refusal.details, req_id)
        except MessageError as error:
            # With a path the JSON was read, and a field did not fit.
            code = StatusCode.CONN_INVALID_REQUEST if error.path else StatusCode.CONN_BAD_REQUEST_FORMAT
            return refused(code, str(error), req_id)
        response = self.service.call(rpc.name, request, known, req_id)
        assert response.status is not None
        return Answer(http_status(response.status.code), JSON, encode(response))

    def too_large(self, req_id: str) -> Answer:
        """The answer to a body above the limit."""
        limit = f"{self.max_body / 2**20:g} MiB"
        details = f"The request is larger than {limit}. Send fewer items at a time, or inputs by URL."
        return refused(StatusCode.CONN_INVALID_REQUEST, details, req_id)._replace(status=413)

    def _media(self, path: str, req_id: str) -> Answer:
        found = read_media(self.service.store, path)
        if found is None:
            return refused(StatusCode.CONN_DOES_NOT_EXIST, "There is no such file, or its address is wrong.", req_id)
        media_type, content = found
        # What users upload is shown, and never run: not as a script, not as a page of this origin.
        headers = {
            "content-type": media_type,
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
            "cache-control": "private, max-age=86400, immutable",
        }
        return Answer(200, headers, content)


def find_caller(service: Service, authorization: str) -> Caller:
    """Whose key a header ``Authorization: Key …`` carries.

    Raises
    ------
    Refusal
        If there is none, or it is nobody's.
    """
    scheme, _, key = authorization.strip().partition(" ")
    if not authorization:
        raise Refusal(StatusCode.CONN_KEY_NOT_FOUND, "Send the header 'Authorization: Key …' with your key.")
    if scheme.lower() != "key" or not key.strip():
        raise Refusal(StatusCode.CONN_KEY_INVALID, "The header Authorization reads 'Key …', with your key.")
    caller = service.caller(key.strip())
    if caller is None:
        raise Refusal(StatusCode.CONN_KEY_INVALID, "The key is nobody's. `tasknb user add NAME` makes one.")
    return caller


def refused(code: StatusCode, details: str, req_id: str) -> Answer:
    """The envelope of a request that never reached its use case."""
    status = Status.of(code, details)
    status.req_id = req_id
    return Answer(http_status(code), JSON, encode(Response(status=status)))


def _request(rpc: Rpc, values: dict[str, str], query: str, body: bytes) -> Request:
    """The message: from the query or the body, and over it what the path says."""
    if rpc.verb == "GET":
        request = read_query(query, rpc.request)
    else:
        request = read_body(body, rpc.request) if body else rpc.request()
    if "user_id" in values:
        request.user_app_id = UserAppID(user_id=values["user_id"], app_id=values.get("app_id", ""))
    for name, value in values.items():
        if name in rpc.request.__struct_fields__:
            setattr(request, name, value)
    return request
