"""What a change of workers does to a task's assignments: finished work is kept, open work is given out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, insert, literal, select, update

from tasknb.messages.enums import WorkerStrategy
from tasknb.service.bulk import insert_rows
from tasknb.service.schema import assignments, workers
from tasknb.service.work.assigning import COLUMNS, PENDING, pending_rows, weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement

    from tasknb.messages.task import Task, TaskWorker
    from tasknb.service.context import Context
    from tasknb.service.tasks.task_rows import TaskRow
    from tasknb.service.work.resharing import Work

_FETCH = 10_000


def reassign_work(ctx: Context, row: TaskRow, old: Task, new: Task, worker_pks: Sequence[int]) -> None:
    """Fit a task's open assignments to its new workers.

    Under FULL whoever joins gets every input of the task, and open work of those who leave is dropped. Under DYNAMIC
    open work of those who leave goes to the others in turn. Under PARTITIONED the open work is shared by the new loads.
    """
    assert old.worker is not None
    assert new.worker is not None
    if row.strategy == WorkerStrategy.FULL.number:
        _refill(ctx, row, worker_pks)
    elif row.strategy == WorkerStrategy.DYNAMIC.number:
        _hand_over(ctx, row, worker_pks)
    elif _shares(old.worker) != _shares(new.worker):
        _reshare(ctx, row, new.worker, worker_pks)


def _shares(worker: TaskWorker) -> tuple[object, ...]:
    info = worker.partitioned_strategy_info
    assert info is not None
    return [one.id for one in worker.workers], weights_of(worker), info.workers_per_input


def _refill(ctx: Context, row: TaskRow, worker_pks: Sequence[int]) -> None:
    of_task = select(assignments.c.input_pk).where(assignments.c.task_pk == row.pk).distinct().subquery()
    has = and_(
        assignments.c.task_pk == row.pk,
        assignments.c.input_pk == of_task.c.input_pk,
        assignments.c.slot == workers.c.pk,
    )
    every = (
        select(
            literal(row.pk),
            of_task.c.input_pk,
            workers.c.pk,
            workers.c.pk,
            literal(PENDING),
            literal(ctx.now),
            literal(ctx.now),
        )
        .select_from(of_task.join(workers, workers.c.pk.in_(worker_pks)))
        .where(~select(assignments.c.pk).where(has).correlate(of_task, workers).exists())
    )
    ctx.db.execute(insert(assignments).from_select(COLUMNS, every))
    ctx.db.execute(delete(assignments).where(_open(row), assignments.c.worker_pk.not_in(worker_pks)))


def _open(row: TaskRow) -> ColumnElement[bool]:
    return and_(assignments.c.task_pk == row.pk, assignments.c.status_code == PENDING)


def _hand_over(ctx: Context, row: TaskRow, worker_pks: Sequence[int]) -> None:
    left = select(assignments.c.pk).where(_open(row), assignments.c.worker_pk.not_in(worker_pks))
    pks = ctx.db.scalars(left.order_by(assignments.c.pk)).all()
    _give(ctx, pks, [worker_pks[index % len(worker_pks)] for index in range(len(pks))])


_GIVE = (
    update(assignments)
    .where(assignments.c.pk == bindparam("of_pk"))
    .values(worker_pk=bindparam("to_worker"), modified_at=bindparam("at"))
)


def _give(ctx: Context, pks: Sequence[int], to: Sequence[int]) -> None:
    if pks:
        rows = [{"of_pk": pk, "to_worker": worker, "at": ctx.now} for pk, worker in zip(pks, to, strict=True)]
        ctx.db.execute(_GIVE, rows)


def _reshare(ctx: Context, row: TaskRow, worker: TaskWorker, worker_pks: Sequence[int]) -> None:
    import numpy as np  # noqa: PLC0415  only PARTITIONED needs it

    from tasknb.service.work.resharing import reshare  # noqa: PLC0415  imports numpy

    info = worker.partitioned_strategy_info
    assert info is not None
    work, input_pks = _read_work(ctx, row, worker_pks)
    changes = reshare(work, weights_of(worker), info.workers_per_input, row.seed)
    people = np.array(worker_pks)
    if len(changes.dropped):
        gone = [{"of_pk": pk} for pk in changes.dropped.tolist()]
        ctx.db.execute(delete(assignments).where(assignments.c.pk == bindparam("of_pk")), gone)
    _give(ctx, changes.moved.tolist(), people[changes.movers].tolist())
    added = (input_pks[changes.added_input], changes.added_slot, people[changes.added_worker])
    rows = pending_rows(ctx, row, *(column.tolist() for column in added))
    insert_rows(ctx.db, assignments, COLUMNS, rows)


def _read_work(ctx: Context, row: TaskRow, worker_pks: Sequence[int]) -> tuple[Work, NDArray[np.int64]]:
    """All assignments of the task, and the pks of the inputs that they count."""
    import numpy as np  # noqa: PLC0415  only PARTITIONED needs it

    from tasknb.service.work.resharing import NOBODY, Work  # noqa: PLC0415  imports numpy

    names = ("pk", "input_pk", "slot", "worker_pk", "status_code")
    query = select(*(assignments.c[name] for name in names)).where(assignments.c.task_pk == row.pk)
    found = ctx.db.execute(query.order_by(assignments.c.pk))
    pieces = [np.array([tuple(one) for one in some], np.int64) for some in found.partitions(_FETCH)]
    table = np.concatenate(pieces) if pieces else np.empty((0, len(names)), np.int64)
    pk, of_input, slot, of_worker, status = table.T
    input_pks, index = np.unique(of_input, return_inverse=True)
    order = np.argsort(worker_pks)
    place = np.searchsorted(np.array(worker_pks)[order], of_worker).clip(max=len(order) - 1)
    who = np.where(np.array(worker_pks)[order][place] == of_worker, order[place], NOBODY)
    return Work(pk=pk, input=index, slot=slot, worker=who, open=status == PENDING), input_pks
