"""The first figures of a report, as words: HTML and Markdown are both made from these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasknb import look
from tasknb.reports import words
from tasknb.reports.figures import least_agreed

if TYPE_CHECKING:
    from tasknb.reports.data import ReportData

_STATES = {
    "tasks_in_progress": "in progress",
    "tasks_idle": "idle",
    "tasks_done": "done",
    "tasks_failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: its name, its value, a note on it, and whether it calls for somebody."""

    name: str
    value: str
    note: str = ""
    alarm: bool = False


def finished(data: ReportData) -> Tile:
    """How far all work is."""
    done, total = data.figures["finished"] or 0, data.figures["labels"] or 0
    return Tile("Finished", look.percent(done, total), f"{look.count(done)} of {look.count(total)} labels")


def tiles(data: ReportData) -> list[Tile]:
    """What stands below it, in the order in which it is asked: when done, of what, by whom, how well."""
    return [_end(data), _tasks(data), _workers(data), _agreement(data), _contested(data)]


def _end(data: ReportData) -> Tile:
    if data.tasks and data.figures["time_left"] == 0:
        return Tile("All labeled", "done")
    return Tile("All labeled", words.end(data.ahead, data.made_at), words.between(data.ahead, data.made_at))


def _tasks(data: ReportData) -> Tile:
    figures = data.figures
    by_state = [f"{look.count(figures[key] or 0)} {name}" for key, name in _STATES.items() if figures[key]]
    return Tile("Tasks", look.count(figures["tasks"] or 0), " · ".join(by_state), alarm=bool(figures["tasks_failed"]))


def _workers(data: ReportData) -> Tile:
    number, stalled = look.count(data.figures["workers"] or 0), data.figures["stalled_workers"]
    if not stalled:
        return Tile("Workers", number, "none stalled" if data.workers else "")
    silence = look.span(data.figures["longest_silence"] or 0)
    return Tile("Workers", number, f"{look.count(stalled)} stalled, for up to {silence}", alarm=True)


def _agreement(data: ReportData) -> Tile:
    lowest = least_agreed(data)
    note = f"alpha in {words.short(lowest.title, 40)}" if lowest else "too few inputs with two labels"
    return Tile("Lowest agreement", words.number(data.figures["lowest_agreement"]), note)


def _contested(data: ReportData) -> Tile:
    number = look.count(data.figures["contested_inputs"] or 0)
    value = look.about(number) if any(task.sampled for task in data.tasks) else number
    return Tile("Contested inputs", value, f"{words.share(data.figures['contested_share'])} of those labeled")
