"""Automatic tasks as a notebook meets them: `Client.local` with models, and the demo's classifier on digits."""

from __future__ import annotations

import threading

import pytest

import tasknb as tn
from tasknb import demo
from tasknb.errors import NotFoundError
from tasknb.messages.data import Data, Input, Text
from tasknb.messages.people import Model, Workflow
from tasknb.messages.task import AutoAnnotationConfig, ThresholdRange
from tasknb.service.auto.registry import chain_of

PATIENCE = 60


def automatic(worker, *concepts, **more):
    return tn.Task(
        name="automatic",
        worker=tn.TaskWorker.automatic(worker),
        concepts=tn.TaskConcept.of(*concepts),
        input_source=more.pop("source", tn.InputSource.all_inputs()),
        review=more.pop("review", tn.TaskReview.none()),
        **more,
    )


def test_a_local_client_labels_in_the_background_until_it_is_closed(tmp_path):
    counted = threading.Semaphore(0)

    def long(batch):
        for _ in batch:
            counted.release()
        return [{"long": min(len(one.text) / 10, 1)} for one in batch]

    def threads():
        return {one.name for one in threading.enumerate() if one.name.startswith("tasknb-auto")}

    before = threads()
    with tn.Client.local(
        tmp_path / "labels.db", models={"length": long}, workflows=[chain_of("w", "length")]
    ) as client:
        client.concepts.create("long")
        client.inputs.create([Input(id=f"{n}", data=Data(text=Text(raw="x" * n))) for n in range(1, 8)])
        task = client.tasks.create(automatic(Model(id="length"), "long"))
        client.tasks.create(automatic(Workflow(id="w"), "long"))
        for _ in range(14):
            assert counted.acquire(timeout=PATIENCE)
        with pytest.raises(NotFoundError, match="There is no model 'width'"):
            client.tasks.create(automatic(Model(id="width"), "long"))
    assert threads() == before
    with tn.Client.local(tmp_path / "labels.db", models={"length": long}) as client:
        client._adapter.service.auto.runner.run_until_idle()
        found = {one.input_id: one.data.concepts[0].value for one in client.annotations.list(task=task)}
        assert found == {f"{n}": n / 10 for n in range(1, 8)}


def test_the_demo_reads_the_half_that_it_has_not_seen():
    with demo.digits() as client:
        digits = [str(digit) for digit in range(10)]
        task = automatic(
            Model(id="digits"),
            *digits,
            source=tn.InputSource.dataset("digits-test"),
            review=tn.TaskReview.manual("rita"),
        )
        sure = ThresholdRange(lower=0.8, upper=1, is_lower_inclusive=True, is_upper_inclusive=True)
        unsure = ThresholdRange(lower=0.4, upper=0.8, is_lower_inclusive=True)
        task.concepts = [
            tn.TaskConcept(
                concept=one.concept,
                auto_annotation_config=AutoAnnotationConfig(threshold_range=limits, status_code=status),
            )
            for limits, status in ((sure, "ANNOTATION_SUCCESS"), (unsure, "ANNOTATION_AWAITING_REVIEW"))
            for one in task.concepts
        ]
        task = client.tasks.create(task)
        client._adapter.service.auto.runner.run_until_idle()
        [counts] = client.tasks.input_counts(task)
        assert counts.success + counts.awaiting_review == 899
        accepted = list(client.annotations.list(task=task, statuses=["ANNOTATION_SUCCESS"]))
        right = [one.data.concepts[0].id == demo.truth()[one.input_id] for one in accepted]
        assert sum(right) / len(right) > 0.97
        assert 0 < counts.awaiting_review < counts.success
        assert len(client.acting_as("rita").assignments.review_start(task)) == 10
