from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
from test_form_fields import BASE, TASKS

import tasknb as tn
from tasknb.messages.normal import normalised
from tasknb.messages.task import Task
from tasknb.widgets.code import curl_code, python_code

NASTY = 'it\'s "quoted" $HOME `id` \\ \n<script>\u202e مهمة'


class Recorder:
    """Stands where `client` is in the pasted code, and keeps the task."""

    def __init__(self):
        self.tasks = self
        self.created = None

    def create(self, task):
        self.created = task
        return task


@pytest.fixture
def client():
    with tn.Client.local(app_id="digits") as opened:
        yield opened


@pytest.mark.parametrize("changes", TASKS.values(), ids=TASKS)
def test_the_python_makes_an_equal_task(client, changes):
    task = Task(**{**BASE, **changes})
    recorder = Recorder()
    exec(python_code(task, client), {"client": recorder})
    assert normalised(recorder.created) == normalised(task)


def test_the_python_is_what_a_person_would_write(client):
    assert python_code(Task(**BASE), client) == (
        "import tasknb as tn\n"
        "\n"
        "# client: the embedded service, app 'digits' of 'owner'\n"
        "task = client.tasks.create(\n"
        "    tn.Task(\n"
        '        name="Digits",\n'
        '        type="CONCEPTS_CLASSIFICATION",\n'
        '        concepts=tn.TaskConcept.of("0", "1"),\n'
        '        input_source=tn.InputSource.dataset("digits-100"),\n'
        '        worker=tn.TaskWorker.dynamic("ann", "bob"),\n'
        "        review=tn.TaskReview.none(),\n"
        "    ),\n"
        ")\n"
    )


def test_texts_survive_python(client):
    recorder = Recorder()
    exec(python_code(Task(**{**BASE, "name": NASTY, "description": NASTY}), client), {"client": recorder})
    assert (recorder.created.name, recorder.created.description) == (NASTY, NASTY)


@pytest.mark.skipif(shutil.which("bash") is None, reason="reads the command as a shell does")
def test_the_shell_hands_curl_the_task(client, tmp_path):
    task = Task(**{**BASE, "name": NASTY})
    fake = tmp_path / "curl"
    fake.write_text('#!/bin/bash\nprintf "%s\\0" "$@"\n')
    fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CLARIFAI_PAT": "secret"}
    run = subprocess.run(["bash", "-c", curl_code(task, client)], capture_output=True, env=environment, check=True)
    arguments = run.stdout.decode().split("\0")
    assert arguments[:3] == ["-X", "POST", "http://127.0.0.1:8008/v2/users/owner/apps/digits/tasks"]
    assert "Authorization: Key secret" in arguments
    assert json.loads(arguments[arguments.index("-d") + 1])["tasks"][0]["name"] == NASTY


def test_no_key_is_in_the_code(monkeypatch):
    client = tn.Client(pat="very-secret", user_id="me", app_id="main")
    task = Task(**BASE)
    assert "very-secret" not in python_code(task, client) + curl_code(task, client)
    assert 'tn.Client(user_id="me", app_id="main"' in python_code(task, client)
