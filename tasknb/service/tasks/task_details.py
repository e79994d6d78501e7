"""What GetTask and ListTasks add on request: who the users are, and how far the task is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tasknb.messages.requests import METRIC_FIELDS, TASK_FIELDS
from tasknb.messages.status import StatusCode
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.schema import users
from tasknb.service.tasks.metrics import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.people import User
    from tasknb.messages.task import Task
    from tasknb.service.tasks.task_rows import TaskRow


def check_fields(names: Sequence[str]) -> frozenset[str]:
    """The additional fields that are asked for; ``all`` stands for every one.

    Raises
    ------
    Refusal
        CONN_INVALID_REQUEST for a name that does not exist, with those that do.
    """
    for index, name in enumerate(names):
        if name not in TASK_FIELDS:
            raise Refusal(
                StatusCode.CONN_INVALID_REQUEST,
                f"additional_fields[{index}]: There is no field {name!r}. Choose among {', '.join(TASK_FIELDS)}.",
            )
    return frozenset(TASK_FIELDS if "all" in names else names)


def with_details(ctx: Context, found: Sequence[tuple[TaskRow, Task]], fields: frozenset[str]) -> None:
    """Fill the additional fields into the messages."""
    if {"worker.users", "review.users"} & fields:
        _tell_users(ctx, [task for _, task in found], fields)
    wanted = fields.intersection(METRIC_FIELDS)
    if wanted:
        for (_, task), metrics in zip(found, measure(ctx, found, wanted), strict=True):
            task.metrics = metrics


def _tell_users(ctx: Context, tasks: Sequence[Task], fields: frozenset[str]) -> None:
    named: list[User] = []
    for task in tasks:
        if task.worker and "worker.users" in fields:
            named += [*task.worker.users, *(one.user for one in task.worker.workers if one.user)]
        if task.review and "review.users" in fields:
            named += task.review.users
    rows = ctx.db.execute(select(users).where(users.c.id.in_({user.id for user in named})))
    known = {row.id: row for row in rows}
    for user in named:
        row = known[user.id]
        user.first_name, user.last_name = row.first_name, row.last_name
        user.created_at = to_datetime(row.created_at)
