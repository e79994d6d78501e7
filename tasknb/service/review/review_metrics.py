"""How far each reviewer of a task is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from tasknb.service.people.workers import REVIEWER
from tasknb.service.review.review_rules import ReviewRule
from tasknb.service.review.routing import REVIEWED
from tasknb.service.schema import assignments, reviews
from tasknb.service.tasks.sources import source_inputs
from tasknb.service.tasks.task_rows import people
from tasknb.service.work.statuses import UNREVIEWED

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from tasknb.messages.task import Task
    from tasknb.service.context import Context
    from tasknb.service.tasks.task_rows import TaskRow


@dataclass(frozen=True, slots=True)
class ReviewerProgress:
    """One reviewer's inputs: how many are decided as far as it is up to him, and how many he has in all."""

    reviewed: int
    reviewable: int


def reviewer_progress(ctx: Context, row: TaskRow, task: Task) -> list[ReviewerProgress]:
    """Each reviewer's progress, in the task's order.

    Where all inputs, or a known sample, go to reviewers, those that are not handed in yet are counted as they will be
    shared out. Where labelers may agree by themselves, or a model labels, only what has reached the reviewers counts.
    """
    if not (task.review and task.review.users):
        return []
    pks = [one.pk for one in people(ctx, row.pk, REVIEWER)]
    rule = ReviewRule.of(task)
    routed = _inputs_of_each(ctx, row)
    unfinished = _inputs_of_each(ctx, row, _unfinished())
    coming = 0
    if not rule.labelers and not task.is_automatic:
        coming = max(_count_to_review(ctx, row, rule) - _count_routed(ctx, row), 0)
    return [
        ReviewerProgress(
            reviewed=routed.get(pk, 0) - unfinished.get(pk, 0),
            reviewable=routed.get(pk, 0)
            + (coming if rule.all_reviewers else _turns(row.routed, coming, place, len(pks))),
        )
        for place, pk in enumerate(pks)
    ]


def _turns(start: int, count: int, place: int, of: int) -> int:
    """How many of `count` turns from `start` on fall to one `place` of a circle `of` so many."""
    first = (place - start) % of
    return max(-(-(count - first) // of), 0)


def _inputs_of_each(ctx: Context, row: TaskRow, *conditions: ColumnElement[bool]) -> dict[int, int]:
    """How many inputs each reviewer has."""
    query = select(reviews.c.reviewer_pk, func.count(reviews.c.input_pk.distinct())).where(
        reviews.c.task_pk == row.pk, *conditions
    )
    return {one[0]: one[1] for one in ctx.db.execute(query.group_by(reviews.c.reviewer_pk))}


def _unfinished() -> ColumnElement[bool]:
    """Whether the review's input has work on which this reviewer may still have to decide."""
    mine = reviews.alias()
    decided = and_(mine.c.assignment_pk == assignments.c.pk, mine.c.reviewer_pk == reviews.c.reviewer_pk)
    open_work = (
        select(assignments.c.pk)
        .join_from(assignments, mine, decided, isouter=True)
        .where(
            assignments.c.task_pk == reviews.c.task_pk,
            assignments.c.input_pk == reviews.c.input_pk,
            assignments.c.status_code.in_([code.value for code in UNREVIEWED]),
            or_(mine.c.status_code.is_(None), mine.c.status_code != REVIEWED),
        )
    )
    return open_work.correlate(reviews).exists()


def _count_to_review(ctx: Context, row: TaskRow, rule: ReviewRule) -> int:
    """How many of the task's inputs reviewers will look at."""
    if row.is_dynamic:
        source = source_inputs(ctx, row).subquery()
    else:
        source = select(assignments.c.input_pk).where(assignments.c.task_pk == row.pk).distinct().subquery()
    query = select(func.count()).select_from(source)
    if rule.share < 1:
        query = query.where(rule.samples_column(row.seed, source.c.input_pk))
    return int(ctx.db.scalar(query) or 0)


def _count_routed(ctx: Context, row: TaskRow) -> int:
    query = select(func.count(reviews.c.input_pk.distinct())).where(reviews.c.task_pk == row.pk)
    return int(ctx.db.scalar(query) or 0)
