"""The doorways: they check the frame, hold nothing, and forward."""

import re

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tasknb import frames
from tasknb.frames import accessors
from tasknb.messages.wire import to_dict


def test_a_stranger_is_told_what_is_missing_and_where_to_get_it():
    with pytest.raises(AttributeError, match=r"task_id, name, .* are missing\. Get one by client\.tasks\.frame\(\)"):
        pd.DataFrame({"x": [1]}).tasks  # noqa: B018
    with pytest.raises(AttributeError, match=r"needs the columns worker, label; client\.tasks\.frame"):
        pd.DataFrame({"task": [1]}).labels  # noqa: B018


def test_a_frame_without_the_columns_seems_to_have_no_accessor():
    assert not hasattr(pd.DataFrame({"x": [1]}), "labels")


def test_the_accessor_forwards(tasks):
    frame = frames.tasks_frame(tasks)
    assert_frame_equal(frame.tasks.workers(), frames.workers(frame))
    assert_frame_equal(frame.tasks.reviewers(), frames.reviewers(frame))
    assert_frame_equal(frame.tasks.progress(), frames.task_progress(frame))
    assert frame.tasks.frame() is frame


def test_a_normalized_list_of_tasks_works_as_it_is(tasks):
    normalized = pd.json_normalize([to_dict(task) for task in tasks])
    frame = frames.tasks_frame(tasks)
    assert_frame_equal(normalized.tasks.workers(), frame.tasks.workers())
    assert_frame_equal(normalized.tasks.progress(), frame.tasks.progress())


def test_progress_counts_what_remains(tasks):
    progress = frames.tasks_frame(tasks).tasks.progress()
    assert progress.loc["t1", ["inputs", "labeled", "remaining"]].tolist() == [100, 40, 60]
    assert progress.loc["t3", "remaining"] is pd.NA


def test_a_selection_of_rows_still_works(tasks):
    frame = frames.tasks_frame(tasks)
    assert frame[frame["status"] == "done"].tasks.workers()["worker"].tolist() == ["ann", "bob.x"]


def test_every_method_names_the_function_that_it_forwards_to():
    classes = (accessors.TasksAccessor, accessors.LabelsAccessor, accessors.TaskPlots, accessors.LabelPlots)
    for kind in classes:
        for name, method in vars(kind).items():
            if name.startswith("_") or not callable(method):
                continue
            named = re.findall(r"tasknb\.frames\.(\w+)", method.__doc__)
            assert len(named) == 1, f"{kind.__name__}.{name}"
            assert callable(getattr(frames, named[0]))
