"""When a task will be done: plain arithmetic on how much was finished by when, for widgets, frames and reports."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Forecast", "forecast"]

MIN_FINISHED = 5
WINDOW_FINISHED = 200
SLICES = 20
Z_80 = 1.2816  # the standard normal distribution has 80 % of its mass within this many standard deviations


@dataclass(frozen=True, slots=True)
class Forecast:
    """An estimate of the time that the rest will take.

    Attributes
    ----------
    rate : float
        What is finished per second now.
    seconds : float
        The likeliest time until all is finished, counted from the last observation.
    low, high : float
        The interval that holds the true time in about 8 cases of 10, if people go on as they did.
    """

    rate: float
    seconds: float
    low: float
    high: float


def forecast(times: Sequence[float], finished: Sequence[float], remaining: float) -> Forecast | None:
    """Estimate when the `remaining` work is done from how it went so far.

    Only the recent past counts: the time in which the last 200 were finished. The interval is that of an over-dispersed
    Poisson process: its variance per slice of time is compared with its mean, so that bursts and pauses widen it.

    Parameters
    ----------
    times : sequence of float
        When it was looked, in seconds, ascending.
    finished : sequence of float
        How much was finished in all at each of those times.
    remaining : float
        How much is left after the last of them.

    Returns
    -------
    Forecast or None
        None as long as fewer than 5 have been finished while it was looked: that says nothing about the rest.
    """
    if len(times) < 2:
        return None
    first = _window(finished)
    times, finished = times[first:], finished[first:]
    done, seconds = finished[-1] - finished[0], times[-1] - times[0]
    if seconds <= 0 or done < MIN_FINISHED:
        return None
    rate = done / seconds
    likeliest = max(remaining, 0) / rate
    spread = Z_80 * math.sqrt(_dispersion(times, finished) * (1 / done + 1 / max(remaining, 1)))
    return Forecast(rate, likeliest, likeliest * math.exp(-spread), likeliest * math.exp(spread))


def _window(finished: Sequence[float]) -> int:
    # A count that sank (work sent back) starts the window anew, or the rate could come out negative.
    start = next((i for i in range(len(finished) - 1, 0, -1) if finished[i] < finished[i - 1]), 0)
    if finished[-1] - finished[start] < MIN_FINISHED:
        return start
    return max(start, bisect_right(finished, finished[-1] - WINDOW_FINISHED, start) - 1)


def _dispersion(times: Sequence[float], finished: Sequence[float]) -> float:
    """The variance of what is finished in a slice of time over its mean; at least 1, what pure chance gives."""
    done = finished[-1] - finished[0]
    slices = int(min(SLICES, len(times) - 1, done / MIN_FINISHED))
    if slices < 3:
        return 1.0
    width = (times[-1] - times[0]) / slices
    marks = [_at(times, finished, times[0] + width * i) for i in range(slices + 1)]
    counts = [after - before for before, after in pairwise(marks)]
    mean = done / slices
    variance = sum((count - mean) ** 2 for count in counts) / (slices - 1)
    return max(1.0, variance / mean)


def _at(times: Sequence[float], finished: Sequence[float], moment: float) -> float:
    """What was finished at a moment between two observations, by a straight line."""
    after = min(max(bisect_left(times, moment), 1), len(times) - 1)
    start, end = times[after - 1], times[after]
    share = min(1.0, (moment - start) / (end - start)) if end > start else 1.0
    return finished[after - 1] + share * (finished[after] - finished[after - 1])
