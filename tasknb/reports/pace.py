"""How the work went over time, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.forecast import forecast
from tasknb.reports.data import Ahead, History

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

POINTS = 160
"""How many points of the history a report keeps."""

KEPT = 500
"""How many points of one task are kept until all tasks are read."""

FARTHEST = 10 * 365 * 86_400
"""Seconds; an end that may be later than this is none that anybody plans for."""


def ahead(
    times: pd.DatetimeIndex, ranks: np.ndarray[Any, np.dtype[np.float64]], pending: float, now: datetime
) -> Ahead | None:
    """When the pending labels will be in.

    Parameters
    ----------
    times, ranks
        Handed in by that moment were so many labels.
    pending : float
        Labels still to come.
    now : datetime
        Silence until now counts too.
    """
    before = times <= pd.Timestamp(now)
    seconds = times[before].as_unit("us").asi8 / 1e6
    known = ranks[: len(seconds)]
    if not len(known):
        return None
    found = forecast([*seconds.tolist(), now.timestamp()], [*known.tolist(), float(known[-1])], pending)
    if found is None or found.high > FARTHEST:
        return None
    expected, low, high = (now + timedelta(seconds=value) for value in (found.seconds, found.low, found.high))
    return Ahead(expected_at=expected, low_at=low, high_at=high, per_hour=found.rate * 3600)


def latest(ends: Iterable[Ahead | None]) -> Ahead | None:
    """When the last of several will be done; those without an estimate are left out."""
    known = [end for end in ends if end]
    if not known:
        return None
    return Ahead(
        expected_at=max(end.expected_at for end in known),
        low_at=max(end.low_at for end in known),
        high_at=max(end.high_at for end in known),
        per_hour=sum(end.per_hour for end in known),
    )


@dataclass(slots=True)
class Timeline:
    """Labels handed in over time, over several tasks."""

    _times: list[np.ndarray[Any, np.dtype[np.int64]]] = field(default_factory=list)
    _added: list[np.ndarray[Any, np.dtype[np.float64]]] = field(default_factory=list)

    def add(self, times: pd.DatetimeIndex, ranks: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        """The times of one task's labels, and how many there were by each."""
        if not len(times):
            return
        seconds = times.as_unit("us").asi8
        if len(seconds) > KEPT:
            # Evenly spread, so that a sample's gaps become straight lines and not steps.
            marks = np.linspace(seconds[0], seconds[-1], KEPT).astype(np.int64)
            seconds, ranks = marks, np.interp(marks, seconds, ranks)
        self._times.append(seconds)
        self._added.append(np.diff(ranks, prepend=0.0))

    def history(self, total: int) -> History:
        """At most `POINTS` points of the sum, evenly spread over the time."""
        if not self._times:
            return History(total=total)
        times = np.concatenate(self._times)
        order = np.argsort(times, kind="stable")
        times, summed = times[order], np.concatenate(self._added)[order].cumsum()
        marks = np.linspace(times[0], times[-1], min(POINTS, len(times)))
        at = np.unique(np.searchsorted(times, marks.astype(np.int64), side="right") - 1)
        index = pd.DatetimeIndex(times[at].astype("datetime64[us]"), tz="UTC")
        return History(
            times=[one.to_pydatetime() for one in index],
            handed_in=summed[at].round().astype(int).tolist(),
            total=total,
        )
