"""Who does what."""

import pandas as pd
import pytest

from tasknb import frames


def test_one_row_a_task_and_worker_with_shares(tasks):
    workers = frames.workers(frames.tasks_frame(tasks))
    assert workers["worker"].tolist() == ["ann", "bob.x", "cleo", "ann", "bob.x"]
    assert workers["share"].tolist()[:3] == pytest.approx([2 / 3.5, 1.5 / 3.5, 0])
    assert workers.loc[0, "expected"] == pytest.approx(100 * 2 * 2 / 3.5)
    assert workers.loc[3:, ["share", "expected"]].isna().all(axis=None)  # who draws has no share
    assert workers[["pending", "done", "assigned"]].isna().all(axis=None)
    assert workers["estimated"].all()


def test_reviewer_lists_are_joined_by_name(tasks):
    reviewers = frames.reviewers(frames.tasks_frame(tasks))
    assert reviewers["reviewer"].tolist() == ["rita", "sam", "rita"]
    assert reviewers["reviewed"].tolist()[:2] == [7, 3]
    assert reviewers["reviewable"].tolist()[:2] == [20, 20]
    assert reviewers["percent"].tolist()[:2] == [35, 15]
    assert reviewers["estimated"].tolist() == [True, True, False]
    assert pd.isna(reviewers.loc[2, "reviewed"])  # the server sent no metrics: unknown, not 0


@pytest.fixture
def labels(assignment, annotation):
    # ann is given three inputs at once and hands them in after 10, 30 and, with a long pause, 5,000 seconds.
    given = [assignment("ann", f"i{number}", "SUCCESS") for number in range(3)]
    given += [assignment("bob", "i0", "REJECTED"), assignment("bob", "i1", "PENDING")]
    said = [annotation("ann", f"i{number}", {"water": 1.0}, seconds=at) for number, at in enumerate((10, 30, 5000))]
    said.append(annotation("bob", "i0", {"land": 1.0}, seconds=120))
    return frames.labels_frame(said, given, task_id="t1")


def test_handling_time_runs_from_the_label_before(labels):
    seconds = frames.handling_seconds(labels)
    assert seconds.tolist()[:4] == [10, 20, 4970, 120]
    assert pd.isna(seconds[4])


def test_by_worker_counts_and_leaves_pauses_out(labels):
    workers = labels.labels.by_worker()
    ann, bob = workers.loc["ann"], workers.loc["bob"]
    assert ann[["done", "assigned", "labeled"]].tolist() == [3, 3, 3]
    assert bob[["done", "rejected", "pending", "assigned", "labeled"]].tolist() == [0, 1, 1, 2, 1]
    assert ann["median_seconds"] == 15
    assert ann["per_hour"] == pytest.approx(240)
    assert ann["last_at"] - ann["first_at"] == pd.Timedelta(4990, "s")


def test_a_longer_pause_can_be_allowed(labels):
    assert labels.labels.by_worker(pause="2h").loc["ann", "median_seconds"] == 20


def test_by_worker_of_frames_that_were_put_together(labels):
    repeated = labels.set_axis([0] * len(labels))
    pd.testing.assert_frame_equal(frames.by_worker(repeated), frames.by_worker(labels))


def test_by_worker_on_any_index_and_order(labels):
    shuffled = labels.sample(frac=1, random_state=1).set_index(pd.Index(list("vwxyz")))
    pd.testing.assert_frame_equal(frames.by_worker(shuffled).sort_index(), frames.by_worker(labels).sort_index())


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match=r"by_worker\(\) needs the columns status, created_at, submitted_at; client"):
        frames.by_worker(pd.DataFrame({"task": [1], "worker": [1], "label": [1]}))
