"""Plain curl against the embedded service, as Clarifai's documents show it."""

from __future__ import annotations

from documented import live, prepare
from three_doors import curl


def test_curl_as_the_documents_show_it(doors):
    key, _ = doors.app("curl")
    app = "/v2/users/owner/apps/curl"
    for path, body in (
        ("/concepts", {"concepts": [{"id": "yes"}]}),
        ("/inputs", {"inputs": [{"id": "i", "data": {"text": {"raw": "x"}}}]}),
        ("/datasets", {"datasets": [{"id": "all"}]}),
        ("/datasets/all/inputs", {"dataset_inputs": [{"input": {"id": "i"}}]}),
    ):
        assert curl(doors, key, "POST", app + path, body)["status"]["code"] == 10000
    task = {
        "type": "CONCEPTS_CLASSIFICATION",
        "name": "Annotate text",
        "worker": {"strategy": "DYNAMIC", "users": [{"id": "ann"}]},
        "concept_ids": ["yes"],
        "input_source": {"type": "DATASET", "id": "all"},
        "sample_ms": 1000,
        "review": {"strategy": "NONE"},
    }
    created = curl(doors, key, "POST", app + "/tasks", {"tasks": [task]})
    assert created["status"]["code"] == 10000
    task_id = created["tasks"][0]["id"]
    short = f"/v2/tasks/{task_id}?user_app_id.user_id=me&user_app_id.app_id=curl"
    assert curl(doors, key, "GET", short)["task"]["name"] == "Annotate text"
    assert len(curl(doors, key, "GET", app + "/tasks?page=1&per_page=10&worker_user_ids=ann")["tasks"]) == 1
    assert curl(doors, key, "DELETE", app + "/tasks", {"ids": [task_id]})["status"]["code"] == 10000


def test_the_documented_tasks_live_by_curl(doors):
    key, _ = doors.app("curl-life")

    def ok(verb, path, body=None):
        answer = curl(doors, key, verb, f"/v2/users/owner/apps/curl-life{path}", body)
        assert answer["status"]["code"] == 10000, answer
        return answer

    prepare(ok, doors.service)
    live(ok)
