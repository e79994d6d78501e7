"""The task: what to label, by whom, checked how; and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from tasknb.messages.data import Concept, Input, Polygon
from tasknb.messages.enums import (
    InputSourceType,
    PartitionedStrategy,
    ReviewStrategy,
    TaskPriority,
    TaskType,
    WorkerStrategy,
    WorkerType,
)
from tasknb.messages.people import Model, User, Visibility, Worker, Workflow
from tasknb.messages.status import Code, Status, kept_code
from tasknb.messages.wire import Message, Wire, as_enum

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class PartitionedStrategyInfo(Message):
    """How a PARTITIONED task shares its inputs.

    ``weights`` maps user ids to numbers; a worker's share is his weight over the sum of all.
    """

    type: Wire[PartitionedStrategy] = PartitionedStrategy.PARTITIONED_WORKER_STRATEGY_NOT_SET
    workers_per_input: int = 0
    weights: dict[str, Any] = {}

    def __post_init__(self) -> None:
        self.type = as_enum(PartitionedStrategy, self.type)


class TaskWorker(Message):
    """Who labels, and how inputs reach them. ``user_ids`` and ``users`` are deprecated forms of ``workers``."""

    strategy: Wire[WorkerStrategy] = WorkerStrategy.WORKER_STRATEGY_NOT_SET
    user_ids: list[str] = []
    users: list[User] = []
    partitioned_strategy_info: PartitionedStrategyInfo | None = None
    workers: list[Worker] = []
    type: Wire[WorkerType] = WorkerType.WORKER_TYPE_NOT_SET

    def __post_init__(self) -> None:
        self.strategy = as_enum(WorkerStrategy, self.strategy)
        self.type = as_enum(WorkerType, self.type)

    @classmethod
    def dynamic(cls, *user_ids: str) -> Self:
        """Each worker draws ten inputs at a time; no input is given out twice."""
        return cls(strategy=WorkerStrategy.DYNAMIC, workers=_people(user_ids))

    @classmethod
    def full(cls, *user_ids: str) -> Self:
        """Every worker labels every input."""
        return cls(strategy=WorkerStrategy.FULL, workers=_people(user_ids))

    @classmethod
    def partitioned(
        cls, *user_ids: str, workers_per_input: int = 1, weights: Mapping[str, float] | None = None
    ) -> Self:
        """All inputs are shared out at creation, evenly or in proportion to `weights`.

        Parameters
        ----------
        *user_ids : str
            The workers.
        workers_per_input : int, default 1
            How many different workers label each input.
        weights : mapping of user id to number, optional
            The workers' relative shares; evenly when left out.
        """
        info = PartitionedStrategyInfo(
            type=PartitionedStrategy.WEIGHTED if weights else PartitionedStrategy.EVENLY,
            workers_per_input=workers_per_input,
            weights=dict(weights or {}),
        )
        return cls(strategy=WorkerStrategy.PARTITIONED, workers=_people(user_ids), partitioned_strategy_info=info)

    @classmethod
    def automatic(cls, worker: Model | Workflow) -> Self:
        """One model or workflow labels every input."""
        chosen = Worker(model=worker) if isinstance(worker, Model) else Worker(workflow=worker)
        return cls(strategy=WorkerStrategy.FULL, workers=[chosen], type=WorkerType.WORKER_AUTO)


class InputSource(Message):
    """Where the inputs come from; ``id`` names the dataset, saved search or input."""

    type: Wire[InputSourceType] = InputSourceType.INPUT_SOURCE_TYPE_NOT_SET
    id: str = ""

    def __post_init__(self) -> None:
        self.type = as_enum(InputSourceType, self.type)

    @classmethod
    def dataset(cls, dataset_id: str) -> Self:
        """The inputs of one dataset."""
        return cls(type=InputSourceType.DATASET, id=dataset_id)

    @classmethod
    def all_inputs(cls) -> Self:
        """Every input of the app."""
        return cls(type=InputSourceType.ALL_INPUTS)


class ThresholdRange(Message):
    """The concept values that create an annotation."""

    is_lower_inclusive: bool = False
    is_upper_inclusive: bool = False
    lower: float = 0.0
    upper: float = 0.0


class TimeOfDay(Message):
    """A time on the clock."""

    hours: int = 0
    minutes: int = 0
    seconds: int = 0
    nanos: int = 0


class TimeOfDayRange(Message):
    """A stretch of the day; it may wrap midnight."""

    start: TimeOfDay | None = None
    end: TimeOfDay | None = None
    is_start_inclusive: bool = False
    is_end_inclusive: bool = False


class AutoAnnotationConfig(Message):
    """What an automatic task does with one concept's predictions.

    ``annotation_data_types`` is a bit mask of `AnnotationDataType` (0: any); ``status_code`` is the status that the
    created annotations get.
    """

    annotation_data_types: int = 0
    threshold_range: ThresholdRange | None = None
    status_code: Code = 0
    time_of_day_range: TimeOfDayRange | None = None
    polygon: Polygon | None = None

    def __post_init__(self) -> None:
        self.status_code = kept_code(self.status_code)


class TaskConcept(Message):
    """A concept to label with, and for automatic tasks the rule for its predictions."""

    concept: Concept | None = None
    auto_annotation_config: AutoAnnotationConfig | None = None

    @classmethod
    def of(cls, *concept_ids: str) -> list[Self]:
        """The concepts with these ids."""
        return [cls(concept=Concept(id=concept_id)) for concept_id in concept_ids]


class ManualStrategyInfo(Message):
    """Both fields are deprecated on the wire: the share of inputs to review, and how many reviewers must approve."""

    sample_percentage: float = 0.0
    approval_threshold: int = 0


class ConsensusStrategyInfo(Message):
    """When labels approve themselves.

    ``approval_threshold_labelers``: 0 turns labelers' consensus off, 1 approves the first label, n approves when n
    agree. ``approval_threshold_reviewers``: 1 (also 0) one reviewer is enough, -1 all must approve.
    ``approval_threshold`` is the deprecated name of the former.
    """

    approval_threshold: int = 0
    approval_threshold_labelers: int = 0
    approval_threshold_reviewers: int = 0


class TaskReview(Message):
    """How finished work is checked. ``user_ids`` is the deprecated form of ``users``."""

    strategy: Wire[ReviewStrategy] = ReviewStrategy.TASK_REVIEW_STRATEGY_NOT_SET
    user_ids: list[str] = []
    users: list[User] = []
    manual_strategy_info: ManualStrategyInfo | None = None
    consensus_strategy_info: ConsensusStrategyInfo | None = None

    def __post_init__(self) -> None:
        self.strategy = as_enum(ReviewStrategy, self.strategy)

    @classmethod
    def none(cls) -> Self:
        """Labels count as soon as they are submitted."""
        return cls(strategy=ReviewStrategy.NONE)

    @classmethod
    def manual(cls, *reviewer_ids: str) -> Self:
        """Reviewers look at every label."""
        return cls(strategy=ReviewStrategy.MANUAL, users=[User(id=user_id) for user_id in reviewer_ids])

    @classmethod
    def consensus(cls, *reviewer_ids: str, labelers: int = 2, reviewers: int = 1) -> Self:
        """Labels count when `labelers` workers agree; else the reviewers decide (`reviewers`: 1, or -1 for all)."""
        info = ConsensusStrategyInfo(approval_threshold_labelers=labelers, approval_threshold_reviewers=reviewers)
        users = [User(id=user_id) for user_id in reviewer_ids]
        return cls(strategy=ReviewStrategy.CONSENSUS, users=users, consensus_strategy_info=info)


class AIAssistant(Message):
    """The workflow whose predictions are offered to labelers; ``workflow_id`` is the deprecated form."""

    workflow_id: str = ""
    workflow: Workflow | None = None


class AIAssistParams(Message):
    """The scores between which a prediction is approved by default."""

    min_threshold: float = 0.0
    max_threshold: float = 0.0
    concept_relation_ids: list[str] = []


class WorkMetrics(Message, omit_defaults=False):
    """Inputs that labelers have worked on, and their share in percent."""

    inputs_count_estimated: int = 0
    inputs_percent_estimated: int = 0


class ReviewMetrics(Message, omit_defaults=False):
    """Inputs that are fully reviewed; the lists are in the order of ``task.review.users``."""

    inputs_count_estimated: int = 0
    inputs_percent_estimated: int = 0
    inputs_count_estimated_per_reviewer: list[int] = []
    inputs_reviewable_count_estimated_per_reviewer: list[int] = []
    inputs_percent_estimated_per_reviewer: list[int] = []


class InputSourceMetrics(Message, omit_defaults=False):
    """How many inputs the task has."""

    inputs_count_estimated: int = 0


class TaskMetrics(Message):
    """How far a task is; only present when asked for by ``additional_fields``."""

    work: WorkMetrics | None = None
    review: ReviewMetrics | None = None
    input_source: InputSourceMetrics | None = None


class Task(Message):
    """A labeling task.

    The server fills ``id``, ``created_at``, ``modified_at``, ``app_id``, ``user_id`` and ``metrics``. ``description``
    holds the instructions for labelers. ``concept_ids`` is the deprecated form of ``concepts``. ``sample_ms`` takes one
    video frame every so many milliseconds.
    """

    id: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    type: Wire[TaskType] = TaskType.TYPE_NOT_SET
    description: str = ""
    worker: TaskWorker | None = None
    concept_ids: list[str] = []
    input_source: InputSource | None = None
    sample_ms: int = 0
    ai_assistant: AIAssistant | None = None
    review: TaskReview | None = None
    status: Status | None = None
    name: str = ""
    ai_assist_params: AIAssistParams | None = None
    visibility: Visibility | None = None
    app_id: str = ""
    user_id: str = ""
    label_order_id: str = ""
    concepts: list[TaskConcept] = []
    delete_previous_annotations: bool = False
    metrics: TaskMetrics | None = None
    priority: Wire[TaskPriority] = TaskPriority.TASK_PRIORITY_NOT_SET
    metadata: dict[str, Any] = {}

    def __post_init__(self) -> None:
        self.type = as_enum(TaskType, self.type)
        self.priority = as_enum(TaskPriority, self.priority)

    @property
    def is_automatic(self) -> bool:
        """Whether a model or workflow does the work."""
        worker = self.worker
        if worker is None:
            return False
        return worker.type is WorkerType.WORKER_AUTO or any(one.model or one.workflow for one in worker.workers)


class TaskAssignment(Message):
    """The work of one worker on one input in one task."""

    id: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    worker: Worker | None = None
    input: Input | None = None
    status: Status | None = None


class TaskStatusCount(Message, omit_defaults=False):
    """How many annotations or assignments one worker has in each state. ``user_id`` is deprecated."""

    user_id: str = ""
    pending: int = 0
    awaiting_review: int = 0
    success: int = 0
    review_denied: int = 0
    awaiting_consensus_review: int = 0
    worker: Worker | None = None


def _people(user_ids: Iterable[str]) -> list[Worker]:
    return [Worker(user=User(id=user_id)) for user_id in user_ids]
