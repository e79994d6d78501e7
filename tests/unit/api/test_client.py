"""The client on the embedded service, without any network."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

import tasknb as tn
from tasknb import errors
from tasknb.messages.data import Annotation, Concept, Data, Input, Text

TASK = tn.Task(
    name="Digits",
    type="CONCEPTS_CLASSIFICATION",
    concepts=tn.TaskConcept.of("yes", "no"),
    input_source=tn.InputSource.dataset("all"),
    worker=tn.TaskWorker.dynamic("ann", "bob"),
    review=tn.TaskReview.none(),
)


@pytest.fixture
def local():
    with tn.Client.local() as client:
        client.concepts.create("yes", "no")
        client.collaborators.add("ann", "bob")
        client.inputs.create([Input(id=f"i{number}", data=Data(text=Text(raw=str(number)))) for number in range(12)])
        client.datasets.create("all", inputs=[f"i{number}" for number in range(12)])
        yield client


def test_it_needs_no_key_and_no_network(local):
    assert local.is_local
    assert (local.user_id, local.owner_id, local.app_id) == ("owner", "owner", "main")
    assert repr(local) == "<Client of owner/main in :memory:>"
    assert local.users.get().id == "owner"


def test_a_task_from_creation_to_the_last_label(local):
    task = local.tasks.create(TASK)
    assert task.status.name == "TASK_IN_PROGRESS"
    for user_id, count in (("ann", 10), ("bob", 2)):
        worker = local.acting_as(user_id)
        assignments = worker.assignments.start(task)
        assert len(assignments) == count
        worker.annotations.create(
            [
                Annotation(input_id=one.input.id, task_id=task.id, data=Data(concepts=[Concept(id="yes")]))
                for one in assignments
            ]
        )
        done = worker.assignments.submit(task, assignments)
        assert {one.status.name for one in done} == {"TASK_ASSIGNMENT_SUCCESS"}
    counts = {row.worker.id: row.success for row in local.tasks.input_counts(task)}
    assert counts == {"ann": 10, "bob": 2}
    assert len(local.assignments.list(task).all()) == 12
    assert len(local.annotations.list(task, workers="bob").all()) == 2
    assert local.tasks.set_status(task, "TASK_DONE").status.name == "TASK_DONE"
    local.tasks.delete(task)
    with pytest.raises(errors.NotFoundError, match=task.id):
        local.tasks.get(task)


def test_each_sees_the_same_store_as_somebody_else(local):
    ann = local.acting_as("ann")
    assert (ann.user_id, ann.owner_id, ann.users.get().id) == ("ann", "owner", "ann")
    assert repr(ann) == "<Client of owner/main in :memory:, ann acts>"
    assert [one.id for one in ann.datasets.list()] == ["all"]
    assert ann.acting_as("owner").user_id == "owner"


def test_nobody_acts_as_a_stranger(local):
    with pytest.raises(errors.NotFoundError, match=r"collaborators\.add"):
        local.acting_as("zoe")


def test_over_a_network_only_a_key_says_who_acts(client):
    with pytest.raises(errors.TasknbError, match="that user's key"):
        client.acting_as("ann")


@pytest.mark.parametrize("name", ["a/b", "a b", "ä?#%&=", "100%", "…", "a+b", "%2F"])
def test_odd_ids_reach_the_service_whole(local, name):
    local.datasets.create(name, inputs=["i1"])
    assert local.datasets.get(name).id == name
    assert [one.input.id for one in local.datasets.list_inputs(name)] == ["i1"]
    assert local.datasets.count(name) == 1
    with pytest.raises(tn.errors.NotFoundError, match="no dataset 'none'"):
        local.datasets.count("none")
    with pytest.raises(tn.errors.ApiError, match="2 of 2 inputs do not exist: 'i98', 'i99'"):
        local.datasets.add_inputs(name, ["i98", "i99"])
    assert [one.id for one in local.concepts.create(name)] == [name]
    assert [one.id for one in local.concepts.list(search=name)] == [name]


def test_a_file_outlives_its_client(tmp_path):
    path = tmp_path / "labels.db"
    with tn.Client.local(path) as client:
        client.concepts.create("yes")
    with tn.Client.local(path) as client:
        assert [one.id for one in client.concepts.list()] == ["yes"]


def test_a_collaborator_opens_the_file_as_himself(tmp_path):
    path = tmp_path / "labels.db"
    with tn.Client.local(path) as client:
        client.collaborators.add("ann")
    with tn.Client.local(path, user_id="ann") as client:
        assert (client.user_id, client.owner_id) == ("ann", "owner")


def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path):
    path = tmp_path / "labels.db"
    path.write_bytes(b"dear diary" * 1000)
    with pytest.raises(errors.StoreError, match="Name another file"):
        tn.Client.local(path)
    assert path.read_bytes() == b"dear diary" * 1000


def test_closing_the_opener_closes_all(local):
    ann = local.acting_as("ann")
    bob = local.acting_as("bob")
    bob.close()
    assert ann.users.get().id == "ann"
    local.close()
    local.close()
    for client in (local, ann, bob):
        assert client.closed
        with pytest.raises(errors.TasknbError, match="closed"):
            client.users.get()
        with pytest.raises(errors.TasknbError, match="closed"):
            client.tasks.list().all()


def test_errors_say_what_is_wrong(local):
    with pytest.raises(errors.ApiError, match="zoe"):
        local.tasks.create(tn.Task(**{**as_fields(TASK), "worker": tn.TaskWorker.dynamic("zoe")}))
    with pytest.raises(errors.ApiError, match="maybe"):
        local.tasks.create(tn.Task(**{**as_fields(TASK), "concepts": tn.TaskConcept.of("maybe")}))
    with pytest.raises(errors.ConflictError):
        local.datasets.create("all")
    assert local.tasks.list().all() == []


def as_fields(task):
    return {name: getattr(task, name) for name in task.__struct_fields__}


def test_threads_share_it(local):
    found, failures = [], []

    def label(user_id):
        try:
            worker = local.acting_as(user_id)
            while assignments := worker.assignments.start(task):
                worker.assignments.submit(task, assignments[:3])
                found.extend(one.input.id for one in assignments[:3])
                local.tasks.input_counts(task)
        except Exception as error:  # noqa: BLE001  shown below, in the test's own thread
            failures.append(error)

    task = local.tasks.create(TASK)
    threads = [threading.Thread(target=label, args=(user_id,)) for user_id in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(found) == sorted(f"i{number}" for number in range(12))


def test_a_remote_client_loads_no_service():
    script = (
        "import sys; from tasknb.api import Client; Client('key');"
        "print([name for name in ('tasknb.service', 'sqlalchemy') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"
