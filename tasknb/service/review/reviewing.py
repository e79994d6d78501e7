"""What a reviewer does: start, approve, ask for changes, reject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from tasknb.messages.enums import AssignmentAction
from tasknb.messages.requests import MAX_PER_PAGE, AssignmentsConfig
from tasknb.messages.status import StatusCode
from tasknb.service.context import Context, Refusal
from tasknb.service.people.workers import LABELER, REVIEWER, is_one_of
from tasknb.service.review.routing import DISMISSED, REVIEWED, TO_REVIEW
from tasknb.service.schema import assignments, reviews, workers
from tasknb.service.tasks.task_rows import people
from tasknb.service.work.assigning import BATCH
from tasknb.service.work.assignment_rows import assignment_messages, assignment_pks, find_assignments
from tasknb.service.work.statuses import AWAITING_REVIEW, PENDING, REJECTED, SUCCESS, pieces, set_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.people import Worker
    from tasknb.messages.requests import PutTaskAssignmentsRequest
    from tasknb.messages.task import TaskAssignment
    from tasknb.service.tasks.task_rows import TaskRow

# What becomes of an assignment, and what the reviewer did in words.
_OUTCOMES = {
    AssignmentAction.REVIEW_APPROVE: (SUCCESS, "approve"),
    AssignmentAction.REVIEW_REQUEST_CHANGES: (PENDING, "ask for changes of"),
    AssignmentAction.REVIEW_REJECT: (REJECTED, "reject"),
}


def review_start(ctx: Context, row: TaskRow, config: AssignmentsConfig | None) -> list[TaskAssignment]:
    """Up to ten assignments for the caller to review, of some workers only where they are named; the same until done.

    Raises
    ------
    Refusal
        TASK_PERMISSION_DENIED for who is no reviewer of the task.
    """
    reviewer_pk = _reviewer(ctx, row)
    pks = _to_review(ctx, row, reviewer_pk, config.workers if config else [], BATCH)
    return assignment_messages(ctx, row, pks)


def decide(ctx: Context, row: TaskRow, request: PutTaskAssignmentsRequest) -> list[TaskAssignment]:
    """Approve, ask for changes of, or reject submitted work: assignments by their ids, or all of some workers.

    Deciding the same again changes nothing. Of very many assignments the answer holds the first thousand.

    Raises
    ------
    Refusal
        TASK_PERMISSION_DENIED for who is no reviewer, and for work that another reviewer has; TASK_CONFLICT for work
        that is not handed in, or decided otherwise; TASK_MISSING for an id that the task has not.
    """
    name, config = _config(request)
    reviewer_pk = _reviewer(ctx, row)
    if bool(config.task_assignments) == bool(config.workers):
        raise Refusal(
            StatusCode.CONN_INVALID_REQUEST,
            f"{name}: Name either task_assignments by their ids, or workers for all of their work.",
        )
    if config.workers:
        named = todo = _to_review(ctx, row, reviewer_pk, config.workers)
    else:
        named = assignment_pks(row, config.task_assignments, f"{name}.task_assignments")
        todo = _undecided(ctx, row, reviewer_pk, named, request.action, name)
    if todo:
        _carry_out(ctx, row, reviewer_pk, todo, request.action)
    return assignment_messages(ctx, row, named[:MAX_PER_PAGE])


def _config(request: PutTaskAssignmentsRequest) -> tuple[str, AssignmentsConfig]:
    name = f"{request.action!s}_config".lower()
    config: AssignmentsConfig | None = getattr(request, name)
    return name, config or AssignmentsConfig()


def _reviewer(ctx: Context, row: TaskRow) -> int:
    reviewers = people(ctx, row.pk, REVIEWER)
    for one in reviewers:
        if one.id == ctx.caller.id:
            return int(one.pk)
    named = ", ".join(one.id for one in reviewers[:5])
    who = f"those are {named}" if named else "it has none"
    raise Refusal(StatusCode.TASK_PERMISSION_DENIED, f"{ctx.caller.id} is no reviewer of this task ({who}).")


def _to_review(
    ctx: Context, row: TaskRow, reviewer_pk: int, of_workers: Sequence[Worker], most: int | None = None
) -> list[int]:
    """The assignments that wait for the reviewer."""
    query = select(reviews.c.assignment_pk).where(
        reviews.c.task_pk == row.pk, reviews.c.reviewer_pk == reviewer_pk, reviews.c.status_code == TO_REVIEW
    )
    if of_workers:
        who = select(workers.c.pk).where(workers.c.app_pk == ctx.app_pk, is_one_of(of_workers))
        query = query.join(assignments, assignments.c.pk == reviews.c.assignment_pk)
        query = query.where(assignments.c.worker_pk.in_(who))
    return list(ctx.db.scalars(query.order_by(reviews.c.input_pk, reviews.c.assignment_pk).limit(most)))


def _undecided(
    ctx: Context, row: TaskRow, reviewer_pk: int, pks: Sequence[int], action: AssignmentAction, name: str
) -> list[int]:
    """Those of the named assignments on which the reviewer has still to decide; the others he decided the same way."""
    mine = {}
    for some in pieces(pks):
        query = select(reviews.c.assignment_pk, reviews.c.status_code).where(
            reviews.c.assignment_pk.in_(some), reviews.c.reviewer_pk == reviewer_pk
        )
        mine.update({one.assignment_pk: one.status_code for one in ctx.db.execute(query)})
    todo = []
    for index, one in enumerate(find_assignments(ctx, row, pks)):
        if one.status_code == AWAITING_REVIEW and mine.get(one.pk) == TO_REVIEW:
            todo.append(one.pk)
        elif not _is_done(one, mine.get(one.pk), action):
            raise _not_decidable(ctx, one, mine.get(one.pk), action, f"{name}.task_assignments[{index}]")
    return todo


def _is_done(one: Any, review: int | None, action: AssignmentAction) -> bool:
    """Whether the reviewer has decided this way before."""
    outcome, _ = _OUTCOMES[action]
    if action is AssignmentAction.REVIEW_APPROVE and one.status_code == AWAITING_REVIEW:
        return review == REVIEWED  # the other reviewers have still to approve
    return review is not None and one.status_code == outcome


def _not_decidable(ctx: Context, one: Any, review: int | None, action: AssignmentAction, path: str) -> Refusal:
    _, verb = _OUTCOMES[action]
    state = StatusCode(one.status_code).name
    if one.status_code == AWAITING_REVIEW and review is None:
        return Refusal(
            StatusCode.TASK_PERMISSION_DENIED,
            f"{path}: Another reviewer has this assignment, so {ctx.caller.id} cannot {verb} it. "
            "REVIEW_START gives the ones to review.",
        )
    return Refusal(
        StatusCode.TASK_CONFLICT,
        f"{path}: The assignment is {state}, so there is nothing to {verb}. REVIEW_START gives the ones to review.",
    )


def _carry_out(ctx: Context, row: TaskRow, reviewer_pk: int, pks: Sequence[int], action: AssignmentAction) -> None:
    if action is AssignmentAction.REVIEW_REQUEST_CHANGES:
        _check_present(ctx, row, pks)
        _set_reviews(ctx, pks, DISMISSED)
        set_status(ctx, pks, PENDING)
    elif action is AssignmentAction.REVIEW_REJECT:
        _set_reviews(ctx, pks, REVIEWED, reviewer_pk)
        _set_reviews(ctx, pks, DISMISSED, still=TO_REVIEW)
        set_status(ctx, pks, REJECTED)
    else:
        _set_reviews(ctx, pks, REVIEWED, reviewer_pk)
        approve_complete(ctx, pks)


def _check_present(ctx: Context, row: TaskRow, pks: Sequence[int]) -> None:
    """Refuse to send work back to a labeler who has left the task."""
    present = {one.pk for one in people(ctx, row.pk, LABELER)}
    for some in pieces(pks):
        query = select(workers.c.id, workers.c.pk).join_from(assignments, workers)
        for one in ctx.db.execute(query.where(assignments.c.pk.in_(some)).distinct()):
            if one.pk not in present:
                raise Refusal(
                    StatusCode.TASK_CONFLICT,
                    f"{one.id} works in this task no longer and can change nothing. Approve or reject the work, or add "
                    f"{one.id} again by PatchTasks.",
                )


def approve_complete(ctx: Context, pks: Sequence[int]) -> None:
    """Approve those assignments on which no reviewer has to look any more."""
    for some in pieces(pks):
        query = select(reviews.c.assignment_pk).where(
            reviews.c.assignment_pk.in_(some), reviews.c.status_code == TO_REVIEW
        )
        waiting = set(ctx.db.scalars(query))
        set_status(ctx, [pk for pk in some if pk not in waiting], SUCCESS)


def _set_reviews(
    ctx: Context, pks: Sequence[int], code: int, reviewer_pk: int | None = None, still: int | None = None
) -> None:
    for some in pieces(pks):
        query = update(reviews).where(reviews.c.assignment_pk.in_(some))
        if reviewer_pk is not None:
            query = query.where(reviews.c.reviewer_pk == reviewer_pk)
        if still is not None:
            query = query.where(reviews.c.status_code == still)
        ctx.db.execute(query.values(status_code=code, modified_at=ctx.now))
