"""Where submitted work goes: approved at once, to the other labelers' consensus, or to reviewers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasknb.messages.enums import ReviewStrategy
from tasknb.service.review.consensus import settle
from tasknb.service.review.review_rules import ReviewRule
from tasknb.service.review.routing import send_to_reviewers
from tasknb.service.work.statuses import AWAITING_CONSENSUS, SUCCESS, set_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasknb.service.context import Context
    from tasknb.service.tasks.task_rows import TaskRow


def submit(ctx: Context, row: TaskRow, work: Mapping[int, int]) -> None:
    """Take pending assignments as handed in; `work` maps their pks to the pks of their inputs."""
    task = row.task
    assert task.review is not None
    rule = ReviewRule.of(task)
    if task.review.strategy is ReviewStrategy.CONSENSUS and rule.labelers:
        set_status(ctx, list(work), AWAITING_CONSENSUS)
        settle(ctx, row, rule, set(work.values()))
        return
    to_review = {pk: input_pk for pk, input_pk in work.items() if rule.samples(row.seed, input_pk)}
    approved = [pk for pk in work if pk not in to_review]
    if approved:
        set_status(ctx, approved, SUCCESS)
    if to_review:
        send_to_reviewers(ctx, row, rule, to_review)
