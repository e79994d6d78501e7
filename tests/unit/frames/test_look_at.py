"""Contested inputs and other consensus settings."""

import pandas as pd
import pytest

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames


def long(rows):
    """Rows of an input's labels in the order in which workers 0, 1, 2 … gave them."""
    cells = [(task, f"w{number}", label) for task, said in rows.items() for number, label in enumerate(said)]
    return pd.DataFrame(cells, columns=["task", "worker", "label"])


@pytest.fixture
def labels():
    return long({"sure": "aaa", "split": "abc", "near": "aab", "alone": "b"})


def test_only_contested_inputs_are_shown_the_worst_first(labels):
    found = labels.labels.disagreements()
    assert found.index.tolist() == ["split", "near"]
    assert found["said"].tolist() == ["a: 1, b: 1, c: 1", "a: 2, b: 1"]
    assert found["classes"].tolist() == [3, 2]
    assert found["tied"].tolist() == [True, False]


def test_without_labels_nothing_is_contested(labels):
    assert len(frames.disagreements(labels.iloc[:0])) == 0
    assert len(frames.disagreements(labels[labels["task"] == "sure"])) == 0


def test_what_if_replays_each_setting(labels):
    found = labels.labels.what_if(truth={"sure": "a", "split": "c", "near": "b", "alone": "a"})
    assert found.index.tolist() == [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)]
    assert found.loc[(1, 1), ["inputs", "approved", "wrong", "labels"]].tolist() == [4, 4, 3, 4]
    assert found.loc[(2, 2), ["inputs", "approved", "to_review", "wrong"]].tolist() == [3, 2, 1, 1]
    assert found.loc[(3, 2), ["inputs", "approved", "wrong", "wrong_share"]].tolist() == [3, 2, 1, 0.5]
    assert found.loc[(3, 3), ["inputs", "approved", "wrong"]].tolist() == [3, 1, 0]


def test_what_if_replays_in_the_order_of_handing_in(labels):
    times = pd.date_range("2026-11-23", periods=len(labels), freq="min", tz="UTC")
    late_first = labels.assign(submitted_at=times).sample(frac=1, random_state=3)
    truth = {"sure": "a", "split": "c"}
    pd.testing.assert_frame_equal(frames.what_if(late_first, truth=truth), frames.what_if(labels, truth=truth))


def test_a_truth_that_nobody_says_is_wrong_and_one_not_known_is_not_checked(labels):
    found = frames.what_if(labels, workers=[3], threshold=[2], truth={"sure": "z"})
    assert found.loc[(3, 2), ["approved", "checked", "wrong"]].tolist() == [2, 1, 1]


def test_one_setting_is_taken_as_a_number(labels):
    pd.testing.assert_frame_equal(
        labels.labels.what_if(workers=3, threshold=2), frames.what_if(labels, workers=[3], threshold=[2])
    )


def test_without_a_truth_the_model_stands_for_it():
    labels = long({f"i{number}": "aaaab" if number % 2 else "bbbba" for number in range(20)})
    found = frames.what_if(labels, workers=[3], threshold=[3])
    assert found.loc[(3, 3), ["approved", "wrong"]].tolist() == [20, 0]


def test_what_if_of_nothing_is_empty(labels):
    assert len(frames.what_if(labels.iloc[:0])) == 0
