"""What a model found on one input, as annotations and as the state of its assignment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, update

from tasknb.messages.data import Annotation, Data, Frame
from tasknb.messages.enums import ReviewStrategy
from tasknb.messages.status import StatusCode
from tasknb.messages.wire import encode
from tasknb.service.auto.filters import accepted, time_of
from tasknb.service.labels import check_labels
from tasknb.service.schema import annotations as annotation_rows
from tasknb.service.schema import assignments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.data import FrameInfo, Input
    from tasknb.messages.task import Task
    from tasknb.service.context import Context
    from tasknb.service.task_rows import TaskRow

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


def sort_out(task: Task, item: Item, frame: FrameInfo | None, data: Data) -> list[Finding]:
    """The annotations that a prediction makes by the task's rules; those of a frame are about that frame."""
    taken = time_of(item.input, frame.time if frame else 0)
    made = accepted(data, task.concepts, taken=taken, default_status=default_status(task))
    if frame is None:
        return [Finding(status, one) for status, one in made]
    return [Finding(status, Data(frames=[Frame(frame_info=frame, data=one)])) for status, one in made]


def default_status(task: Task) -> int:
    """The status of annotations whose concept names none: accepted, unless people review them."""
    return AWAITING if is_reviewed(task) else SUCCESS


def is_reviewed(task: Task) -> bool:
    """Whether people look at what the model says; a consensus of one labeler is the model's own word."""
    review = task.review
    if review is None or review.strategy in (ReviewStrategy.NONE, ReviewStrategy.TASK_REVIEW_STRATEGY_NOT_SET):
        return False
    info = review.consensus_strategy_info
    return not (review.strategy is ReviewStrategy.CONSENSUS and info and info.approval_threshold_labelers == 1)


def outcome(task: Task, found: Sequence[Finding]) -> StatusCode:
    """The state of the assignment: it awaits review when one of its annotations does, and the task has reviewers."""
    if is_reviewed(task) and any(one.status_code in _IN_REVIEW for one in found):
        return StatusCode.TASK_ASSIGNMENT_AWAITING_REVIEW
    return StatusCode.TASK_ASSIGNMENT_SUCCESS


def write_findings(ctx: Context, row: TaskRow, worker_pk: int, found: Sequence[tuple[Item, Sequence[Finding]]]) -> None:
    """Store the annotations of inputs in place of those made for the same task before, and mark the inputs done.

    Raises
    ------
    Refusal
        If a region lies outside its image, or a concept was deleted.
    """
    task = row.task
    check_labels(ctx, [(item.input.id, one.data) for item, each in found for one in each])
    earlier = and_(
        annotation_rows.c.task_pk == row.pk,
        annotation_rows.c.worker_pk == worker_pk,
        annotation_rows.c.input_pk.in_([item.input_pk for item, _ in found]),
    )
    ctx.db.execute(delete(annotation_rows).where(earlier))
    done: dict[StatusCode, list[int]] = {}
    for item, each in found:
        done.setdefault(outcome(task, each), []).append(item.assignment_pk)
    for code, pks in done.items():
        values = {"status_code": code.value, "modified_at": ctx.now}
        ctx.db.execute(update(assignments).where(assignments.c.pk.in_(pks)).values(values))
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
