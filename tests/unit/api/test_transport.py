"""The plug: what is sent, what comes back, and what happens when something goes wrong on the way."""

from __future__ import annotations

import email.utils
import threading
import time
from urllib.parse import unquote

import pytest
from scripted import OK, PAT, Reply, refusal

from tasknb import errors
from tasknb.api import Client
from tasknb.api.answers import Retries, retry_after
from tasknb.api.transport import RateLimiter, Transport
from tasknb.messages.people import WorkerIDSet
from tasknb.messages.requests import (
    DeleteTasksRequest,
    GetTaskRequest,
    ListTasksRequest,
    PatchTasksRequest,
    PostTasksRequest,
    Request,
)
from tasknb.messages.task import Task

TASK = {"id": "t1", "name": "Digits"}
ONE_TASK = Reply({"status": OK, "task": TASK})
THROTTLED = {"status": {"code": 11005, "description": "Making too many requests", "req_id": "r9"}}


def test_a_get_goes_out_as_path_and_query(client, server):
    server.default = Reply({"status": OK, "task": TASK})
    client.call("GetTask", GetTaskRequest(task_id="t1", additional_fields=["worker.users", "a b&c"]))
    seen = server.seen[0]
    assert (seen.verb, seen.path) == ("GET", "/v2/users/clara/apps/digits/tasks/t1")
    assert seen.query == {"additional_fields": ["worker.users", "a b&c"]}
    assert seen.body is None
    assert seen.headers["Authorization"] == f"Key {PAT}"
    assert seen.headers["User-Agent"].startswith("tasknb/")


def test_everything_else_goes_out_as_json_without_what_the_path_says(client, server):
    server.default = Reply({"status": OK})
    client.call("DeleteTasks", DeleteTasksRequest(ids=["t1", "t2"]))
    seen = server.seen[0]
    assert (seen.verb, seen.path) == ("DELETE", "/v2/users/clara/apps/digits/tasks")
    assert seen.body == {"ids": ["t1", "t2"]}
    assert seen.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("name", ["a/b", "a b", "ä?#%", "%2F", "x" * 300])
def test_ids_are_percent_encoded(client, server, name):
    server.default = ONE_TASK
    client.call("GetTask", GetTaskRequest(task_id=name))
    segments = server.seen[0].path.split("/")
    assert len(segments) == 8
    assert unquote(segments[-1]) == name


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_an_id_that_would_change_the_path_is_refused(client, server, name):
    with pytest.raises(errors.InvalidRequestError, match="task_id"):
        client.call("GetTask", GetTaskRequest(task_id=name))
    assert server.seen == []


def test_an_unknown_rpc_offers_the_nearest(client):
    with pytest.raises(errors.InvalidRequestError, match="did you mean ListTasks"):
        client.call("ListTask", ListTasksRequest())


def test_a_message_of_another_rpc_is_refused(client):
    with pytest.raises(TypeError, match="GetTaskRequest"):
        client.call("GetTask", Request())


def test_messages_in_a_query_are_refused_rather_than_dropped(client, server):
    with pytest.raises(errors.InvalidRequestError, match="worker_ids"):
        client.call("ListTasks", ListTasksRequest(worker_ids=[WorkerIDSet(user_id="ann")]))
    assert server.seen == []


@pytest.mark.parametrize(
    ("code", "http", "kind"),
    [
        (11002, 401, errors.AuthError),
        (11009, 400, errors.AuthError),
        (11007, 403, errors.AuthError),
        (54103, 403, errors.AuthError),
        (54102, 404, errors.NotFoundError),
        (54102, 400, errors.NotFoundError),
        (30102, 404, errors.NotFoundError),
        (54100, 409, errors.ConflictError),
        (40010, 400, errors.ConflictError),
        (11102, 400, errors.InvalidRequestError),
        (10020, 400, errors.InvalidRequestError),
        (54101, 501, errors.InvalidRequestError),
        (98004, 500, errors.ServerError),
        (99009, 400, errors.ServerError),
        (12345, 404, errors.NotFoundError),
        (12345, 500, errors.ServerError),
        (11102, 200, errors.InvalidRequestError),
    ],
)
def test_refusals_become_exceptions_that_carry_the_facts(client, server, code, http, kind):
    server.says(refusal(code, http, "the long story"))
    with pytest.raises(errors.ApiError) as caught:
        client.call("GetTask", GetTaskRequest(task_id="t1"))
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.description, error.details) == (code, "No", "the long story")
    assert (error.req_id, error.http_status) == ("r2", http)
    assert error.request == "GET /v2/users/clara/apps/digits/tasks/t1"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(b"<html>Bad gateway</html>", 500), errors.ServerError, "Bad gateway"),
        (Reply(b"<html>Hello</html>"), errors.ConnectionFailed, "Hello"),
        (Reply(b""), errors.ConnectionFailed, "cannot be read"),
        (Reply(b"\xff\xfe\x00"), errors.ConnectionFailed, "cannot be read"),
        (Reply([1, 2]), errors.ConnectionFailed, "cannot be read"),
        (Reply({"detail": "Not Found"}, 404), errors.NotFoundError, "no status"),
        (Reply({"hello": "world"}), errors.ConnectionFailed, "base URL"),
        (Reply({"status": {}}), errors.ConnectionFailed, "no status"),
        (Reply({"status": OK, "task": {"name": 7}}), errors.ConnectionFailed, "task.name"),
        (Reply(b"no", 401), errors.AuthError, "401"),
        (Reply(b"", 302, {"Location": "https://elsewhere.example/"}), errors.ConnectionFailed, "elsewhere.example"),
    ],
)
def test_answers_that_are_not_the_apis(client, server, reply, kind, words):
    server.says(reply)
    with pytest.raises(kind, match=words) as caught:
        client.call("GetTask", GetTaskRequest(task_id="t1"))
    assert type(caught.value) is kind
    assert len(server.seen) == 1


