"""What only the HTTP door has: keys, the Host header, headers of the answer."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
import requests
from doors import over_http


@pytest.fixture(scope="module")
def entry(tmp_path_factory):
    yield from over_http(str(tmp_path_factory.mktemp("store") / "labels.db"))


def get(entry, **headers):
    return requests.get(f"{entry.url}/v2/users/me", headers=headers, timeout=30)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 11009),
        ({"Authorization": ""}, 11009),
        ({"Authorization": "Key"}, 11008),
        ({"Authorization": "Key "}, 11008),
        ({"Authorization": "Key wrong"}, 11008),
        ({"Authorization": "Bearer wrong"}, 11008),
        ({"Authorization": "Key ' OR 1=1 --"}, 11008),
        ({"Authorization": "Key \xff"}, 11008),
    ],
)
def test_without_a_key(entry, headers, code):
    answer = get(entry, **headers)
    assert answer.status_code == 401
    assert answer.json()["status"]["code"] == code


def test_a_key_is_needed_before_a_body_is_looked_at(entry):
    answer = requests.post(f"{entry.url}/v2/users/me/apps/a/tasks", data=b"{", timeout=30)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_another_host(entry, host):
    answer = get(entry, Host=host)
    assert answer.status_code == 400
    assert "Host" in answer.json()["status"]["details"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8008"])
def test_names_of_this_machine(entry, host):
    assert get(entry, Host=host).status_code == 401


def test_the_request_id_is_in_header_and_envelope(entry):
    answer = get(entry)
    assert answer.headers["x-request-id"] == answer.json()["status"]["req_id"]


def test_a_large_body_is_answered_while_it_still_comes(entry):
    """The sender of 100 MB reads the refusal, and the server never holds the body."""
    api = entry.fresh()

    def body():
        for _ in range(100):
            yield b" " * 2**20

    answer = api.session.post(f"{entry.url}{api.path}/inputs", data=body(), timeout=30)
    assert answer.status_code == 413
    assert api.ok("GET", "/inputs")["inputs"] == []


def test_who_asks_before_sending_is_refused_at_once(entry):
    url = urlsplit(entry.url)
    head = f"POST /v2/x HTTP/1.1\r\nHost: {url.netloc}\r\nExpect: 100-continue\r\nContent-Length: 100000000\r\n\r\n"
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_head(entry):
    answer = requests.head(f"{entry.url}/v2/users/me", timeout=30)
    assert (answer.status_code, answer.content) == (405, b"")
