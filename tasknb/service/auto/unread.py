"""Inputs that could not be read: noted so that a task goes on without them, and told in the task's status.

Their assignments stay pending, since nobody has done the work; the runner passes over them until somebody sets the task
to TASK_IN_PROGRESS, which tries them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, insert, select

from tasknb.service.schema import assignments, auto_unread, inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection

NAMED = 3
"""How many of the inputs a task's status names."""

LONGEST = 500
"""How much of the reason is kept, in characters."""

passed_over: ColumnElement[bool] = exists(
    select(auto_unread.c.assignment_pk).where(auto_unread.c.assignment_pk == assignments.c.pk).correlate(assignments)
)
"""Whether the input of an assignment could not be read."""


def note(db: Connection, task_pk: int, reasons: Mapping[int, str]) -> None:
    """Pass over assignments from now on.

    Parameters
    ----------
    db : Connection
        In a transaction that writes.
    task_pk : int
        Whose they are.
    reasons : mapping of int to str
        Why their inputs cannot be read, by the assignments' pks.
    """
    rows = [{"assignment_pk": pk, "task_pk": task_pk, "reason": why[:LONGEST]} for pk, why in reasons.items()]
    db.execute(insert(auto_unread), rows)


def told(db: Connection, task_pk: int) -> str:
    """What a task's status says of the inputs that could not be read; empty when there are none."""
    mine = auto_unread.c.task_pk == task_pk
    count = db.scalar(select(func.count()).where(mine)) or 0
    if not count:
        return ""
    first = (
        select(inputs.c.id, auto_unread.c.reason)
        .join_from(auto_unread, assignments, assignments.c.pk == auto_unread.c.assignment_pk)
        .join(inputs, inputs.c.pk == assignments.c.input_pk)
    )
    rows = db.execute(first.where(mine).order_by(auto_unread.c.assignment_pk).limit(NAMED)).all()
    total = db.scalar(select(func.count()).where(assignments.c.task_pk == task_pk))
    names = ", ".join(repr(one.id) for one in rows) + (", …" if count > len(rows) else "")
    return (
        f"{count:,} of {total:,} inputs could not be read: {names}. {rows[0].reason}. "
        "Set the task to TASK_IN_PROGRESS to try them again."
    )
