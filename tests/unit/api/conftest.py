"""What the tests of the client share."""

from __future__ import annotations

import threading

import pytest
from scripted import PAT, Server

from tasknb.api import Client
from tasknb.api.answers import Retries


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("CLARIFAI_PAT", "CLARIFAI_USER_ID", "CLARIFAI_APP_ID", "CLARIFAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield running
        running.over.set()
        running.shutdown()


@pytest.fixture
def waits():
    """The seconds that the client has waited between attempts, without waiting."""
    return []


@pytest.fixture
def client(server, waits):
    with Client(PAT, "clara", "digits", server.url, timeout=(2, 2), retries=Retries(sleep=waits.append)) as opened:
        yield opened