def test_an_answer_that_breaks_off_is_asked_for_again(client, server, waits):
    server.says(Reply(b'{"status"', 200, {"Content-Length": "5000"}))
    server.default = ONE_TASK
    assert client.tasks.get("t1").name == "Digits"
    assert len(waits) == 1


@pytest.mark.parametrize("http", [502, 503, 504])
def test_a_get_is_sent_again_after_a_passing_failure(client, server, waits, http):
    server.says(Reply(b"down", http), Reply(b"down", http))
    server.default = ONE_TASK
    assert client.tasks.get("t1").name == "Digits"
    assert len(server.seen) == 3
    assert 0.25 <= waits[0] <= 0.5
    assert 0.5 <= waits[1] <= 1


def test_it_gives_up_in_the_end(client, server, waits):
    server.default = Reply(b"down", 503)
    with pytest.raises(errors.ServerError, match="503"):
        client.tasks.get("t1")
    assert len(server.seen) == 4
    assert len(waits) == 3


def test_a_lost_connection_is_tried_again(client, server, waits):
    server.says(Reply(drop=True))
    server.default = ONE_TASK
    assert client.tasks.get("t1").name == "Digits"
    assert len(waits) == 1


def test_a_post_is_not_sent_twice_after_a_lost_connection(client, server, waits):
    server.says(Reply(drop=True))
    with pytest.raises(errors.ConnectionFailed, match="look before you send it again"):
        client.call("PostTasks", PostTasksRequest(tasks=[Task(name="a")]))
    assert len(server.seen) == 1
    assert waits == []


@pytest.mark.parametrize("http", [500, 502, 503, 504])
def test_a_post_is_not_sent_twice_after_a_failure(client, server, waits, http):
    server.says(Reply(b"down", http))
    with pytest.raises(errors.ServerError):
        client.call("PostTasks", PostTasksRequest(tasks=[Task(name="a")]))
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"status": {"code": "CONN_THROTTLED"}}, 429),
        Reply(THROTTLED, 429),
        Reply(THROTTLED, 400),
        Reply(b"slow down", 429),
        refusal(11003, 429),
    ],
)
def test_a_throttled_post_is_sent_again_because_nothing_was_done(client, server, waits, reply):
    server.says(reply, reply)
    client.call("PostTasks", PostTasksRequest(tasks=[Task(name="a")]))
    assert len(server.seen) == 3
    assert len(waits) == 2


def test_throttling_without_end_says_so(client, server, waits):
    server.default = Reply(THROTTLED, 429)
    with pytest.raises(errors.ThrottledError) as caught:
        client.tasks.get("t1")
    assert caught.value.code == 11005
    assert len(server.seen) == 7
    assert all(0.25 * 2**turn <= wait <= 0.5 * 2**turn for turn, wait in enumerate(waits[:5]))
    assert 7.5 <= waits[5] <= 15


def test_a_server_that_asks_to_wait_is_obeyed(client, server, waits):
    server.says(Reply(THROTTLED, 429, {"Retry-After": "7"}))
    server.default = ONE_TASK
    client.tasks.get("t1")
    assert waits == [7]


def test_a_long_wait_is_left_to_the_caller(client, server, waits):
    server.says(Reply(THROTTLED, 429, {"Retry-After": "3600"}))
    with pytest.raises(errors.ThrottledError, match="wait 3600 seconds"):
        client.tasks.get("t1")
    assert waits == []


