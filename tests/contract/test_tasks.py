"""Tasks: creating, reading, listing, changing and deleting them."""

from __future__ import annotations

import pytest
from office import NONE, codes, consensus, dynamic, full, manual, partitioned, users

FIELDS = (
    "metrics.input_source.inputs_count_estimated",
    "metrics.work.inputs_count_estimated",
    "metrics.work.inputs_percent_estimated",
    "metrics.review.inputs_count_estimated",
    "metrics.review.inputs_percent_estimated",
)


def post(office, *tasks):
    return office.owner("POST", "/tasks", {"tasks": list(tasks)})


def listed(office, **query):
    return [one["id"] for one in office.owner.ok("GET", "/tasks", **query)["tasks"]]


def test_create(office):
    more = {
        "description": "Draw a *tight* box",
        "priority": "HIGH",
        "metadata": {"team": ["a", {"b": 1}]},
        "visibility": {"gettable": 10},
        "sample_ms": 250,
    }
    made = post(office, office.task(dynamic("ann", "bob"), **more))["tasks"][0]
    assert len(made["id"]) == 32
    assert int(made["id"], 16)
    assert made["status"] == {"code": 54001, "description": "Task is in progress"}
    assert (made["user_id"], made["app_id"]) == ("owner", office.owner.app.id)
    assert made["created_at"] == made["modified_at"]
    assert "metrics" not in made
    assert {name: made[name] for name in more} == more
    assert made["worker"]["workers"] == users("ann", "bob")
    assert office.get(made["id"]) == made


def test_several_are_all_or_nothing(office):
    assert len({one["id"] for one in office.post(*[office.task(dynamic("ann"))] * 3)["tasks"]}) == 3
    refused = post(office, office.task(dynamic("ann")), office.task(dynamic("nobody")))
    assert (refused.http, refused.code) == (400, 11102)
    assert refused.details.startswith("tasks[1].worker.workers[0]: nobody is neither the owner")
    assert len(listed(office)) == 3


def test_deprecated_fields_are_read_and_echoed(office):
    old = {
        "name": "Old",
        "type": 1,
        "concept_ids": ["cat", "dog"],
        "input_source": {"type": 3, "id": "d"},
        "worker": {"strategy": 4, "users": [{"id": "ann"}, {"id": "bob"}]},
        "review": {"strategy": 3, "user_ids": ["rita"], "consensus_strategy_info": {"approval_threshold": 1}},
    }
    made = office.post(old)["tasks"][0]
    assert made["worker"]["workers"] == users("ann", "bob")
    assert made["worker"]["users"] == [{"id": "ann"}, {"id": "bob"}]
    assert made["worker"]["user_ids"] == ["ann", "bob"]
    assert made["review"]["users"] == [{"id": "rita"}]
    assert made["review"]["user_ids"] == ["rita"]
    assert made["review"]["consensus_strategy_info"] == {"approval_threshold_labelers": 1}
    assert [one["concept"]["id"] for one in made["concepts"]] == made["concept_ids"] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": " "}, "tasks[0].name: A task needs a name"),
        ({"type": "DANCE"}, "tasks[0].type: DANCE is no TaskType. Choose one of"),
        ({"type": 77}, "tasks[0].type: 77 is no TaskType"),
        ({"priority": "SOON"}, "tasks[0].priority: SOON"),
        ({"concepts": [{"concept": {"id": "cow"}}]}, "tasks[0].concepts[0].concept: There is no concept 'cow'"),
        ({"concepts": []}, "tasks[0].concepts: "),
        ({"input_source": {"type": "DATASET", "id": "no"}}, "tasks[0].input_source.id: There is no dataset 'no'"),
        ({"input_source": {"type": "INPUT", "id": "no"}}, "tasks[0].input_source.id: There is no input 'no'"),
        ({"worker": {"strategy": "MAGIC", "workers": users("ann")}}, "tasks[0].worker.strategy: MAGIC is no Worker"),
        ({"worker": dynamic()}, "tasks[0].worker.workers: Choose at least one"),
        ({"worker": partitioned("ann", per_input=2)}, "tasks[0].worker.partitioned_strategy_info.workers_per_input"),
        ({"worker": partitioned("ann", weights={"bob": 1})}, "tasks[0].worker.partitioned_strategy_info.weights: bob"),
        ({"review": manual("stranger")}, "tasks[0].review.users[0]: stranger is neither"),
        ({"review": manual()}, "tasks[0].review.users: MANUAL needs"),
        (
            {"review": consensus("rita", labelers=5)},
            "tasks[0].review.consensus_strategy_info.approval_threshold_labelers",
        ),
        ({"status": {"code": "NO_SUCH_CODE"}}, "tasks[0].status"),
    ],
)
def test_an_invalid_task_is_refused_with_its_path(office, change, path):
    refused = post(office, office.task(dynamic("ann")) | change)
    assert refused.http == 400
    assert path in refused.details
    assert listed(office) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input_source": {"type": "SAVED_SEARCH", "id": "s"}}, "saved searches"),
        ({"label_order_id": "o"}, "label orders"),
    ],
)
def test_what_is_not_offered_says_so(office, change, words):
    refused = post(office, office.task(dynamic("ann")) | change)
    assert (refused.http, refused.code) == (501, 54101)
    assert words in refused.details


