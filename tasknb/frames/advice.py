"""What to do next: where one more label helps most, and whose open work to pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.frames.check import require
from tasknb.frames.coded import Coded, Floats, code, sparse
from tasknb.frames.crowd import aggregate
from tasknb.frames.pace import stalled_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.frames.crowd import Aggregation

_PROPOSAL = ["task_id", "task", "assignment_id", "from_worker", "to_worker"]


def next_inputs(labels: pd.DataFrame, n: int = 20, *, method: str = "one_coin") -> pd.DataFrame:
    """The inputs on which one more label helps most, and who should give it.

    The gain of a label is how much it is expected to raise the probability of the best class: the expected value of
    information (Howard 1966, IEEE Transactions on Systems Science and Cybernetics 2, 22-26) for a worker of average
    skill. Where no single label can change the decision the gain is 0, and the entropy decides.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels. Inputs without any label cannot be ranked, and are not among the result.
    n : int, default 20
        How many inputs at most.
    method : {"one_coin", "dawid_skene", "majority"}
        The model of the workers; see `aggregate`.

    Returns
    -------
    DataFrame
        One row an input, the most helpful first: ``label``, ``probability``, ``entropy`` (bits), ``votes``, ``tied``
        as of `consensus`, ``gain`` (probability) and ``ask`` (the most skilled worker who has not labeled it; missing
        where all have).
    """
    found = aggregate(labels, method)
    gains = found.labels.assign(gain=_gains(found))
    chosen = gains.sort_values(["gain", "entropy"], ascending=False, kind="stable").head(n)
    ask = _whom_to_ask(code(labels, "next_inputs()"), found, chosen.index)
    return chosen.assign(ask=pd.Series(ask, index=chosen.index, dtype="str"))


def _gains(found: Aggregation) -> Floats:
    posterior = found.posterior.to_numpy(dtype=np.float64)
    if not posterior.size:
        return np.zeros(len(posterior))
    classes = posterior.shape[1]
    skill = float(np.average(found.workers["skill"], weights=found.workers["labels"]))
    wrong = (1 - skill) / max(classes - 1, 1)
    after = np.zeros(len(posterior))
    for said in range(classes):
        likelihood = np.full(classes, wrong)
        likelihood[said] = skill
        after += (posterior * likelihood).max(axis=1)
    gains: Floats = np.maximum(after - posterior.max(axis=1), 0.0)
    return gains


def _whom_to_ask(coded: Coded, found: Aggregation, chosen: pd.Index[Any]) -> list[str | None]:
    """For each chosen input the most skilled worker who has not labeled it."""
    ones = np.ones(len(coded.item))
    labeled = sparse().csr_array((ones, (coded.item, coded.worker)), shape=(len(coded.items), len(coded.workers)))
    best_first = found.workers["skill"].sort_values(ascending=False, kind="stable").index
    order = coded.workers.get_indexer(best_first).tolist()
    asked: list[str | None] = []
    for row in coded.items.get_indexer(chosen):
        busy = set(labeled.indices[labeled.indptr[row] : labeled.indptr[row + 1]].tolist())
        asked.append(next((str(coded.workers[worker]) for worker in order if worker not in busy), None))
    return asked


def rebalance(
    labels: pd.DataFrame, *, now: pd.Timestamp | None = None, at_least: str = "1h", times_usual: float = 5
) -> pd.DataFrame:
    """Propose to whom the open assignments of stalled workers should pass.

    Each goes to the worker of the same labeling task who will be through first with what he has, by his own pace, and
    who has not been given that input already. It is a proposal: nothing is changed.

    Parameters
    ----------
    labels : DataFrame
        The frame of labels.
    now, at_least, times_usual
        Who is stalled; see `stalled_workers`.

    Returns
    -------
    DataFrame
        One row a pending assignment of a stalled worker: ``task_id``, ``task`` (the input), ``assignment_id``,
        ``from_worker`` and ``to_worker`` (missing where nobody may take it).
    """
    require(labels, ("task_id", "task", "worker", "status", "assignment_id", "submitted_at"), "rebalance()")
    stalls = stalled_workers(labels, now=now, at_least=at_least, times_usual=times_usual)
    stalled = set(stalls.index[stalls["stalled"]].astype("str"))
    plain = labels.assign(worker=labels["worker"].astype("str"))
    rows = [row for _, group in plain.groupby("task_id", observed=True) for row in _moves(group, stalled)]
    return pd.DataFrame(rows, columns=_PROPOSAL)


def _moves(labels: pd.DataFrame, stalled: set[str]) -> Iterator[tuple[Any, ...]]:
    """The proposals within one labeling task."""
    pending = labels["status"] == "pending"
    active = [worker for worker in labels["worker"].unique() if worker not in stalled]
    done = labels["submitted_at"].notna().groupby(labels["worker"]).sum()
    left = pending.groupby(labels["worker"]).sum().astype("float64")
    # Who has labeled twice as much is taken to be twice as fast; who has not begun, to be slow.
    pace = {worker: max(float(done[worker]), 0.5) for worker in active}
    load = {worker: float(left[worker]) for worker in active}
    given: dict[Any, set[str]] = {}
    for task, worker in zip(labels["task"], labels["worker"], strict=True):
        given.setdefault(task, set()).add(worker)
    for row in labels[pending & labels["worker"].isin(stalled)].itertuples(index=False):
        free = [worker for worker in active if worker not in given[row.task]]
        to = min(free, key=lambda worker: (load[worker] + 1) / pace[worker], default=None)
        if to is not None:
            load[to] += 1
            given[row.task].add(to)
        yield row.task_id, row.task, row.assignment_id, row.worker, to
