"""Changing tasks: the whole of one, or its status alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, select, update

from tasknb.messages.requests import MultiTaskResponse, PatchTasksRequest
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.task import Task
from tasknb.service.checks import MAX_FILTER, check_count
from tasknb.service.context import Context, Refusal, to_datetime
from tasknb.service.patching import check_action
from tasknb.service.review.consensus import settle_complete
from tasknb.service.review.review_rules import ReviewRule
from tasknb.service.review.reviewing import approve_complete
from tasknb.service.review.routing import reroute
from tasknb.service.schema import assignments, auto_unread, tasks
from tasknb.service.tasks.task_checks import checked
from tasknb.service.tasks.task_rows import (
    TASK_STATUSES,
    TaskRow,
    answered,
    body_of,
    find_tasks,
    read_tasks,
    write_people,
)
from tasknb.service.work.reassigning import reassign_work
from tasknb.service.work.statuses import AWAITING_CONSENSUS, AWAITING_REVIEW

if TYPE_CHECKING:
    from collections.abc import Sequence


def patch_tasks(ctx: Context, request: PatchTasksRequest) -> MultiTaskResponse:
    """Change tasks: all of them or none.

    ``merge`` changes the status and takes nothing else. ``overwrite`` replaces the task by what is sent, where a status
    that is left out stays. Adding and removing workers keeps what is finished and gives out again what is open. What a
    task is about cannot change: its type, its input source and its worker strategy; nor can its review (but for the
    reviewers) while work waits for one.

    Raises
    ------
    Refusal
        TASK_MISSING, TASK_CONFLICT for what cannot change, CONN_INVALID_REQUEST for a task that breaks the rules.
    """
    check_action(request.action, ("overwrite", "merge"))
    check_count(request.tasks, "tasks", MAX_FILTER)
    ids = [task.id for task in request.tasks]
    for index, task_id in enumerate(ids):
        if not task_id:
            raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"tasks[{index}].id: Say which task it is about.")
        if ids.index(task_id) < index:
            raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"tasks[{index}].id: {task_id} is in the list twice.")
    rows = find_tasks(ctx, ids)
    if request.action == "merge":
        return MultiTaskResponse(tasks=_merged(ctx, rows, request.tasks))
    return MultiTaskResponse(tasks=_overwritten(ctx, rows, request.tasks))


def _merged(ctx: Context, rows: Sequence[TaskRow], sent: Sequence[Task]) -> list[Task]:
    changed = []
    for index, (row, task) in enumerate(zip(rows, sent, strict=True)):
        others = [name for name in _given(task) if name not in ("id", "status")]
        if others or task.status is None:
            said = f"{others[0]} is not taken" if others else "none was sent"
            raise Refusal(
                StatusCode.CONN_INVALID_REQUEST,
                f"tasks[{index}]: 'merge' changes the status only, and {said}. Use 'overwrite' with the whole task.",
            )
        code = _status_code(row, task, index)
        [stored] = read_tasks([row.body])
        changed.append(
            msgspec.structs.replace(stored, status=Status.of(StatusCode(code)), modified_at=to_datetime(ctx.now))
        )
        _write(ctx, row, changed[-1], code)
    return changed


def _given(task: Task) -> list[str]:
    """The fields that are not at their default."""
    default = Task()
    return [name for name in Task.__struct_fields__ if getattr(task, name) != getattr(default, name)]


def _overwritten(ctx: Context, rows: Sequence[TaskRow], sent: Sequence[Task]) -> list[Task]:
    changed = []
    for index, (row, wanted) in enumerate(zip(rows, checked(ctx, sent), strict=True)):
        old = row.task
        _check_frozen(old, wanted, index)
        _check_review(ctx, row, old, wanted, index)
        code = _status_code(row, wanted, index)
        task = answered(ctx, wanted, row.id, code, row.created_at)
        if code == row.status_code:
            task.status = old.status  # with the reason of a failure
        _write(ctx, row, task, code)
        labelers, reviewers = write_people(ctx, row.pk, wanted)
        reassign_work(ctx, row, old, wanted, labelers)
        _reassign_reviews(ctx, row, wanted, reviewers)
        changed.append(task)
    return changed


def _check_frozen(old: Task, new: Task, index: int) -> None:
    pairs = {
        "type": (old.type, new.type),
        "input_source": (old.input_source, new.input_source),
        "worker.strategy": (old.worker and old.worker.strategy, new.worker and new.worker.strategy),
        "worker.type": (old.worker and old.worker.type, new.worker and new.worker.type),
    }
    for path, (before, after) in pairs.items():
        if before != after:
            raise Refusal(
                StatusCode.TASK_CONFLICT,
                f"tasks[{index}].{path}: This cannot change once the task is made. Make a new task for it.",
            )


def _check_review(ctx: Context, row: TaskRow, old: Task, new: Task, index: int) -> None:
    """Refuse another review while work waits for the present one; other reviewers are welcome at any time."""
    if ReviewRule.of(old) == ReviewRule.of(new):
        return
    waiting = select(assignments.c.pk).where(
        assignments.c.task_pk == row.pk,
        assignments.c.status_code.in_((AWAITING_REVIEW.value, AWAITING_CONSENSUS.value)),
    )
    if ctx.db.scalar(waiting.limit(1)) is not None:
        raise Refusal(
            StatusCode.TASK_CONFLICT,
            f"tasks[{index}].review: Work waits for the present review, which can change once that is decided. "
            "Only the reviewers can change before.",
        )


def _reassign_reviews(ctx: Context, row: TaskRow, task: Task, reviewer_pks: Sequence[int]) -> None:
    rule = ReviewRule.of(task)
    if reviewer_pks:
        approve_complete(ctx, reroute(ctx, row, rule, reviewer_pks))
    if rule.labelers:
        settle_complete(ctx, row, rule)


def _status_code(row: TaskRow, task: Task, index: int) -> int:
    """The status that a task shall have; what it has where none is sent."""
    code = task.status.code if task.status else 0
    if code in (0, row.status_code):
        return row.status_code
    if code not in TASK_STATUSES:
        names = ", ".join(f"{one.name} ({one.value})" for one in TASK_STATUSES)
        raise Refusal(
            StatusCode.CONN_INVALID_REQUEST,
            f"tasks[{index}].status.code: {code} is no status that a task can be set to. Choose one of {names}.",
        )
    return code


def _write(ctx: Context, row: TaskRow, task: Task, code: int) -> None:
    values = {"status_code": code, "modified_at": ctx.now, "body": body_of(task)}
    ctx.db.execute(update(tasks).where(tasks.c.pk == row.pk).values(values))
    if code == StatusCode.TASK_IN_PROGRESS.value:
        # An automatic task tries again what it could not read.
        ctx.db.execute(delete(auto_unread).where(auto_unread.c.task_pk == row.pk))
