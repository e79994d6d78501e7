"""The rules that make a task valid: one pure function that client, service and form share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tasknb.errors import Problem
from tasknb.messages.enums import (
    AnnotationDataType,
    InputSourceType,
    PartitionedStrategy,
    ReviewStrategy,
    WorkerStrategy,
    WorkerType,
)
from tasknb.messages.normal import normalised
from tasknb.messages.status import COUNT_OF_ANNOTATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.messages.task import (
        PartitionedStrategyInfo,
        Task,
        TaskConcept,
        TaskReview,
        TaskWorker,
    )
    from tasknb.messages.wire import WireEnum

ALL_DATA_TYPES = sum(AnnotationDataType)


def problems(task: Task) -> list[Problem]:
    """What makes a task invalid, in the order of a form: name, type, concepts, inputs, workers, review.

    Pure: whether ids exist is for the service to say. Deprecated fields are read as `normalised` does.

    Parameters
    ----------
    task : Task
        The task to look at; it is not changed.

    Returns
    -------
    list of Problem
        Empty when the task is valid.

    Notes
    -----
    The rules are those of the comments in the API's proto files, for example that with ``workers_per_input`` = n no
    worker's share may be above 1/n, since nobody labels one input twice.
    """
    task = normalised(task)
    return [*_what(task), *_inputs(task), *_workers(task), *_review(task)]


def _unknown(path: str, value: WireEnum) -> Iterator[Problem]:
    if not value.known:
        choices = ", ".join(type(value).__members__)
        yield Problem(path, f"{value!s} is no {type(value).__name__}. Choose one of {choices}.")


def _what(task: Task) -> Iterator[Problem]:
    if not task.name.strip():
        yield Problem("name", "A task needs a name. Give it one that its labelers will recognise.")
    yield from _unknown("type", task.type)
    yield from _unknown("priority", task.priority)
    if not task.type and not task.is_automatic:
        yield Problem("type", "Choose what labelers do: classification, boxes or polygons.")
    if not task.concepts:
        yield Problem("concepts", "Choose at least one concept to label with.")
    ids = [_concept_key(one) for one in task.concepts]
    for index, one in enumerate(task.concepts):
        path = f"concepts[{index}]"
        if one.concept is None or not (one.concept.id or one.concept.name):
            yield Problem(f"{path}.concept", "A concept needs an id.")
        elif not task.is_automatic and ids.index(_concept_key(one)) < index:
            yield Problem(path, f"Concept {one.concept.id or one.concept.name} is listed twice. Remove one.")
        yield from _auto_config(path + ".auto_annotation_config", one, automatic=task.is_automatic)
    if not 0 <= task.sample_ms < 2**32:
        yield Problem("sample_ms", "The sampling interval is in milliseconds, 0 or more.")
    yield from _assist(task)


def _concept_key(one: TaskConcept) -> str:
    return (one.concept.id or one.concept.name) if one.concept else ""


def _auto_config(path: str, one: TaskConcept, *, automatic: bool) -> Iterator[Problem]:
    config = one.auto_annotation_config
    if config is None:
        return
    if not automatic:
        yield Problem(path, "Only an automatic task has these settings. Remove them, or let a model be the worker.")
        return
    if not 0 <= config.annotation_data_types <= ALL_DATA_TYPES:
        yield Problem(f"{path}.annotation_data_types", f"The data types are a bit mask from 0 to {ALL_DATA_TYPES}.")
    limits = config.threshold_range
    if limits is not None:
        if not (0 <= limits.lower <= 1 and 0 <= limits.upper <= 1):
            yield Problem(f"{path}.threshold_range", "Both thresholds lie between 0 and 1.")
        elif limits.lower > limits.upper:
            yield Problem(
                f"{path}.threshold_range",
                f"The lower threshold {limits.lower:g} is above the upper {limits.upper:g}. Swap them.",
            )
        elif limits.lower == limits.upper and not (limits.is_lower_inclusive and limits.is_upper_inclusive):
            yield Problem(f"{path}.threshold_range", "No value lies in the range. Widen it, or include both ends.")
    if config.status_code and config.status_code not in COUNT_OF_ANNOTATION:
        yield Problem(
            f"{path}.status_code",
            "The status of new annotations is an ANNOTATION_… code, as a rule ANNOTATION_SUCCESS (24150) or "
            "ANNOTATION_AWAITING_REVIEW (24157).",
        )
    if config.polygon is not None and len(config.polygon.points) < 3:
        yield Problem(f"{path}.polygon", "A polygon has at least three points.")


def _assist(task: Task) -> Iterator[Problem]:
    limits = task.ai_assist_params
    if limits is not None and not 0 <= limits.min_threshold <= (limits.max_threshold or 1) <= 1:
        yield Problem("ai_assist_params", "The thresholds lie between 0 and 1, the minimum not above the maximum.")


def _inputs(task: Task) -> Iterator[Problem]:
    source = task.input_source
    if source is None or not source.type:
        yield Problem("input_source.type", "Choose where the inputs come from: a dataset or all inputs.")
        return
    yield from _unknown("input_source.type", source.type)
    if source.type in (InputSourceType.DATASET, InputSourceType.INPUT, InputSourceType.SAVED_SEARCH) and not source.id:
        noun = source.type.lower().replace("_", " ")
        yield Problem("input_source.id", f"Choose the {noun} to label.")
    if source.type is InputSourceType.ALL_INPUTS and source.id:
        yield Problem("input_source.id", "All inputs need no id. Remove it, or choose DATASET.")


def _workers(task: Task) -> Iterator[Problem]:
    worker = task.worker
    if worker is None or not worker.workers:
        yield Problem("worker.workers", "Choose at least one worker.")
    if worker is None:
        return
    yield from _unknown("worker.strategy", worker.strategy)
    yield from _unknown("worker.type", worker.type)
    yield from _each_worker(worker)
    if task.is_automatic:
        if len(worker.workers) > 1:
            yield Problem("worker.workers", "An automatic task has exactly one model or workflow. Remove the others.")
    elif not worker.strategy:
        yield Problem("worker.strategy", "Choose how inputs reach workers: DYNAMIC, PARTITIONED or FULL.")
    yield from _partition(worker)


def _each_worker(worker: TaskWorker) -> Iterator[Problem]:
    ids = [one.id for one in worker.workers]
    for index, one in enumerate(worker.workers):
        path = f"worker.workers[{index}]"
        if sum(part is not None for part in (one.user, one.model, one.workflow)) != 1 or not one.id:
            yield Problem(path, "A worker is exactly one user, model or workflow, with its id.")
        elif ids.index(one.id) < index:
            yield Problem(path, f"{one.id} is listed twice. Remove one.")
        elif worker.type is WorkerType.WORKER_HUMAN and one.user is None:
            yield Problem(path, f"{one.id} is a {one.kind}; a human task has users only. Set the type WORKER_AUTO.")
        elif worker.type is WorkerType.WORKER_AUTO and one.user is not None:
            yield Problem(path, f"{one.id} is a user; the worker of an automatic task is a model or workflow.")


def _partition(worker: TaskWorker) -> Iterator[Problem]:
    info, path = worker.partitioned_strategy_info, "worker.partitioned_strategy_info"
    if worker.strategy is not WorkerStrategy.PARTITIONED:
        if info is not None:
            yield Problem(path, "Only PARTITIONED has these settings. Remove them, or choose PARTITIONED.")
        return
    if info is None:
        yield Problem(path, "PARTITIONED needs to know how: EVENLY or WEIGHTED, and the workers per input.")
        return
    yield from _unknown(f"{path}.type", info.type)
    count = len(worker.workers)
    if info.workers_per_input < 1:
        yield Problem(f"{path}.workers_per_input", "At least one worker labels each input.")
    elif count and info.workers_per_input > count:
        yield Problem(
            f"{path}.workers_per_input",
            f"{info.workers_per_input} workers for each input are more than the {count} there are. "
            "Lower the number or add workers.",
        )
    if info.type is PartitionedStrategy.WEIGHTED:
        yield from _weights(worker, info)
    elif info.weights:
        yield Problem(f"{path}.weights", "EVENLY takes no weights. Remove them, or choose WEIGHTED.")


def _weights(worker: TaskWorker, info: PartitionedStrategyInfo) -> Iterator[Problem]:
    path = "worker.partitioned_strategy_info.weights"
    ids = [one.id for one in worker.workers]
    sound = True
    for user_id, weight in info.weights.items():
        if user_id not in ids:
            yield Problem(
                path, f"{user_id} has a weight but is no worker of this task. Remove the weight or add the worker."
            )
            sound = False
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not math.isfinite(weight) or weight < 0:
            yield Problem(path, f"The weight of {user_id} is {weight!r}; a weight is a number, 0 or more.")
            sound = False
    missing = [user_id for user_id in ids if user_id not in info.weights]
    if missing:
        yield Problem(path, f"WEIGHTED needs a weight for each worker; {_named(missing)} none.")
        sound = False
    total = sum(info.weights.values()) if sound else 0
    if sound and not total > 0:
        yield Problem(path, "All weights are 0. Give at least one worker a weight above 0.")
    elif sound and 1 <= info.workers_per_input <= len(ids):
        limit = 1 / info.workers_per_input
        for user_id, weight in info.weights.items():
            # Shares such as 1/3 are not exact in binary: 1e-9 keeps rounding from counting as a violation.
            if weight / total > limit + 1e-9:
                yield Problem(
                    path,
                    f"{user_id} holds {weight / total:.0%} of the work, but with {info.workers_per_input} workers "
                    f"per input nobody may hold more than {limit:.0%}. Lower the weight or add workers.",
                )


def _named(ids: list[str]) -> str:
    shown = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return f"{shown} {'has' if len(ids) == 1 else 'have'}"


def _review(task: Task) -> Iterator[Problem]:
    review = task.review
    if review is None or not review.strategy:
        yield Problem("review.strategy", "Choose how labels are checked: NONE, MANUAL or CONSENSUS.")
        return
    yield from _unknown("review.strategy", review.strategy)
    ids = [user.id for user in review.users]
    for index, user_id in enumerate(ids):
        if not user_id:
            yield Problem(f"review.users[{index}]", "A reviewer needs an id.")
        elif ids.index(user_id) < index:
            yield Problem(f"review.users[{index}]", f"{user_id} is listed twice. Remove one.")
    if review.manual_strategy_info and review.strategy is not ReviewStrategy.MANUAL:
        yield Problem("review.manual_strategy_info", f"{review.strategy!s} takes no settings for MANUAL. Remove them.")
    if review.consensus_strategy_info and review.strategy is not ReviewStrategy.CONSENSUS:
        yield Problem(
            "review.consensus_strategy_info", f"{review.strategy!s} takes no settings for CONSENSUS. Remove them."
        )
    if review.strategy is ReviewStrategy.NONE and ids:
        yield Problem("review.users", "Without a review there are no reviewers. Remove them, or choose MANUAL.")
    elif review.strategy is ReviewStrategy.MANUAL:
        yield from _manual(review)
    elif review.strategy is ReviewStrategy.CONSENSUS:
        yield from _consensus(task, review)


def _manual(review: TaskReview) -> Iterator[Problem]:
    if not review.users:
        yield Problem("review.users", "MANUAL needs at least one reviewer.")
    info = review.manual_strategy_info
    if info is not None and not 0 <= info.sample_percentage <= 1:
        yield Problem("review.manual_strategy_info.sample_percentage", "The share to review is a number from 0 to 1.")


def _consensus(task: Task, review: TaskReview) -> Iterator[Problem]:
    path = "review.consensus_strategy_info"
    info = review.consensus_strategy_info
    if info is None:
        yield Problem(path, "CONSENSUS needs to know how many labelers must agree.")
        return
    labelers = info.approval_threshold_labelers
    if info.approval_threshold_reviewers not in (-1, 0, 1):
        yield Problem(
            f"{path}.approval_threshold_reviewers", "Either 1 (one reviewer is enough) or -1 (all must approve)."
        )
    if labelers < 0:
        yield Problem(f"{path}.approval_threshold_labelers", "The number of labelers who must agree is 0 or more.")
    most = labels_per_input(task)
    if most and labelers > most:
        yield Problem(
            f"{path}.approval_threshold_labelers",
            f"{labelers} labelers must agree, but each input is given to only {most}. Lower the threshold to {most} or "
            "give each input to more workers.",
        )
    if labelers != 1 and not review.users:
        yield Problem("review.users", "CONSENSUS needs at least one reviewer for the inputs on which labelers differ.")


def labels_per_input(task: Task) -> int:
    """How many different workers label each input.

    1 under DYNAMIC, ``workers_per_input`` under PARTITIONED, all under FULL; 0 when the task does not say enough yet.
    """
    worker = normalised(task).worker
    if worker is None or not worker.workers:
        return 0
    if worker.strategy is WorkerStrategy.PARTITIONED:
        info = worker.partitioned_strategy_info
        return info.workers_per_input if info else 0
    if worker.strategy is WorkerStrategy.FULL:
        return len(worker.workers)
    return 1
