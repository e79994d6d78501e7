"""The tables of a report, as cells of text: HTML and Markdown are both made from these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasknb import look
from tasknb.reports import charts, words

if TYPE_CHECKING:
    from tasknb.reports.data import Agreement, Changes, ReportData, TaskChange, TaskLine, WorkerLine
    from tasknb.reports.markup import Html


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table.

    Attributes
    ----------
    text : str
        The main thing.
    note : str
        A second, smaller line.
    chart : Html or None
        A picture of it, where pictures can be shown.
    status : str
        The key of a status whose colour the text has; empty for none.
    is_bar : bool
        Whether the chart says all that the text does.
    """

    text: str = ""
    note: str = ""
    chart: Html | None = None
    status: str = ""
    is_bar: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading.

    Attributes
    ----------
    key, title : str
        Its name in links, and for people.
    caption : str
        What it shows, in a sentence.
    head : tuple of str
        The columns; one that begins with ``#`` holds numbers.
    rows : list of list of Cell
        The first cell of a row is its heading.
    empty : str
        What to say when there are no rows.
    """

    key: str
    title: str
    caption: str
    head: tuple[str, ...]
    rows: list[list[Cell]]
    empty: str = ""


def tables(data: ReportData) -> list[Table]:
    """The tables of a report in their order; those that have nothing to say are left out."""
    found = [tasks_table(data)]
    if data.workers:
        found.append(workers_table(data))
    if data.reviewers:
        found.append(reviewers_table(data))
    if data.tasks:
        found.append(agreement_table(data))
    return found


def tasks_table(data: ReportData) -> Table:
    """How far each task is, and when it will be done."""
    head = ("Task", "Status", "Work by status", "#Finished", "All labeled")
    empty = "There are no tasks yet. Create one with TaskForm, or with client.tasks.create."
    caption = f"{words.many(len(data.tasks), 'task')}: work by status, finished work and the estimated end"
    return Table("tasks", "Tasks", caption, head, [_task(task, data) for task in data.tasks], empty)


def _task(task: TaskLine, data: ReportData) -> list[Cell]:
    how_far = f"{look.count(task.finished)} of {words.total(task)} {task.unit}"
    if task.active and not task.counts["pending"]:
        end = Cell("done" if task.total else words.NONE, words.soon(task.last_at, data.made_at) if task.last_at else "")
    else:
        end = Cell(words.end(task.ahead, data.made_at), words.between(task.ahead, data.made_at))
    failed = "failed" if task.status == "TASK_FAILED" else ""
    return [
        Cell(task.title, f"{look.label(task.type)} · {words.many(len(task.workers), 'worker')}"),
        Cell(look.label(task.status), task.reason, status=failed),
        Cell(_by_status(task.counts), chart=charts.stacked_bar(task.counts, title=task.title), is_bar=True),
        Cell(look.percent(task.finished, task.total), how_far),
        end,
    ]


def _by_status(counts: dict[str, int]) -> str:
    """Amounts in words, without the statuses that nothing is in."""
    parts = [
        f"{status.label.lower()} {look.count(counts[status.key])}" for status in look.STATUSES if counts.get(status.key)
    ]
    return " · ".join(parts) or "nothing yet"


def workers_table(data: ReportData) -> Table:
    """Who has done what, and how fast."""
    head = ("Worker", "Work by status", "#Handed in", "#Labels per hour", "#Seconds per label", "Last label")
    most = max(sum(worker.counts.values()) for worker in data.workers)
    rows = [_worker(worker, data, most) for worker in data.workers]
    caption = f"{words.many(len(rows), 'worker')} over all tasks; the pace is that of time at work, pauses left out"
    return Table("workers", "Workers", caption, head, rows)


def _worker(worker: WorkerLine, data: ReportData, most: int) -> list[Cell]:
    kind = "" if worker.kind == "user" else f"{worker.kind} · "
    bar = charts.stacked_bar(worker.counts, title=worker.title, whole=most)
    silent = f"stalled: {words.many(worker.open, 'label')} open" if worker.stalled else ""
    last = look.ago(worker.last_at, data.made_at) if worker.last_at else "never"
    return [
        Cell(worker.title, f"{kind}{words.many(worker.tasks, 'task')}"),
        Cell(_by_status(worker.counts), chart=bar, is_bar=True),
        Cell(look.count(worker.handed_in)),
        Cell(words.NONE if worker.per_hour is None else look.count(worker.per_hour)),
        Cell(words.number(worker.median_seconds, 0 if (worker.median_seconds or 0) >= 10 else 1)),
        Cell(last, silent, status="rejected" if worker.stalled else ""),
    ]


def reviewers_table(data: ReportData) -> Table:
    """Who has reviewed how much."""
    rows = [
        [
            Cell(one.title, words.many(one.tasks, "task")),
            Cell(look.about(look.count(one.reviewed))),
            Cell(look.about(look.count(one.reviewable))),
            Cell(look.percent(one.reviewed, one.reviewable)),
        ]
        for one in data.reviewers
    ]
    caption = f"{words.many(len(rows), 'reviewer')} over all tasks, in inputs; the API estimates these counts"
    return Table("reviewers", "Reviewers", caption, ("Reviewer", "#Reviewed", "#To review in all", "#Share"), rows)


def agreement_table(data: ReportData) -> Table:
    """How well the workers of each task agree, and on what that rests."""
    head = ("Task", "Agreement", "#95 % interval", "#Same label", "#Inputs", "#Coverage", "#Contested inputs")
    caption = "Krippendorff's alpha of all workers of a task (F1 for boxes and polygons): 1 is full agreement, 0 chance"
    return Table("agreement", "Agreement", caption, head, [_agreement(task) for task in data.tasks])


def _agreement(task: TaskLine) -> list[Cell]:
    found = task.agreement
    name = "F1" if found.measure == "f1" else "alpha"
    title = Cell(task.title, "from a sample of its inputs" if task.sampled else "")
    contested = look.about(look.count(task.contested)) if task.sampled else look.count(task.contested)
    differ = Cell(
        contested if task.labeled else words.NONE, look.percent(task.contested, task.labeled) if task.contested else ""
    )
    if found.value is None:
        return [title, Cell("undefined", found.reason), Cell(), Cell(), Cell(), Cell(), differ]
    return [
        title,
        Cell(f"{name} {words.number(found.value)}", chart=charts.interval(found, title=f"{name} in {task.title}")),
        Cell(_interval(found)),
        Cell(words.share(found.percent)),
        Cell(look.count(found.inputs)),
        Cell(words.share(found.coverage)),
        differ,
    ]


def _interval(found: Agreement) -> str:
    if found.low is None or found.high is None:
        return words.NONE
    return f"{words.number(found.low)} to {words.number(found.high)}"


def changes_table(changes: Changes) -> Table:
    """Tasks that moved since the last report."""
    head = ("Task", "#Handed in", "#Finished", "#Work in all", "Status")
    return Table(
        "changes",
        "Since the last report",
        f"{words.many(len(changes.tasks), 'task')} with changes",
        head,
        [_change(one) for one in changes.tasks],
        "Nothing has changed.",
    )


def changes_sentence(changes: Changes) -> str:
    """What happened since the last report, in one sentence."""
    done = f"{words.signed(changes.handed_in)} labels handed in and {words.signed(changes.finished)} finished"
    return f"{done} in {look.span(changes.seconds)}, since {words.moment(changes.since)}."


def _change(one: TaskChange) -> list[Cell]:
    if not one.now:
        state = "deleted, or not in this report"
    elif not one.before:
        state = f"new: {look.label(one.now).lower()}"
    elif one.before != one.now:
        state = f"{look.label(one.before)} → {look.label(one.now).lower()}"
    else:
        state = look.label(one.now)
    return [
        Cell(one.title),
        *(Cell(words.signed(number)) for number in (one.handed_in, one.finished, one.total)),
        Cell(state),
    ]


def attention(data: ReportData) -> list[tuple[str, str]]:
    """What needs somebody, as pairs of a table's key and a sentence; the most urgent first."""
    failed = [task for task in data.tasks if task.status == "TASK_FAILED"]
    waiting = [task for task in data.tasks if task.counts["awaiting_review"]]
    found = [("tasks", f"{_name(task)} failed{f': {task.reason}' if task.reason else '.'}") for task in failed]
    found += [("workers", _silent(worker)) for worker in data.workers if worker.stalled]
    if waiting:
        labels = words.many(sum(task.counts["awaiting_review"] for task in waiting), "label")
        found.append(("tasks", f"{labels} in {words.many(len(waiting), 'task')} await review."))
    found += [("agreement", _low(task)) for task in data.tasks if task.active and _is_low(task.agreement)]
    complete = [task for task in data.tasks if task.status == "TASK_IN_PROGRESS" and 0 < task.total <= task.finished]
    found += [("tasks", f"{_name(task)} is complete, and waits to be marked as done.") for task in complete]
    return found


