"""How well the workers of a task agree: one coefficient with what it rests on, or the reason why there is none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tasknb import frames
from tasknb.errors import MissingExtraError
from tasknb.reports.data import Agreement

if TYPE_CHECKING:
    import pandas as pd

    from tasknb.reports.reading import Labels

REGIONS = ("BOUNDING_BOX_DETECTION", "POLYGON_DETECTION")
REGION_INPUTS = 300
"""Regions are matched pair by pair; so many inputs tell enough."""


def is_regions(task_type: str) -> bool:
    """Whether workers draw boxes or polygons in tasks of this type."""
    return task_type in REGIONS


def agreement_of(labels: Labels, task_type: str) -> Agreement:
    """The agreement of all workers of one task."""
    measure = "f1" if is_regions(task_type) else "alpha"
    if not len(labels.frame):
        return Agreement(measure=measure, reason="no label has been handed in")
    try:
        return _f1(labels.annotations) if labels.annotations is not None else _alpha(labels.frame)
    except MissingExtraError as error:
        return Agreement(measure=measure, reason=str(error))


def _alpha(labels: pd.DataFrame) -> Agreement:
    table = frames.agreement(labels)
    row: dict[Any, Any] = table.loc["krippendorff_alpha"].to_dict()
    return Agreement(
        measure="alpha",
        value=_known(row["value"]),
        low=_known(row["low"]),
        high=_known(row["high"]),
        percent=_known(table["value"].to_dict()["percent"]),
        inputs=int(row["inputs"]),
        coverage=_known(row["coverage"]),
        reason=str(row["reason"]),
    )


def _f1(annotations: pd.DataFrame) -> Agreement:
    by_input = annotations.groupby("task", observed=True)["worker"].nunique()
    several = by_input.index[by_input >= 2]
    if not len(several):
        return Agreement(measure="f1", reason="no input has labels of two workers")
    chosen = annotations[annotations["task"].isin(several[:REGION_INPUTS])]
    row: dict[Any, Any] = frames.region_agreement(chosen, by="all").iloc[0].to_dict()
    return Agreement(
        measure="f1",
        value=_known(row["f1"]),
        low=_known(row["low"]),
        high=_known(row["high"]),
        inputs=min(len(several), REGION_INPUTS),
        coverage=len(several) / len(by_input),
        reason=str(row["reason"]),
    )


def _known(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)
