"""How a report writes times, counts and estimates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tasknb import look

if TYPE_CHECKING:
    from tasknb.reports.data import Ahead, TaskLine

NONE = "—"
"""Stands where there is no value."""


def moment(when: datetime) -> str:
    """A time to the minute, in UTC, which the page says once: "23 Nov 2026, 16:05"."""
    return f"{_day(when)} {when.astimezone(UTC):%Y, %H:%M}"


def soon(when: datetime, now: datetime) -> str:
    """A time as exactly as it is worth knowing: the hour within two days, the day within a year, then the year too."""
    when = when.astimezone(UTC)
    days = (when - now).total_seconds() / 86_400
    if abs(days) < 2:
        return f"{_day(when)}, {when:%H:%M}"
    return _day(when) if abs(days) < 300 else f"{_day(when)} {when:%Y}"


def day(seconds: float) -> str:
    """A day of the axis of a chart: "23 Nov"."""
    return _day(datetime.fromtimestamp(seconds, UTC))


def clock(seconds: float) -> str:
    """A time of day; midnight is named by the day that begins."""
    when = datetime.fromtimestamp(seconds, UTC)
    return _day(when) if (when.hour, when.minute) == (0, 0) else f"{when:%H:%M}"


def end(ahead: Ahead | None, now: datetime) -> str:
    """When something will be done: "about 25 Nov, 14:00"."""
    return look.about(soon(ahead.expected_at, now)) if ahead else NONE


def between(ahead: Ahead | None, now: datetime) -> str:
    """The interval of an estimate: "25 Nov, 12:10 to 25 Nov, 17:30"."""
    if ahead is None:
        return ""
    low, high = soon(ahead.low_at, now), soon(ahead.high_at, now)
    begin, _, time = high.partition(", ")
    same_day = time and low.startswith(f"{begin}, ")
    return f"{low} to {time if same_day else high}"


def total(task: TaskLine) -> str:
    """How much work there is, marked where it is an estimate."""
    return look.about(look.count(task.total)) if task.estimated else look.count(task.total)


def number(value: float | None, digits: int = 2) -> str:
    """A coefficient; a dash where there is none."""
    if value is None:
        return NONE
    return f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def share(value: float | None) -> str:
    """A share from 0 to 1 in percent."""
    return NONE if value is None else look.percent(value, 1)


def short(text: str, most: int) -> str:
    """Text cut to so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def many(count: int, one: str, several: str = "") -> str:
    """A count with its noun: "1 task", "3 tasks"."""
    return f"{look.count(count)} {one if count == 1 else several or one + 's'}"


def signed(count: int) -> str:
    """A difference: "+12", "-3" with a proper minus."""
    return f"{'+' if count > 0 else chr(0x2212) if count < 0 else ''}{look.count(abs(count))}"


def _day(when: datetime) -> str:
    when = when.astimezone(UTC)
    return f"{when.day} {_MONTHS[when.month - 1]}"


# Not strftime's, which follow the machine's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
