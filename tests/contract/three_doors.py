"""One service behind its three doors, HTTP, gRPC and gRPC over TLS: what the official clients are pointed at."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from tasknb.service.core import Service
from tasknb.service.doors.asgi import AsgiApp
from tasknb.service.doors.grpc import start_server
from tasknb.service.doors.http import Door
from tasknb.service.people.users import add_collaborator, add_key, ensure_app, ensure_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Doors:
    """One service behind three doors."""

    service: Service
    http: int
    grpc: int
    tls: int
    certificate: Path

    def app(self, app_id):
        """A new app with a labeler; the keys of its owner and of the labeler."""
        with self.service.store.write() as db:
            owner, app = ensure_app(db, "owner", app_id)
            ann = ensure_user(db, "ann")
            add_collaborator(db, app, ann)
            return add_key(db, owner), add_key(db, ann)


def serve(folder: Path) -> Iterator[Doors]:
    """A service on a file in `folder`, behind all of its doors."""
    chain, key = certificate(folder)
    service = Service(folder / "labels.db")
    plain, plain_port = start_server(service)
    tls, tls_port = start_server(service, "localhost:0", certificate=chain.read_bytes(), private_key=key.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(AsgiApp(Door(service)), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Doors(service, listener.getsockname()[1], plain_port, tls_port, chain)
        server.should_exit = True
        thread.join()
    for one in (plain, tls):
        one.stop(None).wait()
    service.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of localhost, and its key, as openssl makes them."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and is not installed")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder / "certificate.pem", folder / "key.pem"


def curl(doors: Doors, key: str, verb: str, path: str, body: Any = None) -> Any:
    """Ask by plain curl."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = ["curl", "-sS", "-X", verb, f"http://127.0.0.1:{doors.http}{path}", "-H", f"Authorization: Key {key}"]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
