"""Tasks in every form make the same frame."""

import msgspec
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tasknb import frames
from tasknb.errors import MessageError
from tasknb.messages.requests import MultiTaskResponse
from tasknb.messages.task import PartitionedStrategyInfo, Task, TaskWorker
from tasknb.messages.wire import encode, to_dict


@pytest.fixture
def frame(tasks):
    return frames.tasks_frame(tasks)


def test_one_row_a_task_in_the_order_given(frame):
    assert frame["task_id"].tolist() == ["t1", "t2", "t3"]
    first = frame.iloc[0]
    assert first["status"] == "in_progress"
    assert first["strategy"] == "PARTITIONED"
    assert first["workers"] == ["ann", "bob.x", "cleo"]
    assert first["weights"] == [2.0, 1.5, 0.0]
    assert first["labels_per_input"] == 2
    assert first["concepts"] == ["water", "land"]
    assert first["inputs"] == 100
    assert first["approval_labelers"] == 2
    assert first["created_at"] == pd.Timestamp("2026-11-23 12:00:00.123456", tz="UTC")


def test_what_a_task_does_not_say_is_missing(frame):
    last = frame.iloc[2]
    assert last[["type", "status", "strategy", "inputs", "created_at", "approval_labelers"]].isna().all()
    assert last["workers"] == []
    assert not last["estimated"]


def test_json_dicts_messages_and_answers_agree(tasks, frame):
    answer = MultiTaskResponse(tasks=tasks)
    dicts = [to_dict(task) for task in tasks]
    for source in (encode(answer), [encode(answer)], encode(answer).decode(), answer, dicts, {"tasks": dicts}):
        assert_frame_equal(frames.tasks_frame(source), frame)


def test_pages_follow_each_other(tasks, frame):
    pages = (encode(MultiTaskResponse(tasks=[task])) for task in tasks)
    assert_frame_equal(frames.tasks_frame(pages), frame)


def test_one_task_alone_is_one_row(tasks):
    assert len(frames.tasks_frame(tasks[0])) == 1


def test_a_normalized_frame_works(tasks, frame):
    normalized = pd.json_normalize([to_dict(task) for task in tasks])
    again = frames.tasks_frame(normalized)
    # Beside rows without metadata, pandas makes the whole numbers in it floats.
    assert_frame_equal(again.drop(columns="metadata"), frame.drop(columns="metadata"))
    assert msgspec.json.decode(again.loc[0, "metadata"]) == {"batch": 3}


def test_the_official_clients_messages_work(tasks, frame):
    json_format = pytest.importorskip("google.protobuf.json_format")
    service = pytest.importorskip("clarifai_grpc.grpc.api.service_pb2")
    answer = json_format.Parse(encode(MultiTaskResponse(tasks=tasks)), service.MultiTaskResponse())
    camel = [json_format.MessageToDict(task) for task in answer.tasks]
    expected = frame.drop(columns="metadata")  # protobuf makes every number there a float
    for source in (answer, answer.tasks, camel, pd.json_normalize(camel)):
        assert_frame_equal(frames.tasks_frame(source).drop(columns="metadata"), expected)


def test_numbers_stand_for_names():
    numbered = {"tasks": [{"id": "t", "type": 1, "worker": {"strategy": 4}, "status": {"code": 54002}}]}
    named = {
        "tasks": [
            {
                "id": "t",
                "type": "CONCEPTS_CLASSIFICATION",
                "worker": {"strategy": "DYNAMIC"},
                "status": {"code": "TASK_DONE"},
            }
        ]
    }
    assert_frame_equal(frames.tasks_frame(numbered), frames.tasks_frame(named))


def test_a_newer_servers_values_are_kept():
    frame = frames.tasks_frame({"tasks": [{"id": "t", "type": "MASKS", "status": {"code": 54099}}]})
    assert frame.loc[0, "type"] == "MASKS"
    assert frame.loc[0, "status"] == "code_54099"


def test_deprecated_fields_count_where_the_new_ones_are_absent():
    old = {"id": "t", "worker": {"strategy": "FULL", "user_ids": ["ann"]}, "concept_ids": ["a"]}
    old["review"] = {"strategy": "CONSENSUS", "user_ids": ["rita"]}
    old["review"]["consensus_strategy_info"] = {"approval_threshold": 2}
    row = frames.tasks_frame([old]).iloc[0]
    assert row[["workers", "worker_kinds", "concepts", "reviewers"]].tolist() == [["ann"], ["user"], ["a"], ["rita"]]
    assert row["approval_labelers"] == 2
    assert row["labels_per_input"] == 1


def test_64_bit_numbers_may_be_text():
    metrics = {"input_source": {"inputs_count_estimated": "5"}, "work": {}}
    row = frames.tasks_frame([{"id": "t", "metrics": metrics}]).iloc[0]
    assert row["inputs"] == 5
    assert row["labeled"] == 0
    assert row["reviewed"] is pd.NA


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"<html>", "not a valid TaskPage"),
        ({"tasks": [{"id": 7}]}, r"tasks\[0\]\.id"),
        ([{"id": "t", "created_at": "yesterday"}], "created_at: not a time"),
    ],
)
def test_what_is_no_task_is_refused_by_name(source, message):
    with pytest.raises(MessageError, match=message):
        frames.tasks_frame(source)


def test_long_texts_are_read_in_parts_alike(tasks, monkeypatch):
    text = encode(MultiTaskResponse(tasks=tasks * 3))
    whole = frames.tasks_frame(text)
    monkeypatch.setattr("tasknb.frames.read._LONG", 0)
    monkeypatch.setattr("tasknb.frames.read._PART", 2)
    assert_frame_equal(frames.tasks_frame(text), whole)
    assert frames.tasks_frame(b'{"status": {}}').empty
    with pytest.raises(MessageError, match=r"tasks\[1\].name"):
        frames.tasks_frame(b'{"tasks": [{"id": "a"}, {"name": 7}]}')


@pytest.mark.parametrize("source", [7, ["t1"], [object()]])
def test_what_cannot_be_tasks_is_refused(source):
    with pytest.raises((TypeError, MessageError)):
        frames.tasks_frame(source)


def test_a_partition_without_a_number_says_so():
    task = Task(id="t", worker=TaskWorker(strategy="PARTITIONED", partitioned_strategy_info=PartitionedStrategyInfo()))
    assert frames.tasks_frame([task])[["workers_per_input", "labels_per_input"]].isna().all(axis=None)


def test_metadata_stays_json(frame):
    assert msgspec.json.decode(frame.loc[0, "metadata"]) == {"batch": 3}


def test_parquet_brings_back_the_same_frame(frame, tmp_path):
    pytest.importorskip("pyarrow")
    frame.to_parquet(tmp_path / "tasks.parquet")
    again = pd.read_parquet(tmp_path / "tasks.parquet")
    lists = [name for name in frame if frame[name].map(type).eq(list).all()]
    assert_frame_equal(again.drop(columns=lists), frame.drop(columns=lists))
    assert_frame_equal(again.tasks.workers(), frame.tasks.workers())
    assert_frame_equal(again.tasks.reviewers(), frame.tasks.reviewers())
