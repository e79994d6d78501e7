"""What all pictures share: axes without a background, colours that can be read on light and dark pages, heat maps."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from tasknb.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.axes import Axes

# From pale to full, one hue, so that no colour-blind reader loses the order; with the ink that can be read on each.
STEPS = (("#0b5c8c", "#ffffff"), ("#7db7da", "#0d2a3a"), ("#d5e7f2", "#0d2a3a"))

_PAGE = 10.0  # inches
_NUMBERED, _NAMED = 25, 40  # rows or columns, of which a page has room for the numbers, and for the names
MANY = 40  # bars, which are then thinner
_LONGEST = 28  # letters


def themed(theme: str | None) -> dict[str, str]:
    """The colours of a theme; without one, those that can be read on light and dark pages alike."""
    if theme is None:
        # 4.6:1 against white and 3.7:1 against #212121: no single grey reaches 4.5:1 on both.
        return {"ink": "#757575", "line": "#80808060", "accent": "#1a92d6"}
    if theme == "light":
        return {"ink": "#333333", "line": "#33333330", "accent": "#146c9e"}
    if theme == "dark":
        return {"ink": "#e0e0e0", "line": "#e0e0e030", "accent": "#56b4e9"}
    raise ValueError(f"no theme {theme!r}; there are light and dark, and None for both")


def axes(ax: Axes | None, theme: str | None, size: tuple[float, float]) -> tuple[Axes, dict[str, str]]:
    """The axes to draw on, by default of a new figure of that size in inches, in the colours of the theme."""
    colours = themed(theme)
    if ax is None:
        try:
            pyplot = import_module("matplotlib.pyplot")
        except ImportError:
            raise MissingExtraError("plots", "plot") from None
        figure, ax = pyplot.subplots(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
    ax.patch.set_alpha(0)
    for spine in ax.spines.values():
        spine.set_color(colours["line"])
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.tick_params(colors=colours["ink"], which="both", length=0)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        text.set_color(colours["ink"])
    return ax, colours


def titled(ax: Axes, colours: Mapping[str, str], title: str, across: str = "", up: str = "", pad: int = 6) -> Axes:
    """Name the picture and its axes; where nothing is drawn, say that there is nothing yet."""
    if not (ax.patches or ax.images or ax.lines):
        ax.set(xticks=[], yticks=[])
        ax.annotate(
            "nothing to show yet", (0.02, 0.5), xycoords="axes fraction", color=colours["ink"], fontsize="small"
        )
    ax.set_title(title, loc="left", color=colours["ink"], fontsize="medium", fontweight="bold", pad=pad)
    ax.set_xlabel(across, color=colours["ink"])
    ax.set_ylabel(up, color=colours["ink"])
    return ax


def legend(ax: Axes, theme: str | None, **options: Any) -> None:
    """A legend without a frame."""
    ax.legend(frameon=False, fontsize="small", labelcolor=themed(theme)["ink"], **options)


def dates(ax: Axes) -> None:
    """Times along the x axis, as short as they can be told apart."""
    dates = import_module("matplotlib.dates")
    locator = dates.AutoDateLocator(minticks=3, maxticks=7)  # with its own 5 to 7, no step fits some spans
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    ax.xaxis.get_offset_text().set_color(ax.xaxis.label.get_color())


def heat_size(rows: Iterable[Any], columns: Iterable[Any]) -> tuple[float, float]:
    """Inches for a heat map with these names; of many cells no more than a page."""
    beside, below = [len(short(str(name))) for name in rows], [len(short(str(name))) for name in columns]
    names = 0.07 * max(beside, default=0), 0.05 * max(below, default=0)
    return max(2.4, 1.1 + names[0] + min(0.6 * len(below), _PAGE)), 1.1 + names[1] + min(0.5 * len(beside), _PAGE)


def heat(
    ax: Axes,
    table: np.ndarray[Any, Any],
    rows: list[str],
    columns: list[str],
    form: str,
    limits: tuple[float, float],
) -> None:
    """Cells from pale to full blue with their numbers in them; NaN stays empty."""
    colormap = import_module("matplotlib.colors").LinearSegmentedColormap.from_list("tasknb", ["#d5e7f2", "#0b5c8c"])
    if table.size:
        ax.imshow(np.ma.masked_invalid(table), cmap=colormap, vmin=limits[0], vmax=limits[1], aspect="auto")
    _name_cells(ax, rows, columns)
    for spine in ax.spines.values():
        spine.set_visible(False)
    if max(table.shape) > _NUMBERED:
        return  # numbers that small cannot be read
    for row, column in np.argwhere(~np.isnan(table)):
        value = table[row, column]
        ink = "#ffffff" if (value - limits[0]) / (limits[1] - limits[0]) > 0.55 else "#0d2a3a"
        ax.text(column, row, format(value, form), ha="center", va="center", color=ink, fontsize="small")


def _name_cells(ax: Axes, rows: list[str], columns: list[str]) -> None:
    """Names along both sides: all of them, or of many as many as can be read."""
    shown_rows, shown_columns = (range(0, len(names), -(-len(names) // _NAMED) or 1) for names in (rows, columns))
    size = "small" if max(len(rows), len(columns)) <= _NUMBERED else "x-small"
    long = max(map(len, columns), default=0) > 5 or len(columns) > _NUMBERED
    ax.set_xticks(
        shown_columns,
        [short(columns[at]) for at in shown_columns],
        rotation=45 * long,
        fontsize=size,
        ha="right" if long else "center",
        rotation_mode="anchor",
    )
    ax.set_yticks(shown_rows, [short(rows[at]) for at in shown_rows], fontsize=size)


def short(name: str) -> str:
    """A name that fits beside a picture, and is no formula, which matplotlib makes of what stands between dollars."""
    name = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return name.replace("$", r"\$")
