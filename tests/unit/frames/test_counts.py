"""How far the work is."""

import pandas as pd
import pytest

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames

MONDAY = pd.Timestamp("2026-11-23 09:00", tz="UTC")


@pytest.fixture
def labels():
    return pd.DataFrame(
        {
            "task": ["i1", "i2", "i3", "i1", "i2"],
            "worker": ["ann", "ann", "ann", "bob", "bob"],
            "label": ["a", "b", None, "a", "a"],
            "status": ["done", "awaiting_review", "pending", "rejected", "done"],
            "task_id": "t1",
            "submitted_at": [MONDAY, MONDAY + pd.Timedelta("1D"), pd.NaT, MONDAY, MONDAY + pd.Timedelta("2h")],
        }
    )


def test_progress_counts_the_states(labels):
    row = labels.labels.progress().loc["t1"]
    assert row[["pending", "awaiting_review", "awaiting_consensus", "done", "rejected"]].tolist() == [1, 1, 0, 2, 1]
    assert row[["assigned", "submitted", "finished", "share"]].tolist() == [5, 4, 3, 0.8]


@pytest.mark.parametrize(("by", "keys"), [("worker", ["ann", "bob"]), ("label", ["a", "b"])])
def test_progress_by_any_column(labels, by, keys):
    found = frames.progress(labels, by)
    assert found.index.tolist() == keys
    assert found.index.name == by
    assert (found["assigned"] == labels[by].value_counts().reindex(keys)).all()


def test_progress_by_day(labels):
    found = frames.progress(labels, "day")
    assert found.index.tolist() == [MONDAY.floor("D"), MONDAY.floor("D") + pd.Timedelta("1D")]
    assert found["submitted"].tolist() == [3, 1]


def test_progress_of_nothing_has_the_same_columns(labels):
    assert list(frames.progress(labels.iloc[:0]).columns) == list(frames.progress(labels).columns)


def test_throughput_counts_hours_without_labels_as_none(labels):
    found = labels.labels.throughput("h")
    assert len(found) == 25
    assert found.iloc[[0, 1, 2, 24]].tolist() == [2, 0, 1, 1]
    assert found.sum() == 4


def test_throughput_by_worker_has_a_column_each(labels):
    found = labels.labels.throughput("D", by="worker")
    assert found.to_numpy().tolist() == [[1, 2], [1, 0]]


def test_throughput_of_nothing_is_empty(labels):
    assert len(frames.throughput(labels.iloc[:0])) == 0


def test_missing_columns_are_named(labels):
    with pytest.raises(ValueError, match=r"progress\(by='concept'\) needs the columns concept"):
        frames.progress(labels, "concept")
