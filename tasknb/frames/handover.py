"""Labels handed on: to crowd-kit, cleanlab, COCO, Hugging Face datasets, and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.check import require
from tasknb.frames.coded import code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike


def to_crowdkit(labels: pd.DataFrame) -> pd.DataFrame:
    """The three columns that crowd-kit reads, as plain strings.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.

    Returns
    -------
    DataFrame
        Columns ``task``, ``worker``, ``label``, indexed from 0, without rows that have no label. With several labeling
        tasks ``task`` is ``task_id/input``, because the same input then asks two questions.
    """
    require(labels, ("task", "worker", "label"), "to_crowdkit()")
    present = labels[labels["label"].notna()]
    result = present[["task", "worker", "label"]].astype("str").reset_index(drop=True)
    if "task_id" in present.columns and len(present["task_id"].unique()) > 1:
        result["task"] = present["task_id"].astype("str").to_numpy() + "/" + result["task"].to_numpy()
    return result


def to_cleanlab(labels: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """What ``cleanlab.multiannotator`` reads: ``labels_multiannotator``, and the names of its classes.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels; of several labels of a worker on an input the last counts.

    Returns
    -------
    table : DataFrame
        Inputs x workers: the class as a whole number from 0, NaN where a worker has not labeled the input. cleanlab
        wants this table dense; it takes 8 bytes for each input and worker.
    classes : list of str
        The label that each number stands for.
    """
    coded = code(labels, "to_cleanlab()", once=True)
    table = np.full((len(coded.items), len(coded.workers)), np.nan)
    table[coded.item, coded.worker] = coded.label
    return pd.DataFrame(table, index=coded.items, columns=coded.workers), [str(name) for name in coded.classes]


def to_coco(annotations: pd.DataFrame, sizes: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    """Boxes and polygons as a COCO dataset, ready for ``json.dump``.

    Parameters
    ----------
    annotations : DataFrame
        The frame of annotations; rows that are no box or polygon, or have no label, are left out.
    sizes : mapping of str to (int, int)
        Each input's width and height in pixels, by its id: tasknb's coordinates are shares of them, COCO's are pixels.

    Returns
    -------
    dict
        ``images`` (each input once, ``file_name`` is its id), ``categories``, ``annotations`` (with ``bbox`` as x, y,
        width, height, ``area``, ``segmentation``, and the worker's id as ``worker``); ids count from 1.

    Raises
    ------
    ValueError
        If the size of an input is missing.
    """
    needed = ("task", "worker", "label", "shape", "left", "top", "right", "bottom", "polygon")
    require(annotations, needed, "to_coco()")
    regions = annotations[annotations["shape"].isin(["box", "polygon"]) & annotations["label"].notna()]
    inputs = list(dict.fromkeys(regions["task"].astype("str")))
    unknown = [name for name in inputs if name not in sizes]
    if unknown:
        raise ValueError(f"to_coco() needs the size of every input; {', '.join(unknown[:5])} have none in `sizes`")
    names = sorted(set(regions["label"].astype("str")))
    image_of = {name: number for number, name in enumerate(inputs, start=1)}
    category_of = {name: number for number, name in enumerate(names, start=1)}
    return {
        "images": [
            {"id": number, "file_name": name, "width": sizes[name][0], "height": sizes[name][1]}
            for name, number in image_of.items()
        ],
        "categories": [{"id": number, "name": name} for name, number in category_of.items()],
        "annotations": [
            _coco_region(number, row, image_of[str(row.task)], category_of[str(row.label)], sizes[str(row.task)])
            for number, row in enumerate(regions.itertuples(index=False), start=1)
        ],
    }


def _coco_region(number: int, row: Any, image: int, category: int, size: tuple[int, int]) -> dict[str, Any]:
    width, height = size
    left, top = float(row.left) * width, float(row.top) * height
    right, bottom = float(row.right) * width, float(row.bottom) * height
    outline = np.asarray(row.polygon, dtype=np.float64) * np.resize([width, height], len(row.polygon))
    area = abs(_area(outline)) if len(outline) else (right - left) * (bottom - top)
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": [left, top, right - left, bottom - top],
        "area": area,
        "segmentation": [outline.tolist()] if len(outline) else [],
        "iscrowd": 0,
        "worker": str(row.worker),
    }


def _area(outline: np.ndarray[Any, Any]) -> float:
    """The area within x0, y0, x1, y1 …, positive or negative by its direction."""
    x, y = outline[0::2], outline[1::2]
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def to_columns(labels: pd.DataFrame) -> dict[str, list[Any]]:
    """A dict of columns, as ``datasets.Dataset.from_dict`` of Hugging Face takes it.

    Parameters
    ----------
    labels : DataFrame
        Any frame of tasknb.

    Returns
    -------
    dict of str to list
        Plain Python values; None where one is missing; times as text (RFC 3339, UTC).
    """
    return {str(name): _plain(labels[name]) for name in labels.columns}


def _plain(column: pd.Series[Any]) -> list[Any]:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return [None if pd.isna(value) else value.isoformat().replace("+00:00", "Z") for value in column]
    if any(isinstance(value, list | np.ndarray) for value in column.head(1)):
        return [list(value) for value in column]
    plain: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return plain


def to_csv(labels: pd.DataFrame, path: str | PathLike[str]) -> None:
    """Write a frame of labels as CSV: UTF-8, a header, times as RFC 3339, empty where a value is missing.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    path : str or path
        Where to. The file is for programs: a spreadsheet would run a label that begins with ``=`` as a formula.
    """
    times = labels.select_dtypes("datetimetz").columns
    texts = {name: pd.Series(_plain(labels[name]), index=labels.index, dtype="str") for name in times}
    labels.assign(**texts).to_csv(path, index=False)
