"""The pictures of a report as inline SVG: pure functions from numbers to elements.

Colours are classes, so that one style sheet gives them for light, dark and print. Each picture says in words what it
shows; the exact numbers always stand beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasknb import look
from tasknb.reports import words
from tasknb.reports.markup import Html, element

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasknb.reports.data import Agreement, Ahead, History

BAR_WIDTH = 1000
"""Bars are drawn in these units and stretched to the width of their place."""


def stacked_bar(counts: Mapping[str, int], *, title: str, whole: int | None = None, height: int = 12) -> Html:
    """Work by status, in the order of the work.

    Parameters
    ----------
    counts : mapping of str to int
        Amounts by the keys of `tasknb.look.STATUSES`.
    title : str
        What it is about, for those who cannot see it.
    whole : int, optional
        What the full width stands for; the sum of the counts by default.
    height : int
        In pixels.
    """
    total = sum(counts.values())
    scale = BAR_WIDTH / (whole or total or 1)
    pieces, left = [], 0.0
    for status in look.STATUSES:
        width = counts.get(status.key, 0) * scale
        if width:
            pieces.append(
                element(
                    "rect",
                    x=_short(left),
                    width=_short(max(width, 2)),
                    height=height,
                    class_=f"fill-{_css(status.key)}",
                )
            )
        left += width
    spoken = ", ".join(f"{status.label} {counts[status.key]}" for status in look.STATUSES if counts.get(status.key))
    return element(
        "svg",
        element("rect", width=BAR_WIDTH, height=height, class_="track") if not total or whole else None,
        pieces,
        class_="bar",
        viewBox=f"0 0 {BAR_WIDTH} {height}",
        preserveAspectRatio="none",
        height=height,
        role="img",
        aria_label=f"{title}: {spoken or 'nothing yet'}",
    )


def interval(agreement: Agreement, *, title: str) -> Html | None:
    """A coefficient with its interval on the line from 0 to 1; None where it is undefined."""
    if agreement.value is None:
        return None
    width, height, middle = 200, 14, 7

    def at(value: float) -> float:
        return _short(4 + (width - 8) * min(1.0, max(0.0, value)))

    parts = [element("line", x1=4, x2=width - 4, y1=middle, y2=middle, class_="axis")]
    parts += [element("line", x1=at(tick), x2=at(tick), y1=3, y2=11, class_="axis") for tick in (0, 0.5, 1)]
    if agreement.low is not None and agreement.high is not None:
        whisker = {"x1": at(agreement.low), "x2": at(agreement.high), "y1": middle, "y2": middle}
        parts.append(element("line", class_="whisker", **whisker))
    parts.append(element("circle", cx=at(agreement.value), cy=middle, r=4, class_="dot"))
    return element(
        "svg",
        parts,
        class_="interval",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=f"{title}: {agreement.value:.2f} on a scale from 0 to 1",
    )


def burn_up(history: History, ahead: Ahead | None, now: float) -> Html | None:
    """Labels handed in over time, the total to reach, and the forecast of the end; None with less than two points.

    Parameters
    ----------
    history : History
        What was handed in by when.
    ahead : Ahead or None
        When all will be.
    now : float
        The moment of the report, in seconds since 1970.
    """
    if len(history.times) < 2 or not history.total:
        return None
    return _BurnUp(history, ahead, now).svg()


class _BurnUp:
    """The geometry of one burn-up chart."""

    width, height = 1120, 240
    right, top, bottom = 48, 28, 30

    def __init__(self, history: History, ahead: Ahead | None, now: float) -> None:
        self.history, self.ahead, self.now = history, ahead, now
        # Room for the total's digits, also where letters are drawn larger because the page is narrow.
        self.left = 24 + 11 * len(look.count(history.total))
        self.begin = history.times[0].timestamp()
        done = max(now - self.begin, 1.0)
        # A far end must not squeeze what has been done into a corner.
        ahead_by = min((ahead.high_at.timestamp() - now) if ahead else 0.0, 1.5 * done)
        self.end = now + max(ahead_by, 0.02 * done)

    def svg(self) -> Html:
        end = f"; about all by {words.moment(self.ahead.expected_at)}" if self.ahead else ""
        handed_in = self.history.handed_in[-1]
        return element(
            "svg",
            self._grid(),
            self._line(),
            self._forecast(),
            class_="burn-up",
            viewBox=f"0 0 {self.width} {self.height}",
            role="img",
            aria_label=f"Labels handed in over time: {look.count(handed_in)} of {look.count(self.history.total)}{end}",
        )

    def x(self, seconds: float) -> float:
        share = (min(seconds, self.end) - self.begin) / (self.end - self.begin)
        return _short(self.left + (self.width - self.left - self.right) * share)

    def y(self, labels: float) -> float:
        most = max(self.history.total, self.history.handed_in[-1])
        return _short(self.height - self.bottom - (self.height - self.top - self.bottom) * labels / most)

    def _grid(self) -> list[Html]:
        far, base = self.width - self.right, self.height - self.bottom
        total = self.y(self.history.total)
        parts = [
            element("line", x1=self.left, x2=far, y1=base, y2=base, class_="axis"),
            element("line", x1=self.left, x2=far, y1=total, y2=total, class_="goal"),
            element("text", look.count(self.history.total), x=self.left - 8, y=_short(total + 4), class_="end"),
            element("text", "0", x=self.left - 8, y=_short(base + 4), class_="end"),
        ]
        for mark, name in _marks(self.begin, self.end):
            place = self.x(mark)
            parts += [
                element("line", x1=place, x2=place, y1=base, y2=base + 4, class_="axis"),
                element("text", name, x=place, y=self.height - 6, class_="middle"),
            ]
        return parts

    def _line(self) -> list[Html]:
        points = [
            (self.x(time.timestamp()), self.y(number))
            for time, number in zip(self.history.times, self.history.handed_in, strict=True)
        ]
        points.append((self.x(self.now), points[-1][1]))
        line = "L".join(f"{x} {y}" for x, y in points)
        base = self.height - self.bottom
        return [
            element("path", d=f"M{points[0][0]} {base}L{line}L{points[-1][0]} {base}Z", class_="area"),
            element("path", d=f"M{line}", class_="line"),
        ]

    def _forecast(self) -> list[Html]:
        now, handed_in = self.x(self.now), self.history.handed_in[-1]
        parts = [element("line", x1=now, x2=now, y1=self.top, y2=self.height - self.bottom, class_="now")]
        if self.ahead:
            low, middle, high = (
                self.x(when.timestamp()) for when in (self.ahead.low_at, self.ahead.expected_at, self.ahead.high_at)
            )
            start, goal = self.y(handed_in), self.y(self.history.total)
            parts.append(element("path", d=f"M{now} {start}L{low} {goal}L{high} {goal}Z", class_="fan"))
            parts.append(element("path", d=f"M{now} {start}L{middle} {goal}", class_="ahead"))
        side = "end" if now > self.width / 2 else "start"
        shift = -6 if side == "end" else 6
        parts.append(element("text", "now", x=_short(now + shift), y=self.top - 8, class_=side))
        return parts


_STEPS = (
    60,
    300,
    900,
    1800,
    3600,
    3 * 3600,
    6 * 3600,
    12 * 3600,
    *(86_400 * days for days in (1, 2, 7, 14, 28, 91, 365)),
)


def _marks(begin: float, end: float) -> list[tuple[float, str]]:
    """At most eight round times between two, in words."""
    step = next((one for one in _STEPS if (end - begin) / one <= 8), (end - begin) / 4)
    first = -(-begin // step) * step
    times = [first + step * number for number in range(9) if first + step * number <= end]
    return [(time, words.day(time) if step >= 86_400 else words.clock(time)) for time in times]


def _css(key: str) -> str:
    return key.replace("_", "-")


def _short(number: float) -> float:
    """Two digits after the point are finer than any screen."""
    return round(number, 2)
