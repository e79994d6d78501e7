"""How a task went while it was watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("taken", "total", "pending", "awaiting_review", "awaiting_consensus", "done", "rejected")


def history_frame(points: Sequence[Sequence[float]]) -> pd.DataFrame:
    """The looks at a task as a frame.

    Parameters
    ----------
    points : sequence of rows
        One row a look: seconds since 1970, the amount of work, and how much of it is in each status.

    Returns
    -------
    DataFrame
        Columns ``taken`` (UTC), ``total``, one for each status, and ``finished`` (done or rejected); all but the first
        count pieces of work: one worker's work on one input.
    """
    frame = pd.DataFrame(list(points), columns=list(COLUMNS))
    frame["taken"] = pd.to_datetime(frame["taken"].astype("float64"), unit="s", utc=True).astype("datetime64[us, UTC]")
    frame[list(COLUMNS[1:])] = frame[list(COLUMNS[1:])].astype("int64")
    frame["finished"] = frame["done"] + frame["rejected"]
    return frame
