"""Models of Clarifai, asked over HTTP: a local server speaks the API, and remembers what it was asked."""

from __future__ import annotations

import json
import logging
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from auto_samples import png, seen, seen_image, seen_text, video
from test_auto_runner import Desk

from tasknb.messages.data import Concept, Data, HostedURL, Image, Video
from tasknb.messages.people import Model
from tasknb.messages.requests import GetTaskRequest
from tasknb.service.auto.pixels import MediaError
from tasknb.service.auto.predictors import ModelFailure, look_at
from tasknb.service.auto.remote import MAX_INPUTS, Account, RemoteModel

PAT = "a-key-that-nobody-may-see"
OK = {"code": 10000, "description": "Ok"}


class Clarifai(ThreadingHTTPServer):
    """Answers each request with the next of `answers`: an HTTP status with a body, or None for the usual output."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests, self.answers = [], []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append((self.path, self.headers["authorization"], body))
        answer = self.server.answers.pop(0) if self.server.answers else None
        status, content = answer or (200, usual(self.path, body))
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        if status == 302:
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args):
        pass


def output(value=0.75):
    return {"status": OK, "data": {"concepts": [{"id": "ai_1", "name": "cat", "value": value}]}}


def usual(path, body):
    count = len(body["inputs"])
    if path.endswith("/results"):
        both = [{"status": OK, "data": {"concepts": [{"id": "early", "value": 1}]}}, output()]
        return {"status": OK, "results": [{"status": OK, "outputs": both}] * count}
    return {"status": OK, "outputs": [output() for _ in range(count)]}


@pytest.fixture
def clarifai():
    server = Clarifai()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def remote(server, kind="model", version_id=""):
    return RemoteModel(Account(server.url, PAT, backoff=0), kind, "clarifai", "main", "general image", version_id)


def test_a_model_is_asked_with_the_bytes_and_the_key(clarifai):
    found = remote(clarifai).predict([seen_image("a", png(10)), seen_text("hello")])
    assert found == [Data(concepts=[Concept(id="ai_1", name="cat", value=0.75)])] * 2
    [(path, key, body)] = clarifai.requests
    assert path == "/v2/users/clarifai/apps/main/models/general%20image/outputs"
    assert key == f"Key {PAT}"
    image, text = (one["data"] for one in body["inputs"])
    assert b64decode(image["image"]["base64"]) == png(10)
    assert text == {"text": {"raw": "hello"}}


def test_a_version_stands_in_the_path(clarifai):
    remote(clarifai, version_id="v/1").predict([seen_image()])
    assert clarifai.requests[0][0].endswith("/models/general%20image/versions/v%2F1/outputs")


def test_an_input_by_url_is_sent_as_its_url_and_stored_bytes_as_bytes(clarifai):
    by_url = seen(Data(image=Image(url="https://example.org/cat.png")))
    hosted = seen(Data(image=Image(url="http://tasknb.local/media/x", hosted=HostedURL(suffix="x"))), content=png())
    remote(clarifai).predict([by_url, hosted])
    sent = [one["data"]["image"] for one in clarifai.requests[0][2]["inputs"]]
    assert sent[0] == {"url": "https://example.org/cat.png"}
    assert b64decode(sent[1]["base64"]) == png()


def test_a_workflow_answers_with_its_last_node(clarifai):
    assert remote(clarifai, "workflow").predict([seen_image()])[0].concepts[0].name == "cat"
    assert clarifai.requests[0][0] == "/v2/users/clarifai/apps/main/workflows/general%20image/results"


def test_many_inputs_go_in_several_requests(clarifai):
    assert len(remote(clarifai).predict([seen_image()] * (MAX_INPUTS + 1))) == MAX_INPUTS + 1
    assert [len(body["inputs"]) for _, _, body in clarifai.requests] == [MAX_INPUTS, 1]


def test_frames_of_a_video_are_sent_as_images(clarifai):
    found = list(look_at(remote(clarifai), [seen(Data(video=Video()), "film", video(seconds=2))]))
    assert [info.time for _, info, _ in found] == [0, 1000]
    assert all(
        b64decode(one["data"]["image"]["base64"]).startswith(b"\x89PNG") for one in clarifai.requests[0][2]["inputs"]
    )


def test_throttling_and_bad_moments_are_tried_again(clarifai):
    clarifai.answers = [(429, {"status": {"code": 11005}}), (503, b""), (502, b""), None]
    assert len(remote(clarifai).predict([seen_image()])) == 1
    assert len(clarifai.requests) == 4


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {"status": {"code": 21200, "description": "Model does not exist"}}), "21200 Model does not exist"),
        ((401, {"status": {"code": 11102, "description": "Invalid", "details": "bad key"}}), "11102 Invalid: bad key"),
        ((401, {"status": {"code": 11008, "details": f"no key {PAT}"}}), "11008 : no key …"),
        ((200, b"<html>"), "HTTP status 200 and no readable message"),
        ((302, b""), "HTTP status 302 and no readable message"),
        ((200, {"status": OK, "outputs": []}), "0 outputs for 1 inputs"),
        ((200, {}), "an answer without a status"),
        (
            (207, {"status": {"code": 10010}, "outputs": [{"status": {"code": 98004, "description": "Sorry"}}]}),
            "failed on 'one': 98004 Sorry",
        ),
    ],
)
def test_what_goes_wrong_is_said_and_never_the_key(clarifai, answer, said, caplog):
    caplog.set_level(logging.DEBUG)
    clarifai.answers = [answer]
    model = remote(clarifai)
    with pytest.raises(ModelFailure) as caught:
        model.predict([seen_image()])
    assert str(caught.value).startswith("model 'clarifai/main/general image'")
    assert said in str(caught.value)
    assert PAT not in f"{caught.value!r}{model!r}{model.account!r}{caplog.text}"


def test_an_input_that_clarifai_cannot_read_is_that_inputs_trouble_alone(clarifai):
    good = {"status": OK, "data": {"concepts": [{"id": "cat", "value": 0.5}]}}
    bad = {"status": {"code": 30002, "description": "Not found"}}
    mixed = (207, {"status": {"code": 10010}, "outputs": [good, bad]})
    clarifai.answers = [mixed, (200, {"status": OK, "outputs": [good]})]
    found = {index: said for index, _, said in look_at(remote(clarifai), [seen_image("a"), seen_image("b")])}
    assert found[0].concepts[0].id == "cat"
    assert str(found[1]).endswith("cannot read it: 30002 Not found")


def test_a_server_that_is_not_there_is_said_without_the_key():
    model = RemoteModel(Account("http://127.0.0.1:9", PAT, backoff=0), "model", "u", "a", "m")
    with pytest.raises(ModelFailure, match=r"was not reached at 127\.0\.0\.1: ConnectionError") as caught:
        model.predict([seen_image()])
    assert PAT not in repr(caught.value)


def test_an_image_without_bytes_is_named(clarifai):
    with pytest.raises(MediaError, match="'one' cannot be shown: it holds no bytes and no URL"):
        remote(clarifai).predict([seen(Data(image=Image()))])


def test_the_account_comes_from_the_environment(monkeypatch):
    monkeypatch.delenv("CLARIFAI_PAT", raising=False)
    monkeypatch.delenv("CLARIFAI_API_BASE", raising=False)
    assert Account.from_environment() is None
    monkeypatch.setenv("CLARIFAI_PAT", PAT)
    assert Account.from_environment().base_url == "https://api.clarifai.com"
    monkeypatch.setenv("CLARIFAI_API_BASE", "http://127.0.0.1:8008/")
    assert Account.from_environment() == Account("http://127.0.0.1:8008", PAT)


class TestAsAWorker:
    """The same model as the worker of an automatic task."""

    @pytest.fixture
    def task(self, clarifai, tmp_path, monkeypatch):
        monkeypatch.setenv("CLARIFAI_PAT", PAT)
        monkeypatch.setenv("CLARIFAI_API_BASE", clarifai.url)
        desk = Desk(tmp_path / "labels.db")
        yield desk, desk.fill(40, Model(id="general", user_id="clarifai", app_id="main"))
        desk.service.close()

    def test_it_labels(self, clarifai, task):
        desk, task_id = task
        desk.run()
        assert desk.status(task_id) == "TASK_IDLE"
        assert desk.labels() == (40, 40)
        assert {path for path, _, _ in clarifai.requests} == {"/v2/users/clarifai/apps/main/models/general/outputs"}

    def test_its_failure_is_the_tasks_without_the_key(self, clarifai, task, caplog):
        caplog.set_level(logging.DEBUG)
        clarifai.answers = [(401, {"status": {"code": 11008, "details": f"unknown key {PAT}"}})]
        desk, task_id = task
        desk.run()
        status = desk.call("GetTask", GetTaskRequest(task_id=task_id)).task.status
        assert (status.name, "11008" in status.details) == ("TASK_FAILED", True)
        assert PAT not in f"{status}{caplog.text}"
        assert PAT.encode() not in b"".join(file.read_bytes() for file in desk.folder.iterdir())
