"""The form's fields: what a person fills in, and the task that it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tasknb.messages.data import Concept
from tasknb.messages.enums import InputSourceType, PartitionedStrategy, ReviewStrategy, TaskType, WorkerStrategy
from tasknb.messages.normal import normalised
from tasknb.messages.people import Model, ModelVersion, User, Worker, Workflow
from tasknb.messages.rules import problems
from tasknb.messages.task import (
    ConsensusStrategyInfo,
    InputSource,
    PartitionedStrategyInfo,
    Task,
    TaskConcept,
    TaskReview,
    TaskWorker,
)
from tasknb.widgets.auto_fields import AutoFields, concept_ids, fill_rules, ruled_concepts, unreadable

if TYPE_CHECKING:
    from tasknb.errors import Problem


class ModelField(msgspec.Struct, kw_only=True):
    """The model or workflow of an automatic task; ``user_id`` and ``app_id`` are needed for one of another app."""

    kind: Literal["model", "workflow"] = "model"
    id: str = ""
    version: str = ""
    user_id: str = ""
    app_id: str = ""


class Fields(AutoFields, msgspec.Struct, kw_only=True):
    """All fields of the form, also those that the present choices hide, so that nothing typed is lost.

    Numbers are None while their field is empty. Enums are kept by name.

    Attributes
    ----------
    work : {"people", "model"}
        Who labels; for a model, the fields of `AutoFields` say what becomes of its predictions.
    dataset, input, search : str
        The id of the source, of each kind.
    weights : dict of user id to number or None
        A worker who is not in it weighs 1; one whose weight was deleted has None.
    agreement : int or None
        How many labelers must agree (``approval_threshold_labelers``).
    rate, hours_a_day : float or None
        Labels an hour and hours a day of one worker, for the plan only; no part of the task.
    """

    name: str = ""
    type: str = str(TaskType.CONCEPTS_CLASSIFICATION)
    concepts: list[str] = []
    instructions: str = ""
    source: str = str(InputSourceType.DATASET)
    dataset: str = ""
    input: str = ""
    search: str = ""
    work: Literal["people", "model"] = "people"
    workers: list[str] = []
    strategy: str = str(WorkerStrategy.DYNAMIC)
    partition: str = str(PartitionedStrategy.EVENLY)
    workers_per_input: int | None = 1
    weights: dict[str, float | None] = {}
    model: ModelField = msgspec.field(default_factory=ModelField)
    delete_previous: bool = False
    review: str = str(ReviewStrategy.NONE)
    reviewers: list[str] = []
    agreement: int | None = 2
    all_reviewers: bool = False
    priority: str = "TASK_PRIORITY_NOT_SET"
    sample_ms: int | None = None
    rate: float | None = None
    hours_a_day: float | None = 8.0


def to_dict(fields: Fields) -> dict[str, Any]:
    """The fields as JSON values, for the browser."""
    plain: dict[str, Any] = msgspec.to_builtins(fields)
    return plain


def from_dict(data: Any) -> Fields:
    """The fields that the browser sent."""
    return msgspec.convert(data, Fields, strict=False)


def to_task(fields: Fields, origin: Task | None = None) -> Task:
    """The task that the fields mean.

    Parameters
    ----------
    fields : Fields
        What is filled in.
    origin : Task, optional
        The task that the form was filled from: what the form has no field for is taken over from it.
    """
    task = normalised(origin or Task())
    # Automatic tasks have no type, unless somebody gave them one.
    kind = (
        TaskType(fields.type)
        if fields.work == "people"
        else (task.type if task.is_automatic else TaskType.TYPE_NOT_SET)
    )
    return msgspec.structs.replace(
        task,
        name=fields.name.strip(),
        type=kind,
        concepts=_concepts(fields, task),
        description=fields.instructions,
        input_source=_input_source(fields),
        worker=_worker(fields),
        review=_review(fields, task.review),
        priority=type(task.priority)(fields.priority),
        sample_ms=fields.sample_ms or 0,
        delete_previous_annotations=fields.delete_previous and fields.work == "model",
    )


def problems_of(fields: Fields, draft: Task) -> list[Problem]:
    """What keeps the draft from being submitted: the task's own problems, and what no task can say."""
    return [*problems(draft), *(unreadable(fields) if fields.work == "model" else ())]


def as_new(task: Task) -> Task:
    """A copy without what only the server fills in: what a new task like this one starts from."""
    return msgspec.structs.replace(
        task, id="", created_at=None, modified_at=None, status=None, metrics=None, app_id="", user_id=""
    )


SOURCE_FIELDS = {
    InputSourceType.DATASET: "dataset",
    InputSourceType.INPUT: "input",
    InputSourceType.SAVED_SEARCH: "search",
}
"""The field that holds the id of a source of each kind."""


