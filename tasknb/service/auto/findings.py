"""What a model found on one input, as annotations and as the state of its assignment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert

from tasknb.messages.data import Annotation, Data, Frame
from tasknb.messages.status import StatusCode
from tasknb.messages.wire import encode
from tasknb.service.auto.filters import accepted, time_of
from tasknb.service.content.labels import check_labels
from tasknb.service.review.review_rules import ReviewRule
from tasknb.service.review.routing import send_to_reviewers
from tasknb.service.schema import annotations as annotation_rows
from tasknb.service.work.statuses import set_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.data import FrameInfo, Input
    from tasknb.messages.task import Task
    from tasknb.service.context import Context
    from tasknb.service.tasks.task_rows import TaskRow

SUCCESS = StatusCode.ANNOTATION_SUCCESS.value
AWAITING = StatusCode.ANNOTATION_AWAITING_REVIEW.value

_IN_REVIEW = {AWAITING, StatusCode.ANNOTATION_AWAITING_CONSENSUS_REVIEW.value}


@dataclass(frozen=True, slots=True)
class Item:
    """One input that a model is to look at."""

    assignment_pk: int
    input_pk: int
    input: Input


@dataclass(frozen=True, slots=True)
class Finding:
    """One annotation to make."""

    status_code: int
    data: Data


def sort_out(task: Task, seed: int, item: Item, frame: FrameInfo | None, data: Data) -> list[Finding]:
    """The annotations that a prediction makes by the task's rules; those of a frame are about that frame.

    `seed` is the task's, which says of which inputs reviewers look at a sample.
    """
    taken = time_of(item.input, frame.time if frame else 0)
    made = accepted(data, task.concepts, taken=taken, default_status=default_status(task, seed, item.input_pk))
    if frame is None:
        return [Finding(status, one) for status, one in made]
    return [Finding(status, Data(frames=[Frame(frame_info=frame, data=one)])) for status, one in made]


def default_status(task: Task, seed: int, input_pk: int) -> int:
    """The status of annotations whose concept names none: accepted, unless reviewers look at the input."""
    rule = ReviewRule.of(task)
    return AWAITING if _is_reviewed(rule) and rule.samples(seed, input_pk) else SUCCESS


def _is_reviewed(rule: ReviewRule) -> bool:
    """Whether there is a review; a consensus of one labeler is the model's own word."""
    return rule.share > 0 and rule.labelers != 1


def _awaits_review(rule: ReviewRule, found: Sequence[Finding]) -> bool:
    return _is_reviewed(rule) and any(one.status_code in _IN_REVIEW for one in found)


def write_findings(ctx: Context, row: TaskRow, worker_pk: int, found: Sequence[tuple[Item, Sequence[Finding]]]) -> None:
    """Store the annotations of inputs in place of those made for the same task before, and mark the inputs done.

    Raises
    ------
    Refusal
        If a region lies outside its image, or a concept was deleted.
    """
    check_labels(ctx, [(item.input.id, one.data) for item, each in found for one in each])
    earlier = and_(
        annotation_rows.c.task_pk == row.pk,
        annotation_rows.c.worker_pk == worker_pk,
        annotation_rows.c.input_pk.in_([item.input_pk for item, _ in found]),
    )
    ctx.db.execute(delete(annotation_rows).where(earlier))
    rule = ReviewRule.of(row.task)
    to_review = {item.assignment_pk: item.input_pk for item, each in found if _awaits_review(rule, each)}
    done = [item.assignment_pk for item, _ in found if item.assignment_pk not in to_review]
    # Annotations follow their assignment here, so that those with a status of their own are added afterwards.
    if done:
        set_status(ctx, done, StatusCode.TASK_ASSIGNMENT_SUCCESS)
    if to_review:
        send_to_reviewers(ctx, row, rule, to_review)
    rows = [_annotation(ctx, row, worker_pk, item.input_pk, one) for item, each in found for one in each]
    if rows:
        ctx.db.execute(insert(annotation_rows), rows)


def _annotation(ctx: Context, row: TaskRow, worker_pk: int, input_pk: int, one: Finding) -> dict[str, Any]:
    for region in one.data.regions:
        region.id = region.id or uuid.uuid4().hex
    return {
        "app_pk": ctx.app_pk,
        "id": uuid.uuid4().hex,
        "input_pk": input_pk,
        "task_pk": row.pk,
        "task_id": row.id,
        "worker_pk": worker_pk,
        "status_code": one.status_code,
        "input_level": False,
        "created_at": ctx.now,
        "modified_at": ctx.now,
        "body": encode(Annotation(data=one.data)).decode(),
    }
