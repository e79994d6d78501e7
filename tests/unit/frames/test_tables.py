"""The table of columns is what the frames really have."""

import pandas as pd
import pytest

from tasknb import frames
from tasknb.frames.build import empty
from tasknb.frames.tables import TABLES

DTYPES = {"time": "datetime64[us, UTC]", "list": "object"}


def dtypes_of(table):
    return {column.name: DTYPES.get(column.dtype, column.dtype) for column in TABLES[table]}


def shown(frame):
    # pandas before 3 has no string dtype of its own by default.
    texts = {column.name for columns in TABLES.values() for column in columns if column.dtype == "str"}
    return {name: "str" if name in texts and dtype == "object" else str(dtype) for name, dtype in frame.dtypes.items()}


@pytest.mark.parametrize("table", [name for name in TABLES if name != "by_worker"])
def test_an_empty_frame_has_the_documented_dtypes(table):
    assert shown(empty(TABLES[table])) == dtypes_of(table)


def test_frames_have_the_documented_dtypes(tasks, assignment, annotation):
    frame = frames.tasks_frame(tasks)
    said = [annotation("ann", "i1", {"water": 1.0})]
    labels = frames.labels_frame(said, [assignment("ann", "i1", "SUCCESS")], task_id="t1", task_name="Water")
    assert shown(frame) == dtypes_of("tasks")
    assert shown(frames.workers(frame)) == dtypes_of("workers")
    assert shown(frames.reviewers(frame)) == dtypes_of("reviewers")
    assert shown(frames.annotations_frame(said)) == dtypes_of("annotations")
    assert shown(labels) == dtypes_of("labels")
    assert shown(frames.by_worker(labels)) == dtypes_of("by_worker")
    assert shown(frames.agreement(labels)) == dtypes_of("agreement")
    assert shown(frames.worker_pairs(labels)) == dtypes_of("worker_pairs")
    assert shown(frames.region_agreement(frames.annotations_frame(said))) == dtypes_of("region_agreement")


def test_empty_answers_keep_the_dtypes(tasks):
    frame = frames.tasks_frame([])
    labels = frames.labels_frame([], [])
    assert shown(frame) == dtypes_of("tasks")
    assert shown(frames.workers(frame)) == dtypes_of("workers")
    assert shown(frames.reviewers(frame)) == dtypes_of("reviewers")
    assert shown(frames.annotations_frame([])) == dtypes_of("annotations")
    assert shown(labels) == dtypes_of("labels")
    assert shown(frames.by_worker(labels)) == dtypes_of("by_worker")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_is(table):
    documented = frames.columns(table)
    assert (documented["meaning"].str.len() > 0).all()
    assert (documented["source"].str.len() > 0).all()
    numbers = documented["dtype"].isin(["Int64", "float64"])
    assert (documented.loc[numbers, "unit"].str.len() > 0).all()


def test_an_unknown_table_is_refused_with_the_names():
    with pytest.raises(ValueError, match="no table 'task'; there are tasks, workers"):
        frames.columns("task")


def test_columns_is_a_frame():
    documented = frames.columns("labels")
    assert isinstance(documented, pd.DataFrame)
    assert documented.loc["task", "meaning"] == "id of the input: what crowd-kit calls a task"