def test_no_task_at_all(office):
    assert post(office).details == "tasks: at least one is needed."


def test_an_unknown_task(office):
    for verb, path in (("GET", "/tasks/none"), ("GET", "/tasks/none/inputs/count"), ("PUT", "/tasks/none/assignments")):
        missing = office.owner(verb, path, {"action": "LABEL_START"} if verb == "PUT" else None)
        assert (missing.http, missing.code) == (404, 54102)
        assert "'none'" in missing.details


def test_additional_fields(office):
    task_id = office.create(dynamic("ann"), manual("rita"))
    assert "metrics" not in office.get(task_id)
    assert office.get(task_id, "worker.users")["worker"]["workers"][0]["user"].keys() == {"id", "created_at"}
    assert office.get(task_id, "worker.users")["review"]["users"] == [{"id": "rita"}]
    assert office.get(task_id, "review.users")["review"]["users"][0].keys() == {"id", "created_at"}
    one = office.get(task_id, "metrics.input_source.inputs_count_estimated")
    assert one["metrics"] == {"input_source": {"inputs_count_estimated": 25}}
    assert office.get(task_id, "all")["metrics"].keys() == {"input_source", "work", "review"}
    refused = office.owner("GET", f"/tasks/{task_id}", additional_fields=["metrics.fun"])
    assert (refused.code, "metrics.work.inputs_count_estimated" in refused.details) == (11102, True)


def test_newest_first_and_pages(office):
    made = [one["id"] for one in office.post(*[office.task(dynamic("ann"))] * 5)["tasks"]][::-1]
    assert listed(office) == made
    assert listed(office, page=2, per_page=2) == made[2:4]
    assert listed(office, page=3, per_page=2) == made[4:]
    assert listed(office, page=1, per_page=1000) == made
    assert office.owner("GET", "/tasks", per_page=1001).http == 400
    assert office.owner("GET", "/tasks", page=9, per_page=2).code == 11105


def test_filters(office):
    office.owner.ok("POST", "/datasets", {"datasets": [{"id": "e"}]})
    a = office.create(dynamic("ann", "bob"))
    b = office.create(full("bob"), manual("rita"))
    c = office.create(partitioned("ann", "cleo"), manual("rita", "ray"), input_source={"type": "ALL_INPUTS"})
    d = office.create(dynamic("ann"), input_source={"type": "DATASET", "id": "e"})
    e = office.create(dynamic("dan"), input_source={"type": "INPUT", "id": "3"})
    assert listed(office, worker_user_ids=["ann"]) == [d, c, a]
    assert listed(office, worker_user_ids=["bob", "cleo"]) == [c, b, a]
    assert listed(office, worker_user_ids=["nobody"]) == []
    assert listed(office, review_user_ids=["ray"]) == [c]
    assert listed(office, worker_user_ids=["ann"], review_user_ids=["rita"]) == [c]
    assert listed(office, ids=[a, d, "none"]) == [d, a]
    assert listed(office, input_source_type="DATASET") == [d, b, a]
    assert listed(office, input_source_type=1) == [c]
    assert listed(office, input_source_ids=["d", "3"]) == [e, b, a]
    assert listed(office, input_source_type="DATASET", input_source_ids=["e"]) == [d]
    assert office.owner("GET", "/tasks", label_order_ids=["o"]).code == 54101


def test_only_the_apps_own_tasks(office, entry):
    task_id = office.create(dynamic("ann"))
    other = entry.fresh()
    assert other("GET", f"/tasks/{task_id}").code == 54102
    assert other.ok("GET", "/tasks")["tasks"] == []
    assert other("DELETE", "/tasks", {"ids": [task_id]}).code == 54102
    assert office.owner.stranger()("GET", f"/tasks/{task_id}").http == 403


def test_short_paths(office):
    app = {"user_id": "me", "app_id": office.owner.app.id}
    body = {"user_app_id": app, "tasks": [office.task(dynamic("ann"))]}
    task_id = office.owner.ok("POST", "/v2/tasks", body)["tasks"][0]["id"]
    query = {"user_app_id.user_id": "me", "user_app_id.app_id": office.owner.app.id}
    assert office.owner.ok("GET", f"/v2/tasks/{task_id}", **query)["task"]["id"] == task_id
    change = [{"id": task_id, "status": {"code": "TASK_DONE"}}]
    office.owner.ok("PATCH", "/v2/tasks", {"user_app_id": app, "tasks": change, "action": "merge"})
    office.owner.ok("DELETE", "/v2/tasks", {"user_app_id": app, "ids": [task_id]})
    assert listed(office) == []


@pytest.mark.parametrize("code", ["TASK_DONE", 54003, "TASK_IN_PROGRESS"])
def test_merge_changes_the_status(office, code):
    task_id = office.create(dynamic("ann"))
    before = office.get(task_id)
    reply = office.patch({"id": task_id, "status": {"code": code}}, action="merge")
    after = reply["tasks"][0]
    assert after == office.get(task_id)
    assert after["status"]["code"] in (54001, 54002, 54003)
    assert {**after, "status": 0, "modified_at": 0} == {**before, "status": 0, "modified_at": 0}


