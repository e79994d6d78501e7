"""The fields of the API's messages that frames use, and nothing else.

What is not asked for is not built, which makes reading several times faster than parsing everything. Enums and codes
stay as they came, times stay text: both are turned into columns at once, not one by one. A test holds these structs to
the messages of `tasknb.messages`.
"""

from __future__ import annotations

import msgspec


class Slim(msgspec.Struct, gc=False):
    """A message with the fields that frames use; unknown fields are skipped unread."""


class SlimId(Slim):
    """A user, model, workflow, input or concept, by its id."""

    id: str = ""


class SlimWorker(Slim):
    """One of the three is set."""

    user: SlimId | None = None
    model: SlimId | None = None
    workflow: SlimId | None = None


class SlimStatus(Slim):
    """The code, as a number or a name."""

    code: int | str = 0


class SlimPartition(Slim):
    """`PartitionedStrategyInfo`."""

    type: int | str = 0
    workers_per_input: int = 0
    weights: dict[str, float] = {}


class SlimTaskWorker(Slim):
    """`TaskWorker`."""

    strategy: int | str = 0
    user_ids: list[str] = []
    users: list[SlimId] = []
    partitioned_strategy_info: SlimPartition | None = None
    workers: list[SlimWorker] = []
    type: int | str = 0


class SlimSource(Slim):
    """`InputSource`."""

    type: int | str = 0
    id: str = ""


class SlimConsensus(Slim):
    """`ConsensusStrategyInfo`."""

    approval_threshold: int = 0
    approval_threshold_labelers: int = 0
    approval_threshold_reviewers: int = 0


class SlimReview(Slim):
    """`TaskReview`."""

    strategy: int | str = 0
    user_ids: list[str] = []
    users: list[SlimId] = []
    consensus_strategy_info: SlimConsensus | None = None


class SlimConcept(Slim):
    """`Concept`: a missing value means present."""

    id: str = ""
    value: float = 1.0


class SlimTaskConcept(Slim):
    """`TaskConcept`."""

    concept: SlimId | None = None


class SlimWorkMetrics(Slim):
    """`WorkMetrics`; JSON leaves out a count of 0."""

    inputs_count_estimated: int = 0
    inputs_percent_estimated: int = 0


class SlimReviewMetrics(SlimWorkMetrics):
    """`ReviewMetrics`."""

    inputs_count_estimated_per_reviewer: list[int] = []
    inputs_reviewable_count_estimated_per_reviewer: list[int] = []
    inputs_percent_estimated_per_reviewer: list[int] = []


class SlimMetrics(Slim):
    """`TaskMetrics`."""

    work: SlimWorkMetrics | None = None
    review: SlimReviewMetrics | None = None
    input_source: SlimWorkMetrics | None = None


class SlimTask(Slim):
    """`Task`; metadata stays JSON text."""

    id: str = ""
    created_at: str | None = None
    modified_at: str | None = None
    type: int | str = 0
    description: str = ""
    worker: SlimTaskWorker | None = None
    concept_ids: list[str] = []
    input_source: SlimSource | None = None
    review: SlimReview | None = None
    status: SlimStatus | None = None
    name: str = ""
    app_id: str = ""
    user_id: str = ""
    concepts: list[SlimTaskConcept] = []
    metrics: SlimMetrics | None = None
    priority: int | str = 0
    metadata: msgspec.Raw = msgspec.Raw()


class SlimAssignment(Slim):
    """`TaskAssignment`."""

    id: str = ""
    created_at: str | None = None
    modified_at: str | None = None
    worker: SlimWorker | None = None
    input: SlimId | None = None
    status: SlimStatus | None = None


class SlimPoint(Slim):
    """`Point`."""

    row: float = 0.0
    col: float = 0.0


class SlimPolygon(Slim):
    """`Polygon`."""

    points: list[SlimPoint] = []


class SlimBox(Slim):
    """`BoundingBox`."""

    top_row: float = 0.0
    left_col: float = 0.0
    bottom_row: float = 0.0
    right_col: float = 0.0


class SlimPresence(Slim):
    """A message of which only its presence is read."""


class SlimRegionInfo(Slim):
    """`RegionInfo`."""

    bounding_box: SlimBox | None = None
    polygon: SlimPolygon | None = None
    mask: SlimPresence | None = None
    point: SlimPresence | None = None
    span: SlimPresence | None = None


class SlimRegion(Slim):
    """`Region`."""

    id: str = ""
    region_info: SlimRegionInfo | None = None
    data: SlimConcepts | None = None


class SlimConcepts(Slim):
    """The concepts of a region's `Data`."""

    concepts: list[SlimConcept] = []


class SlimData(SlimConcepts):
    """`Data` of an annotation."""

    regions: list[SlimRegion] = []


class SlimAnnotation(Slim):
    """`Annotation`."""

    id: str = ""
    input_id: str = ""
    data: SlimData | None = None
    status: SlimStatus | None = None
    created_at: str | None = None
    modified_at: str | None = None
    user_id: str = ""
    task_id: str = ""
    worker: SlimWorker | None = None


class TaskPage(Slim):
    """An answer to ListTasks."""

    tasks: list[SlimTask] = []


class AssignmentPage(Slim):
    """An answer to ListTaskAssignments."""

    task_assignments: list[SlimAssignment] = []


class AnnotationPage(Slim):
    """An answer to ListAnnotations."""

    annotations: list[SlimAnnotation] = []
