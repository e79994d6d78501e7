"""What a progress view knows, and that its updates carry what changed and nothing else."""

from __future__ import annotations

import json

import pytest

from tasknb.widgets.reading import Reading, WorkerReading
from tasknb.widgets.tracker import QUIET_SECONDS, Point, Tracker, thinned


def reading(taken, *done, per=100, pending=None, status="TASK_IN_PROGRESS", names=None):
    """One look at a task of len(done) workers with `per` pieces each."""
    counts = [(per - one, 0, 0, one, 0) for one in done]
    names = names or [f"w{i}" for i in range(len(done))]
    workers = tuple(WorkerReading(name, "", "user", row) for name, row in zip(names, counts, strict=True))
    summed = tuple(sum(column) for column in zip(*counts, strict=True)) if counts else (0,) * 5
    return Reading(taken, "t", "Task", status, "PARTITIONED", "NONE", 1, sum(summed), False, summed, workers, ())


def test_an_update_carries_only_what_changed():
    tracker = Tracker()
    tracker.see(reading(1000, 1, 2, 3))
    message = tracker.see(reading(1001, 1, 5, 3))
    assert message["update"] == 2
    assert message["workers"] == {"rows": [1], "columns": {"0": [95], "3": [5]}}
    assert set(message["set"]) == {"taken", "counts"}
    assert message["point"] == [1001, 300, 291, 0, 0, 9, 0]


def test_an_update_without_change_is_tiny():
    tracker = Tracker()
    tracker.see(reading(1000, 1, 2))
    message = tracker.see(reading(1001, 1, 2))
    assert message["set"] == {"taken": 1001}
    assert "workers" not in message


def test_new_workers_are_sent_whole():
    tracker = Tracker()
    tracker.see(reading(1000, 1, 2))
    message = tracker.see(reading(1001, 1, 2, 3))
    assert message["set"]["workers"]["id"] == ["w0", "w1", "w2"]


def test_an_update_of_200_workers_and_a_million_inputs_is_below_5_kb():
    tracker = Tracker()
    tracker.see(reading(1_700_000_000.1, *range(200), per=5000))
    message = tracker.see(reading(1_700_000_001.1, *(one + 7 for one in range(200)), per=5000))
    assert len(message["workers"]["rows"]) == 200
    assert len(json.dumps(message, separators=(",", ":"))) < 5000


def test_the_snapshot_is_plain_json_and_counts_its_versions():
    tracker = Tracker()
    assert tracker.snapshot()["task"] is None
    tracker.see(reading(1000, 1, 2))
    snapshot = tracker.snapshot()
    assert json.loads(json.dumps(snapshot)) == snapshot
    assert snapshot["version"] == 1
    assert snapshot["workers"]["counts"][3] == [1, 2]


def test_a_failure_keeps_the_data_and_the_time_since_when():
    tracker = Tracker()
    tracker.see(reading(1000, 1))
    tracker.fail("no answer", 1010, 1012)
    message = tracker.fail("no answer", 1020, 1024)
    assert message["set"]["failure"] == {"message": "no answer", "since": 1010, "retry": 1024}
    assert tracker.snapshot()["counts"] == [99, 0, 0, 1, 0]
    assert tracker.see(reading(1030, 1))["set"]["failure"] is None


def test_a_rest_is_kept_as_its_two_ends():
    tracker = Tracker()
    for second in range(50):
        tracker.see(reading(1000 + second, 1))
    tracker.see(reading(1050, 2))
    assert [point.taken for point in tracker.points] == [1000, 1049, 1050]


def test_a_long_history_is_thinned_and_keeps_its_ends():
    points = [Point(float(i), 10, (10, 0, 0, 0, 0)) for i in range(1000)]
    fewer = thinned(points, 240)
    assert len(fewer) == 240
    assert (fewer[0], fewer[-1]) == (points[0], points[-1])


def test_a_worker_with_pending_work_stalls_after_a_long_silence():
    tracker = Tracker()
    for second in range(0, QUIET_SECONDS + 60, 20):
        tracker.see(reading(1000 + second, 10 + second // 20, 10))
    assert tracker.stalled() == ["w1"]


@pytest.mark.parametrize(("done", "status"), [(100, "TASK_IN_PROGRESS"), (10, "TASK_DONE")])
def test_nobody_stalls_without_pending_work_or_after_the_end(done, status):
    tracker = Tracker()
    for second in range(0, QUIET_SECONDS + 60, 20):
        tracker.see(reading(1000 + second, done, status=status))
    assert tracker.stalled() == []


def test_slow_work_is_no_stall():
    tracker = Tracker()
    # One piece in two minutes each: five minutes of silence are nothing then.
    for second in range(0, 1200, 120):
        tracker.see(reading(1000 + second, 10 + second // 120, 10 + min(second, 720) // 120))
    assert tracker.stalled() == []


def test_the_forecast_ends_with_the_task():
    tracker = Tracker()
    for second in range(10):
        tracker.see(reading(1000 + second, 10 * second))
    assert tracker.forecast().seconds == pytest.approx(1)
    tracker.see(reading(1010, 100))
    assert tracker.forecast() is None
