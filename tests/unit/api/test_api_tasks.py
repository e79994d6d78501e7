"""Tasks through the client: what goes over the wire, and what never gets there."""

from __future__ import annotations

import pytest
from scripted import APP, OK, Reply

from tasknb import errors
from tasknb.messages.enums import InputSourceType
from tasknb.messages.people import Model, ModelVersion, User, Worker
from tasknb.messages.task import InputSource, Task, TaskConcept, TaskReview, TaskType, TaskWorker


def task(name="Digits", **fields):
    return Task(
        **{
            "name": name,
            "type": TaskType.CONCEPTS_CLASSIFICATION,
            "concepts": TaskConcept.of("0", "1"),
            "input_source": InputSource.dataset("digits"),
            "worker": TaskWorker.dynamic("ann", "bob"),
            "review": TaskReview.none(),
            **fields,
        }
    )


def echo(seen):
    """A server that creates what it is sent."""
    made = [{**one, "id": one.get("id") or f"t{number}"} for number, one in enumerate(seen.body["tasks"])]
    return Reply({"status": OK, "tasks": made})


def test_one_task_makes_one_task(client, server):
    server.default = echo
    created = client.tasks.create(task())
    assert isinstance(created, Task)
    assert created.id == "t0"
    seen = server.seen[0]
    assert (seen.verb, seen.path) == ("POST", APP + "/tasks")
    assert seen.body["tasks"][0]["worker"] == {
        "strategy": "DYNAMIC",
        "workers": [{"user": {"id": "ann"}}, {"user": {"id": "bob"}}],
    }


def test_a_list_makes_a_list(client, server):
    server.default = echo
    assert [one.id for one in client.tasks.create([task()])] == ["t0"]
    assert [one.name for one in client.tasks.create(task(name) for name in "ab")] == ["a", "b"]
    assert client.tasks.create([]) == []
    assert len(server.seen) == 2


def test_an_invalid_task_is_not_sent(client, server):
    with pytest.raises(errors.InvalidTaskError) as caught:
        client.tasks.create(task(name="", worker=None))
    assert [problem.path for problem in caught.value.problems] == ["name", "worker.workers"]
    assert server.seen == []


def test_the_problems_of_a_list_say_which_task(client, server):
    with pytest.raises(errors.InvalidTaskError) as caught:
        client.tasks.create([task(), task(name=""), task(concepts=[])])
    assert [problem.path for problem in caught.value.problems] == ["tasks[1].name", "tasks[2].concepts"]
    assert server.seen == []


def test_what_is_no_task_is_refused(client):
    with pytest.raises(TypeError, match="a Task is needed, not a dict"):
        client.tasks.create([{"name": "Digits"}])


def test_get_takes_a_task_or_an_id(client, server):
    server.default = Reply({"status": OK, "task": {"id": "t1", "name": "Digits"}})
    for reference in ("t1", Task(id="t1")):
        assert client.tasks.get(reference, additional_fields="all").name == "Digits"
    assert {seen.path for seen in server.seen} == {APP + "/tasks/t1"}
    assert server.seen[0].query == {"additional_fields": ["all"]}


@pytest.mark.parametrize("reference", [Task(name="not created"), None, 5, ""])
def test_what_has_no_id_is_refused(client, server, reference):
    with pytest.raises(errors.InvalidRequestError, match="id"):
        client.tasks.get(reference)
    assert server.seen == []


def test_a_success_without_content_is_an_error(client, server):
    server.default = Reply({"status": OK})
    with pytest.raises(errors.ServerError, match="holds no Task"):
        client.tasks.get("t1")


