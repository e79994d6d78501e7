"""The columns of every frame: name, dtype, unit, meaning, and where in the API's messages they come from.

The tables below are the definition. The readers make frames from them, the accessors check against them, and a test
compares them with what comes out. `columns` shows one as a DataFrame.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd

from tasknb.look import STATUSES
from tasknb.messages.enums import (
    InputSourceType,
    PartitionedStrategy,
    ReviewStrategy,
    TaskPriority,
    TaskType,
    WorkerStrategy,
    WorkerType,
)

if TYPE_CHECKING:
    from tasknb.messages.wire import WireEnum

WORK = tuple(one.key for one in STATUSES)
"""The statuses of assignments and annotations, in the order of the work: the words of `tasknb.look`."""

TASK_STATUSES = ("in_progress", "idle", "done", "wont_do", "failed")
WORKER_KINDS = ("user", "model", "workflow")
REGION_KINDS = ("concept", "box", "polygon", "point", "span", "mask")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        Its name in the frame.
    dtype : str
        ``str`` (pandas' own string dtype), ``category``, ``Int64`` (nullable), ``float64``, ``bool``, ``time``
        (``datetime64[us, UTC]``), or ``list`` (object: one list, possibly empty, in each cell).
    unit : str
        The unit of a number, or what one item of a list is; empty where neither applies.
    meaning : str
        What it says.
    source : str
        The field of the API's message it is read from, or how it is derived.
    categories : tuple of str
        The fixed categories in their order; a category that has none takes the values that occur.
    """

    name: str
    dtype: str
    unit: str
    meaning: str
    source: str
    categories: tuple[str, ...] = ()


def _names(kind: type[WireEnum]) -> tuple[str, ...]:
    return tuple(str(member) for member in kind if member)


TASKS = (
    Column("task_id", "str", "", "the task's id", "id"),
    Column("name", "str", "", "its title", "name"),
    Column("type", "category", "", "what labelers do", "type", _names(TaskType)),
    Column("status", "category", "", "state of the task", "status.code, without TASK_", TASK_STATUSES),
    Column("priority", "category", "", "how urgent", "priority", _names(TaskPriority)),
    Column("strategy", "category", "", "how inputs reach workers", "worker.strategy", _names(WorkerStrategy)),
    Column(
        "partition",
        "category",
        "",
        "how PARTITIONED shares inputs",
        "worker.partitioned_strategy_info.type",
        _names(PartitionedStrategy),
    ),
    Column("workers_per_input", "Int64", "workers", "workers per input as configured", "…workers_per_input"),
    Column(
        "labels_per_input",
        "Int64",
        "labels",
        "labels that each input is to get",
        "1 for DYNAMIC, workers_per_input for PARTITIONED, the number of workers for FULL",
    ),
    Column("worker_type", "category", "", "people or a model", "worker.type", _names(WorkerType)),
    Column("workers", "list", "id", "ids of the users, models or workflows", "worker.workers (or .users, .user_ids)"),
    Column("worker_kinds", "list", "kind", "user, model or workflow; as `workers`", "worker.workers"),
    Column("weights", "list", "weight", "as `workers`; empty without weights", "…partitioned_strategy_info.weights"),
    Column("concepts", "list", "id", "ids of the concepts to label with", "concepts (or concept_ids)"),
    Column("source_type", "category", "", "kind of input source", "input_source.type", _names(InputSourceType)),
    Column("source_id", "str", "", "dataset, saved search or input", "input_source.id"),
    Column("review", "category", "", "how work is checked", "review.strategy", _names(ReviewStrategy)),
    Column("reviewers", "list", "id", "ids of the reviewers", "review.users (or .user_ids)"),
    Column("approval_labelers", "Int64", "labelers", "how many must agree", "…approval_threshold_labelers"),
    Column(
        "approval_reviewers", "Int64", "reviewers", "how many must approve; -1: all", "…approval_threshold_reviewers"
    ),
    Column("inputs", "Int64", "inputs", "inputs of the task", "metrics.input_source.inputs_count_estimated"),
    Column("labeled", "Int64", "inputs", "inputs worked on", "metrics.work.inputs_count_estimated"),
    Column("labeled_percent", "Int64", "%", "share worked on", "metrics.work.inputs_percent_estimated"),
    Column("reviewed", "Int64", "inputs", "inputs fully reviewed", "metrics.review.inputs_count_estimated"),
    Column("reviewed_percent", "Int64", "%", "share fully reviewed", "metrics.review.inputs_percent_estimated"),
    Column("reviewer_reviewed", "list", "inputs", "as `reviewers`", "…inputs_count_estimated_per_reviewer"),
    Column(
        "reviewer_reviewable", "list", "inputs", "as `reviewers`", "…inputs_reviewable_count_estimated_per_reviewer"
    ),
    Column("reviewer_percent", "list", "%", "as `reviewers`", "…inputs_percent_estimated_per_reviewer"),
    Column("estimated", "bool", "", "whether the counts are the API's estimates", "True when metrics are present"),
    Column("description", "str", "", "instructions for labelers", "description"),
    Column("metadata", "str", "JSON", "free fields", "metadata"),
    Column("owner", "str", "", "who created it", "user_id"),
    Column("app_id", "str", "", "the app it is in", "app_id"),
    Column("created_at", "time", "UTC", "when it was created", "created_at"),
    Column("modified_at", "time", "UTC", "when it was last changed", "modified_at"),
)

