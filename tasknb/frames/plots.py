"""Pictures of the frames, by matplotlib.

matplotlib, because it draws the same picture in a notebook, a PDF and an offline page without a browser or a CDN,
because most who use pandas have it, and because what it returns can be changed further: each function returns the
`Axes`.

A picture has no background of its own, and its lines and letters are of a grey that can be read on both light and dark
pages; statuses have the colours of `tasknb.look`, everything else is told apart by position and label, not by colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb import look
from tasknb.frames.agree import kappa_matrix
from tasknb.frames.canvas import MANY, STEPS, axes, dates, heat, heat_size, legend, short, themed, titled
from tasknb.frames.check import require
from tasknb.frames.counts import progress, task_progress, throughput
from tasknb.frames.crowd import confusion
from tasknb.frames.look_at import contested
from tasknb.frames.pace import forecast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

_FADED = 0.25
_ABOVE_LEGEND = 24  # points


def plot_workers(labels: pd.DataFrame, *, by: str = "worker", ax: Axes | None = None, theme: str | None = None) -> Axes:
    """Each worker's assignments by status, as stacked bars in the order of the work.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    by : str, default "worker"
        Any column that `progress` takes.
    ax : Axes, optional
        Where to draw; a new figure by default.
    theme : {"light", "dark"}, optional
        Colours for one kind of page; by default such as can be read on both.

    Returns
    -------
    Axes
        matplotlib's own object, to be changed further.
    """
    counts = progress(labels, by).sort_values("assigned", kind="stable")
    ax, colours = axes(ax, theme, (7, 1.2 + (0.16 if len(counts) > MANY else 0.32) * len(counts)))
    _stack(ax, counts, theme)
    return titled(ax, colours, f"Work by {by}", "assignments", pad=_ABOVE_LEGEND)


def plot_tasks(tasks: pd.DataFrame, *, ax: Axes | None = None, theme: str | None = None) -> Axes:
    """How far each task is: inputs reviewed, labeled and waiting for review, and not yet labeled.

    Parameters
    ----------
    tasks : DataFrame
        The frame of tasks; those whose metrics the server did not send are left out.
    ax, theme
        As for `plot_workers`.

    Returns
    -------
    Axes
        matplotlib's own object, to be changed further.
    """
    known = task_progress(tasks).dropna(subset=["inputs", "labeled", "reviewed"])[::-1]
    inputs, labeled, reviewed = (known[name].astype("int64") for name in ("inputs", "labeled", "reviewed"))
    counts = pd.DataFrame({"done": reviewed, "awaiting_review": labeled - reviewed, "pending": inputs - labeled})
    counts.index = pd.Index(known["name"].where(known["name"] != "", known.index), name="task")
    ax, colours = axes(ax, theme, (7, 1.2 + (0.16 if len(counts) > MANY else 0.32) * len(counts)))
    _stack(ax, counts.clip(lower=0), theme)
    return titled(ax, colours, "Tasks", "inputs", pad=_ABOVE_LEGEND)


def _stack(ax: Axes, counts: pd.DataFrame, theme: str | None) -> None:
    """One bar a row, a piece a status, in the order of the work; the legend above."""
    fills = look.colours(theme or "light")
    places, left = np.arange(len(counts)), np.zeros(len(counts))
    for status in look.STATUSES:
        if status.key in counts.columns and counts[status.key].any():
            ax.barh(places, counts[status.key], left=left, color=fills[status.key], label=status.label, height=0.7)
            left += counts[status.key].to_numpy()
    ax.set_yticks(
        places, [short(str(name)) for name in counts.index], fontsize="x-small" if len(counts) > MANY else None
    )
    ax.margins(y=0.02)
    if left.any():
        legend(ax, theme, ncols=5, loc="lower left", bbox_to_anchor=(-0.01, 1), borderaxespad=0.1, handlelength=1)


def plot_burn_up(
    labels: pd.DataFrame, *, now: pd.Timestamp | None = None, ax: Axes | None = None, theme: str | None = None
) -> Axes:
    """Labels handed in over time, the total to reach, and the forecast of the end with its interval.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    now : Timestamp, optional
        The end of the history; the present by default.
    ax, theme
        As for `plot_workers`.

    Returns
    -------
    Axes
        matplotlib's own object, to be changed further.
    """
    require(labels, ("status", "created_at", "submitted_at"), "plot.burn_up()")
    now = pd.Timestamp.now("UTC") if now is None else now
    ax, colours = axes(ax, theme, (7, 3.4))
    if labels.empty:
        return titled(ax, colours, "Labels handed in")
    times = labels["submitted_at"].dropna().sort_values()
    steps = np.arange(1, len(times) + 1)
    fill = look.colours(theme or "light")["done"]
    ax.step([*times, now], [*steps, len(times)], where="post", color=fill, linewidth=2)
    ax.axhline(len(labels), color=colours["ink"], linewidth=1, linestyle=(0, (4, 3)))
    ax.annotate(
        f"{look.count(len(labels))} to hand in",
        (0, len(labels)),
        xycoords=("axes fraction", "data"),
        xytext=(2, -3),
        textcoords="offset points",
        va="top",
        color=colours["ink"],
        fontsize="small",
    )
    end = forecast(labels, now=now).iloc[0]
    if not end["reason"]:
        _draw_forecast(ax, theme, end, now, len(times), len(labels))
    ax.set_ylim(0, len(labels) * 1.08 or 1)
    dates(ax)
    return titled(ax, colours, "Labels handed in", "time (UTC)", "labels")


def _draw_forecast(ax: Axes, theme: str | None, end: pd.Series[Any], now: pd.Timestamp, done: int, total: int) -> None:
    colours = themed(theme)
    ax.plot([now, end["expected_at"]], [done, total], color=colours["accent"], linewidth=1.5, linestyle=(0, (1, 1.5)))
    ax.fill(
        [now, end["low_at"], end["high_at"]],
        [done, total, total],
        color=colours["accent"],
        alpha=_FADED,
        linewidth=0,
        label="90 % interval of the end",
    )
    text = look.about(end["expected_at"].strftime("%d %b %H:%M"))
    ax.annotate(
        text,
        (end["expected_at"], total),
        xytext=(0, 4),
        textcoords="offset points",
        ha="right",
        color=colours["ink"],
        fontsize="small",
    )
    legend(ax, theme, loc="lower right")


def plot_throughput(labels: pd.DataFrame, freq: str = "h", *, ax: Axes | None = None, theme: str | None = None) -> Axes:
    """Labels handed in, period by period.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    freq : str, default "h"
        As for `throughput`.
    ax, theme
        As for `plot_workers`.

    Returns
    -------
    Axes
        matplotlib's own object, to be changed further.
    """
    counts = throughput(labels, freq)
    ax, colours = axes(ax, theme, (7, 2.6))
    width = (pd.Timestamp(0) + pd.tseries.frequencies.to_offset(freq) - pd.Timestamp(0)) / pd.Timedelta("1D")
    ax.bar(counts.index, counts.to_numpy(), width=width * 0.9, align="edge", color=colours["accent"])
    if len(counts):
        dates(ax)
    return titled(ax, colours, "Throughput", "time (UTC)", f"labels per {freq}")


def plot_agreement(labels: pd.DataFrame, *, ax: Axes | None = None, theme: str | None = None) -> Axes:
    """Cohen's kappa of each pair of workers, as a heat map with the numbers in it.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    ax, theme
        As for `plot_workers`.

    Returns
    -------
    Axes
        matplotlib's own object, to be changed further.
    """
    matrix = kappa_matrix(labels).sort_index(axis=0).sort_index(axis=1)
    table = matrix.to_numpy(copy=True)
    np.fill_diagonal(table, np.nan)
    ax, colours = axes(ax, theme, heat_size(matrix.index, matrix.columns))
    names = [str(name) for name in matrix.index]
    heat(ax, table, names, names, ".2f", (0.0, 1.0))
    return titled(ax, colours, "Cohen's kappa")


def plot_confusion(
    labels: pd.DataFrame,
    truth: Mapping[str, str] | pd.Series[Any] | None = None,
    *,
    worker: str | None = None,
    ax: Axes | None = None,
    theme: str | None = None,
) -> Axes:
    """What is said of inputs whose truth is known: shares of the labels, one row a truth.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    truth : mapping or Series, optional
        As for `confusion`.
    worker : str, optional
        This worker alone; all together by default.
    ax, theme
        As for `plot_workers`.

    Returns
    -------
    Axes
        matplotlib's own object, to be changed further.
    """
    counts = confusion(labels, truth)
    table: pd.DataFrame = counts.loc[str(worker)] if worker else counts.groupby(level="truth").sum()  # type: ignore[assignment]  # one level is left
    shares = table.div(table.sum(axis=1), axis=0)
    ax, colours = axes(ax, theme, heat_size(shares.index, shares.columns))
    rows, columns = [str(name) for name in shares.index], [str(name) for name in shares.columns]
    heat(ax, shares.to_numpy(), rows, columns, ".2f", (0.0, 1.0))
    return titled(ax, colours, "Confusion" + (f" of {short(str(worker))}" if worker else ""), "label", "truth")


def plot_disagreements(labels: pd.DataFrame, n: int = 30, *, ax: Axes | None = None, theme: str | None = None) -> Axes:
    """The most contested inputs and how their votes are divided, one strip each.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    n : int, default 30
        How many inputs at most.
    ax, theme
        As for `plot_workers`.

    Returns
    -------
    Axes
        matplotlib's own object, to be changed further.
    """
    found = contested(labels).head(n)[::-1]
    ax, colours = axes(ax, theme, (7, 1.2 + 0.26 * len(found)))
    for place, votes in enumerate(found["votes_by_label"]):
        left, total = 0.0, sum(number for _, number in votes)
        for rank, (name, number) in enumerate(votes):
            fill, ink = STEPS[min(rank, len(STEPS) - 1)]
            ax.barh(place, number / total, left=left, color=fill, height=0.8)
            ax.text(
                left + 0.008,
                place,
                f"{short(str(name))}: {number}",
                clip_on=True,
                va="center",
                color=ink,
                fontsize="x-small",
            )
            left += number / total
    names = [short(str(name)) for name in found.index.get_level_values("task")]
    ax.set_yticks(range(len(found)), names, fontsize="x-small")
    ax.set_xlim(0, 1)
    ax.margins(y=0.01)
    return titled(ax, colours, "Contested inputs", "share of the votes")
