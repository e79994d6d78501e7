"""The majority of the labels on each input: by counting alone, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tasknb.frames.coded import Coded, Floats, Ints, Part

_FEW = 16  # classes, up to which a table with all of them is faster
_NOTHING = (np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Votes:
    """What the votes say, one number an input.

    Attributes
    ----------
    leader : array of int
        The position of the class with the most votes, -1 where several have as many.
    share : array of float
        The leader's share of the votes.
    entropy : array of float
        Of the shares of all classes, in bits; 0 where all agree.
    number : array of int
        How many votes there are.
    """

    leader: Ints
    share: Floats
    entropy: Floats
    number: Ints


def majority(coded: Coded) -> Votes:
    """Count the votes."""
    count = _counted if len(coded.classes) <= _FEW else _counted_of_many
    parts = [count(part) for part in coded.parts()] or [_NOTHING]
    return Votes(*map(np.concatenate, zip(*parts, strict=True)))


def _counted(part: Part) -> tuple[Ints, Floats, Floats, Ints]:
    """Leader, share, entropy and number of votes of each input, class by class."""
    counts = part.counts()
    number, highest = reduce(np.add, counts), reduce(np.maximum, counts)
    log, weighted = _logarithms(number)
    bits: Any = reduce(np.add, map(weighted.take, counts))
    return _leader(counts, highest), highest / number, _entropy(log.take(number), bits, number, highest), number


def _leader(counts: Ints, highest: Ints) -> Ints:
    # Bytes add up several times faster than whole integers.
    leader = np.zeros(len(highest), dtype=np.int8)
    led, tied = np.zeros(len(highest), dtype=np.bool_), np.zeros(len(highest), dtype=np.bool_)
    for position, votes in enumerate(counts):
        leads = votes == highest
        tied |= led & leads
        led |= leads
        leader += leads.view(np.int8) * np.int8(position)
    leader[tied] = -1
    return leader.astype(np.int64)


def _counted_of_many(part: Part) -> tuple[Ints, Floats, Floats, Ints]:
    """The same of many classes, by those that an input has."""
    item, label, count = part.cells()
    item -= part.first
    number = np.bincount(part.item, minlength=part.items)
    highest = np.zeros(part.items, dtype=np.int64)
    np.maximum.at(highest, item, count)
    leads = np.flatnonzero(count == highest.take(item))
    leader = np.empty(part.items, dtype=np.int64)
    leader[item[leads]] = label[leads]
    leader[np.bincount(item[leads], minlength=part.items) > 1] = -1
    log, weighted = _logarithms(number)
    bits: Any = np.bincount(item, weighted.take(count), minlength=part.items)
    return leader, highest / number, _entropy(log.take(number), bits, number, highest), number


def _logarithms(number: Ints) -> tuple[Floats, Floats]:
    """Of each count that there may be, and times the count."""
    counts = np.arange(number.max() + 1)
    log: Floats = np.log2(np.maximum(counts, 1))
    return log, counts * log


def _entropy(log: Floats, weighted: Floats, number: Ints, highest: Ints) -> Floats:
    """The logarithm of n, less the mean of c log c over the classes' counts c."""
    entropy: Floats = log - weighted / number
    entropy[highest == number] = 0.0
    return entropy