WORKERS = (
    Column("task_id", "category", "", "the task's id", "id"),
    Column("task_name", "category", "", "the task's title", "name"),
    Column("worker", "category", "", "id of the user, model or workflow", "worker.workers"),
    Column("kind", "category", "", "what the worker is", "worker.workers", WORKER_KINDS),
    Column("share", "float64", "0…1", "configured share of the labels; NaN for DYNAMIC", "weights, or evenly"),
    Column("expected", "float64", "labels", "labels to give; NaN when unknown", "inputs * labels_per_input * share"),
    *(Column(key, "Int64", "inputs", f"assignments {key}", "GetTaskInputCount") for key in WORK[:-1]),
    Column("assigned", "Int64", "inputs", "assignments in any state", "sum of the counts"),
    Column("submitted", "Int64", "inputs", "assignments no longer pending", "assigned - pending"),
    Column("estimated", "bool", "", "whether `expected` is all there is", "False once a client has counted"),
)

REVIEWERS = (
    Column("task_id", "category", "", "the task's id", "id"),
    Column("task_name", "category", "", "the task's title", "name"),
    Column("reviewer", "category", "", "the reviewer's id", "review.users, joined by position"),
    Column("reviewed", "Int64", "inputs", "fully reviewed", "…inputs_count_estimated_per_reviewer"),
    Column("reviewable", "Int64", "inputs", "for this reviewer", "…inputs_reviewable_count_estimated_per_reviewer"),
    Column("percent", "Int64", "%", "share reviewed", "…inputs_percent_estimated_per_reviewer"),
    Column("estimated", "bool", "", "whether the counts are the API's estimates", "True when metrics are present"),
)

LABELS = (
    Column("task", "category", "", "id of the input: what crowd-kit calls a task", "task_assignments.input.id"),
    Column("worker", "category", "", "who labels it", "task_assignments.worker"),
    Column(
        "label",
        "category",
        "",
        "what the worker says; missing while there is nothing",
        "concept ids: `a|b` for several, `!a` for one said to be absent",
    ),
    Column("value", "float64", "0…1", "mean value of the concepts in `label`", "annotations.data.concepts.value"),
    Column("status", "category", "", "state of the assignment", "task_assignments.status.code", WORK),
    Column("task_id", "category", "", "id of the labeling task", "the request"),
    Column("task_name", "category", "", "title of the labeling task", "the frame of tasks"),
    Column("kind", "category", "", "what the worker is", "task_assignments.worker", WORKER_KINDS),
    Column("annotations", "Int64", "annotations", "how many stand behind the label", "count of annotations"),
    Column("assignment_id", "str", "", "missing where the server lists no assignments", "task_assignments.id"),
    Column("created_at", "time", "UTC", "assigned; missing where not listed", "task_assignments.created_at"),
    Column(
        "submitted_at",
        "time",
        "UTC",
        "handed in; missing while pending",
        "last annotations.created_at; without annotations task_assignments.modified_at",
    ),
)

ASSIGNMENTS = (
    Column("task", "category", "", "id of the input", "task_assignments.input.id"),
    Column("worker", "category", "", "who labels it", "task_assignments.worker"),
    Column("status", "category", "", "state of the assignment", "task_assignments.status.code", WORK),
    Column("task_id", "category", "", "id of the labeling task", "the request"),
    Column("kind", "category", "", "what the worker is", "task_assignments.worker", WORKER_KINDS),
    Column("assignment_id", "str", "", "the assignment's id", "task_assignments.id"),
    Column("created_at", "time", "UTC", "assigned", "task_assignments.created_at"),
    Column("modified_at", "time", "UTC", "last changed", "task_assignments.modified_at"),
)

ANNOTATIONS = (
    Column("annotation_id", "str", "", "the annotation's id", "annotations.id"),
    Column("task", "category", "", "id of the input", "annotations.input_id"),
    Column("worker", "category", "", "who made it", "annotations.worker (or .user_id)"),
    Column("label", "category", "", "one concept's id", "annotations.data.concepts.id, or the region's"),
    Column("value", "float64", "0…1", "1 present, 0 absent, between: a model's score", "…concepts.value"),
    Column("status", "category", "", "state of the annotation", "annotations.status.code", WORK),
    Column("task_id", "category", "", "id of the labeling task", "annotations.task_id"),
    Column("kind", "category", "", "what the worker is", "annotations.worker", WORKER_KINDS),
    Column("shape", "category", "", "whole input (concept) or kind of region", "…region_info", REGION_KINDS),
    Column("region_id", "str", "", "the region's id", "annotations.data.regions.id"),
    Column("left", "float64", "0…1", "of the box, or of the polygon's bounds", "…bounding_box.left_col"),
    Column("top", "float64", "0…1", "of the box, or of the polygon's bounds", "…bounding_box.top_row"),
    Column("right", "float64", "0…1", "of the box, or of the polygon's bounds", "…bounding_box.right_col"),
    Column("bottom", "float64", "0…1", "of the box, or of the polygon's bounds", "…bounding_box.bottom_row"),
    Column("polygon", "list", "0…1", "x0, y0, x1, y1 …; empty for other shapes", "…polygon.points.col, .row"),
    Column("created_at", "time", "UTC", "when it was made", "annotations.created_at"),
    Column("modified_at", "time", "UTC", "when it was last changed", "annotations.modified_at"),
)

