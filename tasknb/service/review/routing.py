"""Which reviewer gets which submitted work.

Where one reviewer is enough, inputs go to the reviewers in turn, and all labels of an input to the same one; where all
must approve, each gets every input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from tasknb.messages.status import StatusCode
from tasknb.service.people.workers import REVIEWER
from tasknb.service.schema import assignments, reviews, tasks
from tasknb.service.tasks.task_rows import people
from tasknb.service.work.statuses import AWAITING_REVIEW, pieces, set_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tasknb.service.context import Context
    from tasknb.service.review.review_rules import ReviewRule
    from tasknb.service.tasks.task_rows import TaskRow

TO_REVIEW = StatusCode.TASK_ASSIGNMENT_REVIEW_PENDING.value
REVIEWED = StatusCode.TASK_ASSIGNMENT_REVIEW_SUCCESS.value
DISMISSED = StatusCode.TASK_ASSIGNMENT_REVIEW_DISMISSED.value


def send_to_reviewers(ctx: Context, row: TaskRow, rule: ReviewRule, work: Mapping[int, int]) -> None:
    """Let reviewers look at assignments; `work` maps their pks to the pks of their inputs."""
    reviewer_pks = [one.pk for one in people(ctx, row.pk, REVIEWER)]
    assert reviewer_pks, "the rules ask for a reviewer wherever work can reach one"
    set_status(ctx, list(work), AWAITING_REVIEW)
    if rule.all_reviewers:
        pairs = [(pk, reviewer_pk) for pk in work for reviewer_pk in reviewer_pks]
    else:
        chosen = _in_turn(ctx, row, reviewer_pks, list(dict.fromkeys(work.values())))
        pairs = [(pk, chosen[input_pk]) for pk, input_pk in work.items()]
    for some in pieces(list(work)):
        ctx.db.execute(delete(reviews).where(reviews.c.assignment_pk.in_(some)))
    _add(ctx, row, work, pairs)


def _in_turn(ctx: Context, row: TaskRow, reviewer_pks: Sequence[int], input_pks: Sequence[int]) -> dict[int, int]:
    """The reviewer of each input: who has it already, else the next in turn."""
    chosen: dict[int, int] = {}
    for some in pieces(input_pks):
        query = (
            select(assignments.c.input_pk, reviews.c.reviewer_pk)
            .join_from(assignments, reviews, reviews.c.assignment_pk == assignments.c.pk)
            .where(
                assignments.c.task_pk == row.pk,
                assignments.c.input_pk.in_(some),
                reviews.c.reviewer_pk.in_(reviewer_pks),
            )
        )
        chosen.update((one.input_pk, one.reviewer_pk) for one in ctx.db.execute(query))
    new = [input_pk for input_pk in input_pks if input_pk not in chosen]
    if new:
        routed = int(ctx.db.scalar(select(tasks.c.routed).where(tasks.c.pk == row.pk)) or 0)
        for turn, input_pk in enumerate(new, routed):
            chosen[input_pk] = reviewer_pks[turn % len(reviewer_pks)]
        ctx.db.execute(update(tasks).where(tasks.c.pk == row.pk).values(routed=routed + len(new)))
    return chosen


def _add(ctx: Context, row: TaskRow, work: Mapping[int, int], pairs: Iterable[tuple[int, int]]) -> None:
    rows = [
        {
            "assignment_pk": pk,
            "reviewer_pk": reviewer_pk,
            "task_pk": row.pk,
            "input_pk": work[pk],
            "status_code": TO_REVIEW,
            "modified_at": ctx.now,
        }
        for pk, reviewer_pk in pairs
    ]
    if rows:
        ctx.db.execute(insert(reviews), rows)


def reroute(ctx: Context, row: TaskRow, rule: ReviewRule, reviewer_pks: Sequence[int]) -> list[int]:
    """Fit the reviews that are still to do to the task's present reviewers.

    Returns
    -------
    list of int
        The assignments on which nobody has to look any more, because who had to has left.
    """
    waiting = (
        select(assignments.c.pk, assignments.c.input_pk)
        .where(assignments.c.task_pk == row.pk, assignments.c.status_code == AWAITING_REVIEW.value)
        .order_by(assignments.c.input_pk)
    )
    work = {one.pk: one.input_pk for one in ctx.db.execute(waiting)}
    gone = (reviews.c.task_pk == row.pk, reviews.c.reviewer_pk.not_in(reviewer_pks), reviews.c.status_code != REVIEWED)
    ctx.db.execute(delete(reviews).where(*gone))
    query = select(reviews.c.assignment_pk, reviews.c.reviewer_pk, reviews.c.status_code)
    known = [one for one in ctx.db.execute(query.where(reviews.c.task_pk == row.pk)) if one.assignment_pk in work]
    present = {(one.assignment_pk, one.reviewer_pk) for one in known}
    if rule.all_reviewers:
        wanted = [(pk, reviewer_pk) for pk in work for reviewer_pk in reviewer_pks]
    else:
        chosen = _in_turn(ctx, row, reviewer_pks, list(dict.fromkeys(work.values())))
        wanted = [(pk, chosen[input_pk]) for pk, input_pk in work.items()]
    missing = [pair for pair in wanted if pair not in present]
    _add(ctx, row, work, missing)
    open_reviews = {one.assignment_pk for one in known if one.status_code == TO_REVIEW} | {pk for pk, _ in missing}
    return [pk for pk in work if pk not in open_reviews]