def _name(task: TaskLine) -> str:
    return words.short(task.title, 60)


def _silent(worker: WorkerLine) -> str:
    labels = words.many(worker.open, "label")
    return f"{worker.title} has been silent for {look.span(worker.silent_seconds or 0)}, with {labels} open."


def _is_low(found: Agreement) -> bool:
    """Whether agreement is surely low, and does not only look so because it rests on little."""
    return found.measure == "alpha" and found.high is not None and found.high < LOW_ALPHA


def _low(task: TaskLine) -> str:
    found = task.agreement
    return f"Workers agree little in {_name(task)}: alpha {words.number(found.value)} ({_interval(found)})."


LOW_ALPHA = 2 / 3
"""Krippendorff (2004, Content Analysis, chapter 11) draws no conclusion from data whose alpha is below .667."""

METHOD = (
    "Times are UTC. “About” marks an estimate.",
    "A label is one worker's work on one input; it is finished when it is done or rejected.",
    "The end is that of labeling, not of review, at the pace of the last 200 labels, silence until now included.",
    "Its interval holds the true end in about 8 cases of 10, if people go on as they did.",
    "Agreement is Krippendorff's alpha for nominal classes, over inputs with two or more labels, with a 95 % interval.",
    "For boxes and polygons it is F1 of regions matched at an overlap of at least 0.5.",
    "Coverage is the share of labeled inputs that agreement rests on.",
    "A worker is stalled who has open work and has been silent for an hour, and unusually long for that worker.",
)
"""How the figures come about, for the foot of the page."""
