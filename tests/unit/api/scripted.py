"""A real HTTP server that answers as told, for the client to meet."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAT = "pat-0123456789abcdef"
OK = {"code": 10000, "description": "Ok", "req_id": "r1"}
APP = "/v2/users/clara/apps/digits"


@dataclass
class Reply:
    """One answer of the server."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hang: bool = False

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def refusal(code: int, status: int, details: str = "", **headers: str) -> Reply:
    """An answer that says no."""
    return Reply({"status": {"code": code, "description": "No", "details": details, "req_id": "r2"}}, status, headers)


@dataclass
class Seen:
    """One request that the server got."""

    verb: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any


class Server(ThreadingHTTPServer):
    """Answers the replies in order; when they are used up, `default`, which may be a function of what was seen."""

    daemon_threads = True

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.default: Any = Reply({"status": OK})
        self.seen: list[Seen] = []
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def says(self, *replies: Reply) -> None:
        self.replies.extend(replies)

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        seen = Seen(
            self.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            dict(self.headers),
            json.loads(body) if body else None,
        )
        self.server.seen.append(seen)
        reply = self.server.replies.popleft() if self.server.replies else self.server.default
        if callable(reply):
            reply = reply(seen)
        if reply.hang:
            self.server.over.wait(30)
        if reply.drop or reply.hang:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(reply.raw)))
        self.end_headers()
        self.wfile.write(reply.raw)
        if "Content-Length" in reply.headers:
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815  the names that the base class calls

    def log_message(self, *_args) -> None:
        """The tests speak for themselves."""
