"""What changed since the last report: each report carries the few numbers that the next one compares itself with."""

from __future__ import annotations

import re
from datetime import datetime  # noqa: TC003  msgspec reads the annotations at run time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tasknb.errors import MessageError
from tasknb.reports.data import Changes, ReportData, TaskChange

if TYPE_CHECKING:
    from os import PathLike

LARGEST = 50 * 2**20
"""The largest file that is read as a report, in bytes."""

_IN_HTML = re.compile(rb'<script type="application/json" id="tasknb-report">(.*?)</script>', re.DOTALL)
_IN_MARKDOWN = re.compile(rb"<!-- tasknb-report (.*?) -->", re.DOTALL)


class TaskState(msgspec.Struct, array_like=True):
    """One task, as the next report needs it."""

    id: str
    title: str
    status: str
    handed_in: int
    finished: int
    total: int


class State(msgspec.Struct):
    """What a report leaves for the next one.

    Attributes
    ----------
    app : str
        The app, as owner/app.
    made_at : datetime
        When it was made (UTC).
    tasks : list of TaskState
        Every task.
    workers : dict of str to int
        Labels that each worker had handed in, by id.
    """

    app: str
    made_at: datetime
    tasks: list[TaskState]
    workers: dict[str, int]


def state_of(data: ReportData) -> State:
    """What `data` leaves for the next report."""
    tasks = [
        TaskState(task.id, task.title, task.status, task.handed_in, task.finished, task.total) for task in data.tasks
    ]
    return State(data.app, data.made_at, tasks, {worker.id: worker.handed_in for worker in data.workers})


def embedded(data: ReportData) -> str:
    """The state as JSON that may stand inside HTML: no ``<`` and no ``--`` can end what it stands in."""
    text = msgspec.json.encode(state_of(data)).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("--", "-\\u002d")


def read_state(path: str | PathLike[str]) -> State:
    """The state that a report of any format carries.

    Raises
    ------
    MessageError
        If the file cannot be read or is no report of tasknb.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise MessageError(f"{path} cannot be read: {error.strerror}") from None
    found = _IN_HTML.search(content) or _IN_MARKDOWN.search(content)
    try:
        if found:
            return msgspec.json.decode(found[1], type=State)
        return state_of(msgspec.json.decode(content, type=ReportData))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise MessageError(
            f"{path} is no report of tasknb: no .html, .md or .json that `tasknb report` wrote"
        ) from None


def changes(before: State, data: ReportData) -> Changes:
    """What is different in `data`."""
    known = {task.id: task for task in before.tasks}
    lines = []
    for task in data.tasks:
        old = known.pop(task.id, None)
        line = TaskChange(
            id=task.id,
            title=task.title,
            handed_in=task.handed_in - (old.handed_in if old else 0),
            finished=task.finished - (old.finished if old else 0),
            total=task.total - (old.total if old else 0),
            before=old.status if old else "",
            now=task.status,
        )
        if line.handed_in or line.finished or line.total or line.before != line.now:
            lines.append(line)
    added = {line.id: line.handed_in - before.workers.get(line.id, 0) for line in data.workers}
    return Changes(
        since=before.made_at,
        seconds=max(0.0, (data.made_at - before.made_at).total_seconds()),
        handed_in=sum(line.handed_in for line in lines),
        finished=sum(line.finished for line in lines),
        tasks=[*lines, *(TaskChange(id=task.id, title=task.title, before=task.status) for task in known.values())],
        workers=dict(sorted(((name, number) for name, number in added.items() if number), key=lambda one: -one[1])),
    )
