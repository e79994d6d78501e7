"""The forecast is right about its own uncertainty, and silent where it knows nothing."""

from __future__ import annotations

import random

import pytest

from tasknb.forecast import forecast


def arrivals(rng, rate, count, burst=1):
    """The moments at which `count` pieces of work end, `burst` at a time."""
    moment, moments = 0.0, []
    while len(moments) < count:
        moment += rng.expovariate(rate / burst)
        moments += [moment] * burst
    return moments[:count]


def looked_at(moments, every, until):
    times = [every * i for i in range(int(until / every) + 1)]
    return times, [sum(moment <= time for moment in moments) for time in times]


def test_a_steady_pace_is_continued():
    found = forecast([0, 10, 20, 30], [0, 10, 20, 30], 60)
    assert found.rate == pytest.approx(1)
    assert found.seconds == pytest.approx(60)
    assert found.low < 60 < found.high


@pytest.mark.parametrize("burst", [1, 10])
def test_the_interval_holds_the_truth_in_eight_cases_of_ten(burst):
    rng = random.Random(7)
    hits, cases = 0, 300
    for _ in range(cases):
        moments = arrivals(rng, 1.0, 400, burst)
        now = moments[149]
        times, finished = looked_at(moments, 5.0, now)
        found = forecast(times, finished, 400 - finished[-1])
        hits += found.low <= moments[-1] - times[-1] <= found.high
    assert 0.7 < hits / cases < 0.9


def test_bursts_widen_the_interval():
    rng = random.Random(3)
    widths = []
    for burst in (1, 20):
        times, finished = looked_at(arrivals(rng, 1.0, 400, burst), 5.0, 300)
        found = forecast(times, finished, 100)
        widths.append(found.high / found.low)
    assert widths[1] > 1.5 * widths[0]


def test_only_the_recent_past_counts():
    times = list(range(0, 2000, 10))
    finished = [time if time < 1000 else 1000 + 4 * (time - 1000) for time in times]
    assert forecast(times, finished, 100).rate == pytest.approx(4, rel=0.1)


def test_a_pause_slows_the_forecast_down():
    busy = forecast([0, 10, 20], [0, 50, 100], 100)
    paused = forecast([0, 10, 20, 100], [0, 50, 100, 100], 100)
    assert paused.seconds > 3 * busy.seconds


@pytest.mark.parametrize(
    ("times", "finished"), [([], []), ([0], [10]), ([0, 10], [3, 3]), ([0, 10], [0, 4]), ([5, 5], [0, 50])]
)
def test_too_little_seen_gives_no_forecast(times, finished):
    assert forecast(times, finished, 10) is None


def test_work_that_was_sent_back_starts_the_window_anew():
    assert forecast([0, 10, 20, 30], [0, 50, 40, 42], 10) is None
    assert forecast([0, 10, 20, 30], [0, 50, 40, 50], 10).rate == pytest.approx(1)


def test_nothing_left_takes_no_time():
    assert forecast([0, 10], [0, 10], 0).seconds == 0
