"""How a PARTITIONED task shares its inputs: exact loads, different workers for each input, combinations well mixed.

The service assigns by these functions and the form's plan shows what they say, so that the plan is what will happen.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

CHUNK = 8192
"""How many inputs are shared out at a time; it bounds the memory, whatever the number of inputs."""


def loads(n_inputs: int, weights: Sequence[float], workers_per_input: int) -> list[int]:
    """How many inputs each worker labels.

    Parameters
    ----------
    n_inputs : int
        How many inputs the task has.
    weights : sequence of float
        One number for each worker, 0 or more, not all 0; all equal under EVENLY.
    workers_per_input : int
        How many different workers label each input.

    Returns
    -------
    list of int
        In the order of `weights`: each within one of ``n_inputs * workers_per_input * weight / sum(weights)``, none
        above `n_inputs`, together exactly ``n_inputs * workers_per_input``. Equal weights differ by at most 1, and the
        first workers hold the larger loads.

    Raises
    ------
    ValueError
        If a weight is negative, all are 0, or a worker's share is above ``1 / workers_per_input``.
    """
    # Fractions, because a share such as 1/3 has no exact float, and the loads must be the same everywhere.
    exact_weights = [Fraction(weight) for weight in weights]
    total = sum(exact_weights)
    if total <= 0 or min(exact_weights) < 0:
        raise ValueError("weights are numbers of 0 or more, and not all 0")
    labels = n_inputs * workers_per_input
    exact = [labels * weight / total for weight in exact_weights]
    if max(exact) > n_inputs * (1 + workers_per_input * Fraction(1, 10**9)):
        raise ValueError(f"no worker's share may be above 1/{workers_per_input}: nobody labels an input twice")
    whole = [min(int(load), n_inputs) for load in exact]
    by_remainder = sorted(range(len(whole)), key=lambda index: whole[index] - exact[index])
    missing = labels - sum(whole)
    for index in [index for index in by_remainder if whole[index] < n_inputs][:missing]:
        whole[index] += 1
    return whole


def partition(n_inputs: int, weights: Sequence[float], workers_per_input: int, seed: int) -> NDArray[np.int32]:
    """Who labels which input.

    Parameters
    ----------
    n_inputs, weights, workers_per_input
        As for `loads`.
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    array of int32, shape (n_inputs, workers_per_input)
        For each input the indexes in `weights` of its workers, all different. Worker i occurs ``loads(...)[i]`` times.

    Raises
    ------
    ValueError
        As `loads`.
    """
    import numpy as np  # noqa: PLC0415  messages stay cheap to import

    chunks = list(partition_chunks(n_inputs, weights, workers_per_input, seed))
    return np.concatenate(chunks) if chunks else np.empty((0, workers_per_input), np.int32)


def partition_chunks(
    n_inputs: int, weights: Sequence[float], workers_per_input: int, seed: int
) -> Iterator[NDArray[np.int32]]:
    """`partition` piece by piece: the same rows, at most `CHUNK` at a time.

    Notes
    -----
    Lay all labels of some inputs in one row, sorted by worker, and fold the row into `workers_per_input` lines: since
    nobody's run is longer than a line, no column holds a worker twice, and the loads are exact. Folding all inputs at
    once would let only neighbours meet. So each small block of inputs is folded on its own, with its workers in random
    order; the loads of chunks and blocks are rounded such that they add up to the exact ones.
    """
    import numpy as np  # noqa: PLC0415  messages stay cheap to import

    rng = np.random.default_rng(seed)
    left = np.array(loads(n_inputs, weights, workers_per_input), np.int64)
    coarseness = 1 + min(n_inputs // 250_000, 3)  # many inputs mix well enough with fewer, larger blocks
    block = coarseness * -(-len(left) // workers_per_input)
    chunk = max(CHUNK // block, 1) * block
    for start in range(0, n_inputs, chunk):
        inputs_left = n_inputs - start
        size = min(chunk, inputs_left)
        here = _part(left, size, inputs_left, rng)
        left -= here
        rest = size % block
        if rest and rest < size:
            last = _part(here, rest, size, rng)
            yield np.concatenate(
                (_fold_blocks(here - last, size - rest, block, rng), _fold_blocks(last, rest, rest, rng))
            )
        else:
            yield _fold_blocks(here, size, rest or block, rng)


def _part(load: NDArray[np.int64], size: int, of: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """The part of each worker's `load` over `of` inputs that falls to `size` of them: rounded up or down at random.

    Systematic sampling: the remainders lie end to end on a line in random order, and each whole number hits one of
    them, so that the parts add up exactly and each is right on average.
    """
    import numpy as np  # noqa: PLC0415  messages stay cheap to import

    part, remainder = np.divmod(load * size, of)
    order = rng.permutation(len(load))
    ends = np.cumsum(remainder[order]) + rng.integers(of)
    part[order] += np.diff(ends // of, prepend=0)
    return part


def _fold_blocks(load: NDArray[np.int64], size: int, block: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Share `size` inputs, a multiple of `block`, such that each worker has exactly his `load`; shape (size, k)."""
    import numpy as np  # noqa: PLC0415  messages stay cheap to import

    blocks, workers = size // block, len(load)
    lines = int(load.sum()) // size
    quota = np.tile(load // blocks, (blocks, 1))
    extra = load % blocks
    order = rng.permutation(workers)
    # The same folding one level up: who gets one more in which block. At most one each, since extra < blocks.
    chosen = np.repeat(order, extra[order])
    quota[np.arange(len(chosen)) % blocks, chosen] += 1
    orders = np.argsort(rng.random((blocks, workers), np.float32), axis=1).astype(np.int32)
    runs = np.repeat(orders.ravel(), np.take_along_axis(quota, orders, axis=1).ravel())
    # Neighbouring inputs belong to different blocks: similar inputs, which tend to lie together, reach many workers.
    return runs.reshape(blocks, lines, block).transpose(2, 0, 1).reshape(size, lines)
