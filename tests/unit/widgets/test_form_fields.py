from __future__ import annotations

import msgspec
import pytest

from tasknb.messages.data import Point, Polygon
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
    TimeOfDay,
    TimeOfDayRange,
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


NIGHT = TimeOfDayRange(start=TimeOfDay(hours=22), end=TimeOfDay(hours=6, minutes=30, seconds=5), is_end_inclusive=True)
AREA = Polygon(points=[Point(row=0, col=0), Point(row=0, col=1), Point(row=0.5, col=0.25)])
OPEN = AutoAnnotationConfig(threshold_range=ThresholdRange(lower=0.5, upper=0.9, is_upper_inclusive=True))


def two(*configs):
    concepts = [TaskConcept(concept=Concept(id=id_), auto_annotation_config=one) for id_, one in configs]
    return Task(**{**BASE, **automatic(Model(id="m")), "concepts": concepts})


def test_filters_of_time_and_place_are_fields():
    task = two(("0", rule(0.5, 1.0, time_of_day_range=NIGHT, polygon=AREA)))
    filled = fields.from_task(task)
    assert (filled.time_of_day, filled.outline) == (("22:00", "06:30:05"), "0,0 0,1 0.5,0.25")
    filled.time_of_day, filled.outline = ("", "08:00"), "0, 0; 1,0 1 , 1"
    [one] = fields.to_task(filled, task).concepts
    config = one.auto_annotation_config
    assert config.time_of_day_range.start == TimeOfDay()
    assert config.time_of_day_range.end == TimeOfDay(hours=8)
    assert [(point.row, point.col) for point in config.polygon.points] == [(0, 0), (1, 0), (1, 1)]
    filled.time_of_day, filled.outline = ("", ""), " "
    [one] = fields.to_task(filled, task).concepts
    assert (one.auto_annotation_config.time_of_day_range, one.auto_annotation_config.polygon) == (None, None)


@pytest.mark.parametrize("outline", ["here", "0.1 0.2 0.3", "0,0 0,1 0.5", "0,0 0,1 1.5,0", "0,0,0 0,1,0 1,1,1"])
def test_corners_that_are_none_are_told(outline):
    filled = fields.from_task(two(("0", rule(0.5, 1.0))))
    filled.outline = outline
    [problem] = fields.problems_of(filled, fields.to_task(filled))
    assert problem.path == "concepts[0].auto_annotation_config.polygon"
    assert "is no corner" in problem.message
    filled.work = "people"
    assert all("polygon" not in one.path for one in fields.problems_of(filled, fields.to_task(filled)))


@pytest.mark.parametrize(
    "task",
    [
        two(("0", OPEN), ("1", rule(0.7, 1.0, polygon=AREA))),  # an end left out; an area for one of them
        two(("0", rule(0.4, 0.8)), ("0", rule(0.8, 1.0)), ("1", rule(0.5, 1.0))),  # two bands of one concept
        two(("0", None), ("1", None)),
    ],
)
def test_an_edit_of_something_else_keeps_the_rules_that_the_form_cannot_show(task):
    filled = fields.from_task(task)
    filled.name = "Another name"
    assert normalised(fields.to_task(filled, task)).concepts == normalised(task).concepts


def test_what_is_touched_is_written_to_each_rule_and_only_that():
    task = two(("0", OPEN), ("1", rule(0.7, 1.0, polygon=AREA)))
    filled = fields.from_task(task)
    filled.data_types = 2
    open_, other = (one.auto_annotation_config for one in fields.to_task(filled, task).concepts)
    assert open_ == msgspec.structs.replace(OPEN, annotation_data_types=2)
    assert (other.annotation_data_types, other.polygon, other.threshold_range.lower) == (2, AREA, 0.7)


@pytest.mark.parametrize("kind", ["INPUT", "SAVED_SEARCH"])
def test_other_sources_keep_their_id(kind):
    task = Task(**{**BASE, "input_source": InputSource(type=kind, id="live")})
    filled = fields.from_dict(fields.to_dict(fields.from_task(task)))
    assert fields.to_task(filled, task).input_source == task.input_source
    filled.source = "DATASET"
    assert fields.to_task(filled, task).input_source.id == ""
