"""Labels as integers: what agreement and aggregation compute with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tasknb.errors import MissingExtraError
from tasknb.frames.check import require

Ints: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Coded:
    """Labels as three arrays of the same length: whose input, by whom, and which class.

    Attributes
    ----------
    item, worker, label : array of int
        For each label, its position in `items`, `workers` and `classes`.
    items : Index
        The inputs, by ``task``; by ``task_id`` and ``task`` where the labels are of several labeling tasks, because the
        same input then asks two questions.
    workers, classes : Index
        The workers by ``worker``, and the classes by ``label`` in their order.
    """

    item: Ints
    worker: Ints
    label: Ints
    items: pd.Index[Any]
    workers: pd.Index[Any]
    classes: pd.Index[Any]

    def cells(self) -> Cells:
        """How many gave an input a class, for each input and class that go together."""
        items, classes = len(self.items), len(self.classes)
        key = self.item * classes + self.label
        if items * classes <= 8 * len(key) + 10_000_000:
            counts = np.bincount(key, minlength=items * classes)
            found = np.flatnonzero(counts > 0)  # several times faster than on the numbers themselves
            counts = counts[found]
        else:  # so many classes that even one number for each input and class would be too much
            found, counts = np.unique(key, return_counts=True)
        item, label = np.divmod(found, max(classes, 1))
        return Cells(item, label, counts.astype(np.float64), items, classes)

    def by_item(self) -> Coded:
        """The same labels, those of an input next to each other."""
        if (np.diff(self.item) >= 0).all():
            return self
        order = np.argsort(self.item, kind="stable")
        return replace(self, item=self.item[order], worker=self.worker[order], label=self.label[order])


@dataclass(frozen=True, slots=True)
class Cells:
    """The entries of the table inputs x classes that are not 0, as three arrays, and the size of the table."""

    item: Ints
    label: Ints
    count: Floats
    items: int
    classes: int

    def per_item(self, values: Floats) -> Floats:
        """The sum over each input's entries."""
        return np.bincount(self.item, values, minlength=self.items).astype(np.float64, copy=False)

    def per_class(self, values: Floats) -> Floats:
        """The sum over each class's entries."""
        return np.bincount(self.label, values, minlength=self.classes).astype(np.float64, copy=False)

    def where(self, chosen: np.ndarray[Any, Any]) -> Cells:
        """The entries of the chosen inputs."""
        keep = chosen[self.item]
        return replace(self, item=self.item[keep], label=self.label[keep], count=self.count[keep])


def code(labels: pd.DataFrame, what: str, *, once: bool = False) -> Coded:
    """The labels that there are, as integers; rows without a label are left out.

    Parameters
    ----------
    labels : DataFrame
        Columns ``task``, ``worker``, ``label``, and ``task_id`` where there are several labeling tasks.
    what : str
        What needs them, for the message of an error.
    once : bool
        Keep only the last label that a worker gave to an item; otherwise each counts.
    """
    require(labels, ("task", "worker", "label"), what)
    present = labels[[name for name in ("task", "worker", "label", "task_id") if name in labels.columns]]
    known = (present["label"].notna() & present["worker"].notna() & present["task"].notna()).to_numpy()
    if not known.all():
        present = present[known]
    item, items = _factorized(present["task"])
    if "task_id" in present.columns and len(present["task_id"].unique()) > 1:
        item, items = _combined(present["task_id"], item, items)
    worker, workers = _factorized(present["worker"])
    label, classes = _in_order(*_factorized(present["label"]), present["label"])
    coded = Coded(item, worker, label, items, workers.rename("worker"), classes.rename("label"))
    return _last_of_each(coded) if once else coded


def _last_of_each(coded: Coded) -> Coded:
    """Without the earlier labels of a worker on the same input, and classes that only they had."""
    key = coded.item * len(coded.workers) + coded.worker
    in_order = np.sort(key)
    if not (in_order[1:] == in_order[:-1]).any():
        return coded
    kept = ~pd.Series(key).duplicated(keep="last").to_numpy()
    label = coded.label[kept]
    used = np.bincount(label, minlength=len(coded.classes)) > 0
    label = (np.cumsum(used) - 1)[label]
    return replace(coded, item=coded.item[kept], worker=coded.worker[kept], label=label, classes=coded.classes[used])


def _factorized(values: pd.Series[Any]) -> tuple[Ints, pd.Index[Any]]:
    """Each value's code, and the values in the order of first appearance; categories are coded already."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = pd.factorize(values)
        return codes.astype(np.int64), pd.Index(found, name=values.name)
    codes = values.cat.codes.to_numpy().astype(np.int64)
    used = np.bincount(codes, minlength=len(values.cat.categories)) > 0
    if used.all():
        return codes, pd.Index(values.cat.categories, name=values.name)
    return (np.cumsum(used) - 1)[codes], pd.Index(values.cat.categories[used], name=values.name)


def _combined(task_ids: pd.Series[Any], item: Ints, items: pd.Index[Any]) -> tuple[Ints, pd.Index[Any]]:
    task, tasks = _factorized(task_ids)
    codes, keys = pd.factorize(task * len(items) + item)
    pairs = [tasks[keys // len(items)], items[keys % len(items)]]
    return codes.astype(np.int64), pd.MultiIndex.from_arrays(pairs, names=["task_id", "task"])


def _in_order(codes: Ints, classes: pd.Index[Any], values: pd.Series[Any]) -> tuple[Ints, pd.Index[Any]]:
    """Classes in the order of an ordered category, else by number where all are numbers, else by name."""
    if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.ordered:
        return codes, classes
    numbers = numeric(classes)
    order = np.argsort(classes.astype("str") if numbers is None else numbers, kind="stable")
    if (order == np.arange(len(order))).all():
        return codes, classes
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[codes], classes[order]


def numeric(classes: pd.Index[Any]) -> Floats | None:
    """The classes as numbers, or None where one is no number."""
    numbers = pd.to_numeric(pd.Series(classes.astype("str")), errors="coerce").to_numpy(dtype=np.float64)
    return None if np.isnan(numbers).any() else numbers


def sparse() -> Any:
    """`scipy.sparse`, loaded when first needed."""
    return _scipy("sparse")


def special() -> Any:
    """`scipy.special`, loaded when first needed."""
    return _scipy("special")


def optimize() -> Any:
    """`scipy.optimize`, loaded when first needed."""
    return _scipy("optimize")


def _scipy(name: str) -> Any:
    try:
        return import_module(f"scipy.{name}")
    except ImportError:
        raise MissingExtraError("agreement and aggregation", "stats") from None
