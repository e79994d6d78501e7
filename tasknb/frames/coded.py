"""Labels as integers: what agreement and aggregation compute with."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from tasknb.errors import MissingExtraError
from tasknb.frames.check import require

if TYPE_CHECKING:
    from collections.abc import Iterator

Ints: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Narrow: TypeAlias = np.ndarray[Any, np.dtype[Any]]
"""Whole numbers of as few bytes as they came in; `wide` before multiplying."""

_NEEDED = ["task", "worker", "label"]
_FEW = 30  # labels on an input, up to which comparing all of them is faster than sorting
_ROOM = 2**16  # numbers that the processor's cache holds
_FEWEST = 64  # inputs
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Coded:
    """Labels as three arrays of the same length: whose input, by whom, and which class.

    Attributes
    ----------
    item, worker, label : array of int
        For each label, its position in `items`, `workers` and `classes`. They are as narrow as the codes of a category,
        because a fresh array costs more than what is computed with it: `wide` those that you multiply.
    items : Index
        The inputs, by ``task``; by ``task_id`` and ``task`` where the labels are of several labeling tasks, because the
        same input then asks two questions.
    workers, classes : Index
        The workers by ``worker``, and the classes by ``label`` in their order.
    """

    item: Narrow
    worker: Narrow
    label: Narrow
    items: pd.Index[Any]
    workers: pd.Index[Any]
    classes: pd.Index[Any]

    def cells(self) -> Cells:
        """How many gave an input a class, for each input and class that go together."""
        parts = [part.cells() for part in self.parts()]
        item, label, count = map(np.concatenate, zip(*parts, strict=True)) if parts else (_NONE, _NONE, _NONE)
        return Cells(item, label, count.astype(np.float64), len(self.items), len(self.classes))

    def parts(self) -> Iterator[Part]:
        """All labels, those of some thousand inputs at a time."""
        coded = self.by_item()
        items, classes = len(self.items), np.arange(len(self.classes))
        rows = max(_FEWEST, _ROOM // max(len(classes), 1))
        begin = 0
        for first in range(0, items, rows):
            end = bisect_left(coded.item, first + rows, lo=begin)  # np.searchsorted would make narrow numbers wide
            item, label, met = wide(coded.item[begin:end]) - first, wide(coded.label[begin:end]), classes
            if rows * len(classes) > _ROOM:  # of so many classes, the table has only those that are met
                met, label = np.unique(label, return_inverse=True)
            yield Part(item, label, met, first, min(rows, items - first))
            begin = end

    def by_item(self) -> Coded:
        """The same labels, those of an input next to each other."""
        if (self.item[1:] >= self.item[:-1]).all():
            return self
        # Several times faster than argsort, and as stable: whole numbers that hold the place as well.
        number = len(self.item)
        order = np.sort(wide(self.item) * number + np.arange(number)) % number
        return replace(self, item=self.item[order], worker=self.worker[order], label=self.label[order])


@dataclass(frozen=True, slots=True)
class Part:
    """The labels of some inputs, few enough for the processor's cache to hold what is computed of them.

    Attributes
    ----------
    item, label : array of int
        For each label, its position among these inputs and in `classes`.
    classes : array of int
        Positions in the classes of all labels.
    first, items : int
        The position of the first input among all, and how many there are.
    """

    item: Ints
    label: Ints
    classes: Ints
    first: int
    items: int

    def counts(self) -> Ints:
        """How many gave an input a class: a table classes x inputs."""
        size = len(self.classes) * self.items
        return np.bincount(self.label * self.items + self.item, minlength=size).reshape(-1, self.items)

    def cells(self) -> tuple[Ints, Ints, Ints]:
        """Input, class and count, among all inputs and classes, where the count is not 0."""
        counts = self.counts().ravel()
        found = np.flatnonzero(counts > 0)  # several times faster than on the numbers themselves
        label = found // self.items
        return found - label * self.items + self.first, self.classes.take(label), counts.take(found)


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


def wide(numbers: Narrow) -> Ints:
    """The numbers as 64-bit integers, whose products do not overflow."""
    return numbers.astype(np.int64, copy=False)


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
    require(labels, _NEEDED, what)
    present = labels[[name for name in (*_NEEDED, "task_id") if name in labels.columns]]
    if any(present[name].hasnans for name in _NEEDED):
        present = present[present[_NEEDED].notna().all(axis=1)]
    item, items = _factorized(present["task"])
    if "task_id" in present.columns and len(present["task_id"].unique()) > 1:
        item, items = _combined(present["task_id"], item, items)
    worker, workers = _factorized(present["worker"])
    label, classes = _in_order(*_factorized(present["label"]), present["label"])
    coded = Coded(item, worker, label, items, workers.rename("worker"), classes.rename("label"))
    return _last_of_each(coded) if once else coded


def _last_of_each(coded: Coded) -> Coded:
    """Without the earlier labels of a worker on the same input, and classes that only they had; by input."""
    coded = coded.by_item()
    if not _repeats(coded):
        return coded
    kept = ~pd.Series(wide(coded.item) * len(coded.workers) + coded.worker).duplicated(keep="last").to_numpy()
    label = coded.label[kept]
    used = np.bincount(label, minlength=len(coded.classes)) > 0
    label = (np.cumsum(used) - 1)[label]
    return replace(coded, item=coded.item[kept], worker=coded.worker[kept], label=label, classes=coded.classes[used])


def _repeats(coded: Coded) -> bool:
    """Whether a worker has labeled an input twice, of labels by input."""
    for distance in range(1, _FEW):
        same = coded.item[distance:] == coded.item[:-distance]
        if not same.any():
            return False
        if (same & (coded.worker[distance:] == coded.worker[:-distance])).any():
            return True
    keys = np.sort(wide(coded.item) * len(coded.workers) + coded.worker)
    return bool((keys[1:] == keys[:-1]).any())


def _factorized(values: pd.Series[Any]) -> tuple[Narrow, pd.Index[Any]]:
    """Each value's code, and the values in the order of first appearance; categories are coded already."""
    if not isinstance(values.dtype, pd.CategoricalDtype):
        numbers, found = pd.factorize(values)
        return numbers, pd.Index(found, name=values.name)
    codes = values.cat.codes.to_numpy()
    used = _used(codes, len(values.cat.categories))
    if used.all():
        return codes, pd.Index(values.cat.categories, name=values.name)
    return (np.cumsum(used) - 1)[codes], pd.Index(values.cat.categories[used], name=values.name)


def _used(codes: Narrow, number: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which codes occur. Where there are few, all are mostly met early on."""
    used = np.zeros(number, dtype=np.bool_)
    for first in range(0, len(codes), _ROOM):
        used[codes[first : first + _ROOM]] = True
        if used.all():
            break
    return used


def _combined(task_ids: pd.Series[Any], item: Narrow, items: pd.Index[Any]) -> tuple[Ints, pd.Index[Any]]:
    task, tasks = _factorized(task_ids)
    codes, keys = pd.factorize(wide(task) * len(items) + item)
    pairs = [tasks[keys // len(items)], items[keys % len(items)]]
    return codes.astype(np.int64), pd.MultiIndex.from_arrays(pairs, names=["task_id", "task"])


def _in_order(codes: Narrow, classes: pd.Index[Any], values: pd.Series[Any]) -> tuple[Narrow, pd.Index[Any]]:
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
