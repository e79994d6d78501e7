from __future__ import annotations

import msgspec
import pytest

from tasknb.messages.enums import TaskPriority, TaskType
from tasknb.messages.normal import normalised
from tasknb.messages.people import Model, ModelVersion, Workflow
from tasknb.messages.rules import problems
from tasknb.messages.task import (
    AIAssistParams,
    AutoAnnotationConfig,
    Concept,
    InputSource,
    Task,
    TaskConcept,
    TaskReview,
    TaskWorker,
    ThresholdRange,
)
from tasknb.widgets import fields

BASE = {
    "name": "Digits",
    "type": TaskType.CONCEPTS_CLASSIFICATION,
    "concepts": TaskConcept.of("0", "1"),
    "input_source": InputSource.dataset("digits-100"),
    "worker": TaskWorker.dynamic("ann", "bob"),
    "review": TaskReview.none(),
}


def rule(lower, upper, **config):
    limits = ThresholdRange(lower=lower, upper=upper, is_lower_inclusive=True, is_upper_inclusive=True)
    return AutoAnnotationConfig(threshold_range=limits, annotation_data_types=1, status_code=24150, **config)


def automatic(worker, *rules):
    concepts = [TaskConcept(concept=Concept(id=str(at)), auto_annotation_config=one) for at, one in enumerate(rules)]
    return {"worker": TaskWorker.automatic(worker), "concepts": concepts, "type": TaskType.TYPE_NOT_SET}


TASKS = {
    "dynamic": {},
    "full, boxes, all inputs": {
        "worker": TaskWorker.full("ann"),
        "type": TaskType.BOUNDING_BOX_DETECTION,
        "input_source": InputSource.all_inputs(),
    },
    "partitioned evenly": {"worker": TaskWorker.partitioned("ann", "bob", "cleo", workers_per_input=2)},
    "partitioned by weight": {"worker": TaskWorker.partitioned("ann", "bob", weights={"ann": 1, "bob": 2.5})},
    "manual": {"review": TaskReview.manual("rita")},
    "consensus": {
        "worker": TaskWorker.full("ann", "bob"),
        "review": TaskReview.consensus("rita", "sam", labelers=2, reviewers=-1),
    },
    "texts and priority": {"description": "# Look\n\nclosely", "priority": TaskPriority.HIGH, "sample_ms": 500},
    "what the form has no field for": {"metadata": {"batch": 3}, "ai_assist_params": AIAssistParams(min_threshold=0.5)},
    "a model": automatic(Model(id="m", model_version=ModelVersion(id="v1")), rule(0.7, 1.0), rule(0.7, 1.0)),
    "a workflow, each concept its own": automatic(Workflow(id="w"), rule(0.5, 0.9), rule(0.7, 1.0)),
}


@pytest.mark.parametrize("changes", TASKS.values(), ids=TASKS)
def test_a_task_survives_the_form(changes):
    task = Task(**{**BASE, **changes})
    assert problems(task) == []
    filled = fields.from_dict(fields.to_dict(fields.from_task(task)))
    assert normalised(fields.to_task(filled, task)) == normalised(task)


def test_a_task_as_the_server_tells_it_survives_too():
    task = msgspec.structs.replace(normalised(Task(**BASE)), id="t1", app_id="main", user_id="owner")
    assert normalised(fields.to_task(fields.from_task(task), task)) == task


def test_hidden_fields_keep_what_was_typed_but_do_not_reach_the_task():
    filled = fields.Fields(
        workers=["ann"], strategy="FULL", workers_per_input=3, weights={"ann": 2.0}, review="NONE", reviewers=["rita"]
    )
    task = fields.to_task(filled)
    assert task.worker == TaskWorker.full("ann")
    assert task.review == TaskReview.none()


def test_weights_follow_the_workers():
    filled = fields.Fields(
        workers=["ann", "bob", "cleo"],
        strategy="PARTITIONED",
        partition="WEIGHTED",
        weights={"ann": 3.0, "bob": None, "gone": 9.0},
    )
    info = fields.to_task(filled).worker.partitioned_strategy_info
    assert info.weights == {"ann": 3.0, "cleo": 1.0}  # bob's field is empty, cleo's untouched, gone is no worker now


def test_an_empty_number_is_a_problem_and_no_crash():
    filled = fields.Fields(
        workers=["ann"], strategy="PARTITIONED", workers_per_input=None, review="CONSENSUS", agreement=None
    )
    paths = [problem.path for problem in problems(fields.to_task(filled))]
    assert "worker.partitioned_strategy_info.workers_per_input" in paths
    assert "review.consensus_strategy_info.approval_threshold_labelers" in paths


def test_the_empty_form_lacks_only_what_nobody_can_guess():
    paths = [problem.path for problem in problems(fields.to_task(fields.Fields()))]
    assert paths == ["name", "concepts", "input_source.id", "worker.workers"]
