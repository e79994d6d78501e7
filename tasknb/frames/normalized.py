"""Back from the dotted columns of ``pd.json_normalize`` to nested rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tasknb.frames.read import snake

# Below these the names are the user's own, dots included.
_FREE_FORM = ("metadata.", "worker.partitioned_strategy_info.weights.")


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One nested dict a row; missing values are left out.

    Parameters
    ----------
    frame : DataFrame
        What ``pd.json_normalize`` makes of a list of tasks: columns such as ``worker.strategy``, in snake_case or
        camelCase.
    """
    rows: list[dict[str, Any]] = [{} for _ in range(len(frame))]
    for position, column in enumerate(frame.columns):
        path = path_of(str(column))
        series = frame.iloc[:, position]
        for row, value in zip(rows, series.tolist(), strict=True):
            if not _is_missing(value):
                _put(row, path, value)
    return rows


def path_of(column: str) -> list[str]:
    """``worker.partitionedStrategyInfo.weights.ann.b`` as its four steps and the user's own name."""
    head, steps = column, []
    while head:
        step, _, head = head.partition(".")
        steps.append(snake(step))
        if ".".join(steps) + "." in _FREE_FORM and head:
            return [*steps, head]
    return steps


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)  # noqa: PLR0124  NaN


def _put(row: dict[str, Any], path: list[str], value: Any) -> None:
    *parents, last = path
    for step in parents:
        row = row.setdefault(step, {})
    if isinstance(value, float) and value.is_integer() and parents[:1] != ["metadata"]:
        value = int(value)  # a missing value in the column made its whole numbers floats
    elif isinstance(value, pd.Timestamp):
        value = value.isoformat()
    row[last] = value
