"""From an app to everything that its report says: a few requests a task, and the labels of few tasks in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from tasknb.errors import NotFoundError
from tasknb.messages.requests import METRIC_FIELDS
from tasknb.reports.contested import Disputes, dispute_of
from tasknb.reports.data import ReportData, TaskLine
from tasknb.reports.figures import figures_of
from tasknb.reports.pace import Timeline, ahead, latest
from tasknb.reports.people import People
from tasknb.reports.quality import agreement_of, is_regions
from tasknb.reports.reading import Labels, Wanted, read_labels
from tasknb.widgets.reading import COUNTED, people_names, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.api import Client
    from tasknb.messages.task import Task
    from tasknb.widgets.reading import Reading

ENDED = ("TASK_DONE", "TASK_WONT_DO", "TASK_FAILED")


@dataclass(slots=True)
class Gathering:
    """What has been read so far, and what goes over several tasks.

    Attributes
    ----------
    client : Client
        Where to ask.
    now : datetime
        What the report calls now (UTC).
    whole : bool
        Whether to read every label, however many.
    """

    client: Client
    now: datetime
    whole: bool = False
    tasks: list[TaskLine] = field(default_factory=list)
    people: People = field(default_factory=People)
    timeline: Timeline = field(default_factory=Timeline)
    disputed: Disputes = field(default_factory=Disputes)

    def add(self, tasks: Sequence[Task]) -> None:
        """Read tasks."""
        now = self.now.timestamp()
        reads = [reading(task, self.client.tasks.input_counts(task), people_names(task), now) for task in tasks]
        wanted = [
            Wanted(task.id, sum(read.counts[1:]), is_regions(str(task.type)))
            for task, read in zip(tasks, reads, strict=True)
        ]
        found = read_labels(self.client, wanted, whole=self.whole)
        for task, read, labels in zip(tasks, reads, found, strict=True):
            self._take(task, read, labels)

    def _take(self, task: Task, read: Reading, labels: Labels) -> None:
        line = self._line(task, read, labels)
        self.tasks.append(line)
        self.people.add(line, read, labels.paced)
        self.timeline.add(labels.times, labels.ranks)
        self.disputed.add(line, dispute_of(labels, line.handed_in))

    def _line(self, task: Task, read: Reading, labels: Labels) -> TaskLine:
        counts = dict.fromkeys(COUNTED, 0) | dict(zip(COUNTED, read.counts, strict=True))
        line = TaskLine(
            id=task.id,
            name=task.name,
            type=str(task.type),
            status=read.status,
            reason=task.status.details if task.status and read.status == "TASK_FAILED" else "",
            unit=read.unit,
            counts=counts,
            total=read.total,
            finished=read.finished,
            estimated=read.estimated,
            workers=[worker.id for worker in read.workers],
            reviewers=[reviewer.id for reviewer in read.reviewers],
            created_at=task.created_at,
            last_at=labels.times[-1].to_pydatetime() if len(labels.times) else None,
            agreement=agreement_of(labels, str(task.type)),
            sampled=labels.sampled,
        )
        if line.active and counts["pending"]:
            line.ahead = ahead(labels.times, labels.ranks, counts["pending"], self.now)
        return line


def gather(
    client: Client, tasks: Sequence[str] = (), *, title: str = "", whole: bool = False, now: datetime | None = None
) -> ReportData:
    """Read what a report says; what changed since the last one is left to `tasknb.reports.changes`.

    Parameters
    ----------
    client : Client
        Of the app to report on.
    tasks : sequence of str
        The ids of the tasks; all when empty.
    title : str
        The heading; the app's id when empty.
    whole : bool
        Read every label, in place of a sample where a task has very many.
    now : datetime, optional
        The moment that the report speaks of; the present by default.

    Raises
    ------
    NotFoundError
        If one of the tasks does not exist.
    ApiError
        If the server refuses or cannot be reached.
    """
    now = now or datetime.now(UTC)
    fields = ("worker.users", "review.users", *METRIC_FIELDS)
    listed = client.tasks.list(ids=tasks, additional_fields=fields).all()
    missing = [task_id for task_id in tasks if task_id not in {task.id for task in listed}]
    if missing:
        raise NotFoundError(f"There is no task {', '.join(missing)} in {client.owner_id}/{client.app_id}")
    found = Gathering(client, now, whole)
    found.add(listed)
    found.tasks.sort(key=_order)
    app = f"{client.owner_id}/{client.app_id}"
    data = ReportData(
        title=title or client.app_id,
        app=app,
        source="embedded service" if client.is_local else client.url,
        version=version("tasknb"),
        made_at=now,
        tasks=found.tasks,
        workers=found.people.workers(now),
        reviewers=found.people.reviewers(),
        contested=found.disputed.chosen(),
        ahead=latest([task.ahead for task in found.tasks]),
        history=found.timeline.history(sum(task.total for task in found.tasks)),
    )
    data.figures = figures_of(data)
    return data


def _order(task: TaskLine) -> tuple[bool, bool, float]:
    """What needs somebody first: failed, then in progress, then ended; the newest first."""
    created = task.created_at.timestamp() if task.created_at else 0.0
    return task.status != "TASK_FAILED", task.status in ENDED, -created
