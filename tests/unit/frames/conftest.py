"""Tasks, assignments and annotations as the API sends them."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from reference_labels import history

from tasknb.messages.data import Annotation, BoundingBox, Concept, Data, Input, Point, Polygon, Region, RegionInfo
from tasknb.messages.people import User, Worker
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.task import (
    InputSource,
    InputSourceMetrics,
    ReviewMetrics,
    Task,
    TaskAssignment,
    TaskConcept,
    TaskMetrics,
    TaskReview,
    TaskWorker,
    WorkMetrics,
)

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


def person(name):
    return Worker(user=User(id=name))


@pytest.fixture
def noon():
    return NOON


@pytest.fixture
def tasks():
    """Three tasks: weighted with consensus and metrics, dynamic with manual review, and one with next to nothing."""
    metrics = TaskMetrics(
        input_source=InputSourceMetrics(inputs_count_estimated=100),
        work=WorkMetrics(inputs_count_estimated=40, inputs_percent_estimated=40),
        review=ReviewMetrics(
            inputs_count_estimated=10,
            inputs_percent_estimated=10,
            inputs_count_estimated_per_reviewer=[7, 3],
            inputs_reviewable_count_estimated_per_reviewer=[20, 20],
            inputs_percent_estimated_per_reviewer=[35, 15],
        ),
    )
    weighted = Task(
        id="t1",
        name="Water",
        type="CONCEPTS_CLASSIFICATION",
        priority="HIGH",
        status=Status.of(StatusCode.TASK_IN_PROGRESS),
        worker=TaskWorker.partitioned("ann", "bob.x", "cleo", workers_per_input=2, weights={"ann": 2, "bob.x": 1.5}),
        input_source=InputSource.dataset("lakes"),
        review=TaskReview.consensus("rita", "sam", labelers=2),
        concepts=TaskConcept.of("water", "land"),
        metadata={"batch": 3},
        metrics=metrics,
        user_id="owner",
        app_id="main",
        created_at=NOON,
        modified_at=NOON + timedelta(hours=1),
    )
    dynamic = Task(
        id="t2",
        name="Boxes",
        type="BOUNDING_BOX_DETECTION",
        status=Status.of(StatusCode.TASK_DONE),
        worker=TaskWorker.dynamic("ann", "bob.x"),
        input_source=InputSource.all_inputs(),
        review=TaskReview.manual("rita"),
        created_at=NOON,
    )
    return [weighted, dynamic, Task(id="t3")]


@pytest.fixture
def assignment():
    """A maker of assignments."""

    def make(worker, input_id, status, created=0, modified=60):
        return TaskAssignment(
            id=f"{worker}-{input_id}",
            worker=person(worker),
            input=Input(id=input_id),
            status=Status.of(StatusCode[f"TASK_ASSIGNMENT_{status}"]),
            created_at=NOON + timedelta(seconds=created),
            modified_at=NOON + timedelta(seconds=modified),
        )

    return make


@pytest.fixture
def annotation():
    """A maker of annotations: of concepts (id to value), a box or a polygon."""

    def make(worker, input_id, concepts, seconds=30, status="SUCCESS", box=None, polygon=None):
        held = [Concept(id=name, value=value) for name, value in concepts.items()]
        data = Data(concepts=held)
        if box or polygon:
            left, top, right, bottom = box or (0, 0, 0, 0)
            edges = BoundingBox(left_col=left, top_row=top, right_col=right, bottom_row=bottom)
            info = RegionInfo(
                bounding_box=edges if box else None,
                polygon=Polygon(points=[Point(col=col, row=row) for col, row in polygon]) if polygon else None,
            )
            data = Data(regions=[Region(id="r1", region_info=info, data=Data(concepts=held))])
        return Annotation(
            id=f"{worker}-{input_id}-{seconds}",
            input_id=input_id,
            task_id="t1",
            worker=person(worker),
            data=data,
            status=Status.of(StatusCode[f"ANNOTATION_{status}"]),
            created_at=NOON + timedelta(seconds=seconds),
            modified_at=NOON + timedelta(seconds=seconds + 100),
        )

    return make


@pytest.fixture
def team():
    """ann works on to the end, bob has been silent for three hours, cleo never began, and dan is through."""
    return pd.concat(
        [
            history(range(0, 14400, 60), pending=10, worker="ann"),
            history(range(0, 3600, 60), pending=10, worker="bob"),
            history([], pending=4, worker="cleo"),
            history(range(0, 3600, 60), pending=0, worker="dan"),
        ],
        ignore_index=True,
    )