def test_retry_after_is_read_as_seconds_or_as_a_date():
    assert retry_after("12") == 12
    assert retry_after(None) is None
    assert retry_after("soon") is None
    ahead = email.utils.formatdate(time.time() + 30, usegmt=True)
    assert 27 <= retry_after(ahead) <= 31
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def test_no_answer_in_time(server):
    server.default = Reply(hang=True)
    with (
        Client(PAT, "clara", "digits", server.url, timeout=(2, 0.05)) as client,
        pytest.raises(errors.ConnectionFailed, match=r"no answer within 0\.05 seconds"),
    ):
        client.tasks.get("t1")
    assert len(server.seen) == 1


def test_a_server_that_is_not_there(server, waits):
    url = server.url
    server.shutdown()
    server.server_close()
    with (
        Client(PAT, "clara", "digits", url, retries=Retries(sleep=waits.append)) as client,
        pytest.raises(errors.ConnectionFailed, match=r"Connection refused.*base URL right"),
    ):
        client.call("PostTasks", PostTasksRequest(tasks=[Task(name="a")]))
    assert len(waits) == 3, "nothing was sent, so even a POST may be tried again"


@pytest.mark.parametrize("first", [Reply(drop=True), Reply(b"down", 503)])
def test_a_delete_whose_answer_was_lost_is_done_when_nothing_is_there(client, server, first):
    server.says(first, refusal(54102, 404))
    client.tasks.delete("t1")
    assert len(server.seen) == 2


def test_a_delete_of_what_is_missing_is_an_error(client, server):
    server.says(refusal(54102, 404))
    with pytest.raises(errors.NotFoundError):
        client.tasks.delete("t1")


def test_a_delete_of_several_does_not_hide_what_was_never_there(client, server):
    server.says(Reply(drop=True), refusal(54102, 404, "no task 't2'"))
    with pytest.raises(errors.NotFoundError, match="t2"):
        client.tasks.delete(["t1", "t2"])


def test_a_throttled_delete_that_finds_nothing_is_an_error(client, server):
    server.says(Reply(THROTTLED, 429), refusal(54102, 404))
    with pytest.raises(errors.NotFoundError):
        client.tasks.delete("t1")


def test_a_patch_is_sent_again(client, server):
    server.says(Reply(drop=True))
    client.call("PatchTasks", PatchTasksRequest(tasks=[Task(id="t1")], action="merge"))
    assert [seen.verb for seen in server.seen] == ["PATCH", "PATCH"]


@pytest.mark.parametrize("rate", [-1, float("inf"), float("nan")])
def test_a_rate_is_a_number_above_0(rate):
    with pytest.raises(ValueError, match="requests_per_second"):
        Client(PAT, requests_per_second=rate)
    assert Client(PAT, requests_per_second=0)._transport._limiter is None


@pytest.mark.parametrize("timeout", [0, -1, (5, 0), float("inf")])
def test_a_timeout_is_always_on(timeout):
    with pytest.raises(ValueError, match="timeout"):
        Transport("http://127.0.0.1:1", timeout=timeout)


def test_loopback_goes_past_the_proxy(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server.default = ONE_TASK
    with Client(PAT, "clara", "digits", server.url) as client:
        assert client.tasks.get("t1").name == "Digits"


def test_a_proxy_of_the_environment_is_used_for_other_machines(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url)
    server.default = ONE_TASK
    with Client(PAT, "clara", "digits", "http://labels.example", allow_plain_http=True) as client:
        client.tasks.get("t1")
    assert server.seen[0].headers["Host"] == "labels.example"


class Clock:
    def __init__(self):
        self.now = 0.0
        self.lock = threading.Lock()

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        with self.lock:
            self.now += seconds


def test_the_limiter_lets_a_burst_through_and_then_spaces():
    clock = Clock()
    limiter = RateLimiter(15, clock=clock, sleep=clock.sleep)
    for _ in range(15):
        limiter.wait()
    assert clock.now == 0
    for _ in range(30):
        limiter.wait()
    assert clock.now == pytest.approx(2)


def test_threads_share_the_limiter():
    started = time.monotonic()
    slept = []
    limiter = RateLimiter(15, clock=lambda: started, sleep=slept.append)
    threads = [threading.Thread(target=limiter.wait) for _ in range(45)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == pytest.approx([(index + 1) / 15 for index in range(30)])


def test_only_other_machines_are_spared():
    assert Client(PAT, base_url="http://localhost:1")._transport._limiter is None
    assert Client(PAT, base_url="http://127.0.0.1:1")._transport._limiter is None
    assert Client(PAT)._transport._limiter.rate == 15
    assert Client(PAT, base_url="http://127.0.0.1:1", requests_per_second=3)._transport._limiter.rate == 3


def test_many_threads_share_one_client(client, server):
    server.default = lambda seen: Reply({"status": OK, "task": {"id": seen.path.rpartition("/")[2]}})
    found = []

    def ask(number):
        found.extend(client.tasks.get(f"t{number}-{turn}").id == f"t{number}-{turn}" for turn in range(10))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 160