def test_filters(client, server):
    server.default = Reply({"status": OK, "tasks": []})
    client.tasks.list(
        worker=["ann", Worker(user=User(id="bob"))],
        reviewer="rita",
        ids=("t1", "t2"),
        input_source_type="DATASET",
        input_source_ids="digits",
        additional_fields="worker.users",
    ).all()
    assert server.seen[0].path == APP + "/tasks"
    assert server.seen[0].query == {
        "page": ["1"],
        "per_page": ["1000"],
        "worker_user_ids": ["ann", "bob"],
        "review_user_ids": ["rita"],
        "ids": ["t1", "t2"],
        "input_source_type": ["DATASET"],
        "input_source_ids": ["digits"],
        "additional_fields": ["worker.users"],
    }
    client.tasks.list(input_source_type=InputSourceType.ALL_INPUTS).all()
    assert server.seen[1].query["input_source_type"] == ["ALL_INPUTS"]


def test_only_users_can_be_filtered_by(client):
    model = Worker(model=Model(id="m", model_version=ModelVersion(id="v")))
    with pytest.raises(errors.InvalidRequestError, match="only users"):
        client.tasks.list(worker=model)


def test_an_update_replaces(client, server):
    server.default = echo
    changed = client.tasks.update(task(id="t1", description="Look twice."))
    assert changed.description == "Look twice."
    assert server.seen[0].verb == "PATCH"
    assert server.seen[0].body["action"] == "overwrite"


def test_an_update_needs_ids_and_valid_tasks(client, server):
    with pytest.raises(errors.InvalidRequestError, match="no id"):
        client.tasks.update(task())
    with pytest.raises(errors.InvalidTaskError, match="name"):
        client.tasks.update(task(id="t1", name=""))
    assert server.seen == []


@pytest.mark.parametrize("status", ["TASK_DONE", 54002, "54002"])
def test_the_status_is_merged_alone(client, server, status):
    server.default = echo
    assert client.tasks.set_status("t1", status).status.code == 54002
    assert server.seen[0].body == {"tasks": [{"id": "t1", "status": {"code": 54002}}], "action": "merge"}


@pytest.mark.parametrize("status", ["DONE", "TASK_FAILED", 24150, ""])
def test_another_status_is_refused_with_the_choices(client, server, status):
    with pytest.raises(errors.InvalidRequestError, match="TASK_IN_PROGRESS, TASK_DONE, TASK_WONT_DO"):
        client.tasks.set_status("t1", status)
    assert server.seen == []


def test_delete_takes_ids_tasks_or_several(client, server):
    client.tasks.delete("t1")
    client.tasks.delete(Task(id="t1"))
    client.tasks.delete(["t1", Task(id="t2")])
    client.tasks.delete([])
    assert [seen.body for seen in server.seen] == [{"ids": ["t1"]}, {"ids": ["t1"]}, {"ids": ["t1", "t2"]}]
    assert {(seen.verb, seen.path) for seen in server.seen} == {("DELETE", APP + "/tasks")}


def test_counts(client, server):
    row = {"worker": {"user": {"id": "ann"}}, "pending": 3, "success": 7}
    server.default = Reply({"status": OK, "app_id": "digits", "task_id": "t1", "counts": [row]})
    model = Worker(model=Model(id="m", model_version=ModelVersion(id="v")))
    [counts] = client.tasks.input_counts("t1", workers=["ann", model])
    assert (counts.worker.id, counts.pending, counts.success, counts.review_denied) == ("ann", 3, 7, 0)
    assert server.seen[0].path == APP + "/tasks/t1/inputs/count"
    assert server.seen[0].query == {"user_ids": ["ann"], "model_version_ids": ["v"]}
    client.tasks.annotation_counts("t1")
    assert server.seen[1].path == APP + "/tasks/t1/annotations/count"


def test_enums_of_a_newer_server_are_kept(client, server):
    server.default = Reply({"status": OK, "task": {"id": "t1", "type": "TRACKING", "priority": 3, "brand_new": {}}})
    found = client.tasks.get("t1")
    assert (str(found.type), found.type.known, found.priority) == ("TRACKING", False, "HIGH")


def test_the_frame_takes_the_same_filters(client, server):
    server.default = Reply({"status": OK, "tasks": [{"id": "t1", "name": "Digits"}]})
    frame = client.tasks.frame(worker="ann")
    assert list(frame["task_id"]) == ["t1"]
    assert server.seen[0].query["worker_user_ids"] == ["ann"]
