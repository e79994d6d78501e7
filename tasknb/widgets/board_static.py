"""What a board shows where no widget can run: the newest tasks as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tasknb import look
from tasknb.widgets.base import html_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasknb.widgets.board_list import BoardList

ROWS_SHOWN = 50
HEAD = ("Name", "Type", "Status", "Strategy", "Review", "Workers", "Finished, about", "Created")


def board_html(app_id: str, tasks: BoardList, bars: Mapping[str, Sequence[int]], taken: float) -> str:
    """The newest tasks as a table, with the progress of those where it is known; every text is escaped."""
    rows = [
        (
            *(row.name, row.type, row.status, row.strategy, row.review, row.workers),
            _finished(bars.get(row.id, ())),
            _time(row.created),
        )
        for row in tasks.rows[:ROWS_SHOWN]
    ]
    more = f", the newest {ROWS_SHOWN} shown" if len(tasks.rows) > ROWS_SHOWN else ""
    caption = f"Tasks of {app_id}: {look.count(len(tasks.rows))}{more}, as of {_time(taken)}"
    return html_table(caption, rows, head=HEAD, numeric=(5, 6))


def _finished(bar: Sequence[int]) -> str:
    return f"{look.count(sum(bar[3:]))} of {look.count(sum(bar))}" if bar else ""


def _time(seconds: float) -> str:
    return look.exact(datetime.fromtimestamp(seconds, UTC)) if seconds else ""
