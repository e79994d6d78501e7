"""Consensus: labels that enough labelers agree on approve themselves, the others go to the reviewers.

A label is approved as soon as it agrees with those of so many labelers, its own one counted, as the threshold says.
Once all labels of an input are in, those that are not approved are for the reviewers. The order in which labels come
in makes no difference.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import bindparam, delete, select, update

from tasknb.messages.agreement import labels_agree
from tasknb.messages.data import Annotation, Data
from tasknb.messages.wire import decode, encode
from tasknb.service import schema
from tasknb.service.review.routing import TO_REVIEW, send_to_reviewers
from tasknb.service.schema import assignments, reviews
from tasknb.service.work.statuses import AWAITING_CONSENSUS, AWAITING_REVIEW, PENDING, SUCCESS, pieces, set_status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tasknb.service.context import Context
    from tasknb.service.review.review_rules import ReviewRule
    from tasknb.service.tasks.task_rows import TaskRow

_COUNTED = (AWAITING_CONSENSUS, AWAITING_REVIEW, SUCCESS)


@dataclass(slots=True)
class _Label:
    """What one labeler handed in for one input."""

    pk: int
    input_pk: int
    status_code: int
    annotations: list[tuple[int, Annotation]]
    agreeing: int = 1
    group: int = 0

    @property
    def datas(self) -> list[Data]:
        return [annotation.data for _, annotation in self.annotations if annotation.data]


def settle(ctx: Context, row: TaskRow, rule: ReviewRule, input_pks: Collection[int]) -> None:
    """Approve the labels of these inputs that enough labelers agree on, and send on what stays open."""
    approved: list[int] = []
    to_review: dict[int, int] = {}
    told: list[tuple[_Label, int]] = []
    for labels, complete in _by_input(ctx, row, sorted(input_pks)):
        _compare(labels)
        told += [(label, len(labels)) for label in labels]
        for label in labels:
            if label.agreeing >= rule.labelers:
                if label.status_code != SUCCESS:
                    approved.append(label.pk)
            elif complete and label.status_code == AWAITING_CONSENSUS:
                to_review[label.pk] = label.input_pk
    _tell(ctx, told)
    if approved:
        _approve(ctx, approved)
    if to_review:
        send_to_reviewers(ctx, row, rule, to_review)


def settle_complete(ctx: Context, row: TaskRow, rule: ReviewRule) -> None:
    """Settle the inputs for which no more label will come, as after workers have left."""
    of_task = assignments.c.task_pk == row.pk
    pending = select(assignments.c.input_pk).where(of_task, assignments.c.status_code == PENDING.value)
    query = select(assignments.c.input_pk).where(
        of_task, assignments.c.status_code == AWAITING_CONSENSUS.value, assignments.c.input_pk.not_in(pending)
    )
    for some in pieces(ctx.db.scalars(query.distinct()).all()):
        settle(ctx, row, rule, some)


def _by_input(ctx: Context, row: TaskRow, input_pks: Sequence[int]) -> Iterator[tuple[list[_Label], bool]]:
    """For each input what was handed in and not rejected, and whether all its labels are in."""
    for some in pieces(input_pks):
        said = _annotations(ctx, row, some)
        query = select(
            assignments.c.pk, assignments.c.input_pk, assignments.c.worker_pk, assignments.c.status_code
        ).where(assignments.c.task_pk == row.pk, assignments.c.input_pk.in_(some))
        labels: dict[int, list[_Label]] = {input_pk: [] for input_pk in some}
        unfinished = set()
        for one in ctx.db.execute(query.order_by(assignments.c.pk)):
            if one.status_code in _COUNTED:
                mine = said[one.input_pk, one.worker_pk]
                labels[one.input_pk].append(_Label(one.pk, one.input_pk, one.status_code, mine))
            elif one.status_code == PENDING:
                unfinished.add(one.input_pk)
        for input_pk, found in labels.items():
            yield found, input_pk not in unfinished


def _annotations(
    ctx: Context, row: TaskRow, input_pks: Sequence[int]
) -> defaultdict[tuple[int, int], list[tuple[int, Annotation]]]:
    """The annotations for the task, by input and worker, with their pks."""
    table = schema.annotations
    query = select(table.c.pk, table.c.input_pk, table.c.worker_pk, table.c.body).where(
        table.c.task_pk == row.pk, table.c.input_pk.in_(input_pks)
    )
    said = defaultdict(list)
    for one in ctx.db.execute(query.order_by(table.c.pk)):
        said[one.input_pk, one.worker_pk].append((one.pk, decode(one.body, Annotation)))
    return said


def _compare(labels: Sequence[_Label]) -> None:
    """Count for each label how many labelers agree with it, and number the groups that agreement connects."""
    for index, label in enumerate(labels):
        label.group = index + 1
    for index, label in enumerate(labels):
        for other in labels[index + 1 :]:
            if labels_agree(label.datas, other.datas):
                label.agreeing += 1
                other.agreeing += 1
                joined = {label.group, other.group}
                for one in labels:
                    one.group = min(joined) if one.group in joined else one.group


_TELL = (
    update(schema.annotations).where(schema.annotations.c.pk == bindparam("of_pk")).values(body=bindparam("with_body"))
)


def _tell(ctx: Context, told: Sequence[tuple[_Label, int]]) -> None:
    """Note in annotations with how many labelers they agree."""
    rows = []
    for label, labelers in told:
        info = {"annotation_group": label.group, "agreeing_labelers": label.agreeing, "labelers": labelers}
        for pk, annotation in label.annotations:
            if annotation.consensus_info != info:
                changed = msgspec.structs.replace(annotation, consensus_info=info)
                rows.append({"of_pk": pk, "with_body": encode(changed).decode()})
    if rows:
        ctx.db.execute(_TELL, rows)


def _approve(ctx: Context, pks: Sequence[int]) -> None:
    """Take labels as approved; who had to review them has nothing to do any more."""
    for some in pieces(pks):
        open_reviews = (reviews.c.assignment_pk.in_(some), reviews.c.status_code == TO_REVIEW)
        ctx.db.execute(delete(reviews).where(*open_reviews))
    set_status(ctx, pks, SUCCESS)
