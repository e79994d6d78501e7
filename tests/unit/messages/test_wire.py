"""Messages on the wire: enums by name and number, unknown fields, defaults, times, paths of errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tasknb.errors import MessageError
from tasknb.messages.data import BoundingBox, Concept
from tasknb.messages.enums import TaskType, WorkerStrategy
from tasknb.messages.requests import MultiTaskResponse, PatchAnnotationsStatusRequest, PostTasksRequest
from tasknb.messages.rpcs import RPCS
from tasknb.messages.status import Status, StatusCode, describe, http_status
from tasknb.messages.task import Task, TaskMetrics
from tasknb.messages.wire import convert, decode, encode, to_dict


@pytest.mark.parametrize("sent", ['"POLYGON_DETECTION"', "3", '"3"'])
def test_enums_are_read_by_name_and_number(sent):
    assert decode(f'{{"type": {sent}}}', Task).type is TaskType.POLYGON_DETECTION
    assert encode(decode(f'{{"type": {sent}}}', Task)) == b'{"type":"POLYGON_DETECTION"}'


@pytest.mark.parametrize(("sent", "kept"), [('"KEYPOINTS"', "KEYPOINTS"), ("77", "77")])
def test_an_enum_value_of_a_newer_server_survives(sent, kept):
    task = decode(f'{{"type": {sent}, "name": "x"}}', Task)
    assert (str(task.type), task.type.known) == (kept, False)
    assert to_dict(task)["type"] == kept


def test_enums_are_false_only_when_not_set():
    assert not TaskType.TYPE_NOT_SET
    assert TaskType.POLYGON_DETECTION
    assert not WorkerStrategy(0)


def test_unknown_fields_are_ignored():
    assert decode('{"name": "x", "new_in_2030": {"a": [1]}}', Task) == Task(name="x")


def test_defaults_are_not_sent_but_concept_values_and_box_edges_are():
    assert encode(Task(name="x")) == b'{"name":"x"}'
    assert encode(Concept(id="a")) == b'{"id":"a","value":1.0}'
    assert encode(Concept(id="a", value=0.0)) == b'{"id":"a","value":0.0}'
    assert (
        encode(BoundingBox(bottom_row=1, right_col=1)) == b'{"top_row":0.0,"left_col":0.0,"bottom_row":1,"right_col":1}'
    )


def test_the_number_0_is_the_member_that_is_not_set():
    task = decode(b'{"type": 0}', Task)
    assert task.type is TaskType.TYPE_NOT_SET
    assert task.type.known


def test_a_missing_concept_value_means_present():
    assert decode('{"id": "a"}', Concept).value == 1.0


def test_lists_of_answers_are_sent_when_empty():
    assert to_dict(MultiTaskResponse())["tasks"] == []


def test_status_codes_are_read_by_name_and_number():
    for sent in ("54002", '"54002"', '"TASK_DONE"'):
        assert decode(f'{{"code": {sent}}}', Status).code == StatusCode.TASK_DONE
    assert decode('{"code": 54002}', Status).name == "TASK_DONE"
    assert decode('{"code": 99}', Status).name == "CODE_99"


def test_a_status_code_whose_name_is_unknown_is_kept_and_sent_back():
    sent = b'{"id":"a","status":{"code":"TASK_PAUSED"},"concepts":[{"auto_annotation_config":{"status_code":"NEW"}}]}'
    task = decode(sent, Task)
    assert (task.status.name, task.status.code) == ("TASK_PAUSED", "TASK_PAUSED")
    assert json.loads(encode(task)) == json.loads(sent)


def test_a_request_says_which_status_code_it_does_not_know():
    with pytest.raises(MessageError, match="unknown status code 'NOPE'"):
        decode('{"status_codes": ["NOPE"]}', PatchAnnotationsStatusRequest)


def test_big_integers_may_come_as_text():
    metrics = decode('{"work": {"inputs_count_estimated": "9007199254740993"}}', TaskMetrics)
    assert metrics.work.inputs_count_estimated == 9007199254740993


@pytest.mark.parametrize(
    "text", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000000Z", "2026-01-02T04:04:05+01:00"]
)
def test_times_are_aware(text):
    assert decode(f'{{"created_at": "{text}"}}', Task).created_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('{"tasks": [{}, {"name": 5}]}', "tasks[1].name"),
        ('{"tasks": [{"worker": {"strategy": []}}]}', "tasks[0].worker.strategy"),
        ('{"tasks": {}}', "tasks"),
        ("{", ""),
        ("[" * 100_000, ""),
    ],
)
def test_an_error_names_the_field(body, path):
    with pytest.raises(MessageError) as caught:
        decode(body, PostTasksRequest)
    assert caught.value.path == path


def test_convert_takes_plain_data():
    assert convert({"name": "x", "type": 1}, Task) == Task(name="x", type="CONCEPTS_CLASSIFICATION")
    with pytest.raises(MessageError, match=r"worker: "):
        convert({"worker": 5}, Task)


@pytest.mark.parametrize("rpc", RPCS.values(), ids=lambda rpc: rpc.name)
def test_every_rpc_reads_an_empty_request_and_answer(rpc):
    assert decode("{}", rpc.request) == rpc.request()
    assert decode("{}", rpc.response) == rpc.response()


def test_every_status_code_has_words_and_an_http_status():
    for code in StatusCode:
        assert describe(code)
        assert 200 <= http_status(code) < 600
