"""The HTTP door on a socket: an ASGI application, for uvicorn or any other server."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tasknb.messages.status import StatusCode
from tasknb.service.content.media import MEDIA_PATH
from tasknb.service.core import new_req_id
from tasknb.service.doors.http import Answer, Door, refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

log = logging.getLogger("tasknb.access")

MAX_DRAIN = 2**30
"""How much of a body that is too large is read and dropped, in bytes, so that its sender reads our answer."""


class AsgiApp:
    """Serves a door over HTTP.

    Parameters
    ----------
    door : Door
        What answers.
    hosts : collection of str, optional
        The host names that requests may be addressed to, besides this machine's own loopback names. A page of another
        origin whose name leads here is refused by it.
    any_address : bool, default False
        Whether every numerical address is right too: for a server that listens on all of them.
    """

    def __init__(self, door: Door, hosts: Collection[str] = (), *, any_address: bool = False) -> None:
        self._door = door
        self._hosts = {"localhost", "127.0.0.1", "::1", *(host.lower() for host in hosts)}
        self._any_address = any_address
        # Writers wait for one another; readers must not wait behind them.
        self._readers = ThreadPoolExecutor(8, "tasknb-read")
        self._writers = ThreadPoolExecutor(8, "tasknb-write")

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request, as ASGI asks for it."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _serve(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        started, req_id = time.perf_counter(), new_req_id()
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        body: bytes | None = b""
        if not self._is_own(headers.get(b"host", "")):
            answer = refused(
                StatusCode.CONN_INVALID_REQUEST,
                "The header Host names another server. Use the address that `tasknb serve` printed.",
                req_id,
            )
        elif (body := await self._body(headers, receive)) is None:
            answer = self._door.too_large(req_id)
        else:
            answer = await self._answer(scope, headers, body, req_id)
        size = len(answer.body)
        fields = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
        fields += [(b"content-length", str(size).encode()), (b"x-request-id", req_id.encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": fields})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})
        _log(scope, answer, time.perf_counter() - started, req_id)

    async def _answer(self, scope: dict[str, Any], headers: dict[bytes, str], body: bytes, req_id: str) -> Answer:
        pool = self._readers if scope["method"] == "GET" else self._writers
        return await asyncio.get_running_loop().run_in_executor(
            pool,
            lambda: self._door.handle(
                scope["method"],
                scope["raw_path"].decode("latin-1"),
                scope["query_string"].decode("latin-1"),
                body,
                authorization=headers.get(b"authorization", ""),
                req_id=req_id,
            ),
        )

    async def _body(self, headers: dict[bytes, str], receive: Any) -> bytes | None:
        """The body; None when it is too large, of which never more than the limit is kept."""
        limit, size = self._door.max_body, 0
        length = headers.get(b"content-length", "")
        if b"expect" in headers and length.isdecimal() and int(length) > limit:
            return None  # its sender asks first
        parts: list[bytes] = []
        while size <= MAX_DRAIN:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size <= limit:
                parts.append(part)
            else:
                parts.clear()
            if not message.get("more_body", False):
                break
        return b"".join(parts) if size <= limit else None

    def _is_own(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        name = name.strip("[]").lower()
        return name in self._hosts or (self._any_address and _is_address(name))

    async def _live(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                self._readers.shutdown()
                self._writers.shutdown()
                return


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _log(scope: dict[str, Any], answer: Answer, seconds: float, req_id: str) -> None:
    """One line a request, without keys: those are in headers, and in the addresses of stored files."""
    path = scope["raw_path"].decode("latin-1")
    shown = f"{MEDIA_PATH}…" if path.startswith(MEDIA_PATH) else path
    client = (scope.get("client") or ("-",))[0]
    log.info(
        "%s %s %s %d %d bytes %.1f ms %s",
        client,
        scope["method"],
        shown,
        answer.status,
        len(answer.body),
        1000 * seconds,
        req_id,
    )
