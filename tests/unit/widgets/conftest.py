"""A real embedded service with a few people and inputs, for every widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import tasknb as tn
from tasknb.messages.data import Data, Input, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

INPUTS = 20


@pytest.fixture
def client() -> Iterator[tn.Client]:
    opened = tn.Client.local(":memory:")
    for name in ("ann", "bob", "rita"):
        opened.collaborators.add(name)
    opened.concepts.create("cat", "dog")
    opened.inputs.create([Input(id=f"text-{i:02}", data=Data(text=Text(raw=f"text {i}"))) for i in range(INPUTS)])
    yield opened
    opened.close()


@pytest.fixture
def task(client: tn.Client) -> tn.Task:
    return client.tasks.create(new_task())


def new_task(name: str = "Cats and dogs", worker: tn.TaskWorker | None = None, **fields: object) -> tn.Task:
    return tn.Task(
        name=name,
        type="CONCEPTS_CLASSIFICATION",
        worker=worker or tn.TaskWorker.partitioned("ann", "bob"),
        concepts=tn.TaskConcept.of("cat", "dog"),
        input_source=tn.InputSource.all_inputs(),
        **{"review": tn.TaskReview.none(), **fields},
    )


def label(client: tn.Client, task: tn.Task, worker: str, count: int = 10) -> None:
    """The worker hands in so many of what he is given."""
    acting = client.acting_as(worker)
    given = acting.assignments.start(task)[:count]
    acting.assignments.submit(task, given)
