"""How tasknb looks: the statuses of work with their order, words and colours, and how figures are written.

Widgets, plots and reports read from here and from nowhere else, so that one status has one name and one colour
everywhere. The colours start from Okabe-Ito, which colour-blind readers can tell apart; the lightness is set for each
theme until a fill has a contrast of 3:1 and a text of 4.5:1 against every colour of `BACKGROUNDS`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BACKGROUNDS",
    "STATUSES",
    "WorkStatus",
    "about",
    "ago",
    "colours",
    "count",
    "css",
    "exact",
    "javascript",
    "label",
    "percent",
    "span",
    "status",
]

NARROW_SPACE = "\u202f"
"""A thin space that no line break splits: groups thousands, and stands before a unit."""


@dataclass(frozen=True, slots=True)
class Shade:
    """One status in one theme: the `fill` of bars and areas, and the `text` that names it, as ``#rrggbb``."""

    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """A state that the work on an input can be in.

    Attributes
    ----------
    key : str
        Its name in code: column names, CSS classes, messages to the browser.
    label : str
        Its name for people, in sentence case.
    light, dark : Shade
        Its colours in either theme.
    """

    key: str
    label: str
    light: Shade
    dark: Shade


STATUSES = (
    WorkStatus("pending", "Pending", Shade("#878787", "#666666"), Shade("#787878", "#a6a6a6")),
    WorkStatus("awaiting_review", "Awaiting review", Shade("#ba8100", "#8a6000"), Shade("#f0b02a", "#f0b02a")),
    WorkStatus("awaiting_consensus", "Awaiting consensus", Shade("#1a92d6", "#146c9e"), Shade("#56b4e9", "#56b4e9")),
    WorkStatus("done", "Done", Shade("#007a58", "#00785a"), Shade("#12b886", "#12b886")),
    WorkStatus("rejected", "Rejected", Shade("#b34000", "#b34000"), Shade("#e0590a", "#f0782a")),
    WorkStatus("failed", "Failed", Shade("#8f2f6b", "#8f2f6b"), Shade("#e29cc4", "#e29cc4")),
)
"""Every status, in the order in which bars, legends, columns and tables show them."""

BACKGROUNDS: Mapping[str, tuple[str, ...]] = {
    "light": ("#ffffff", "#f5f5f5"),
    "dark": ("#111111", "#1f1f1f", "#212121"),
}
"""What the colours are checked against: JupyterLab's layout colours, and those of VS Code and Colab."""

# Names that the API writes in capitals and that plain sentence case would not render as people say them.
_LABELS = {
    "CONCEPTS_CLASSIFICATION": "Classification",
    "BOUNDING_BOX_DETECTION": "Boxes",
    "POLYGON_DETECTION": "Polygons",
    "TYPE_NOT_SET": "Any type",
    "ALL_INPUTS": "All inputs",
    "TASK_REVIEW_STRATEGY_NOT_SET": "No review",
    "NONE": "No review",
    "TASK_WONT_DO": "Won't do",
}


def status(key: str) -> WorkStatus:
    """The status with this key.

    Raises
    ------
    KeyError
        If there is none; the message lists the keys.
    """
    for one in STATUSES:
        if one.key == key:
            return one
    raise KeyError(f"no status {key!r}; there are {', '.join(one.key for one in STATUSES)}")


def colours(theme: str = "light") -> dict[str, str]:
    """The fill of each status by its key, for plots; `theme` is ``light`` or ``dark``."""
    return {one.key: (one.dark if theme == "dark" else one.light).fill for one in STATUSES}


def label(name: str) -> str:
    """An enum's or a status's name for people, in sentence case: ``TASK_IN_PROGRESS`` is "In progress"."""
    if name in _LABELS:
        return _LABELS[name]
    if name.endswith("_NOT_SET"):
        return "Not set"
    words = name.removeprefix("TASK_").replace("_", " ").lower()
    return words[:1].upper() + words[1:]


def css(root: str = ".tasknb") -> str:
    """The colours as CSS custom properties on `root`: ``--tn-done-fill``, ``--tn-done-text`` and so on.

    Each is a ``light-dark()`` of both themes; the ``color-scheme`` that holds at `root` decides.
    """
    lines = []
    for one in STATUSES:
        name = f"--tn-{one.key.replace('_', '-')}"
        lines.append(f"  {name}-fill: light-dark({one.light.fill}, {one.dark.fill});")
        lines.append(f"  {name}-text: light-dark({one.light.text}, {one.dark.text});")
    return "\n".join([f"{root} {{", *lines, "}\n"])


def javascript() -> str:
    """The keys and labels of the statuses in their order, as the constant ``STATUSES`` of a script."""
    return f"const STATUSES = {json.dumps([{'key': one.key, 'label': one.label} for one in STATUSES])};\n"


def count(number: float) -> str:
    """A number with thin-space thousands: "1 797"."""
    return f"{number:,.0f}".replace(",", NARROW_SPACE)


def percent(part: float, whole: float) -> str:
    """A share in percent that says 100 % only when it is complete, and 0 % only when there is nothing.

    An empty whole has no share; it is written "—".
    """
    if whole <= 0:
        return "—"
    if part >= whole:
        return f"100{NARROW_SPACE}%"
    share = min(int(100 * part / whole), 99)
    return f"{share or ('<1' if part > 0 else 0)}{NARROW_SPACE}%"


def about(text: str) -> str:
    """An estimate, marked as one."""
    return f"about {text}"


def span(seconds: float) -> str:
    """A length of time in at most two units: "40 s", "12 min", "2 h 10 min", "3 d 4 h"."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds}{NARROW_SPACE}s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes}{NARROW_SPACE}min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _two(hours, "h", minutes, "min")
    days, hours = divmod(round(seconds / 3600), 24)
    return _two(days, "d", hours, "h")


def ago(then: datetime, now: datetime | None = None) -> str:
    """How long ago something was: "just now", "5 min ago"; a time to come reads "in 5 min"."""
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    if abs(seconds) < 5:
        return "just now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(-seconds)}"


def exact(then: datetime) -> str:
    """The exact time, for hovering over a relative one: "2026-11-23 13:05:07 UTC"."""
    return then.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    first = f"{large}{NARROW_SPACE}{large_unit}"
    return f"{first} {small}{NARROW_SPACE}{small_unit}" if small else first