@pytest.mark.parametrize(
    ("change", "action", "words"),
    [
        ({"name": "Other", "status": {"code": 54002}}, "merge", "'merge' changes the status only, and name"),
        ({}, "merge", "none was sent"),
        ({"status": {"code": 54005}}, "merge", "54005 is no status that a task can be set to"),
        ({"status": {"code": 10000}}, "merge", "TASK_IN_PROGRESS (54001)"),
        ({"status": {"code": 54002}}, "", "choose 'overwrite' or 'merge'"),
        ({"status": {"code": 54002}}, "remove", "choose 'overwrite' or 'merge'"),
    ],
)
def test_a_merge_that_is_refused(office, change, action, words):
    task_id = office.create(dynamic("ann"))
    refused = office.patch({"id": task_id, **change}, action=action)
    assert refused.http == 400
    assert words in refused.details
    assert office.get(task_id)["status"]["code"] == 54001


def test_overwrite_replaces_everything(office):
    task_id = office.create(dynamic("ann"), description="Long", priority="LOW", metadata={"a": 1})
    new = office.task(dynamic("ann", "bob"), name="Dogs", concepts=[{"concept": {"id": "dog"}}])
    after = office.patch({"id": task_id, **new})["tasks"][0]
    assert after == office.get(task_id)
    assert after["name"] == "Dogs"
    assert after["concept_ids"] == ["dog"]
    assert not {"description", "priority", "metadata"} & after.keys()
    assert after["status"]["code"] == 54001
    assert listed(office, worker_user_ids=["bob"]) == [task_id]


def test_what_was_read_can_be_sent_back(office):
    for worker, review in (
        (dynamic("ann"), NONE),
        (full("ann", "bob"), manual("rita")),
        (partitioned("ann", "bob", "cleo", per_input=2), consensus("rita", "ray")),
    ):
        before = office.get(office.create(worker, review, metadata={"a": [1]}, priority="HIGH"))
        after = office.patch(before)["tasks"][0]
        assert {**after, "modified_at": 0} == {**before, "modified_at": 0}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": "BOUNDING_BOX_DETECTION"}, "tasks[0].type"),
        ({"input_source": {"type": "ALL_INPUTS"}}, "tasks[0].input_source"),
        ({"worker": full("ann")}, "tasks[0].worker.strategy"),
    ],
)
def test_what_a_task_is_about_cannot_change(office, change, path):
    task_id = office.create(dynamic("ann"))
    refused = office.patch({"id": task_id, **office.task(dynamic("ann")), **change})
    assert (refused.http, refused.code) == (409, 54100)
    assert path in refused.details


def test_patches_are_all_or_nothing(office):
    a, b = office.create(dynamic("ann")), office.create(dynamic("ann"))
    good = {"id": a, "status": {"code": 54002}}
    assert office.patch(good, {"id": "none", "status": {"code": 54002}}, action="merge").code == 54102
    assert office.patch(good, {"id": b, "status": {"code": 7}}, action="merge").http == 400
    assert office.patch(good, good, action="merge").http == 400
    assert office.patch({"status": {"code": 54002}}, action="merge").http == 400
    assert codes(office.owner.ok("GET", "/tasks")["tasks"]) == [54001, 54001]


def test_delete(office):
    a, b, c = (office.create(full("ann"), name=name) for name in "abc")
    office.label("ann", a, most=3)
    assert office.owner("DELETE", "/tasks", {"ids": [a, "none"]}).code == 54102
    assert listed(office) == [c, b, a]
    office.owner.ok("DELETE", "/tasks", {"ids": [a, b, a]})
    assert listed(office) == [c]
    assert len(office.annotations(a)) == 3
    assert office.owner("DELETE", "/tasks", {"ids": []}).http == 400
    assert len(office.assignments(c)) == 25


def test_a_status_that_is_none_is_refused_by_its_name(office):
    task_id = office.create(dynamic("ann"))
    for action in ("merge", "overwrite"):
        sent = {**(office.task(dynamic("ann")) if action == "overwrite" else {}), "status": {"code": "TASK_DOEN"}}
        reply = office.patch({"id": task_id, **sent}, action=action)
        assert reply.details.startswith("tasks[0].status.code: ")
        assert "TASK_DOEN" in reply.details
    label = {"input_id": "1", "data": {"concepts": [{"id": "cat"}]}, "status": {"code": "ANNOTATION_FINE"}}
    reply = office.owner("POST", "/annotations", {"annotations": [label]})
    assert reply.details.startswith("annotations[0].status.code: ANNOTATION_FINE is no annotation's status")
    search = {"query": {"filters": [{"annotation": {"status": {"code": "NEVER"}}}]}}
    reply = office.owner("POST", "/annotations/searches", {"searches": [search]})
    assert "annotation.status.code: unknown status code 'NEVER'" in reply.details
