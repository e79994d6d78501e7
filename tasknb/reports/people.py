"""Workers and reviewers over all tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb import frames
from tasknb.reports.data import ReviewerLine, WorkerLine
from tasknb.widgets.reading import COUNTED

if TYPE_CHECKING:
    from datetime import datetime

    from tasknb.reports.data import TaskLine
    from tasknb.widgets.reading import Reading


@dataclass(slots=True)
class People:
    """Sums what each does in one task after the other."""

    _workers: dict[str, WorkerLine] = field(default_factory=dict)
    _reviewers: dict[str, ReviewerLine] = field(default_factory=dict)
    _open: list[tuple[str, datetime | None]] = field(default_factory=list)
    _paced: list[pd.DataFrame] = field(default_factory=list)

    def add(self, task: TaskLine, read: Reading, paced: pd.DataFrame) -> None:
        """The people of one task, and its labels with ``worker`` and ``submitted_at``."""
        for one in read.workers:
            empty = WorkerLine(id=one.id, name=one.name, kind=one.kind, counts=dict.fromkeys(COUNTED, 0))
            line = self._workers.setdefault(one.id, empty)
            line.tasks += 1
            for key, number in zip(COUNTED, one.counts, strict=True):
                line.counts[key] += number
            if task.active and one.counts[0]:
                line.open += one.counts[0]
                self._open.append((one.id, task.created_at))
        for reviewer in read.reviewers:
            review = self._reviewers.setdefault(reviewer.id, ReviewerLine(id=reviewer.id, name=reviewer.name))
            review.tasks += 1
            review.reviewed += reviewer.reviewed
            review.reviewable += reviewer.reviewable
        if len(paced):
            self._paced.append(paced.astype({"worker": "str"}).astype({"worker": "category"}))

    def workers(self, now: datetime) -> list[WorkerLine]:
        """Every worker, who has handed in most first."""
        labels = self._labels()
        pace: dict[Any, Any] = frames.by_worker(labels).to_dict("index")
        silence: dict[Any, Any] = frames.stalled_workers(labels, now=pd.Timestamp(now)).to_dict("index")
        for line in self._workers.values():
            if row := pace.get(line.id):
                line.last_at = None if pd.isna(row["last_at"]) else row["last_at"].to_pydatetime()
                line.per_hour, line.median_seconds = _known(row["per_hour"]), _known(row["median_seconds"])
            if (row := silence.get(line.id)) and line.kind == "user":
                line.stalled = bool(row["stalled"])
                line.silent_seconds = max(0.0, 3600 * float(row["silent_hours"]))
        return sorted(self._workers.values(), key=lambda line: (-line.handed_in, line.id))

    def reviewers(self) -> list[ReviewerLine]:
        """Every reviewer, who has reviewed most first."""
        return sorted(self._reviewers.values(), key=lambda line: (-line.reviewed, line.id))

    def _labels(self) -> pd.DataFrame:
        """A frame of labels: one row a label handed in, and one for each task in which a worker has open work."""
        open_work = pd.DataFrame(self._open, columns=["worker", "created_at"])
        rows = pd.concat([*self._paced, open_work], ignore_index=True)
        given = np.arange(len(rows)) < len(rows) - len(open_work)
        return pd.DataFrame(
            {
                "worker": rows["worker"].astype("str").astype("category"),
                "label": pd.Series("said", index=rows.index).where(given),
                "status": pd.Series("done", index=rows.index).where(given, "pending"),
                "created_at": _times(rows, "created_at"),
                "submitted_at": _times(rows, "submitted_at"),
            }
        )


def _times(rows: pd.DataFrame, name: str) -> pd.Series[Any]:
    found = rows.get(name, pd.Series(pd.NaT, index=rows.index))
    times: pd.Series[Any] = pd.to_datetime(found, utc=True).dt.as_unit("us")
    return times


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
