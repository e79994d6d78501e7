"""Many labelers in several processes on one database: no input twice, no answer lost, no error."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import postgres
import pytest
from doors import DOORS
from office import Office, dynamic, partitioned

PROCESSES, THREADS, INPUTS = 5, 10, 200
NAMES = [f"labeler-{number}" for number in range(PROCESSES * THREADS)]


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    if request.param == "sqlite":
        return str(tmp_path / "labels.db")
    return postgres.create_database(request.getfixturevalue("postgres_url"), "labelers")


@pytest.fixture
def office(store):
    entries = DOORS["in-process"](store)
    office = Office(next(entries).fresh(), inputs=INPUTS)
    for name in NAMES:
        office.people[name] = office.owner.collaborator(name)
    yield office
    assert next(entries, None) is None


def work(store, office, *task_ids):
    """Let everybody label at once, in `PROCESSES` processes; return who handed in what, for each task."""
    script = Path(__file__).with_name("labelers.py")
    command = [sys.executable, str(script), store, office.owner.app.id, ",".join(task_ids)]
    running = [
        subprocess.Popen(
            [*command, *NAMES[start::PROCESSES]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for start in range(PROCESSES)
    ]
    ended = [(*one.communicate(timeout=240), one.returncode) for one in running]
    assert [(code, errors) for _, errors, code in ended] == [(0, "")] * PROCESSES
    handed_in = {task_id: {} for task_id in task_ids}
    for said, _, _ in ended:
        for name, task_id, inputs in json.loads(said):
            handed_in[task_id][name] = inputs
    return handed_in


def test_no_input_twice_and_no_answer_lost(store, office):
    given, shared = office.create(dynamic(*NAMES)), office.create(partitioned(*NAMES, per_input=3))
    handed_in = work(store, office, given, shared)
    everything = [one for some in handed_in[given].values() for one in some]
    assert sorted(everything, key=int) == [str(number) for number in range(INPUTS)]
    for task_id, by_labeler in handed_in.items():
        check(office, task_id, by_labeler)


def check(office, task_id, handed_in):
    """What the service says is what the labelers say, and every label is there."""
    counts = {name: {"success": len(inputs)} if inputs else {} for name, inputs in handed_in.items()}
    assert office.counts(task_id) == office.counts(task_id, "annotations") == counts
    assigned = Counter((one["worker"]["user"]["id"], one["input"]["id"]) for one in office.assignments(task_id))
    assert assigned == Counter((name, one) for name, inputs in handed_in.items() for one in inputs)
    assert set(assigned.values()) == {1}
    assert office.metrics(task_id)["work"]["inputs_percent_estimated"] == 100
