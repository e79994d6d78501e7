"""Assignments and annotations, joined by labeling task, input and worker."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tasknb import frames
from tasknb.messages.content_requests import MultiAnnotationResponse
from tasknb.messages.requests import MultiTaskAssignmentResponse
from tasknb.messages.wire import encode


@pytest.fixture
def labels(assignment, annotation):
    assignments = [
        assignment("ann", "i1", "SUCCESS"),
        assignment("bob", "i1", "AWAITING_REVIEW"),
        assignment("ann", "i2", "PENDING", modified=0),
        assignment("bob", "i2", "REJECTED"),
        assignment("cleo", "i2", "PENDING"),
    ]
    annotations = [
        annotation("bob", "i1", {"land": 1.0, "water": 0.0}, seconds=40),
        annotation("ann", "i1", {"water": 1.0}, seconds=20),
        annotation("bob", "i2", {"water": 1.0}, seconds=10),
        annotation("bob", "i2", {"algae": 0.5}, seconds=50),
        annotation("cleo", "i2", {"land": 1.0}, seconds=45, status="PENDING"),
    ]
    return frames.labels_frame(annotations, assignments, task_id="t1", task_name="Water")


def test_one_row_an_assignment_in_the_order_of_assignments(labels):
    assert list(labels[["worker", "task"]].itertuples(index=False, name=None)) == [
        ("ann", "i1"),
        ("bob", "i1"),
        ("ann", "i2"),
        ("bob", "i2"),
        ("cleo", "i2"),
    ]
    assert (labels["task_id"] == "t1").all()
    assert (labels["task_name"] == "Water").all()
    assert (labels["kind"] == "user").all()


def test_labels_of_several_concepts_are_joined_and_absence_is_marked(labels):
    assert labels["label"].tolist()[:2] == ["water", "land|!water"]
    assert labels.loc[3, "label"] == "algae|water"
    assert labels["annotations"].tolist() == [1, 1, 0, 2, 1]
    assert labels["value"].tolist()[:2] == [1.0, 0.5]


def test_what_is_not_labeled_has_no_label(labels):
    assert pd.isna(labels.loc[2, "label"])
    assert pd.isna(labels.loc[2, "value"])
    assert labels.loc[2, "status"] == "pending"


def test_the_time_of_the_last_annotation_is_when_it_was_handed_in(labels, noon):
    seconds = (labels["submitted_at"] - noon).dt.total_seconds()
    assert seconds.tolist()[:2] == [20, 40]
    assert seconds[3] == 50
    assert labels.loc[[2, 4], "submitted_at"].isna().all()  # pending, though cleo has begun


def test_without_annotations_the_assignments_last_change_counts(assignment, noon):
    labels = frames.labels_frame([], [assignment("ann", "i1", "SUCCESS", modified=90)], task_id="t1")
    assert labels.loc[0, "submitted_at"] == noon + pd.Timedelta(90, "s")
    assert pd.isna(labels.loc[0, "label"])


def test_without_assignments_the_annotations_make_the_rows(annotation):
    said = [
        annotation("ann", "i1", {"water": 1.0}),
        annotation("ann", "i1", {"land": 1.0}, seconds=31, status="AWAITING_REVIEW"),
        annotation("bob", "i1", {"water": 1.0}, status="REVIEW_DENIED"),
    ]
    labels = frames.labels_frame(said)
    assert labels["worker"].tolist() == ["ann", "bob"]
    assert labels["label"].tolist() == ["land|water", "water"]
    assert labels["status"].tolist() == ["awaiting_review", "rejected"]
    assert labels["task_id"].tolist() == ["t1", "t1"]
    assert labels[["assignment_id", "created_at"]].isna().all(axis=None)


def test_pages_of_json_make_the_same_frame(assignment, annotation):
    assignments = [assignment(name, f"i{number}", "SUCCESS") for name in ("ann", "bob") for number in range(3)]
    said = [annotation(one.worker.id, one.input.id, {"water": 1.0}) for one in assignments]
    pages = [encode(MultiTaskAssignmentResponse(task_assignments=assignments[at : at + 4])) for at in (0, 4)]
    said_pages = [encode(MultiAnnotationResponse(annotations=said[at : at + 4])) for at in (0, 4)]
    assert_frame_equal(
        frames.labels_frame(said_pages, pages, task_id="t1"), frames.labels_frame(said, assignments, task_id="t1")
    )


def test_a_models_scores_are_kept():
    said = {"id": "a", "input_id": "i1", "worker": {"model": {"id": "general"}}, "status": {"code": 24150}}
    said["data"] = {"concepts": [{"id": "water", "value": 0.93}]}
    labels = frames.labels_frame([said])
    assert labels.loc[0, ["worker", "kind", "label", "value"]].tolist() == ["general", "model", "water", 0.93]


def test_parquet_brings_back_the_same_labels(labels, tmp_path):
    pytest.importorskip("pyarrow")
    labels.to_parquet(tmp_path / "labels.parquet")
    assert_frame_equal(pd.read_parquet(tmp_path / "labels.parquet"), labels)
