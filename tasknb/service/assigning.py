"""Giving inputs to workers: all of them when a task is made (PARTITIONED, FULL), or ten at a time (DYNAMIC)."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, insert, literal, select, update

from tasknb.messages.enums import PartitionedStrategy, WorkerStrategy
from tasknb.messages.partition import partition_chunks
from tasknb.messages.status import StatusCode
from tasknb.service.bulk import insert_rows
from tasknb.service.schema import assignments, tasks, workers
from tasknb.service.sources import count_source, place_of, source_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasknb.messages.task import TaskWorker
    from tasknb.service.context import Context
    from tasknb.service.task_rows import TaskRow

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
    pks = np.array(worker_pks)
    place = 0
    for chosen in partition_chunks(count_source(ctx, row), weights_of(worker), per_input, row.seed):
        query = source_inputs(ctx, row).where(place_of(row) > place).order_by(place_of(row)).limit(len(chosen))
        found = ctx.db.execute(query).all()
        place = found[-1].place
        input_pks = [one.input_pk for one in found]
        insert_rows(ctx.db, assignments, COLUMNS, _rows(ctx, row, input_pks, pks[chosen].tolist()))


def _rows(
    ctx: Context, row: TaskRow, input_pks: Sequence[int], chosen: Sequence[Sequence[int]]
) -> Iterator[tuple[Any, ...]]:
    for input_pk, worker_pks in zip(input_pks, chosen, strict=True):
        for slot, worker_pk in enumerate(worker_pks):
            yield row.pk, input_pk, slot, worker_pk, PENDING, ctx.now, ctx.now


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
        rows = zip(*_columns(ctx, row, worker_pk, [one.input_pk for one in drawn]), strict=False)
        insert_rows(ctx.db, assignments, COLUMNS, rows)
        ctx.db.execute(update(tasks).where(tasks.c.pk == row.pk).values(cursor=drawn[-1].place))


def _columns(ctx: Context, row: TaskRow, worker_pk: int, input_pks: Sequence[int]) -> tuple[Any, ...]:
    return (
        repeat(row.pk),
        input_pks,
        repeat(0),
        repeat(worker_pk),
        repeat(PENDING),
        repeat(ctx.now),
        repeat(ctx.now),
    )


def count_pending(ctx: Context, row: TaskRow, worker_pk: int) -> int:
    """How many of a worker's assignments wait for him."""
    mine = and_(assignments.c.task_pk == row.pk, assignments.c.worker_pk == worker_pk)
    query = select(func.count()).where(mine, assignments.c.status_code == PENDING)
    return int(ctx.db.scalar(query) or 0)
