"""Simulated people at work, one step at a time: labelers who hand in labels, reviewers who approve or reject them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasknb.api import Client
    from tasknb.demo.opinion import Habits
    from tasknb.messages.data import Annotation
    from tasknb.messages.task import Task, TaskAssignment

_STEPS_PER_SECOND = 10  # somebody faster than this does several pieces of work at a time
_BATCH = 128  # the most annotations that one request takes


class Person(ABC):
    """Somebody with work to do.

    Parameters
    ----------
    client : Client
        A client that acts as this person.
    task : Task
        What to work on.
    habits : Habits
        How well.
    speed : float or None
        Pieces of work a second, on average; None for as fast as possible.
    """

    def __init__(self, client: Client, task: Task, habits: Habits, speed: float | None) -> None:
        self.paced = speed is not None
        self._client = client
        self._task = task
        self._habits = habits
        self._speed = speed or 1.0
        self._batch = _BATCH if speed is None else min(_BATCH, max(1, round(speed / _STEPS_PER_SECOND)))
        self._random = Random(f"{habits.seed}/{habits.user_id}")  # noqa: S311  play, not secrets
        self._assigned: deque[TaskAssignment] = deque()

    def pause(self, pieces: int) -> float:
        """Seconds that so many pieces of work take: around the mean, for some digits take longer than others."""
        return pieces / self._speed * self._random.gammavariate(4, 1 / 4)

    def step(self) -> int:
        """Do the next pieces of work; how many there were, 0 when nothing is left."""
        if not self._assigned:
            self._assigned.extend(self._fetch())
        batch = [self._assigned.popleft() for _ in range(min(self._batch, len(self._assigned)))]
        if batch:
            self._do(batch)
        return len(batch)

    @abstractmethod
    def _fetch(self) -> list[TaskAssignment]:
        """Ask for work."""

    @abstractmethod
    def _do(self, batch: list[TaskAssignment]) -> None:
        """Do it, and hand it in."""


class Labeler(Person):
    """Says what he sees on each input."""

    def _fetch(self) -> list[TaskAssignment]:
        return self._client.assignments.start(self._task)

    def _do(self, batch: list[TaskAssignment]) -> None:
        said = [self._habits.annotation(self._task, assignment.input.id) for assignment in batch if assignment.input]
        self._client.annotations.create(said)
        self._client.assignments.submit(self._task, batch)


class Reviewer(Person):
    """Approves what is right and rejects what is wrong, and errs now and then."""

    def _fetch(self) -> list[TaskAssignment]:
        return self._client.assignments.review_start(self._task)

    def _do(self, batch: list[TaskAssignment]) -> None:
        said: dict[tuple[str, str], list[Annotation]] = {}
        for one in self._client.annotations.list(self._task, input_ids={key[1] for key in map(_key, batch)}):
            if one.worker:
                said.setdefault((one.worker.id, one.input_id), []).append(one)
        approved = [one for one in batch if self._habits.approves(*_key(one), said.get(_key(one), []))]
        rejected = [one for one in batch if one not in approved]
        if approved:
            self._client.assignments.approve(self._task, approved)
        if rejected:
            self._client.assignments.reject(self._task, rejected)


def _key(assignment: TaskAssignment) -> tuple[str, str]:
    assert assignment.worker is not None
    assert assignment.input is not None
    return assignment.worker.id, assignment.input.id
