"""Making tasks: their rows, who works on them, and what is given out at once."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import insert

from tasknb.messages.status import StatusCode
from tasknb.service.people.workers import ensure_workers, identity, user_worker
from tasknb.service.schema import task_people, tasks
from tasknb.service.tasks.sources import find_sources
from tasknb.service.tasks.task_pages import count_blocks
from tasknb.service.tasks.task_rows import TaskRow, answered, body_of, people_rows
from tasknb.service.work.assigning import assign_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.people import Worker
    from tasknb.messages.task import Task
    from tasknb.service.context import Context

IN_PROGRESS = StatusCode.TASK_IN_PROGRESS.value


def create_tasks(ctx: Context, wanted: Sequence[Task]) -> list[Task]:
    """Make tasks that have been checked, and return them as they are answered."""
    made = [answered(ctx, task, uuid.uuid4().hex, IN_PROGRESS, ctx.now) for task in wanted]
    rows = _insert(ctx, wanted, made)
    count_blocks(ctx, [row.pk for row in rows], 1)
    people = [(_labelers(task), _reviewers(task)) for task in wanted]
    distinct = {identity(one): one for labelers, reviewers in people for one in (*labelers, *reviewers)}
    pks = dict(zip(distinct, ensure_workers(ctx, list(distinct.values())), strict=True))
    roles = [tuple([pks[identity(one)] for one in some] for some in both) for both in people]
    ctx.db.execute(
        insert(task_people), [one for row, both in zip(rows, roles, strict=True) for one in people_rows(row.pk, *both)]
    )
    for row, task, (labelers, _) in zip(rows, wanted, roles, strict=True):
        assert task.worker is not None
        assign_all(ctx, row, task.worker, labelers)
    return made


def _insert(ctx: Context, wanted: Sequence[Task], made: Sequence[Task]) -> list[TaskRow]:
    sources = find_sources(ctx, wanted)
    values = []
    for task, one in zip(wanted, made, strict=True):
        assert task.worker is not None
        assert task.input_source is not None
        values.append(
            {
                "app_pk": ctx.app_pk,
                "id": one.id,
                "status_code": IN_PROGRESS,
                "strategy": task.worker.strategy.number,
                "source_type": task.input_source.type.number,
                "source_pk": sources.get((task.input_source.type, task.input_source.id)),
                "seed": secrets.randbits(63),
                "cursor": 0,
                "routed": 0,
                "created_at": ctx.now,
                "modified_at": ctx.now,
                "body": body_of(one),
            }
        )
    statement = insert(tasks).returning(*(tasks.c[name] for name in TaskRow.__slots__), sort_by_parameter_order=True)
    return [TaskRow(*row) for row in ctx.db.execute(statement, values)]


def _labelers(task: Task) -> list[Worker]:
    return task.worker.workers if task.worker else []


def _reviewers(task: Task) -> list[Worker]:
    return [user_worker(user.id) for user in task.review.users] if task.review else []
