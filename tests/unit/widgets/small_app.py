"""Tasks on the small app of the ``client`` fixture, and people who work in it."""

from __future__ import annotations

import tasknb as tn

INPUTS = 20


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
