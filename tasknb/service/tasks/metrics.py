"""How far tasks are.

An input counts as worked on when all its labelers have submitted, and as reviewed when every one of its assignments is
approved or rejected: so 100 % means that nothing is left to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tasknb.messages.task import InputSourceMetrics, ReviewMetrics, TaskMetrics, WorkMetrics
from tasknb.service.review.review_metrics import reviewer_progress
from tasknb.service.schema import assignments
from tasknb.service.tasks.sources import count_source
from tasknb.service.work.statuses import AWAITING, EVERY, PENDING, UNREVIEWED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tasknb.messages.status import StatusCode
    from tasknb.messages.task import Task
    from tasknb.service.context import Context
    from tasknb.service.review.review_metrics import ReviewerProgress
    from tasknb.service.tasks.task_rows import TaskRow


@dataclass(frozen=True, slots=True)
class Progress:
    """A task's inputs: how many there are, how many are labeled by all their labelers, how many are decided."""

    total: int
    worked: int
    reviewed: int


def measure(ctx: Context, found: Sequence[tuple[TaskRow, Task]], wanted: Collection[str]) -> list[TaskMetrics]:
    """The metrics of tasks, as far as `wanted` names them, in their order."""
    measured = [_metrics(progress, wanted) for progress in _progress(ctx, found)]
    if any(name.endswith("_per_reviewer") for name in wanted):
        for (row, task), metrics in zip(found, measured, strict=True):
            assert metrics.review is not None
            _tell_reviewers(metrics.review, reviewer_progress(ctx, row, task), wanted)
    return measured


def _tell_reviewers(review: ReviewMetrics, found: Sequence[ReviewerProgress], wanted: Collection[str]) -> None:
    values = {
        "inputs_count_estimated_per_reviewer": [one.reviewed for one in found],
        "inputs_reviewable_count_estimated_per_reviewer": [one.reviewable for one in found],
        "inputs_percent_estimated_per_reviewer": [percent(one.reviewed, one.reviewable) for one in found],
    }
    for field, value in values.items():
        if f"metrics.review.{field}" in wanted:
            setattr(review, field, value)


def percent(part: int, whole: int) -> int:
    """A share in whole percent, rounded down: 100 only for all of it. Nothing of nothing is 0."""
    return 100 * part // whole if whole else 0


def _progress(ctx: Context, found: Sequence[tuple[TaskRow, Task]]) -> list[Progress]:
    rows = [row for row, _ in found]
    states = _states(ctx, rows)
    given = _inputs(ctx, rows, states, EVERY)
    unworked = _inputs(ctx, rows, states, (PENDING,))
    # Where nothing awaits a review, what is not reviewed is what is not worked on.
    awaiting = [row for row in rows if states[row.pk].keys() & {code.value for code in AWAITING}]
    unreviewed = unworked | _inputs(ctx, awaiting, states, UNREVIEWED)
    growing = {(row.source_type, row.source_pk): row for row, task in found if _grows(row, task)}
    sizes = {source: count_source(ctx, row) for source, row in growing.items()}
    return [
        Progress(
            total=max(sizes[row.source_type, row.source_pk], given[row.pk]) if _grows(row, task) else given[row.pk],
            worked=given[row.pk] - unworked[row.pk],
            reviewed=given[row.pk] - unreviewed[row.pk],
        )
        for row, task in found
    ]


def _grows(row: TaskRow, task: Task) -> bool:
    """Whether inputs that are added later belong to the task too: under DYNAMIC, and where a model labels."""
    return row.is_dynamic or task.is_automatic


def _states(ctx: Context, rows: Sequence[TaskRow]) -> dict[int, dict[int, int]]:
    """How many assignments each task has in each state."""
    query = (
        select(assignments.c.task_pk, assignments.c.status_code, func.count())
        .where(assignments.c.task_pk.in_([row.pk for row in rows]))
        .group_by(assignments.c.task_pk, assignments.c.status_code)
    )
    states: dict[int, dict[int, int]] = {row.pk: {} for row in rows}
    for task_pk, code, number in ctx.db.execute(query):
        states[task_pk][code] = number
    return states


def _inputs(
    ctx: Context, rows: Sequence[TaskRow], states: Mapping[int, Mapping[int, int]], codes: Collection[StatusCode]
) -> dict[int, int]:
    """How many inputs of each task have an assignment in one of these states."""
    wanted = [code.value for code in codes]
    # Telling inputs apart is the slow part; under DYNAMIC each has one assignment, so that counting is enough.
    counted = {row.pk: sum(states[row.pk].get(code, 0) for code in wanted) for row in rows}
    several = [row.pk for row in rows if counted[row.pk] and not row.is_dynamic]
    if several:
        query = (
            select(assignments.c.task_pk, func.count(assignments.c.input_pk.distinct()))
            .where(assignments.c.task_pk.in_(several))
            .group_by(assignments.c.task_pk)
        )
        if codes is not EVERY:
            query = query.where(assignments.c.status_code.in_(wanted))
        counted.update({row[0]: row[1] for row in ctx.db.execute(query)})
    return counted


def _metrics(progress: Progress, wanted: Collection[str]) -> TaskMetrics:
    metrics = TaskMetrics()
    if any(name.startswith("metrics.work.") for name in wanted):
        metrics.work = WorkMetrics()
    if any(name.startswith("metrics.review.") for name in wanted):
        metrics.review = ReviewMetrics()
    if any(name.startswith("metrics.input_source.") for name in wanted):
        metrics.input_source = InputSourceMetrics()
    values = {
        "metrics.input_source.inputs_count_estimated": progress.total,
        "metrics.work.inputs_count_estimated": progress.worked,
        "metrics.work.inputs_percent_estimated": percent(progress.worked, progress.total),
        "metrics.review.inputs_count_estimated": progress.reviewed,
        "metrics.review.inputs_percent_estimated": percent(progress.reviewed, progress.total),
    }
    for name in values.keys() & set(wanted):
        _, part, field = name.split(".")
        setattr(getattr(metrics, part), field, values[name])
    return metrics
