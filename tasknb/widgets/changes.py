"""What an edit of a task changes, and what that does to its open and finished work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasknb.look import label
from tasknb.messages.enums import ReviewStrategy, WorkerStrategy
from tasknb.messages.normal import normalised
from tasknb.widgets.summary import named, review

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasknb.messages.task import AutoAnnotationConfig, Task, TaskReview, TaskStatusCount, TaskWorker

FROZEN = ("type", "source", "dataset", "input", "search", "work", "strategy")
"""The form's fields that cannot change once a task is made: its assignments rest on them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a task and its edited form.

    Attributes
    ----------
    what : str
        The field and its old and new value, in words.
    effect : str
        What it does to work; empty when it does nothing.
    """

    what: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """How much work of a task is where, from its counts per worker.

    Attributes
    ----------
    pending : dict of user id to int
        Assignments that are still to be labeled.
    finished : dict of user id to int
        Assignments that have been submitted.
    waiting : int
        Assignments that wait for reviewers or for other labelers to agree.
    """

    pending: Mapping[str, int]
    finished: Mapping[str, int]
    waiting: int

    @classmethod
    def of(cls, counts: list[TaskStatusCount]) -> Work:
        """Read the counts that the API gives."""
        ids = [(one.worker.id if one.worker else one.user_id, one) for one in counts]
        waiting = {who: one.awaiting_review + one.awaiting_consensus_review for who, one in ids}
        return cls(
            pending={who: one.pending for who, one in ids},
            finished={who: one.success + one.review_denied + waiting[who] for who, one in ids},
            waiting=sum(waiting.values()),
        )


def changes(before: Task, after: Task, work: Work) -> list[Change]:
    """The differences, in the order of the form.

    Parameters
    ----------
    before, after : Task
        The task as it is stored and as it is filled in.
    work : Work
        Where its work stands.
    """
    before, after = normalised(before), normalised(after)
    found = [*_texts(before, after), *_concepts(before, after)]
    if before.worker and after.worker:
        found += [*_workers(before.worker, after.worker, work), *_shares(before.worker, after.worker, work)]
    if before.review and after.review:
        found += _review(before.review, after.review, work)
    return found


def _texts(before: Task, after: Task) -> Iterator[Change]:
    if before.name != after.name:
        yield Change(f"Name: “{before.name}” becomes “{after.name}”")
    if before.description != after.description:
        yield Change("Instructions", "Labelers read the new text from their next input on.")
    if before.priority is not after.priority:
        yield Change(f"Priority: {label(str(before.priority))} becomes {label(str(after.priority))}")
    if before.sample_ms != after.sample_ms:
        yield Change(f"Sampling: {before.sample_ms} ms becomes {after.sample_ms} ms", "Frames already taken stay.")


def _concepts(before: Task, after: Task) -> Iterator[Change]:
    old, new = _rules(before), _rules(after)
    added, removed = [one for one in new if one not in old], [one for one in old if one not in new]
    if added:
        yield Change(f"Concepts added: {named(added)}", "Finished inputs are not labeled again.")
    if removed:
        yield Change(f"Concepts removed: {named(removed)}", "Labels already given with them stay.")
    if any(old[one] != new[one] for one in new if one in old):
        yield Change("Rules for the model's predictions", "Annotations already made stay.")


def _rules(task: Task) -> dict[str, list[AutoAnnotationConfig | None]]:
    rules: dict[str, list[AutoAnnotationConfig | None]] = {}
    for one in task.concepts:
        if one.concept:
            rules.setdefault(one.concept.id, []).append(one.auto_annotation_config)
    return rules


def _workers(before: TaskWorker, after: TaskWorker, work: Work) -> Iterator[Change]:
    old, new = [one.id for one in before.workers], [one.id for one in after.workers]
    added, removed = [one for one in new if one not in old], [one for one in old if one not in new]
    if added:
        yield Change(f"Workers added: {named(added)}", _JOINING.get(str(after.strategy), ""))
    if removed:
        pending = sum(work.pending.get(one, 0) for one in removed)
        finished = sum(work.finished.get(one, 0) for one in removed)
        fate = "is dropped" if after.strategy is WorkerStrategy.FULL else "goes to the others"
        open_part = f"Their open work ({pending}) {fate}" if pending else "They have no open work"
        yield Change(f"Workers removed: {named(removed)}", f"{open_part}; what they finished ({finished}) stays.")


_JOINING = {
    "DYNAMIC": "They draw from the inputs that nobody has yet.",
    "PARTITIONED": "They get their share of the open work; finished work stays.",
    "FULL": "They get every input of the task.",
}


def _shares(before: TaskWorker, after: TaskWorker, work: Work) -> Iterator[Change]:
    old, new = before.partitioned_strategy_info, after.partitioned_strategy_info
    if old is None or new is None:
        return
    pending, finished = sum(work.pending.values()), sum(work.finished.values())
    effect = f"Open work ({pending}) is shared anew; finished work ({finished}) stays with whom it is."
    if old.workers_per_input != new.workers_per_input:
        yield Change(f"Workers per input: {old.workers_per_input} becomes {new.workers_per_input}", effect)
    if old.type is not new.type:
        yield Change(f"Shares: {label(str(old.type))} becomes {label(str(new.type))}", effect)
    elif old.weights != new.weights:
        yield Change("Weights", effect)


def _review(before: TaskReview, after: TaskReview, work: Work) -> Iterator[Change]:
    old, new = [user.id for user in before.users], [user.id for user in after.users]
    rules = [(one.strategy, one.consensus_strategy_info, one.manual_strategy_info) for one in (before, after)]
    if rules[0] != rules[1]:
        blocked = f"Not while work waits for the present review, and {work.waiting} inputs do."
        yield Change(
            f"Review: {review(before)} becomes {review(after)}",
            blocked if work.waiting else "It holds for work that is submitted from now on.",
        )
    elif old != new and after.strategy is not ReviewStrategy.NONE:
        yield Change(
            f"Reviewers: {named(old) or 'nobody'} become {named(new) or 'nobody'}",
            f"The work that waits ({work.waiting}) is shared among them anew.",
        )
