"""Assignments and annotations through the client."""

from __future__ import annotations

import pytest
from scripted import APP, OK, Reply, refusal

from tasknb import errors
from tasknb.messages.data import Annotation, Concept, Data
from tasknb.messages.people import User, Worker
from tasknb.messages.task import TaskAssignment

ROW = {"id": "a1", "input": {"id": "i1"}, "worker": {"user": {"id": "ann"}}, "status": {"code": 54201}}
ROWS = Reply({"status": OK, "task_assignments": [ROW]})


def test_start(client, server):
    server.default = ROWS
    [assignment] = client.assignments.start("t1")
    assert (assignment.id, assignment.input.id, assignment.status.name) == ("a1", "i1", "TASK_ASSIGNMENT_PENDING")
    assert (server.seen[0].verb, server.seen[0].path) == ("PUT", APP + "/tasks/t1/assignments")
    assert server.seen[0].body == {"action": "LABEL_START"}


def test_submit_takes_assignments_or_ids(client, server):
    server.default = ROWS
    client.assignments.submit("t1", [TaskAssignment(id="a1", worker=Worker(user=User(id="ann"))), "a2"])
    client.assignments.submit("t1", "a1")
    assert server.seen[0].body == {
        "action": "LABEL_SUBMIT",
        "label_submit_config": {"task_assignments": [{"id": "a1"}, {"id": "a2"}]},
    }
    assert server.seen[1].body["label_submit_config"] == {"task_assignments": [{"id": "a1"}]}


def test_review_start(client, server):
    server.default = ROWS
    client.assignments.review_start("t1", workers=["ann"])
    assert server.seen[0].body == {
        "action": "REVIEW_START",
        "review_start_config": {"workers": [{"user": {"id": "ann"}}]},
    }


@pytest.mark.parametrize(
    ("method", "action", "config"),
    [
        ("approve", "REVIEW_APPROVE", "review_approve_config"),
        ("request_changes", "REVIEW_REQUEST_CHANGES", "review_request_changes_config"),
        ("reject", "REVIEW_REJECT", "review_reject_config"),
    ],
)
def test_decisions(client, server, method, action, config):
    server.default = ROWS
    decide = getattr(client.assignments, method)
    decide("t1", ["a1"])
    decide("t1", workers="ann")
    assert server.seen[0].body == {"action": action, config: {"task_assignments": [{"id": "a1"}]}}
    assert server.seen[1].body == {"action": action, config: {"workers": [{"user": {"id": "ann"}}]}}
    for both in ({}, {"assignments": "a1", "workers": "ann"}):
        with pytest.raises(errors.InvalidRequestError, match="either assignments or workers"):
            decide("t1", **both)
    assert len(server.seen) == 2


def test_the_embedded_services_list(client, server):
    server.default = ROWS
    assert [one.id for one in client.assignments.list("t1", workers=["ann"])] == ["a1"]
    assert server.seen[0].path == APP + "/tasks/t1/assignments/all"
    assert server.seen[0].query["user_ids"] == ["ann"]


def annotation(input_id, user_id, code, minute):
    return {
        "id": f"{input_id}-{user_id}-{code}",
        "input_id": input_id,
        "task_id": "t1",
        "worker": {"user": {"id": user_id}},
        "status": {"code": code},
        "created_at": f"2026-11-02T09:{minute:02}:00Z",
        "modified_at": f"2026-11-02T10:{minute:02}:00Z",
    }


@pytest.mark.parametrize(
    "missing",
    [refusal(11101, 404), refusal(40036, 404), refusal(10040, 501), Reply(b"nothing here", 404), refusal(11103, 405)],
)
def test_where_assignments_are_not_listed_annotations_stand_for_them(client, server, missing):
    rows = [
        annotation("i1", "ann", 24150, 5),
        annotation("i1", "ann", 24157, 3),
        annotation("i1", "bob", 24158, 7),
        annotation("i2", "ann", 24151, 9),
    ]
    server.default = lambda seen: missing if seen.path.endswith("/all") else Reply({"status": OK, "annotations": rows})
    found = client.assignments.list("t1").all()
    assert [(one.input.id, one.worker.id, one.status.name) for one in found] == [
        ("i1", "ann", "TASK_ASSIGNMENT_AWAITING_REVIEW"),
        ("i1", "bob", "TASK_ASSIGNMENT_REJECTED"),
        ("i2", "ann", "TASK_ASSIGNMENT_PENDING"),
    ]
    assert (found[0].created_at.minute, found[0].modified_at.minute) == (3, 5)
    assert server.seen[-1].query["task_id"] == ["t1"]
    assert server.seen[-1].query["list_all_annotations"] == ["true"]


