"""How well workers agree on boxes and polygons: regions of the same concept, matched one to one by overlap."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.build import frame_of
from tasknb.frames.check import require
from tasknb.frames.coded import optimize, special
from tasknb.frames.tables import REGION_AGREEMENT
from tasknb.messages.agreement import MIN_OVERLAP, ROUNDING
from tasknb.messages.shapes import common_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.frames.coded import Floats

_NEEDED = ("task", "worker", "label", "shape", "left", "top", "right", "bottom", "polygon")
_COUNTS = ["a", "b", "matched", "overlap"]


def region_agreement(
    annotations: pd.DataFrame, *, by: str = "pair", min_overlap: float = MIN_OVERLAP, confidence: float = 0.95
) -> pd.DataFrame:
    """How many of two workers' boxes and polygons are the same, and how well those overlap.

    On each input that both have annotated, regions of the same concept are matched one to one so that the sum of their
    overlaps (intersection over union, exact also for polygons) is largest; a match below `min_overlap` is none. F1 is
    twice the matches over the regions of both, the same measure that detectors are judged by. Boxes are matched with
    polygons too, by their outlines.

    Parameters
    ----------
    annotations : DataFrame
        The frame of annotations. An input that a worker has annotated without any box or polygon counts as his finding
        nothing there.
    by : {"pair", "label", "all"}
        A row for each pair of workers, or, over all pairs, for each concept, or one for everything.
    min_overlap : float, default 0.5
        From 0 to 1; the default is the service's rule for consensus.
    confidence : float, default 0.95
        The level of the interval, which is that of a ratio of sums over inputs (Cochran 1977, Sampling Techniques,
        chapter 6).

    Returns
    -------
    DataFrame
        Indexed by ``worker_a`` and ``worker_b``, by ``label``, or by ``all``, with the columns of
        ``tasknb.frames.columns("region_agreement")``; NaN with the reason where F1 is undefined.

    Raises
    ------
    ValueError
        If a column is missing or `by` is none of these.
    """
    require(annotations, _NEEDED, "region_agreement()")
    if by not in ("pair", "label", "all"):
        raise ValueError(f"no by={by!r}; there are pair, label and all")
    key = ["worker_a", "worker_b"] if by == "pair" else [by]
    compared = pd.DataFrame(list(_compared(annotations, min_overlap)), columns=_ROW).assign(all="all")
    if by == "label":
        compared = compared[compared["label"].notna()]
    by_input = compared.groupby([*key, "item"], sort=True)[_COUNTS].sum().reset_index()
    groups = {names: _row(group, confidence) for names, group in by_input.groupby(key)}
    values = {column.name: [row[column.name] for row in groups.values()] for column in REGION_AGREEMENT}
    index = pd.MultiIndex.from_tuples(list(groups), names=key) if groups else pd.MultiIndex.from_arrays([[]] * len(key))
    return frame_of(REGION_AGREEMENT, values).set_index(index.set_names(key) if by == "pair" else _flat(index, by))


_ROW = ["worker_a", "worker_b", "item", "label", *_COUNTS]


def _flat(index: pd.MultiIndex, name: str) -> pd.Index[Any]:
    return index.get_level_values(0).rename(name)


def _compared(annotations: pd.DataFrame, min_overlap: float) -> Iterator[tuple[Any, ...]]:
    """For each input, pair of workers and concept: the regions of each, the matches and the sum of their overlaps."""
    several = "task_id" in annotations.columns and len(annotations["task_id"].unique()) > 1
    item = ["task_id", "task"] if several else ["task"]
    texts = annotations.assign(
        worker=annotations["worker"].astype("str"), label=annotations["label"].astype("str").fillna("")
    )
    for number, (_, group) in enumerate(texts.groupby(item, observed=True, sort=False)):
        found = {worker: _by_label(rows) for worker, rows in group.groupby("worker", sort=True)}
        for one, other in combinations(found, 2):
            labels = sorted(found[one].keys() | found[other].keys())
            if not labels:
                yield one, other, number, None, 0, 0, 0, 0.0  # both found nothing
            for label in labels:
                ours, theirs = found[one].get(label, []), found[other].get(label, [])
                matched = _matched(ours, theirs, min_overlap)
                yield one, other, number, label, len(ours), len(theirs), len(matched), sum(matched)


def _by_label(rows: pd.DataFrame) -> dict[str, list[Any]]:
    regions: dict[str, list[Any]] = {}
    for row in rows[rows["shape"].isin(["box", "polygon"])].itertuples(index=False):
        regions.setdefault(str(row.label), []).append(row)
    return regions


def _matched(ours: list[Any], theirs: list[Any], min_overlap: float) -> list[float]:
    """The overlaps of the best matching, without those that are too small."""
    if not ours or not theirs:
        return []
    overlaps = _overlaps(ours, theirs)
    enough = np.where(overlaps >= min_overlap - ROUNDING, overlaps, 0.0)
    rows, columns = optimize().linear_sum_assignment(enough, maximize=True)
    return [float(value) for value in enough[rows, columns] if value > 0]


def _overlaps(ours: list[Any], theirs: list[Any]) -> Floats:
    """Intersection over union of each with each."""
    edges = np.array([[(row.left, row.top, row.right, row.bottom) for row in theirs]], dtype=np.float64)
    mine = np.array([[(row.left, row.top, row.right, row.bottom)] for row in ours], dtype=np.float64)
    sides = np.minimum(mine[..., 2:], edges[..., 2:]) - np.maximum(mine[..., :2], edges[..., :2])
    common = np.prod(np.clip(sides, 0, None), axis=-1)
    areas = [np.prod(table[..., 2:] - table[..., :2], axis=-1) for table in (mine, edges)]
    total = areas[0] + areas[1] - common
    result: Floats = np.divide(common, total, out=np.zeros_like(common), where=total > 0)
    for row, column in np.argwhere(common > 0):  # only outlines whose bounds meet can overlap
        if len(ours[row].polygon) or len(theirs[column].polygon):
            result[row, column] = _of_outlines(_outline(ours[row]), _outline(theirs[column]))
    return result


def _outline(row: Any) -> list[tuple[float, float]]:
    if len(row.polygon):
        return list(zip(row.polygon[1::2], row.polygon[0::2], strict=True))
    return [(row.top, row.left), (row.top, row.right), (row.bottom, row.right), (row.bottom, row.left)]


def _of_outlines(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> float:
    common = common_area(one, other)
    total = common_area(one, one) + common_area(other, other) - common
    return common / total if total > 0 else 0.0


def _row(group: pd.DataFrame, confidence: float) -> dict[str, Any]:
    matched, regions = 2 * group["matched"].to_numpy(), (group["a"] + group["b"]).to_numpy()
    row = {
        "f1": np.nan,
        "low": np.nan,
        "high": np.nan,
        "overlap": group["overlap"].sum() / group["matched"].sum() if matched.any() else np.nan,
        "inputs": len(group),
        "regions_a": int(group["a"].sum()),
        "regions_b": int(group["b"].sum()),
        "matched": int(group["matched"].sum()),
        "reason": "",
    }
    if not regions.any():
        return {**row, "reason": "neither has found a box or polygon"}
    row["f1"] = matched.sum() / regions.sum()
    if len(group) > 1:
        spread = (matched - row["f1"] * regions) / regions.mean()
        error = np.sqrt(spread @ spread / (len(group) * (len(group) - 1)))
        half = special().stdtrit(len(group) - 1, 0.5 + confidence / 2) * error
        row["low"], row["high"] = max(row["f1"] - half, 0.0), min(row["f1"] + half, 1.0)
    return row
