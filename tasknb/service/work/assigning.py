"""Giving inputs to workers: all of them when a task is made (PARTITIONED, FULL), or ten at a time (DYNAMIC)."""

from __future__ import annotations

from itertools import cycle, repeat
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, insert, literal, select, update

from tasknb.messages.enums import PartitionedStrategy, WorkerStrategy
from tasknb.messages.partition import partition_chunks
from tasknb.messages.status import StatusCode
from tasknb.service.bulk import insert_rows
from tasknb.service.schema import assignments, tasks, workers
from tasknb.service.tasks.sources import count_source, place_of, source_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasknb.messages.task import TaskWorker
    from tasknb.service.context import Context
    from tasknb.service.tasks.task_rows import TaskRow

BATCH = 10
"""How many inputs a DYNAMIC worker is given at a time."""

PENDING = StatusCode.TASK_ASSIGNMENT_PENDING.value

COLUMNS = ("task_pk", "input_pk", "slot", "worker_pk", "status_code", "created_at", "modified_at")


def assign_all(ctx: Context, row: TaskRow, worker: TaskWorker, worker_pks: Sequence[int]) -> None:
    """Give out all inputs that the source has now, as a PARTITIONED or FULL task does when it is made."""
    if row.strategy == WorkerStrategy.FULL.number:
        assign_full(ctx, row, worker_pks)
    elif row.strategy == WorkerStrategy.PARTITIONED.number:
        _assign_partitioned(ctx, row, worker, worker_pks)


def assign_full(ctx: Context, row: TaskRow, worker_pks: Sequence[int]) -> None:
    """Give every input of the source to each of these workers; the slot is the worker's pk, so nobody has one twice."""
    source = source_inputs(ctx, row).order_by(place_of(row)).subquery()
    every = select(
        literal(row.pk),
        source.c.input_pk,
        workers.c.pk,
        workers.c.pk,
        literal(PENDING),
        literal(ctx.now),
        literal(ctx.now),
    ).select_from(source.join(workers, workers.c.pk.in_(worker_pks)))
    ctx.db.execute(insert(assignments).from_select(COLUMNS, every))


def weights_of(worker: TaskWorker) -> list[float]:
    """The weights of a PARTITIONED task's workers, in their order; all 1 under EVENLY."""
    info = worker.partitioned_strategy_info
    if info is None or info.type is not PartitionedStrategy.WEIGHTED:
        return [1] * len(worker.workers)
    return [info.weights[one.id] for one in worker.workers]


def _assign_partitioned(ctx: Context, row: TaskRow, worker: TaskWorker, worker_pks: Sequence[int]) -> None:
    import numpy as np  # noqa: PLC0415  only PARTITIONED needs it

    info = worker.partitioned_strategy_info
    assert info is not None
    per_input = info.workers_per_input
    pks, slots = np.array(worker_pks), range(per_input)
    place = 0
    for chosen in partition_chunks(count_source(ctx, row), weights_of(worker), per_input, row.seed):
        query = source_inputs(ctx, row).where(place_of(row) > place).order_by(place_of(row)).limit(len(chosen))
        found = ctx.db.execute(query).all()
        place = found[-1].place
        input_pks = np.repeat([one.input_pk for one in found], per_input)
        columns = (input_pks.tolist(), cycle(slots), pks[chosen.ravel()].tolist())
        insert_rows(ctx.db, assignments, COLUMNS, pending_rows(ctx, row, *columns))


def pending_rows(
    ctx: Context, row: TaskRow, input_pks: Iterable[int], slots: Iterable[int], worker_pks: Iterable[int]
) -> Iterator[tuple[Any, ...]]:
    """New assignments as rows of `COLUMNS`; as many as the shortest of the three has."""
    constant = (repeat(PENDING), repeat(ctx.now), repeat(ctx.now))
    return zip(repeat(row.pk), input_pks, slots, worker_pks, *constant, strict=False)


def draw(ctx: Context, row: TaskRow, worker_pk: int) -> None:
    """Give a worker of a DYNAMIC task up to ten inputs that nobody has had; none when none is left."""
    place = place_of(row)
    source = source_inputs(ctx, row).where(place > row.cursor).subquery()
    # An input that left its dataset and came back has a new place, and may have been given out before.
    given = exists().where(
        assignments.c.task_pk == row.pk, assignments.c.input_pk == source.c.input_pk, assignments.c.slot == 0
    )
    query = select(source.c.place, source.c.input_pk).where(~given).order_by(source.c.place).limit(BATCH)
    drawn = ctx.db.execute(query).all()
    if drawn:
        rows = pending_rows(ctx, row, [one.input_pk for one in drawn], repeat(0), repeat(worker_pk))
        insert_rows(ctx.db, assignments, COLUMNS, rows)
        ctx.db.execute(update(tasks).where(tasks.c.pk == row.pk).values(cursor=drawn[-1].place))