def test_a_missing_task_is_not_taken_for_a_missing_list(client, server):
    server.default = refusal(54102, 404)
    with pytest.raises(errors.NotFoundError):
        client.assignments.list("t1").all()
    assert len(server.seen) == 1


def label(number=0):
    data = Data(concepts=[Concept(id="7"), Concept(id="1", value=0)])
    return Annotation(input_id=f"i{number}", task_id="t1", data=data)


def echo(seen):
    made = [{**one, "id": one.get("id") or f"n{number}"} for number, one in enumerate(seen.body["annotations"])]
    return Reply({"status": OK, "annotations": made})


def test_annotations_say_present_and_absent(client, server):
    server.default = echo
    created = client.annotations.create(label())
    assert created.id == "n0"
    assert server.seen[0].body["annotations"][0]["data"]["concepts"] == [
        {"id": "7", "value": 1.0},
        {"id": "1", "value": 0},
    ]
    assert [concept.value for concept in created.data.concepts] == [1, 0]


def test_many_annotations_go_in_batches_of_128(client, server):
    server.default = echo
    created = client.annotations.create([label(number) for number in range(300)])
    assert [one.input_id for one in created] == [f"i{number}" for number in range(300)]
    assert [len(seen.body["annotations"]) for seen in server.seen] == [128, 128, 44]
    assert client.annotations.create([]) == []


def test_annotations_are_filtered(client, server):
    server.default = Reply({"status": OK, "annotations": []})
    client.annotations.list("t1", input_ids=["i1"], workers="ann").all()
    assert server.seen[0].path == APP + "/annotations"
    assert server.seen[0].query == {
        "task_id": ["t1"],
        "input_ids": ["i1"],
        "user_ids": ["ann"],
        "list_all_annotations": ["true"],
        "page": ["1"],
        "per_page": ["1000"],
    }
    client.annotations.list(all=False).all()
    assert "list_all_annotations" not in server.seen[1].query


def test_states_are_picked_out_here_because_a_query_cannot_carry_them(client, server):
    rows = [annotation(f"i{number}", "ann", code, 0) for number, code in enumerate([24150, 24151, 24150, 24158])]
    server.default = Reply({"status": OK, "annotations": rows})
    done = client.annotations.list("t1", statuses="ANNOTATION_SUCCESS")
    assert [one.input_id for one in done] == ["i0", "i2"]
    assert "statuses" not in server.seen[0].query
    several = client.annotations.list("t1", statuses=[24151, "ANNOTATION_REVIEW_DENIED"], limit=1)
    assert [one.input_id for one in several] == ["i1"]


def test_an_annotation_is_changed(client, server):
    server.default = echo
    client.annotations.update(Annotation(id="n1", input_id="i1"), action="overwrite")
    assert server.seen[0].body == {"annotations": [{"id": "n1", "input_id": "i1"}], "action": "overwrite"}
    with pytest.raises(errors.InvalidRequestError, match="merge, overwrite, remove"):
        client.annotations.update(Annotation(id="n1", input_id="i1"), action="replace")


def test_annotations_are_deleted_by_id_and_input(client, server):
    client.annotations.delete([Annotation(id="n1", input_id="i1"), Annotation(id="n2", input_id="i2")])
    assert (server.seen[0].verb, server.seen[0].path) == ("DELETE", APP + "/inputs/annotations")
    assert server.seen[0].body == {"ids": ["n1", "n2"], "input_ids": ["i1", "i2"]}
    with pytest.raises(errors.InvalidRequestError, match="id"):
        client.annotations.delete(Annotation(input_id="i1"))
