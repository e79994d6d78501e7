"""Labels larger than memory: progress, throughput, counts and majority vote, computed by the engine that holds them.

`progress`, `throughput`, `label_counts` and `consensus` pass what is no pandas DataFrame on to here: a DuckDB relation,
a Dask, Polars or PySpark DataFrame with the columns of the frame of labels. What is to be done is said once, through
narwhals, and left to the engine; only sums leave it.
"""

from __future__ import annotations

import re
import warnings
from importlib import import_module
from typing import Any

import pandas as pd

from tasknb.errors import MissingExtraError
from tasknb.frames.check import HOW_TO_GET

_UNITS = {"min": "m", "T": "m", "h": "h", "H": "h", "D": "d"}


def status_counts(labels: Any, by: str) -> pd.DataFrame:
    """How many assignments have which status, one row a value of `by`."""
    nw, lazy = _lazy(labels, (by, "status"), f"progress(by={by!r})")
    known = lazy.filter(~nw.col(by).is_null() & ~nw.col("status").is_null())
    return _table(known.select(nw.col(by), nw.col("status").cast(nw.String)), nw, by, "status")


def label_counts(labels: Any) -> pd.DataFrame:
    """How often each worker said each label."""
    nw, lazy = _lazy(labels, ("worker", "label"), "label_counts()")
    said = lazy.filter(~nw.col("label").is_null())
    texts = [nw.col("worker").cast(nw.String), nw.col("label").cast(nw.String)]
    return _table(said.select(*texts), nw, "worker", "label")


def throughput(labels: Any, freq: str, by: str | None = None) -> pd.DataFrame | pd.Series[int]:
    """Labels by the begin of the period in which they were handed in; periods without one are left out."""
    found = re.fullmatch(r"(\d*)(min|T|h|H|D)", freq)
    if found is None:
        raise ValueError(f"an engine cannot count by {freq!r}; give minutes, hours or days: '15min', 'h', 'D'")
    every = (found[1] or "1") + _UNITS[found[2]]
    groups = [by] if by else []
    nw, lazy = _lazy(labels, ("submitted_at", *groups), "throughput()")
    for name in ("submitted_at", *groups):
        lazy = lazy.filter(~nw.col(name).is_null())
    periods = lazy.select(nw.col("submitted_at").dt.truncate(every).alias("period"), *groups)
    counts = _collected(periods.group_by("period", *groups).agg(nw.len().alias("labels")))
    begin = pd.DatetimeIndex(pd.to_datetime(counts["period"], utc=True), name="submitted_at").as_unit("us")
    index = pd.MultiIndex.from_arrays([begin, counts[by]]) if by else begin
    sizes: pd.Series[int] = counts["labels"].astype("int64").set_axis(index).sort_index()
    return sizes.unstack(fill_value=0) if by else sizes  # noqa: PD010  two levels, one of them few


def majority(labels: Any) -> Any:
    """The majority's label of each input, as the engine's own frame.

    One row an input, in no order: ``task`` (after ``task_id`` where the labels have one), ``label`` (missing where
    several are equally frequent), ``top`` (labels for it), ``votes`` (labels on the input) and ``tied``. A lazy engine
    computes nothing before it is asked to, for example by DuckDB's ``.write_parquet(path)``.
    """
    nw, lazy = _lazy(labels, ("task", "label"), "consensus()")
    item = ["task_id", "task"] if "task_id" in lazy.collect_schema().names() else ["task"]
    if type(labels).__module__.startswith("dask"):
        return _dask_majority(labels, item)
    said = lazy.filter(~nw.col("label").is_null()).select(*[nw.col(name).cast(nw.String) for name in (*item, "label")])
    votes = said.group_by(*item, "label").agg(nw.len().alias("number"))
    top = votes.group_by(*item).agg(nw.col("number").max().alias("top"), nw.col("number").sum().alias("votes"))
    leaders = votes.join(top, on=item).filter(nw.col("number") == nw.col("top"))
    # Of several leaders the first in order would be a silent choice: it is dropped below.
    found = leaders.group_by(*item).agg(
        nw.col("label").min(), nw.col("top").max(), nw.col("votes").max(), nw.len().alias("leaders")
    )
    decided = found.with_columns(
        nw.when(nw.col("leaders") == 1).then(nw.col("label")).alias("label"),
        nw.col("top", "votes").cast(nw.Int64),  # DuckDB's sums are 128-bit integers, which Parquet has not
        (nw.col("leaders") > 1).alias("tied"),
    )
    return decided.select(*item, "label", "top", "votes", "tied").to_native()


def _dask_majority(labels: Any, item: list[str]) -> Any:
    # Dask cannot join the two countings; but once the labels of an input are together, pandas counts each partition.
    texts = labels[[*item, "label"]].astype(dict.fromkeys(item, "str"))
    return texts.shuffle(on=item).map_partitions(_part_majority, item, meta=_part_majority(texts._meta, item))  # noqa: SLF001  Dask's own way to say which columns come


def _part_majority(labels: pd.DataFrame, item: list[str]) -> pd.DataFrame:
    """The majority within one partition, which holds all labels of its inputs."""
    votes = labels.groupby([*item, "label"], observed=True).size().rename("top").reset_index()
    votes["label"] = votes["label"].astype("str")
    by_item = votes.groupby(item)["top"]
    votes["votes"] = by_item.transform("sum")
    leaders = votes[votes["top"] == by_item.transform("max")]
    tied = leaders.duplicated(item, keep=False)
    result = leaders.assign(label=leaders["label"].where(~tied, None), tied=tied).drop_duplicates(item)
    return result[[*item, "label", "top", "votes", "tied"]].reset_index(drop=True)


def _table(pairs: Any, nw: Any, rows: str, columns: str) -> pd.DataFrame:
    """How often the two go together, both in the order of their names."""
    counts = _collected(pairs.group_by(rows, columns).agg(nw.len().alias("number")))
    table = counts.set_index([rows, columns])["number"].unstack(fill_value=0)  # noqa: PD010  few rows and columns
    return table.sort_index(axis=0).sort_index(axis=1).astype("int64")


def _lazy(labels: Any, needed: tuple[str, ...], what: str) -> tuple[Any, Any]:
    """narwhals, and the frame in its words."""
    try:
        nw = import_module("narwhals")
    except ImportError:
        raise MissingExtraError("frames of other engines", "engines") from None
    with warnings.catch_warnings():
        # narwhals announces that its Dask part will one day be a package of its own; there is none yet to install.
        warnings.filterwarnings("ignore", "Dask support is moving", FutureWarning)
        frame = nw.from_native(labels).lazy()
    known = frame.collect_schema().names()
    lacking = [name for name in needed if name not in known]
    if lacking:
        raise ValueError(f"{what} needs the columns {', '.join(lacking)}; {HOW_TO_GET}")
    return nw, frame


def _collected(rows: Any) -> pd.DataFrame:
    """The engine's answer in pandas; categories come back as text."""
    frame: pd.DataFrame = rows.collect().to_pandas()
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.CategoricalDtype) or frame[name].dtype == object:
            frame[name] = frame[name].astype("str")
    return frame
