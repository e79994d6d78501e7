"""How well workers agree on boxes and polygons: regions of the same concept, matched one to one by overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.build import frame_of
from tasknb.frames.check import require
from tasknb.frames.coded import special, wide
from tasknb.frames.matching import Regions, matched
from tasknb.frames.tables import REGION_AGREEMENT
from tasknb.messages.agreement import MIN_OVERLAP

if TYPE_CHECKING:
    from tasknb.frames.coded import Ints

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
    compared = _compared(annotations, min_overlap).assign(all="all")
    if by == "label":
        compared = compared[compared["label"].notna()]
    by_input = compared.groupby([*key, "item"], sort=True)[_COUNTS].sum().reset_index()
    groups = {names: _row(group, confidence) for names, group in by_input.groupby(key)}
    values = {column.name: [row[column.name] for row in groups.values()] for column in REGION_AGREEMENT}
    index = pd.MultiIndex.from_tuples(list(groups), names=key) if groups else pd.MultiIndex.from_arrays([[]] * len(key))
    return frame_of(REGION_AGREEMENT, values).set_index(index.set_names(key) if by == "pair" else _flat(index, by))


def _flat(index: pd.MultiIndex, name: str) -> pd.Index[Any]:
    return index.get_level_values(0).rename(name)


def _compared(annotations: pd.DataFrame, min_overlap: float) -> pd.DataFrame:
    """For inputs that two workers have annotated: what each found and what both did, to be summed up.

    A row tells of the regions of one of them with one concept (column ``a`` or ``b``), or of one match (``matched`` and
    its ``overlap``); one row without a concept says that they are compared at all.
    """
    several = "task_id" in annotations.columns and len(annotations["task_id"].unique()) > 1
    item = annotations.groupby(["task_id", "task"] if several else ["task"], observed=True, sort=False).ngroup()
    worker, workers = _sorted_codes(annotations["worker"])
    label, labels = _sorted_codes(annotations["label"])
    rows = pd.DataFrame({"item": item.to_numpy(), "worker": worker, "label": label + 1, "at": range(len(item))})
    rows = rows[(rows["item"] >= 0) & (rows["worker"] >= 0)]
    pairs = _pairs(rows)
    rows = rows[annotations["shape"].isin(["box", "polygon"]).to_numpy()[rows["at"]]]
    counts = rows.groupby(["item", "worker", "label"]).size().reset_index(name="regions")
    found = [
        pairs.merge(counts.rename(columns={"worker": f"worker_{one}", "regions": one}), on=["item", f"worker_{one}"])
        for one in ("a", "b")
    ]
    compared = pd.concat([pairs, *found, _matches(rows, annotations, min_overlap)], ignore_index=True)
    compared[_COUNTS] = compared[_COUNTS].fillna(0)
    for name in ("worker_a", "worker_b"):
        compared[name] = workers[compared[name].to_numpy()]
    # A region without a concept is matched with its like; of no region at all there is no label.
    return compared.assign(label=compared["label"].map(dict(enumerate(["", *labels]))))


def _sorted_codes(values: pd.Series[Any]) -> tuple[Ints, np.ndarray[Any, Any]]:
    """Each value's position among the names in their order, -1 where it is missing; and the names."""
    column = values.astype("category")
    names = sorted(column.cat.categories)
    return wide(column.cat.set_categories(names).cat.codes.to_numpy()), np.array(names, dtype=object)


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Each two workers who have annotated the same input."""
    present = rows[["item", "worker"]].drop_duplicates()
    both = present.merge(present, on="item", suffixes=("_a", "_b"))
    return both[both["worker_a"] < both["worker_b"]]


def _matches(rows: pd.DataFrame, annotations: pd.DataFrame, min_overlap: float) -> pd.DataFrame:
    """One row a match."""
    rows = rows.sort_values(["item", "label", "worker"], kind="stable")
    shapes = annotations.iloc[rows["at"]]
    regions = Regions(
        group=wide(rows.groupby(["item", "label"]).ngroup().to_numpy()),
        worker=rows["worker"].to_numpy(),
        edges=shapes[["left", "top", "right", "bottom"]].to_numpy(dtype=np.float64),
        polygon=shapes["polygon"].to_numpy(),
    )
    one, other, overlap = matched(regions, min_overlap)
    found = rows.iloc[one][["item", "label"]]
    return found.assign(worker_a=regions.worker[one], worker_b=regions.worker[other], matched=1.0, overlap=overlap)


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
