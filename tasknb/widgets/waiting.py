"""Waiting for a task in a script: until when, and a line of text for those who wait."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from tasknb import look

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasknb.forecast import Forecast
    from tasknb.widgets.reading import Reading


def reached(until: float | Callable[[Reading], bool]) -> Callable[[Reading], bool]:
    """The condition to wait for, from a share of the work or a function.

    Raises
    ------
    ValueError
        If the share is not between 0 and 1.
    """
    if callable(until):
        return until
    share = float(until)
    if not 0 <= share <= 1:
        raise ValueError(f"until={until!r} is no share of the work. Give a number from 0 to 1, as 0.5 for half of it.")
    if share == 1:
        return lambda reading: reading.complete
    return lambda reading: reading.total > 0 and reading.finished >= share * reading.total


def how_far(reading: Reading | None) -> str:
    """A reading in words: "57 % · 1 024 of 1 797 inputs finished"."""
    if reading is None:
        return "nothing seen yet"
    total = look.count(reading.total)
    whole = look.about(total) if reading.estimated else total
    share = look.percent(reading.finished, reading.total)
    return f"{share} · {look.count(reading.finished)} of {whole} {reading.unit} finished"


def left(ahead: Forecast | None) -> str:
    """When it will be finished: "about 12 min left (9 min to 16 min)"; empty where that is not known."""
    if ahead is None:
        return ""
    return f"{look.about(look.span(ahead.seconds))} left ({look.span(ahead.low)} to {look.span(ahead.high)})"


class Line:
    """One line about the progress: rewritten in a terminal, written anew at each tenth elsewhere (a log, a notebook).

    Parameters
    ----------
    shown : bool
        Whether to write at all.
    """

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._terminal = sys.stderr.isatty()
        self._tenth = -1
        self._failed = False
        self._width = 0

    @staticmethod
    def text(reading: Reading | None, ahead: Forecast | None, failure: dict[str, Any] | None) -> str:
        """The line: name, how far, when done; and what went wrong at the last look."""
        parts = [f"{reading.name or reading.id}: {how_far(reading)}" if reading else how_far(None), left(ahead)]
        if failure:
            parts.append(
                f"refresh fails since {time.strftime('%H:%M', time.localtime(failure['since']))}: {failure['message']}"
            )
        return " · ".join(part for part in parts if part)

    def show(self, reading: Reading | None, ahead: Forecast | None, failure: dict[str, Any] | None) -> None:
        """Write the line if it says something new."""
        if not self._shown:
            return
        line = self.text(reading, ahead, failure)
        if self._terminal:
            sys.stderr.write(f"\r{line.ljust(self._width)}")
            self._width = len(line)
            sys.stderr.flush()
        elif self._is_news(reading, failure):
            sys.stderr.write(f"{line}\n")

    def end(self) -> None:
        """Leave the last state standing."""
        if self._shown and self._terminal and self._width:
            sys.stderr.write("\n")

    def _is_news(self, reading: Reading | None, failure: dict[str, Any] | None) -> bool:
        tenth = int(10 * reading.finished / reading.total) if reading and reading.total else 0
        news = (tenth, failure is not None) != (self._tenth, self._failed)
        self._tenth, self._failed = tenth, failure is not None
        return news
