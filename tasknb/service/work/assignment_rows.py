"""Assignments as they lie in the store, their ids, and the messages that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from tasknb.messages.people import Worker
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.task import TaskAssignment
from tasknb.messages.wire import decode
from tasknb.service.content.inputs import INPUT_COLUMNS, input_message
from tasknb.service.context import Refusal, to_datetime
from tasknb.service.schema import assignments, inputs, workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.service.context import Context
    from tasknb.service.tasks.task_rows import TaskRow

_BY_PK = select(
    assignments.c.pk,
    assignments.c.task_pk,
    assignments.c.input_pk,
    assignments.c.worker_pk,
    assignments.c.status_code,
    assignments.c.created_at,
    assignments.c.modified_at,
).where(assignments.c.pk.in_(bindparam("pks", expanding=True)))
_INPUTS = select(*INPUT_COLUMNS).where(inputs.c.pk.in_(bindparam("pks", expanding=True)))
_WORKERS = select(workers.c.pk, workers.c.body).where(workers.c.pk.in_(bindparam("pks", expanding=True)))


def assignment_id(row: TaskRow, pk: int) -> str:
    """The id that clients see: 32 hexadecimal digits, the first half the task's, so that none is ever used again."""
    return f"{row.seed:016x}{pk:016x}"


def assignment_pks(row: TaskRow, named: Sequence[TaskAssignment], path: str) -> list[int]:
    """The pks of the assignments that a request names, each once.

    Raises
    ------
    Refusal
        TASK_MISSING for an id that is none of this task's.
    """
    pks = []
    for index, one in enumerate(named):
        try:
            pk = int(one.id[16:], 16)
        except ValueError:
            pk = -1
        if pk < 0 or assignment_id(row, pk) != one.id:
            raise no_assignment(f"{path}[{index}].id", one.id)
        pks.append(pk)
    return list(dict.fromkeys(pks))


def no_assignment(path: str, named: str) -> Refusal:
    """The refusal for an id of which the task has no assignment."""
    return Refusal(
        StatusCode.TASK_MISSING, f"{path}: This task has no assignment {named!r}. LABEL_START names open ones."
    )


def find_assignments(ctx: Context, row: TaskRow, pks: Sequence[int]) -> list[Any]:
    """The rows of these assignments, in their order.

    Raises
    ------
    Refusal
        TASK_MISSING if one of them does not exist.
    """
    # The task is looked at here: as a condition it would make SQLite go through all assignments of the task.
    found = {one.pk: one for one in ctx.db.execute(_BY_PK, {"pks": list(pks)}) if one.task_pk == row.pk}
    for pk in pks:
        if pk not in found:
            raise no_assignment("task_assignments", assignment_id(row, pk))
    return [found[pk] for pk in pks]


def assignment_messages(ctx: Context, row: TaskRow, pks: Sequence[int]) -> list[TaskAssignment]:
    """The messages of these assignments, in their order, each with its input and worker."""
    rows = find_assignments(ctx, row, pks)
    wanted = ctx.db.execute(_INPUTS, {"pks": list({one.input_pk for one in rows})})
    found = {one.pk: input_message(one, ctx.base_url) for one in wanted}
    bodies = ctx.db.execute(_WORKERS, {"pks": list({one.worker_pk for one in rows})})
    people = {one.pk: decode(one.body, Worker) for one in bodies}
    statuses = {code: Status.of(StatusCode(code)) for code in {one.status_code for one in rows}}
    return [
        TaskAssignment(
            id=assignment_id(row, one.pk),
            created_at=to_datetime(one.created_at),
            modified_at=to_datetime(one.modified_at),
            worker=people[one.worker_pk],
            input=found[one.input_pk],
            status=statuses[one.status_code],
        )
        for one in rows
    ]
