"""The key goes to the server and nowhere else."""

from __future__ import annotations

import copy
import http.client
import logging
import pickle
import subprocess
import sys
import traceback

import pytest
import requests
from scripted import OK, PAT, Reply, refusal

from tasknb import errors
from tasknb.api import Client
from tasknb.api.auth import Key, checked_url

TASK = Reply({"status": OK, "task": {"id": "t1"}})


def shown(error: BaseException) -> str:
    """A traceback with all variables of our frames, as the best of debuggers would show it."""
    error = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
    lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(lines) + repr(error) + str(error) + repr(vars(error))


def everything(thing: object, depth: int = 5) -> str:
    """The repr of a thing and of all its variables."""
    text = repr(thing)
    if depth and hasattr(thing, "__dict__"):
        text += repr(vars(thing))
        text += "".join(everything(value, depth - 1) for value in vars(thing).values())
    return text


def test_no_key_names_every_way_out():
    with pytest.raises(errors.AuthError) as caught:
        Client()
    assert "CLARIFAI_PAT" in str(caught.value)
    assert "pat=" in str(caught.value)
    assert "Client.local()" in str(caught.value)


def test_the_environment_says_who_and_where(monkeypatch, server):
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    monkeypatch.setenv("CLARIFAI_USER_ID", "clara")
    monkeypatch.setenv("CLARIFAI_APP_ID", "digits")
    monkeypatch.setenv("CLARIFAI_API_BASE", server.url + "/")
    server.default = TASK
    with Client() as client:
        client.tasks.get("t1")
        assert (client.user_id, client.app_id, client.url) == ("clara", "digits", server.url)
    assert server.seen[0].headers["Authorization"] == f"Key {PAT}"


def test_arguments_win_over_the_environment(monkeypatch):
    monkeypatch.setenv("CLARIFAI_PAT", "other")
    monkeypatch.setenv("CLARIFAI_USER_ID", "other")
    monkeypatch.setenv("CLARIFAI_API_BASE", "https://other.example")
    client = Client(PAT, "clara", "digits", "https://api.example/v2/")
    assert (client.user_id, client.url) == ("clara", "https://api.example")


def test_without_a_user_the_keys_owner_is_meant(server):
    server.default = TASK
    with Client(PAT, app_id="digits", base_url=server.url) as client:
        client.tasks.get("t1")
    assert server.seen[0].path == "/v2/users/me/apps/digits/tasks/t1"


def test_a_call_about_no_app_says_how_to_name_one(server):
    with (
        Client(PAT, "clara", base_url=server.url) as client,
        pytest.raises(errors.InvalidRequestError, match="CLARIFAI_APP_ID"),
    ):
        client.tasks.get("t1")


@pytest.mark.parametrize("bad", ["two words", "line\nbreak", "schlüssel", "", "  "])
def test_a_key_that_cannot_be_one(bad):
    with pytest.raises(errors.AuthError) as caught:
        Key(bad)
    if bad.strip():
        assert bad not in shown(caught.value)


def test_a_key_of_the_wrong_type_shows_nowhere():
    Key(PAT.encode().decode())
    with pytest.raises(errors.AuthError) as caught:
        Key([PAT, "x"])
    assert PAT not in shown(caught.value)


@pytest.mark.parametrize(
    "url",
    ["api.clarifai.com", "ftp://api.example", "https://", "http://[::1", "https://user:secret@host", "https://a/?x=1"],
)
def test_a_base_url_is_http_or_https(url):
    with pytest.raises(errors.InvalidRequestError, match="CLARIFAI_API_BASE") as caught:
        checked_url(url, allow_plain_http=True)
    assert "secret" not in str(caught.value)


def test_plain_http_to_another_machine_is_refused_with_the_reason():
    with pytest.raises(errors.AuthError, match=r"everybody on the way could read the key.*allow_plain_http"):
        Client(PAT, base_url="http://labels.example")
    assert Client(PAT, base_url="http://labels.example", allow_plain_http=True).url == "http://labels.example"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_plain_http_to_this_machine_is_fine(host):
    assert checked_url(f"http://{host}:8000", allow_plain_http=False) == f"http://{host}:8000"