def _input_source(fields: Fields) -> InputSource:
    kind = InputSourceType(fields.source)
    return InputSource(type=kind, id=getattr(fields, SOURCE_FIELDS[kind]).strip() if kind in SOURCE_FIELDS else "")


def _worker(fields: Fields) -> TaskWorker:
    if fields.work == "model":
        return TaskWorker.automatic(_model(fields.model))
    worker = TaskWorker(
        strategy=WorkerStrategy(fields.strategy), workers=[Worker(user=User(id=one)) for one in fields.workers]
    )
    if worker.strategy is WorkerStrategy.PARTITIONED:
        worker.partitioned_strategy_info = PartitionedStrategyInfo(
            type=PartitionedStrategy(fields.partition),
            workers_per_input=fields.workers_per_input or 0,
            weights=_weights(fields) if fields.partition == PartitionedStrategy.WEIGHTED else {},
        )
    return worker


def _weights(fields: Fields) -> dict[str, float]:
    given = {user_id: fields.weights.get(user_id, 1.0) for user_id in fields.workers}
    return {user_id: weight for user_id, weight in given.items() if weight is not None}


def _model(field: ModelField) -> Model | Workflow:
    if field.kind == "workflow":
        return Workflow(id=field.id, user_id=field.user_id, app_id=field.app_id)
    version = ModelVersion(id=field.version) if field.version else None
    return Model(id=field.id, user_id=field.user_id, app_id=field.app_id, model_version=version)


def _review(fields: Fields, origin: TaskReview | None) -> TaskReview:
    strategy = ReviewStrategy(fields.review)
    if strategy is ReviewStrategy.NONE:
        return TaskReview.none()
    review = TaskReview(strategy=strategy, users=[User(id=one) for one in fields.reviewers])
    if strategy is ReviewStrategy.CONSENSUS:
        # -1 is no number that the rules allow: an empty field must not pass as "off".
        review.consensus_strategy_info = ConsensusStrategyInfo(
            approval_threshold_labelers=-1 if fields.agreement is None else fields.agreement,
            approval_threshold_reviewers=-1 if fields.all_reviewers else 1,
        )
    elif origin and origin.strategy is ReviewStrategy.MANUAL:
        review.manual_strategy_info = origin.manual_strategy_info
    return review


def _concepts(fields: Fields, origin: Task) -> list[TaskConcept]:
    if fields.work == "model":
        return ruled_concepts(fields, fields.concepts, origin)
    known = {one.concept.id: one.concept for one in origin.concepts if one.concept}
    return [TaskConcept(concept=known.get(one) or Concept(id=one)) for one in fields.concepts]


def from_task(task: Task) -> Fields:
    """The fields as they would have been filled in to mean `task`."""
    task = normalised(task)
    fields = Fields(
        name=task.name,
        concepts=concept_ids(task.concepts),
        instructions=task.description,
        priority=str(task.priority),
        sample_ms=task.sample_ms or None,
        delete_previous=task.delete_previous_annotations,
    )
    if task.type:
        fields.type = str(task.type)
    if task.input_source:
        _fill_source(fields, task.input_source)
    if task.worker:
        _fill_worker(fields, task.worker)
    if task.review and task.review.strategy:
        _fill_review(fields, task.review)
    if task.is_automatic:
        fill_rules(fields, task.concepts)
    return fields


def _fill_source(fields: Fields, source: InputSource) -> None:
    fields.source = str(source.type)
    if source.type in SOURCE_FIELDS:
        setattr(fields, SOURCE_FIELDS[source.type], source.id)


def _fill_worker(fields: Fields, worker: TaskWorker) -> None:
    model = next((one.model or one.workflow for one in worker.workers if not one.user), None)
    if model is not None:
        version = model.model_version.id if isinstance(model, Model) and model.model_version else ""
        kind: Literal["model", "workflow"] = "model" if isinstance(model, Model) else "workflow"
        fields.work = "model"
        fields.model = ModelField(kind=kind, id=model.id, version=version, user_id=model.user_id, app_id=model.app_id)
        return
    fields.workers = [one.id for one in worker.workers]
    fields.strategy = str(worker.strategy or WorkerStrategy.DYNAMIC)
    info = worker.partitioned_strategy_info
    if info is not None:
        fields.partition = str(info.type or PartitionedStrategy.EVENLY)
        fields.workers_per_input = info.workers_per_input or None
        if info.weights:
            fields.weights = {user_id: info.weights.get(user_id) for user_id in fields.workers}


def _fill_review(fields: Fields, review: TaskReview) -> None:
    fields.review = str(review.strategy)
    fields.reviewers = [user.id for user in review.users]
    info = review.consensus_strategy_info
    if info is not None:
        fields.agreement = info.approval_threshold_labelers
        fields.all_reviewers = info.approval_threshold_reviewers == -1
