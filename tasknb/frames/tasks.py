"""The frame of tasks: one row a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasknb.frames.build import Builder
from tasknb.frames.read import gc_paused, pages
from tasknb.frames.slim import (
    SlimMetrics,
    SlimPartition,
    SlimReview,
    SlimReviewMetrics,
    SlimSource,
    SlimTask,
    SlimTaskWorker,
    TaskPage,
)
from tasknb.frames.tables import TASKS
from tasknb.frames.words import codes_of, enum_words, task_status, worker_id, worker_kind
from tasknb.messages.enums import (
    InputSourceType,
    PartitionedStrategy,
    ReviewStrategy,
    TaskPriority,
    TaskType,
    WorkerStrategy,
    WorkerType,
)
from tasknb.messages.requests import MAX_PER_PAGE, ListTasksRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from tasknb.api import Client
    from tasknb.api.calls import WorkerRef

# Stand-ins for what a task does not carry, so that each column is one plain expression.
_NO_WORKER = SlimTaskWorker()
_NO_PARTITION = SlimPartition()
_NO_SOURCE = SlimSource()
_NO_REVIEW = SlimReview()
_NO_METRICS = SlimMetrics()
_NO_REVIEW_COUNTS = SlimReviewMetrics()


def read_tasks(  # one keyword for each filter of ListTasks
    client: Client,
    *,
    worker: WorkerRef | Iterable[WorkerRef] | None = None,
    reviewer: str | Iterable[str] | None = None,
    ids: str | Iterable[str] | None = None,
    input_source_type: InputSourceType | str | None = None,
    input_source_ids: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """The client's tasks, one row a task, newest first.

    Parameters
    ----------
    client : Client
        Where to read from.
    worker, reviewer : str or several, optional
        Only tasks that one of these users labels or reviews.
    ids : str or several, optional
        Only these tasks.
    input_source_type : InputSourceType or str, optional
        Only tasks on this kind of source, for example ``"DATASET"``.
    input_source_ids : str or several, optional
        Only tasks on these datasets, saved searches or inputs.

    Returns
    -------
    DataFrame
        The columns of ``tasknb.frames.columns("tasks")``, with the metrics that the server estimates.

    Raises
    ------
    ApiError
        If the server refuses or cannot be reached.
    """
    from tasknb.api.calls import several, user_ids  # noqa: PLC0415  brings `requests`; whoever has a client has it

    request = ListTasksRequest(
        per_page=MAX_PER_PAGE,
        additional_fields=["all"],
        worker_user_ids=user_ids(worker),
        review_user_ids=user_ids(reviewer),
        ids=several(ids),
        input_source_type=InputSourceType(input_source_type or "INPUT_SOURCE_TYPE_NOT_SET"),
        input_source_ids=several(input_source_ids),
    )
    return tasks_frame(client.pages("ListTasks", request))


def tasks_frame(source: Any) -> pd.DataFrame:
    """Tasks in any form as the frame of tasks.

    Parameters
    ----------
    source : bytes, str, dict, DataFrame, message, or an iterable of these
        The JSON text of an answer to ListTasks, or several; an answer as a dict; tasks as dicts, as tasknb's `Task` or
        as Clarifai's protobuf messages; or the frame that ``pd.json_normalize(tasks)`` makes. snake_case and camelCase
        names are both read.

    Returns
    -------
    DataFrame
        One row a task, in the order given, with the columns of ``tasknb.frames.columns("tasks")``. The dtypes are the
        same for no rows at all.

    Raises
    ------
    MessageError
        If something is no task; the message names the field.
    """
    builder = Builder(TASKS)
    with gc_paused():
        for values in (_values(page.tasks) for page in pages(source, TaskPage)):
            builder.add(values)
        return builder.frame()


def _values(tasks: list[SlimTask]) -> dict[str, list[Any]]:
    workers = [task.worker or _NO_WORKER for task in tasks]
    sources = [task.input_source or _NO_SOURCE for task in tasks]
    return {
        "task_id": [task.id for task in tasks],
        "name": [task.name for task in tasks],
        "type": enum_words(TaskType, [task.type for task in tasks]),
        "status": [task_status(code) for code in codes_of([task.status for task in tasks])],
        "priority": enum_words(TaskPriority, [task.priority for task in tasks]),
        "concepts": [[one.concept.id for one in task.concepts if one.concept] or task.concept_ids for task in tasks],
        "source_type": enum_words(InputSourceType, [source.type for source in sources]),
        "source_id": [source.id for source in sources],
        "description": [task.description for task in tasks],
        "metadata": [bytes(task.metadata).decode() for task in tasks],
        "owner": [task.user_id for task in tasks],
        "app_id": [task.app_id for task in tasks],
        "created_at": [task.created_at for task in tasks],
        "modified_at": [task.modified_at for task in tasks],
        **_worker_values(workers),
        **_review_values([task.review or _NO_REVIEW for task in tasks]),
        **_metric_values([task.metrics for task in tasks]),
    }


def _worker_values(workers: list[SlimTaskWorker]) -> dict[str, list[Any]]:
    partitions = [worker.partitioned_strategy_info or _NO_PARTITION for worker in workers]
    strategies = enum_words(WorkerStrategy, [worker.strategy for worker in workers])
    ids = [_worker_ids(worker) for worker in workers]
    return {
        "strategy": strategies,
        "partition": enum_words(PartitionedStrategy, [info.type for info in partitions]),
        "workers_per_input": [info.workers_per_input or None for info in partitions],
        "labels_per_input": [
            _labels_per_input(strategy, info, len(names))
            for strategy, info, names in zip(strategies, partitions, ids, strict=True)
        ],
        "worker_type": enum_words(WorkerType, [worker.type for worker in workers]),
        "workers": ids,
        "worker_kinds": [_kinds(worker, names) for worker, names in zip(workers, ids, strict=True)],
        "weights": [
            [info.weights.get(name, 0.0) for name in names] if info.weights else []
            for info, names in zip(partitions, ids, strict=True)
        ],
    }


def _worker_ids(worker: SlimTaskWorker) -> list[str]:
    if worker.workers:
        return [one.user.id if one.user else worker_id(one) for one in worker.workers]
    return [user.id for user in worker.users] or worker.user_ids


def _kinds(worker: SlimTaskWorker, ids: list[str]) -> list[str]:
    if not worker.workers:
        return ["user"] * len(ids)
    return ["user" if one.user else worker_kind(one) for one in worker.workers]


def _labels_per_input(strategy: str | None, info: SlimPartition, workers: int) -> int | None:
    if strategy == "DYNAMIC":
        return 1
    if strategy == "PARTITIONED":
        return info.workers_per_input or None
    return workers if strategy == "FULL" else None


def _review_values(reviews: list[SlimReview]) -> dict[str, list[Any]]:
    infos = [review.consensus_strategy_info for review in reviews]
    return {
        "review": enum_words(ReviewStrategy, [review.strategy for review in reviews]),
        "reviewers": [[user.id for user in review.users] or review.user_ids for review in reviews],
        "approval_labelers": [info and (info.approval_threshold_labelers or info.approval_threshold) for info in infos],
        "approval_reviewers": [info and info.approval_threshold_reviewers for info in infos],
    }


def _metric_values(metrics: list[SlimMetrics | None]) -> dict[str, list[Any]]:
    known = [one or _NO_METRICS for one in metrics]
    return {
        "inputs": [one.input_source and one.input_source.inputs_count_estimated for one in known],
        "labeled": [one.work and one.work.inputs_count_estimated for one in known],
        "labeled_percent": [one.work and one.work.inputs_percent_estimated for one in known],
        "reviewed": [one.review and one.review.inputs_count_estimated for one in known],
        "reviewed_percent": [one.review and one.review.inputs_percent_estimated for one in known],
        **_reviewer_values([one.review or _NO_REVIEW_COUNTS for one in known]),
        "estimated": [one is not None for one in metrics],
    }


def _reviewer_values(reviews: list[SlimReviewMetrics]) -> dict[str, list[Any]]:
    return {
        "reviewer_reviewed": [one.inputs_count_estimated_per_reviewer for one in reviews],
        "reviewer_reviewable": [one.inputs_reviewable_count_estimated_per_reviewer for one in reviews],
        "reviewer_percent": [one.inputs_percent_estimated_per_reviewer for one in reviews],
    }
