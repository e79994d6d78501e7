"""tasknb's client against tasknb's server over a real connection: the same calls, the same answers as in-process."""

from __future__ import annotations

import pytest
from doors import over_http

import tasknb as tn
from tasknb import errors
from tasknb.messages.data import Annotation, Concept, Data, Image, Input, Text
from tasknb.service.people.users import add_key, ensure_app, ensure_user


@pytest.fixture(scope="module")
def entry(tmp_path_factory):
    yield from over_http(str(tmp_path_factory.mktemp("store") / "labels.db"))


@pytest.fixture
def people(entry, request):
    """Clients of the owner and of a labeler in an app of their own."""
    app_id = request.node.name.replace("[", "-").strip("]")[:60].encode("ascii", "ignore").decode()
    with entry.service.store.write() as db:
        owner, _ = ensure_app(db, "owner", app_id)
        keys = {"owner": add_key(db, owner), "ann": add_key(db, ensure_user(db, "ann"))}
    clients = {name: tn.Client(key, "owner", app_id, entry.url) for name, key in keys.items()}
    clients["owner"].collaborators.add("ann")
    yield clients
    for client in clients.values():
        client.close()


def fill(client, inputs=12):
    client.concepts.create("yes", "no")
    client.inputs.create([Input(id=f"i{number}", data=Data(text=Text(raw="x"))) for number in range(inputs)])
    client.datasets.create("all", inputs=[f"i{number}" for number in range(inputs)])
    return client.tasks.create(
        tn.Task(
            name="Digits",
            type="CONCEPTS_CLASSIFICATION",
            concepts=tn.TaskConcept.of("yes", "no"),
            input_source=tn.InputSource.dataset("all"),
            worker=tn.TaskWorker.dynamic("ann"),
            review=tn.TaskReview.none(),
            metadata={"round": 1},
        )
    )


def test_a_task_from_creation_to_the_last_label(people):
    owner, ann = people["owner"], people["ann"]
    task = fill(owner)
    while assignments := ann.assignments.start(task):
        ann.annotations.create(
            [
                Annotation(input_id=one.input.id, task_id=task.id, data=Data(concepts=[Concept(id="no", value=0)]))
                for one in assignments
            ]
        )
        ann.assignments.submit(task, assignments)
    [count] = owner.tasks.input_counts(task)
    assert (count.worker.id, count.success) == ("ann", 12)
    assert len(owner.assignments.list(task, workers="ann").all()) == 12
    labels = owner.annotations.list(task, statuses="ANNOTATION_SUCCESS").all()
    assert [one.data.concepts[0].value for one in labels] == [0] * 12
    found = owner.tasks.get(task, additional_fields="all")
    assert found.metrics.work.inputs_percent_estimated == 100
    assert found.metadata == {"round": 1}
    assert owner.tasks.set_status(task, "TASK_DONE").status.name == "TASK_DONE"


@pytest.mark.parametrize("name", ["a/b", "a b", "ä?#%&=", "100%", "a+b", "%2F"])
def test_odd_ids_travel_whole(people, name):
    owner = people["owner"]
    owner.inputs.create(Input(id="i", data=Data(text=Text(raw="x"))))
    owner.datasets.create(name, inputs=["i"])
    assert owner.datasets.get(name).id == name
    assert [one.input.id for one in owner.datasets.list_inputs(name)] == ["i"]


def test_lists_longer_than_a_page_come_whole_and_in_order(people):
    owner = people["owner"]
    fill(owner, inputs=2300)
    assert [one.id for one in owner.inputs.list()] == [f"i{number}" for number in range(2300)]
    assert len(owner.inputs.list(limit=1500).all()) == 1500


def test_errors_over_the_wire(people):
    owner = people["owner"]
    task = fill(owner)
    with pytest.raises(errors.NotFoundError, match="nope") as caught:
        owner.tasks.get("nope")
    assert (caught.value.code, caught.value.http_status, len(caught.value.req_id)) == (54102, 404, 32)
    with pytest.raises(errors.ConflictError):
        owner.datasets.create("all")
    with pytest.raises(errors.AuthError, match="Not allowed"):
        owner.assignments.start(task)
    with pytest.raises(errors.InvalidRequestError, match="32 MiB"):
        owner.inputs.create(Input(id="big", data=Data(image=Image(base64=bytes(40 * 2**20)))))
    assert owner.tasks.get(task).name == "Digits"


def test_a_wrong_key(people, entry):
    with (
        tn.Client("wrong", "owner", people["owner"].app_id, entry.url) as client,
        pytest.raises(errors.AuthError, match="tasknb user add"),
    ):
        client.tasks.list().all()
