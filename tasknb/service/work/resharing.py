"""How open work is shared anew when a PARTITIONED task gets other workers, weights or workers per input.

What is finished stays where it is, and as much of the open work as the new loads allow stays with whom it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tasknb.messages.partition import loads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

NOBODY = -1
_STEP = 256


@dataclass(frozen=True, slots=True)
class Work:
    """A task's assignments, one element for each.

    Attributes
    ----------
    pk, slot : array of int
        The assignment's pk and its slot among those of its input.
    input : array of int
        Which input, counted from 0.
    worker : array of int
        Who has it: an index among the new workers, or `NOBODY` for one who is no worker any more.
    open : array of bool
        Whether it is still to be done.
    """

    pk: Ints
    input: Ints
    slot: Ints
    worker: Ints
    open: Flags


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do: delete assignments, give some to other workers, add some."""

    dropped: Ints
    moved: Ints
    movers: Ints
    added_input: Ints
    added_slot: Ints
    added_worker: Ints


def reshare(work: Work, weights: Sequence[float], workers_per_input: int, seed: int) -> Changes:
    """Share open work anew, such that each input has `workers_per_input` workers and each worker about his load.

    Parameters
    ----------
    work : Work
        All assignments of the task.
    weights : sequence of float
        One for each new worker.
    workers_per_input : int
        How many different workers label each input; where more have finished one, they all stay.
    seed : int
        The same seed gives the same answer.
    """
    rng = np.random.default_rng(seed)
    n_inputs = int(work.input.max()) + 1 if len(work.input) else 0
    finished = np.bincount(work.input[~work.open], minlength=n_inputs)
    wanted_open = np.maximum(workers_per_input - finished, 0)
    dropped = _surplus(work, wanted_open, rng)
    kept = work.open & ~dropped
    missing = wanted_open - np.bincount(work.input[kept], minlength=n_inputs)
    n_new = int(missing.sum())
    target = _targets(work, weights, n_inputs, workers_per_input, int(kept.sum()) + n_new)
    moving = kept & _leaving(work, kept, target, missing, rng)
    staying = kept & ~moving
    deficit = np.maximum(target - np.bincount(work.worker[staying], minlength=len(target)), 0)
    taken = _present(work, staying | ~work.open, n_inputs, len(target))
    new_inputs = np.repeat(np.arange(n_inputs), missing)
    chosen = _choose(np.concatenate((work.input[moving], new_inputs)), deficit, taken, rng)
    n_moved = int(moving.sum())
    return Changes(
        dropped=work.pk[dropped],
        moved=work.pk[moving],
        movers=chosen[:n_moved],
        added_input=new_inputs,
        added_slot=_free_slots(work, new_inputs, n_inputs),
        added_worker=chosen[n_moved:],
    )


def _surplus(work: Work, wanted_open: Ints, rng: np.random.Generator) -> Flags:
    """Open work beyond what each input needs; first that of workers who have left, then any."""
    order = np.lexsort((rng.random(len(work.pk)), work.worker == NOBODY, ~work.open, work.input))
    ranks = _ranks(work.input[order])
    surplus = np.zeros(len(order), np.bool_)
    surplus[order] = ranks >= wanted_open[work.input[order]]
    return surplus & work.open


def _ranks(groups: Ints) -> Ints:
    """The position of each element within its run of equal ones."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(starts, append=len(groups))
    return np.arange(len(groups)) - np.repeat(starts, sizes)


def _targets(work: Work, weights: Sequence[float], n_inputs: int, workers_per_input: int, n_open: int) -> Ints:
    """How much open work each worker shall have, in proportion to what his load still lacks."""
    full = np.array(loads(n_inputs, weights, workers_per_input), np.int64)
    done = work.worker[~work.open & (work.worker != NOBODY)]
    lacking = np.maximum(full - np.bincount(done, minlength=len(full)), 0)
    if not lacking.sum():
        lacking = np.ceil(np.array(weights)).astype(np.int64)
    return np.array(loads(n_open, lacking.tolist(), 1), np.int64)


def _present(work: Work, counted: Flags, n_inputs: int, n_workers: int) -> Flags:
    """Whether an input has a worker among the counted work; shape (inputs, workers)."""
    present = np.zeros((n_inputs, n_workers), np.bool_)
    some = counted & (work.worker != NOBODY)
    present[work.input[some], work.worker[some]] = True
    return present


def _leaving(work: Work, kept: Flags, target: Ints, missing: Ints, rng: np.random.Generator) -> Flags:
    """Open work of workers who have left, and what a worker has above his target.

    The latter at random, but from inputs that those who lack work do not have yet, so that they can take it.
    """
    leaving: Flags = work.worker == NOBODY
    open_now = np.bincount(work.worker[kept & ~leaving], minlength=len(target))
    absent = ~_present(work, kept | ~work.open, len(missing), len(target))
    lacking = np.maximum(target - open_now, 0)
    interest = absent @ lacking.astype(float)
    room = (absent & (lacking > 0)).sum(axis=1) - missing
    room -= np.bincount(work.input[kept & leaving], minlength=len(room))
    for worker in np.flatnonzero(open_now > target):
        mine = np.flatnonzero(kept & (work.worker == worker))
        wanted = np.where(room > 0, interest, 0)[work.input[mine]]
        keys = np.log(np.maximum(wanted, 1e-9)) + rng.gumbel(size=len(mine))
        chosen = mine[np.argsort(-keys)[: open_now[worker] - target[worker]]]
        leaving[chosen] = True
        room -= np.bincount(work.input[chosen], minlength=len(room))
    return leaving


def _choose(inputs: Ints, deficit: Ints, taken: Flags, rng: np.random.Generator) -> Ints:
    """A worker for each element of `inputs`: none twice for an input, each about as often as his `deficit` says.

    Some inputs at a time, in random order, with odds by the share of the inputs still to come that each worker needs;
    whoever needs all of them is certain. The steps grow smaller towards the end, so that the deficits are met.
    """
    need = np.bincount(inputs, minlength=len(taken))
    todo = rng.permutation(np.flatnonzero(need))
    left, available = deficit.astype(float), (~taken[todo]).sum(axis=0)
    picks = np.full((len(taken), need.max(initial=0)), NOBODY, np.int64)
    start = 0
    while start < len(todo):
        step = todo[start : start + max(1, min(_STEP, (len(todo) - start) // 8))]
        share = np.clip(left / np.maximum(available, 1), 1e-9, 1 - 1e-9)
        keys = np.log(share / (1 - share)) + rng.gumbel(size=(len(step), len(left)))
        available -= (~taken[step]).sum(axis=0)
        keys[taken[step]] = -np.inf
        best = np.argsort(-keys, axis=1)[:, : picks.shape[1]]
        best[np.arange(best.shape[1]) >= need[step, None]] = NOBODY
        picks[step, : best.shape[1]] = best
        left -= np.bincount(best[best != NOBODY], minlength=len(left))
        start += len(step)
    order = np.argsort(inputs, kind="stable")
    chosen = np.empty(len(inputs), np.int64)
    chosen[order] = picks[inputs[order], _ranks(inputs[order])]
    return chosen


def _free_slots(work: Work, new_inputs: Ints, n_inputs: int) -> Ints:
    """Slots above those that each input has."""
    highest = np.full(n_inputs, -1, np.int64)
    np.maximum.at(highest, work.input, work.slot)
    return highest[new_inputs] + 1 + _ranks(new_inputs)
