"""From lists of values, page by page, to a frame with the dtypes of its table of columns."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from tasknb.errors import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tasknb.frames.tables import Column

TIME: Final = "datetime64[us, UTC]"
_BATCH = 16_384  # rows; below some thousands, pandas' cost for each array outweighs that for each value


class Codes(dict[Any, int]):
    """Counts each new key up from 0; a missing value is always -1.

    Attributes
    ----------
    number : int
        How many keys there are, the missing ones aside.
    """

    def __init__(self, categories: Iterable[str] = ()) -> None:
        super().__init__((name, code) for code, name in enumerate(categories))
        self.number = len(self)
        self._dtype: pd.CategoricalDtype | None = None
        self[None] = -1
        self[""] = -1

    def __missing__(self, key: Any) -> int:
        code = self[key] = self.number
        self.number += 1
        return code

    def of(self, values: Sequence[Any]) -> np.ndarray[Any, Any]:
        """The code of each value."""
        return np.fromiter(map(self.__getitem__, values), dtype=np.int32, count=len(values))

    def dtype(self) -> pd.CategoricalDtype:
        """The values in the order of their codes, as a dtype; the same one until there are more."""
        if self._dtype is None or len(self._dtype.categories) != self.number:
            names = [key for key, code in self.items() if code >= 0]
            self._dtype = pd.CategoricalDtype(pd.Index(names, dtype="str"))
        return self._dtype


class Builder:
    """Collects pages of values and makes one frame of them.

    Pages become arrays a batch at a time, so that their strings and messages can be freed.

    Parameters
    ----------
    table : sequence of Column
        The columns of the frame.
    shared : mapping of column name to Codes, optional
        Category columns whose codes several builders share, so that their frames can be joined by code.
    """

    def __init__(self, table: Sequence[Column], shared: Mapping[str, Codes] | None = None) -> None:
        self._table = table
        self._waiting: dict[str, list[Any]] = {column.name: [] for column in table}
        self._chunks: dict[str, list[Any]] = {column.name: [] for column in table}
        self._codes = {column.name: Codes(column.categories) for column in table if column.dtype == "category"}
        self._codes.update((name, codes) for name, codes in (shared or {}).items() if name in self._codes)

    def add(self, page: Mapping[str, Sequence[Any]]) -> None:
        """One page: for each column its values, None where one is missing."""
        for name, waiting in self._waiting.items():
            waiting.extend(page[name])
        if len(waiting) >= _BATCH:
            self._to_arrays()

    def frame(self) -> pd.DataFrame:
        """All pages as one frame, indexed from 0."""
        self._to_arrays()
        return pd.DataFrame({column.name: self._series(column) for column in self._table}, copy=False)

    def _to_arrays(self) -> None:
        for column in self._table:
            values = self._waiting[column.name]
            if values or not self._chunks[column.name]:
                self._chunks[column.name].append(self._array(column, values))
                values.clear()

    def _array(self, column: Column, values: Sequence[Any]) -> Any:
        match column.dtype:
            case "category":
                return self._codes[column.name].of(values)
            case "time":
                return _times(values, column.source)
            case "list":
                return _objects(values)
            case "Int64":
                return pd.array(values, dtype="Int64")
            case "str":
                return pd.array(values, dtype="str")
            case dtype:
                return np.asarray(values, dtype=dtype)

    def _series(self, column: Column) -> Any:
        # Emptied as it is read: a column's chunks and the column itself need not fit into memory side by side for all.
        chunks, self._chunks[column.name] = self._chunks[column.name], []
        if column.dtype == "category":
            codes = self._codes[column.name]
            return pd.Categorical.from_codes(np.concatenate(chunks), dtype=_categories(codes, column))
        if isinstance(chunks[0], np.ndarray):
            return np.concatenate(chunks)
        if len(chunks) == 1:
            return chunks[0]
        return pd.concat([pd.Series(chunk, copy=False) for chunk in chunks], ignore_index=True).array


def frame_of(table: Sequence[Column], values: Mapping[str, Any]) -> pd.DataFrame:
    """A frame from one list of values for each column of `table`."""
    builder = Builder(table)
    builder.add(values)
    return builder.frame()


def empty(table: Sequence[Column]) -> pd.DataFrame:
    """A frame of no rows with the columns and dtypes of `table`."""
    return Builder(table).frame()


def _categories(codes: Codes, column: Column) -> pd.CategoricalDtype:
    if codes.number == len(column.categories):  # they begin with the fixed ones, and no other was met
        return _fixed(column.categories)
    return codes.dtype()


@cache
def _fixed(names: tuple[str, ...]) -> pd.CategoricalDtype:
    # Making the dtype takes as long as reading a hundred rows.
    return pd.CategoricalDtype(pd.Index(names, dtype="str"))


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    # np.array would make lists of equal length into a matrix.
    return np.fromiter(values, dtype=object, count=len(values))


def _times(values: Sequence[Any], source: str) -> Any:
    try:
        # Times differ from row to row: a cache of those met before would cost more than it saves.
        index = pd.to_datetime(np.array(values, dtype=object), utc=True, format="ISO8601", cache=False)
    except ValueError as error:
        raise MessageError(f"not a time: {error}", source) from None
    return index.as_unit("us").array