def test_the_key_is_in_no_repr_and_no_variable(client):
    assert PAT not in everything(client)


def test_neither_client_nor_key_can_be_pickled_or_copied(client):
    for thing in (client, client._transport, client.tasks, Key(PAT)):
        for attempt in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match="make"):
                attempt(thing)


def failing(client):
    with pytest.raises(errors.ApiError) as caught:
        client.tasks.get("t1")
    return caught.value


@pytest.mark.parametrize(
    "reply",
    [
        refusal(11002, 401, "Invalid credentials"),
        Reply(b"<html>", 500),
        Reply(drop=True),
        Reply(b"garbage"),
        Reply(b'{"status"', 200, {"Content-Length": "5000"}),
    ],
)
def test_errors_do_not_show_it_with_all_their_variables(client, server, reply):
    server.default = reply
    error = failing(client)
    assert PAT not in shown(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert PAT.encode() not in pickle.dumps(error)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.request, type(again)) == (str(error), error.request, type(error))


def test_a_refused_connection_does_not_show_it(server, waits):
    url = server.url
    server.shutdown()
    server.server_close()
    with Client(PAT, "clara", "digits", url) as client:
        client._transport.retries = type(client._transport.retries)(failed=0)
        assert PAT not in shown(failing(client))


def test_an_interrupt_in_the_middle_of_sending_does_not_show_it(client, server, monkeypatch):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(http.client.HTTPConnection, "connect", interrupted)
    monkeypatch.setattr("urllib3.connection.HTTPConnection.connect", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        client.tasks.get("t1")
    assert PAT not in shown(caught.value)


def test_a_server_that_sends_it_back_does_not_make_it_show(client, server):
    for reply in (refusal(11002, 401, f"the key {PAT} is wrong"), Reply(f"Authorization: Key {PAT}".encode(), 500)):
        server.says(reply)
        error = failing(client)
        assert "***" in str(error)
        assert PAT not in shown(error)


def test_a_failing_constructor_does_not_show_it():
    for options in ({"base_url": "nonsense"}, {"base_url": "http://labels.example"}, {"timeout": -1}):
        with pytest.raises((errors.TasknbError, ValueError)) as caught:
            Client(PAT, **options)
        assert PAT not in shown(caught.value)


def test_logs_do_not_hold_it(client, server, caplog):
    with caplog.at_level(logging.DEBUG):
        server.says(Reply(drop=True), Reply(b"down", 503))
        server.default = TASK
        client.tasks.get("t1")
    assert caplog.records, "urllib3 logs what it does"
    assert PAT not in caplog.text
    assert PAT not in "".join(repr(record.__dict__) for record in caplog.records)


def test_a_redirect_does_not_carry_it_away(client, server):
    server.says(Reply(b"", 307, {"Location": server.url + "/elsewhere"}))
    with pytest.raises(errors.ConnectionFailed, match="check the base URL"):
        client.tasks.get("t1")
    assert len(server.seen) == 1


def test_a_netrc_does_not_replace_it(server, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.default = TASK
    with Client(PAT, "clara", "digits", server.url) as client:
        client.tasks.get("t1")
    assert server.seen[0].headers["Authorization"] == f"Key {PAT}"
    assert requests.utils.get_netrc_auth(server.url) == ("somebody", "else")


def test_an_uncaught_error_in_a_script_does_not_print_it(server):
    server.default = refusal(11002, 401)
    script = (
        "import os; from tasknb.api import Client\n"
        f"Client(user_id='clara', app_id='digits', base_url={server.url!r}).tasks.get('t1')"
    )
    result = subprocess.run(
        [sys.executable, "-X", "dev", "-c", script],
        capture_output=True,
        text=True,
        env={"CLARIFAI_PAT": PAT},
        check=False,
    )
    assert "AuthError" in result.stderr
    assert PAT not in result.stderr + result.stdout
