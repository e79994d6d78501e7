"""What a board needs of a task, read straight from the pages of ListTasks.

Ten thousand whole tasks would be built for the sake of ten fields, and hold up the kernel while they are; these structs
skip the rest unread, and the garbage collector need not follow them.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  msgspec reads the annotations at run time
from typing import TYPE_CHECKING

import msgspec

from tasknb import look
from tasknb.errors import MessageError
from tasknb.messages.enums import ReviewStrategy, TaskType, WorkerStrategy, WorkerType
from tasknb.messages.requests import ListTasksRequest
from tasknb.messages.status import StatusCode, as_code
from tasknb.messages.wire import WireEnum, as_enum

if TYPE_CHECKING:
    from tasknb.api import Client
    from tasknb.messages.task import Task


class Line(msgspec.Struct, gc=False):
    """The base of the structs here."""


class LineId(Line):
    """A user, model or workflow."""

    id: str = ""


class LineWorker(Line):
    """One of the three is set."""

    user: LineId | None = None
    model: LineId | None = None
    workflow: LineId | None = None


class LineWork(Line):
    """`TaskWorker`."""

    strategy: int | str = 0
    type: int | str = 0
    workers: list[LineWorker] = []
    users: list[LineId] = []


class LineReview(Line):
    """`TaskReview`."""

    strategy: int | str = 0
    users: list[LineId] = []


class LineStatus(Line):
    """The code, as a number or a name."""

    code: int | str = 0


class LineTask(Line):
    """`Task`."""

    id: str = ""
    name: str = ""
    type: int | str = 0
    created_at: datetime | None = None
    status: LineStatus | None = None
    worker: LineWork | None = None
    review: LineReview | None = None


class LinePage(Line):
    """A page of ListTasks."""

    tasks: list[LineTask] = []


_page = msgspec.json.Decoder(LinePage, strict=False)


class Row(msgspec.Struct, frozen=True, gc=False):
    """One task as the board shows and finds it.

    Attributes
    ----------
    id, name, type, status, strategy, review : str
        In the words that are shown.
    state : str
        The status by its API name.
    people, reviewers : tuple of str
        The ids of who labels and who reviews.
    created : float
        Seconds since 1970.
    text : str
        Name and workers, in lower case, for searching.
    """

    id: str
    name: str
    type: str
    status: str
    state: str
    strategy: str
    review: str
    people: tuple[str, ...]
    reviewers: tuple[str, ...]
    created: float
    text: str

    @property
    def workers(self) -> int:
        """How many label."""
        return len(self.people)


def read_rows(client: Client) -> list[Row]:
    """All tasks of the client's app, newest first.

    Raises
    ------
    ApiError
        If they cannot be listed.
    MessageError
        If the answer is no list of tasks.
    """
    rows: list[Row] = []
    for page in client.pages("ListTasks", ListTasksRequest()):
        try:
            rows += map(row_of, _page.decode(page).tasks)
        except msgspec.DecodeError as error:
            raise MessageError.from_msgspec(error, "list of tasks") from None
    return rows


def row_of(task: LineTask) -> Row:
    """The row of one task."""
    work, review = task.worker or LineWork(), task.review or LineReview()
    people = tuple(_worker_id(worker) for worker in work.workers) or tuple(user.id for user in work.users)
    automatic = any(one.model or one.workflow for one in work.workers)
    automatic = automatic or _word(WorkerType, work.type) == "WORKER_AUTO"
    state = _state(task)
    return Row(
        id=task.id,
        name=task.name or task.id,
        type="Automatic" if automatic else look.label(_word(TaskType, task.type)),
        status=look.label(state),
        state=state,
        strategy=look.label(_word(WorkerStrategy, work.strategy)),
        review=look.label(_word(ReviewStrategy, review.strategy)),
        people=people,
        reviewers=tuple(user.id for user in review.users),
        created=task.created_at.timestamp() if task.created_at else 0.0,
        text=" ".join((task.name, *people)).casefold(),
    )


def bar_of(task: Task, rejected_share: float = 0.0) -> list[int]:
    """The inputs of a task in each counted status, as its metrics estimate them; empty without metrics.

    Parameters
    ----------
    task : Task
        With its metrics.
    rejected_share : float, default 0
        Which part of the reviewed work was rejected, from 0 to 1.
    """
    metrics = task.metrics
    if metrics is None or metrics.input_source is None or metrics.work is None or metrics.review is None:
        return []
    total = metrics.input_source.inputs_count_estimated
    ended = min(metrics.review.inputs_count_estimated, total)
    labeled = min(max(metrics.work.inputs_count_estimated, ended), total)
    waiting = labeled - ended
    consensus = task.review is not None and task.review.strategy is ReviewStrategy.CONSENSUS
    rejected = round(ended * rejected_share)
    return [total - labeled, 0 if consensus else waiting, waiting if consensus else 0, ended - rejected, rejected]


def reviewed(task: Task) -> int:
    """How many inputs reviewers have decided on; 0 where nobody reviews."""
    review, metrics = task.review, task.metrics
    if review is None or review.strategy not in (ReviewStrategy.MANUAL, ReviewStrategy.CONSENSUS):
        return 0
    return metrics.review.inputs_count_estimated if metrics and metrics.review else 0


def _worker_id(worker: LineWorker) -> str:
    chosen = worker.user or worker.model or worker.workflow
    return chosen.id if chosen else ""


def _word(kind: type[WireEnum], value: int | str) -> str:
    return str(as_enum(kind, value))


def _state(task: LineTask) -> str:
    try:
        return StatusCode(as_code(task.status.code if task.status else 0)).name
    except ValueError:
        return ""
