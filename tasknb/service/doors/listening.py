"""A listening socket, and uvicorn on it until a signal ends it."""

from __future__ import annotations

import contextlib
import errno
import logging
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from tasknb.errors import TasknbError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasknb.service.doors.asgi import AsgiApp
    from tasknb.service.doors.tls import TlsFiles

ANYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  what a user may name, to listen on every address


def listen(host: str, port: int) -> socket.socket:
    """Listen; port 0 picks a free one.

    Raises
    ------
    TasknbError
        If the port is in use or the address is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port <= 65535:
        raise TasknbError(f"{host}:{port} cannot be listened on: ports go from 0 to 65535. Check --port.")
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise TasknbError(f"Port {port} is in use. Name another with --port, or --port 0 for a free one.") from None
        raise TasknbError(f"{host}:{port} cannot be listened on: {error}. Check --host and --port.") from None


def base_url(host: str, port: int, *, tls: bool = False) -> str:
    """The address by which clients of this machine reach a listener."""
    shown = "127.0.0.1" if host in ANYWHERE else host
    scheme = "https" if tls else "http"
    return f"{scheme}://[{shown}]:{port}" if ":" in shown else f"{scheme}://{shown}:{port}"


def serve_until_signal(
    app: AsgiApp, listener: socket.socket, ready: Callable[[], None], tls: TlsFiles | None = None
) -> None:
    """Run uvicorn on the listener until Ctrl-C or SIGTERM; `ready` is called once it answers."""
    import uvicorn  # noqa: PLC0415  part of an extra

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # A TLS client that is idle would be waited for, to say goodbye, until the time is over.
            for one in list(self.server_state.connections) if tls is not None else ():
                cycle = getattr(one, "cycle", None)
                if cycle is None or cycle.response_complete:
                    one.transport.abort()
            await super().shutdown(sockets)

    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("tasknb.access").setLevel(logging.INFO)
    options: dict[str, Any] = {"access_log": False, "log_level": "warning", "timeout_graceful_shutdown": 10}
    if tls is not None:
        options.update(ssl_certfile=tls.certificate, ssl_keyfile=tls.private_key)
    server = Server(uvicorn.Config(app, **options))
    if threading.current_thread() is threading.main_thread():
        # uvicorn stops in order and then raises the signal again; by then there is nothing left to end.
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
