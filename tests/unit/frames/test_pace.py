"""When the work will be done, and who has stopped."""

import numpy as np
import pandas as pd
import pytest
from reference_labels import BEGIN, history

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames


def test_an_even_pace_goes_on():
    labels = history(np.arange(36, 7201, 36))  # 100 an hour for two hours
    now = BEGIN + pd.Timedelta("2h")
    row = labels.labels.forecast(now=now).loc["all"]
    assert row["remaining"] == 100
    assert row["per_hour"] == pytest.approx(100)
    assert row["expected_at"] == now + pd.Timedelta("1h")
    assert row["low_at"] < row["expected_at"] < row["high_at"]
    assert row["reason"] == ""


def test_the_interval_holds_as_often_as_it_says():
    """Labels come at random, with bursts; nine in ten true ends lie within the interval of 90 %."""
    generator = np.random.default_rng(5)
    inside = 0
    for _ in range(300):
        gaps = generator.exponential(30, 800) * np.where(generator.random(800) < 0.1, 6, 0.5)
        times = np.cumsum(gaps)
        row = frames.forecast(history(times[:400], 400), now=BEGIN + pd.Timedelta(times[399], "s")).loc["all"]
        end = BEGIN + pd.Timedelta(times[-1], "s")
        inside += row["low_at"] <= end <= row["high_at"]
    assert 0.85 <= inside / 300 <= 0.96


def test_a_window_forgets_the_slow_begin():
    labels = history([*range(0, 36000, 3600), *range(36000, 43200, 36)])
    now = BEGIN + pd.Timedelta("12h")
    assert frames.forecast(labels, now=now, window="2h").loc["all", "per_hour"] == pytest.approx(100)
    assert frames.forecast(labels, now=now).loc["all", "per_hour"] < 20


def test_by_worker_each_has_an_end():
    labels = pd.concat([history(range(0, 3600, 36)), history(range(0, 3600, 72), worker="bob")], ignore_index=True)
    found = frames.forecast(labels, by="worker", now=BEGIN + pd.Timedelta("1h"))
    assert found.index.tolist() == ["ann", "bob"]
    assert found.loc["ann", "expected_at"] < found.loc["bob", "expected_at"]


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (history([1, 2, 3]), "fewer than 5 labels tell of the pace"),
        (history([]), "fewer than 5 labels tell of the pace"),
        (history(range(0, 3600, 36), pending=0), "nothing is left to do"),
        (history([]).iloc[:0], "nothing is left to do"),
    ],
)
def test_without_a_forecast_there_is_a_reason(labels, reason):
    row = frames.forecast(labels, now=BEGIN + pd.Timedelta("1h")).loc["all"]
    assert row["reason"] == reason
    assert row[["expected_at", "low_at", "high_at"]].isna().all()


def test_stalled_is_who_is_silent_for_longer_than_usual(team):
    found = team.labels.stalled_workers(now=BEGIN + pd.Timedelta("4h"))
    assert found.index.tolist() == ["cleo", "bob", "ann"]  # dan has nothing left to do
    assert found["stalled"].tolist() == [True, True, False]
    assert found.loc["bob", "silent_hours"] == pytest.approx(3 + 1 / 60)
    assert found.loc["bob", "usual_hours"] == pytest.approx(1 / 60)


def test_who_always_paused_long_is_not_stalled():
    labels = history(range(0, 86400 * 5, 7200))
    now = labels["submitted_at"].max() + pd.Timedelta("5h")
    assert not frames.stalled_workers(labels, now=now).loc["ann", "stalled"]
    assert frames.stalled_workers(labels, now=now, times_usual=2).loc["ann", "stalled"]
