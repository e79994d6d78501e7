"""What has been seen of a task so far: the state that a progress view shows, and what changed since the last look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasknb import look
from tasknb.forecast import Forecast, forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.widgets.reading import Counts, Reading, WorkerReading

POINTS_KEPT = 10_000
POINTS_SHOWN = 240
QUIET_SECONDS = 300
QUIET_PIECES = 10


@dataclass(frozen=True, slots=True)
class Point:
    """One look in the history: when, how much work there was, and how much of it in each counted status."""

    taken: float
    total: int
    counts: Counts

    @property
    def finished(self) -> int:
        """Done or rejected."""
        return self.counts[3] + self.counts[4]


@dataclass(slots=True)
class Seen:
    """What is known of one worker beyond the last reading.

    Attributes
    ----------
    first : int
        The pieces of work that he had handed in when he was first looked at.
    since : float
        When that was, in seconds since 1970.
    changed : float
        When his counts were last seen to change; 0 for never.
    """

    first: int
    since: float
    changed: float = 0.0


def handed_in(counts: Counts) -> int:
    """The pieces of work that have left the worker's hands: everything but pending."""
    return sum(counts[1:])


class Tracker:
    """Takes readings and failures; gives the whole state, and after each the part of it that changed.

    It holds plain data and is not locked: whoever shares it between threads holds a lock around each call.
    """

    def __init__(self) -> None:
        self.version = 0
        self.reading: Reading | None = None
        self.failure: dict[str, Any] | None = None
        self.points: list[Point] = []
        self._seen: dict[str, Seen] = {}

    def see(self, reading: Reading) -> dict[str, Any]:
        """Take a reading; the message that brings a browser from the state before to the state after it."""
        before, head = self.reading, self._head()
        moved = self._moved(before, reading)
        for index in moved:
            self._seen[reading.workers[index].id].changed = reading.taken
        self.reading, self.failure = reading, None
        self._remember(Point(reading.taken, reading.total, reading.counts))
        message = self._message({key: value for key, value in self._head().items() if head.get(key) != value})
        if before is None or [one.id for one in before.workers] != [one.id for one in reading.workers]:
            message["set"]["workers"] = self._workers()
        elif moved:
            message["workers"] = _columns(before.workers, reading.workers, moved)
        return message

    def fail(self, text: str, now: float, retry: float | None) -> dict[str, Any]:
        """Take a failed look: what went wrong, when, and when the next one comes (None: never)."""
        since = self.failure["since"] if self.failure else now
        self.failure = {"message": text, "since": since, "retry": retry}
        return self._message({"failure": self.failure})

    def snapshot(self) -> dict[str, Any]:
        """The whole state as plain lists, strings and numbers."""
        state = {"version": self.version, "history": [_row(point) for point in thinned(self.points, POINTS_SHOWN)]}
        return {**state, **self._head(), "workers": self._workers()}

    @property
    def moved(self) -> bool:
        """Whether the last reading differs from the one before it."""
        return len(self.points) < 2 or self.points[-1].counts != self.points[-2].counts

    def forecast(self) -> Forecast | None:
        """When all will be finished; None when that cannot be told, or when it is."""
        reading = self.reading
        if reading is None or reading.complete or reading.ended:
            return None
        times = [point.taken for point in self.points]
        return forecast(times, [point.finished for point in self.points], reading.total - reading.finished)

    def stalled(self) -> list[str]:
        """The workers who hold pending work and have been quiet for long: 5 minutes, and ten times a usual piece."""
        reading = self.reading
        if reading is None or reading.ended:
            return []
        usual = self._usual_seconds(reading)
        limit = max(QUIET_SECONDS, QUIET_PIECES * usual)
        return [
            worker.id
            for worker in reading.workers
            if worker.counts[0] and reading.taken - self._last_sign(worker.id) > limit
        ]

    def _last_sign(self, worker_id: str) -> float:
        seen = self._seen[worker_id]
        return seen.changed or seen.since

    def _usual_seconds(self, reading: Reading) -> float:
        """How long one piece of work takes one worker, by all who were seen to hand some in."""
        pieces, seconds = 0, 0.0
        for worker in reading.workers:
            seen = self._seen[worker.id]
            done = handed_in(worker.counts) - seen.first
            if done > 0:
                pieces += done
                seconds += seen.changed - seen.since
        return seconds / pieces if pieces else 0.0

    def _moved(self, before: Reading | None, reading: Reading) -> list[int]:
        """The indexes of the workers whose counts changed; those not seen before are noted, and have not moved."""
        known = {worker.id: worker.counts for worker in before.workers} if before else {}
        moved = []
        for index, worker in enumerate(reading.workers):
            if worker.id not in self._seen:
                self._seen[worker.id] = Seen(handed_in(worker.counts), reading.taken)
            if worker.id in known and known[worker.id] != worker.counts:
                moved.append(index)
        return moved

    def _remember(self, point: Point) -> None:
        # Of a rest only its two ends are kept: a straight line needs no more.
        if len(self.points) >= 2 and self.points[-1].counts == self.points[-2].counts == point.counts:
            self.points[-1] = point
            return
        self.points.append(point)
        if len(self.points) > POINTS_KEPT:
            self.points = thinned(self.points, POINTS_KEPT // 2)

    def _head(self) -> dict[str, Any]:
        """Everything but the workers' rows and the history: small, and sent again where it changed."""
        reading = self.reading
        if reading is None:
            return {"task": None, "failure": self.failure}
        ahead = self.forecast()
        return {
            "task": {
                "id": reading.id,
                "name": reading.name,
                "status": look.label(reading.status),
                "ended": reading.ended,
                "strategy": reading.strategy,
                "unit": reading.unit,
            },
            "total": reading.total,
            "estimated": reading.estimated,
            "counts": list(reading.counts),
            "reviewers": [[one.id, one.name, one.reviewed, one.reviewable] for one in reading.reviewers],
            "taken": round(reading.taken, 1),
            "forecast": ahead and [round(number, 3) for number in (ahead.rate, ahead.low, ahead.seconds, ahead.high)],
            "stalled": self.stalled(),
            "failure": self.failure,
        }

    def _workers(self) -> dict[str, Any]:
        workers = self.reading.workers if self.reading else ()
        seen = [self._seen[worker.id] for worker in workers]
        return {
            "id": [worker.id for worker in workers],
            "name": [worker.name for worker in workers],
            "kind": [worker.kind for worker in workers],
            "counts": [[worker.counts[status] for worker in workers] for status in range(5)],
            "first": [one.first for one in seen],
            "since": [round(one.since, 1) for one in seen],
            "changed": [round(one.changed, 1) for one in seen],
        }

    def _message(self, changed: dict[str, Any]) -> dict[str, Any]:
        self.version += 1
        message: dict[str, Any] = {"update": self.version, "set": changed}
        if "taken" in changed and self.points:
            message["point"] = _row(self.points[-1])
        return message


def thinned(points: list[Point], most: int) -> list[Point]:
    """At most so many of the points, evenly chosen; the first and the last stay."""
    if len(points) <= most:
        return points
    step = (len(points) - 1) / (most - 1)
    return [points[round(index * step)] for index in range(most)]


def _row(point: Point) -> list[float]:
    return [round(point.taken, 1), point.total, *point.counts]


def _columns(before: Sequence[WorkerReading], after: Sequence[WorkerReading], moved: list[int]) -> dict[str, Any]:
    """The rows that moved, column by column, and only the columns in which something moved."""
    columns = {}
    for status in range(5):
        values = [after[index].counts[status] for index in moved]
        if values != [before[index].counts[status] for index in moved]:
            columns[str(status)] = values
    return {"rows": moved, "columns": columns}
