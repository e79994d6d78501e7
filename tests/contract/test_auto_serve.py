"""`tasknb serve` with models: they label while it serves, and go on after it was killed."""

from __future__ import annotations

import re
import signal
import time

import pytest
import requests
from test_serve import address, serving

from tasknb.service.auto.registry import ModelError
from tasknb.service.doors.serve import ModelOptions, run

PATIENCE = 60
READER = "def read(batch):\n    return [{'cat': float(one.text) / 100} for one in batch]\n"
TASK = {
    "name": "Cats",
    "concepts": [{"concept": {"id": "cat"}}],
    "input_source": {"type": "ALL_INPUTS"},
    "worker": {"workers": [{"model": {"id": "reader"}}]},
    "review": {"strategy": "NONE"},
}


class Remote:
    """One app of a server that runs as a process."""

    def __init__(self, process):
        self.url = f"{address(process.stdout.readline())}/v2/users/owner/apps/main"
        self.headers = {"Authorization": "Key k"}

    def __call__(self, verb, path, body=None):
        answer = requests.request(verb, self.url + path, json=body, headers=self.headers, timeout=30).json()
        assert answer["status"]["code"] == 10000, answer
        return answer

    def wait_for(self, task_id, code):
        deadline = time.monotonic() + PATIENCE
        while self("GET", f"/tasks/{task_id}")["task"]["status"]["code"] != code:
            assert time.monotonic() < deadline
            time.sleep(0.05)  # another process works; there is nothing to wait on but its answers

    def add(self, *numbers):
        self("POST", "/inputs", {"inputs": [{"id": f"i{one}", "data": {"text": {"raw": str(one)}}} for one in numbers]})

    def labels(self, task_id):
        found = self("GET", f"/annotations?task_id={task_id}&per_page=1000")["annotations"]
        return sorted(one["input_id"] for one in found)


@pytest.fixture
def serve(tmp_path, monkeypatch):
    (tmp_path / "my_models.py").write_text(READER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return lambda *more: serving(
        "--db", str(tmp_path / "labels.db"), "--key", "k", "--model", "reader=my_models:read", *more
    )


def test_models_label_while_it_serves_and_after_it_was_killed(serve):
    with serve("--workflow", "twice=reader,reader") as process:
        remote = Remote(process)
        assert [one["id"] for one in remote("GET", "/models")["models"]] == ["reader"]
        assert [one["id"] for one in remote("GET", "/workflows")["workflows"]] == ["twice"]
        remote("POST", "/concepts", {"concepts": [{"id": "cat"}]})
        remote.add(*range(60))
        task_id = remote("POST", "/tasks", {"tasks": [TASK]})["tasks"][0]["id"]
        remote.wait_for(task_id, 54006)
        remote.add(*range(60, 100))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serve() as process:
        remote = Remote(process)
        deadline = time.monotonic() + PATIENCE
        while len(remote.labels(task_id)) < 100 and time.monotonic() < deadline:
            time.sleep(0.05)  # likewise
        assert remote.labels(task_id) == sorted(f"i{one}" for one in range(100))
        remote.wait_for(task_id, 54006)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("reader", "--model needs an id and what it is, for example --model digits=tasknb.demo:digit_model."),
        ("reader=tasknb.demo:write", "The module 'tasknb.demo' has no 'write'."),
        ("reader=no_such_module:read", "'no_such_module' cannot be imported"),
    ],
)
def test_a_model_that_is_none_is_refused(tmp_path, given, said):
    with pytest.raises(ModelError, match=re.escape(said)):
        run(db=str(tmp_path / "labels.db"), port=0, key="k", models=ModelOptions([given]))


def test_a_workflow_of_strangers_is_refused(tmp_path):
    with pytest.raises(ModelError, match="names the model 'crop', which is not registered"):
        run(db=str(tmp_path / "labels.db"), port=0, key="k", models=ModelOptions(workflows=["read=crop,digits"]))
