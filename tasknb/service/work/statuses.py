"""Setting the status of assignments, which the annotations that were made for them follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select, update

from tasknb.messages.status import StatusCode
from tasknb.service import schema
from tasknb.service.schema import assignments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasknb.service.context import Context

PENDING = StatusCode.TASK_ASSIGNMENT_PENDING
AWAITING_REVIEW = StatusCode.TASK_ASSIGNMENT_AWAITING_REVIEW
AWAITING_CONSENSUS = StatusCode.TASK_ASSIGNMENT_AWAITING_CONSENSUS_REVIEW
SUCCESS = StatusCode.TASK_ASSIGNMENT_SUCCESS
REJECTED = StatusCode.TASK_ASSIGNMENT_REJECTED

AWAITING = (AWAITING_REVIEW, AWAITING_CONSENSUS)
EVERY = (PENDING, *AWAITING, SUCCESS, REJECTED)
UNREVIEWED = (PENDING, *AWAITING)
"""The states of assignments on which somebody has still to work."""

_ANNOTATION_OF = {
    PENDING: StatusCode.ANNOTATION_PENDING,
    AWAITING_REVIEW: StatusCode.ANNOTATION_AWAITING_REVIEW,
    AWAITING_CONSENSUS: StatusCode.ANNOTATION_AWAITING_CONSENSUS_REVIEW,
    SUCCESS: StatusCode.ANNOTATION_SUCCESS,
    REJECTED: StatusCode.ANNOTATION_REVIEW_DENIED,
}

_MOST = 5000


def pieces(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    """The pks in lists that a statement can hold."""
    for start in range(0, len(pks), _MOST):
        yield pks[start : start + _MOST]


def set_status(ctx: Context, pks: Sequence[int], code: StatusCode) -> None:
    """Set the status of assignments, and of the annotations that their workers made for them."""
    table = schema.annotations
    for some in pieces(pks):
        chosen = assignments.c.pk.in_(some)
        ctx.db.execute(update(assignments).where(chosen).values(status_code=code.value, modified_at=ctx.now))
        # The task is named by the assignments only: named by its pk, all its annotations would be gone through.
        same_work = and_(
            table.c.input_pk == assignments.c.input_pk,
            table.c.task_pk == assignments.c.task_pk,
            table.c.worker_pk == assignments.c.worker_pk,
        )
        made_for_them = select(table.c.pk).join_from(assignments, table, same_work).where(chosen)
        follow = update(table).where(table.c.pk.in_(made_for_them))
        ctx.db.execute(follow.values(status_code=_ANNOTATION_OF[code].value, modified_at=ctx.now))
