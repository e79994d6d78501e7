"""Whether a frame has what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

HOW_TO_GET = "client.tasks.frame().tasks.assignments(client) has them all"


def missing(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """The columns of `names` that `frame` has not."""
    return [name for name in names if name not in frame.columns]


def require(frame: pd.DataFrame, names: Iterable[str], what: str) -> None:
    """See that `frame` has the columns `names`, which `what` needs.

    Raises
    ------
    ValueError
        If some are missing; the message names them and says where they are to be had.
    """
    lacking = missing(frame, names)
    if lacking:
        raise ValueError(f"{what} needs the columns {', '.join(lacking)}; {HOW_TO_GET}")