BY_WORKER = (
    *(Column(key, "Int64", "inputs", f"assignments {key}", "labels.status") for key in WORK[:-1]),
    Column("assigned", "Int64", "inputs", "assignments in any state", "rows"),
    Column("labeled", "Int64", "inputs", "assignments with a label", "labels.label"),
    Column("first_at", "time", "UTC", "first label handed in", "labels.submitted_at"),
    Column("last_at", "time", "UTC", "last label handed in", "labels.submitted_at"),
    Column("active_hours", "float64", "h", "time at work, pauses left out", "sum of handling times"),
    Column("per_hour", "float64", "labels/h", "labels per hour at work", "timed labels / active_hours"),
    Column("median_seconds", "float64", "s", "time that a label takes", "median of handling times"),
)

AGREEMENT = (
    Column("value", "float64", "-1…1", "the coefficient; NaN where undefined", "see tasknb.frames.coefficients"),
    Column("low", "float64", "-1…1", "lower end of the interval", "linearised over inputs, Student's t"),
    Column("high", "float64", "-1…1", "upper end of the interval", "linearised over inputs, Student's t"),
    Column("inputs", "Int64", "inputs", "inputs with labels of two or more workers", "labels.task"),
    Column("coverage", "float64", "0…1", "their share of all labeled inputs", "labels.task"),
    Column("labels", "Int64", "labels", "labels taken into account", "labels.label"),
    Column("workers", "Int64", "workers", "workers who gave them", "labels.worker"),
    Column("reason", "str", "", "why the coefficient is undefined; empty where it is not", "the labels"),
)

WORKER_PAIRS = (
    Column("worker_a", "category", "", "one worker", "labels.worker"),
    Column("worker_b", "category", "", "the other", "labels.worker"),
    Column("kappa", "float64", "-1…1", "Cohen's kappa; NaN where undefined", "Cohen 1960"),
    Column("low", "float64", "-1…1", "lower end of the interval", "Cohen's standard error"),
    Column("high", "float64", "-1…1", "upper end of the interval", "Cohen's standard error"),
    Column("agreement", "float64", "0…1", "share of shared inputs with the same label", "labels.label"),
    Column("inputs", "Int64", "inputs", "inputs that both have labeled", "labels.task"),
    Column("reason", "str", "", "why kappa is undefined; empty where it is not", "the labels"),
)

REGION_AGREEMENT = (
    Column("f1", "float64", "0…1", "twice the matches over all regions; NaN where undefined", "annotations"),
    Column("low", "float64", "0…1", "lower end of the interval", "ratio of sums over inputs, Student's t"),
    Column("high", "float64", "0…1", "upper end of the interval", "ratio of sums over inputs, Student's t"),
    Column("overlap", "float64", "0…1", "mean intersection over union of the matches", "annotations.polygon, .left …"),
    Column("inputs", "Int64", "inputs", "inputs compared, a pair of workers at a time", "annotations.task"),
    Column("regions_a", "Int64", "regions", "boxes and polygons of the first worker", "annotations.shape"),
    Column("regions_b", "Int64", "regions", "boxes and polygons of the second", "annotations.shape"),
    Column("matched", "Int64", "regions", "matches", "annotations"),
    Column("reason", "str", "", "why F1 is undefined; empty where it is not", "annotations"),
)

TABLES = {
    "tasks": TASKS,
    "workers": WORKERS,
    "reviewers": REVIEWERS,
    "labels": LABELS,
    "annotations": ANNOTATIONS,
    "by_worker": BY_WORKER,
    "agreement": AGREEMENT,
    "worker_pairs": WORKER_PAIRS,
    "region_agreement": REGION_AGREEMENT,
}


def columns(table: str = "tasks") -> pd.DataFrame:
    """What the columns of a frame are.

    Parameters
    ----------
    table : str
        ``tasks``, ``workers``, ``reviewers``, ``labels`` (the frame that ``df.tasks.assignments(client)`` returns),
        ``annotations``, or the name of a function that returns a frame, for example ``by_worker``.

    Returns
    -------
    DataFrame
        Indexed by the column's name: dtype, unit, meaning, source.
    """
    if table not in TABLES:
        raise ValueError(f"no table {table!r}; there are {', '.join(TABLES)}")
    names = [field.name for field in fields(Column)]
    frame = pd.DataFrame([astuple(column) for column in TABLES[table]], columns=names)
    return frame.set_index("name").drop(columns="categories")
