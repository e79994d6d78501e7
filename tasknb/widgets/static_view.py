"""What a progress view shows where no widget can run: its last state as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tasknb import look
from tasknb.widgets.base import html_table
from tasknb.widgets.reading import COUNTED
from tasknb.widgets.waiting import how_far, left

if TYPE_CHECKING:
    from tasknb.widgets.reading import Reading
    from tasknb.widgets.tracker import Tracker

ROWS_SHOWN = 50


def progress_html(tracker: Tracker) -> str:
    """Total and workers as a table, reviewers as another; every text is escaped."""
    reading = tracker.reading
    if reading is None:
        reason = tracker.failure["message"] if tracker.failure else "nothing seen yet"
        return html_table("No data", [("Reason", reason)])
    tables = [_work(reading, left(tracker.forecast()))]
    if reading.reviewers:
        tables.append(_reviewers(reading))
    return "".join(tables)


def _work(reading: Reading, ahead: str) -> str:
    taken = look.exact(datetime.fromtimestamp(reading.taken, UTC))
    facts = (how_far(reading), look.label(reading.status), ahead, f"as of {taken}")
    rows: list[list[str]] = [["All", *_numbers(reading.counts, reading.total)]]
    for worker in reading.workers[:ROWS_SHOWN]:
        rows.append([worker.name or worker.id, *_numbers(worker.counts, sum(worker.counts))])  # noqa: PERF401  reads as a table
    if len(reading.workers) > ROWS_SHOWN:
        rows.append([f"and {len(reading.workers) - ROWS_SHOWN} more", *[""] * (len(COUNTED) + 1)])
    head = ["Worker", *(look.status(key).label for key in COUNTED), f"Total ({reading.unit})"]
    caption = f"{reading.name or reading.id}: {' · '.join(fact for fact in facts if fact)}"
    return html_table(caption, rows, head=head, numeric=range(1, len(head)))


def _numbers(counts: tuple[int, ...], total: int) -> list[str]:
    return [look.count(number) for number in (*counts, total)]


def _reviewers(reading: Reading) -> str:
    rows = [
        (one.name or one.id, look.about(look.count(one.reviewed)), look.about(look.count(one.reviewable)))
        for one in reading.reviewers[:ROWS_SHOWN]
    ]
    return html_table(
        "Reviews", rows, head=["Reviewer", "Reviewed (inputs)", "To review in all (inputs)"], numeric=(1, 2)
    )
