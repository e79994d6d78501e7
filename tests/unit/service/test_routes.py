from __future__ import annotations

import pytest

from tasknb.messages.content_requests import ListAnnotationsRequest
from tasknb.messages.requests import GetTaskCountRequest, ListTasksRequest
from tasknb.messages.rpcs import RPCS
from tasknb.messages.status import Status, StatusCode
from tasknb.service.context import Refusal
from tasknb.service.doors.query import read_query
from tasknb.service.doors.routes import find_rpc


@pytest.mark.parametrize("rpc", RPCS.values(), ids=lambda rpc: rpc.name)
def test_every_rpc_is_reached_by_both_its_paths(rpc):
    for path in filter(None, (rpc.path, rpc.short)):
        found, values = find_rpc(rpc.verb, path.replace("{", "a-").replace("}", ""))
        assert found is rpc
        assert values.keys() == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


@pytest.mark.parametrize(
    ("verb", "path", "name"),
    [
        ("GET", "/v2/inputs/status", "GetInputCount"),
        ("DELETE", "/v2/inputs/status", "DeleteInput"),
        ("GET", "/v2/inputs/status/", "GetInputCount"),
        ("DELETE", "/v2/users/u/apps/a/annotations", "DeleteAnnotations"),
    ],
)
def test_the_most_literal_path_that_takes_the_verb(verb, path, name):
    assert find_rpc(verb, path)[0].name == name


def test_ids_are_decoded_after_the_path_is_split():
    rpc, values = find_rpc("GET", "/v2/users/u%2Fv/apps/a/tasks/%C3%A4%20b")
    assert rpc.name == "GetTask"
    assert values == {"user_id": "u/v", "app_id": "a", "task_id": "ä b"}


@pytest.mark.parametrize("path", ["", "/", "/v2", "/v2/users//apps/a/tasks", "/v3/tasks", "/v2/tasks/a/b"])
def test_paths_that_lead_nowhere(path):
    with pytest.raises(Refusal) as caught:
        find_rpc("GET", path)
    assert caught.value.code is StatusCode.CONN_DOES_NOT_EXIST


def test_query_spells_a_message():
    read = read_query("user_ids=a%2Bb&user_ids=c&user_app_id.user_id=me&user_app_id.app_id=x", GetTaskCountRequest)
    assert read.user_ids == ["a+b", "c"]
    assert (read.user_app_id.user_id, read.user_app_id.app_id) == ("me", "x")


def test_query_reads_enums_by_name_and_number():
    by_name = read_query("input_source_type=DATASET", ListTasksRequest)
    assert by_name == read_query("input_source_type=3", ListTasksRequest)


def test_messages_in_a_query_are_json_and_anything_else_is_ignored():
    read = read_query('statuses={"code":24150}&statuses=code&statuses=7', ListAnnotationsRequest)
    assert read.statuses == [Status(code=24150)]
