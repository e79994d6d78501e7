"""The API's enums, with their names and numbers on the wire."""

from __future__ import annotations

from enum import IntFlag

from tasknb.messages.wire import WireEnum


class TaskType(WireEnum):
    """What labelers do to an input."""

    TYPE_NOT_SET = "TYPE_NOT_SET", 0
    CONCEPTS_CLASSIFICATION = "CONCEPTS_CLASSIFICATION", 1
    BOUNDING_BOX_DETECTION = "BOUNDING_BOX_DETECTION", 2
    POLYGON_DETECTION = "POLYGON_DETECTION", 3


class TaskPriority(WireEnum):
    """How urgent a task is; kept and shown, without effect on assignment."""

    TASK_PRIORITY_NOT_SET = "TASK_PRIORITY_NOT_SET", 0
    LOW = "LOW", 1
    MEDIUM = "MEDIUM", 2
    HIGH = "HIGH", 3


class WorkerStrategy(WireEnum):
    """How inputs reach workers."""

    WORKER_STRATEGY_NOT_SET = "WORKER_STRATEGY_NOT_SET", 0
    PARTITIONED = "PARTITIONED", 2
    FULL = "FULL", 3
    DYNAMIC = "DYNAMIC", 4


class WorkerType(WireEnum):
    """Whether people or a model do the work."""

    WORKER_TYPE_NOT_SET = "WORKER_TYPE_NOT_SET", 0
    WORKER_HUMAN = "WORKER_HUMAN", 1
    WORKER_AUTO = "WORKER_AUTO", 2


class PartitionedStrategy(WireEnum):
    """How a PARTITIONED task shares its inputs among the workers."""

    PARTITIONED_WORKER_STRATEGY_NOT_SET = "PARTITIONED_WORKER_STRATEGY_NOT_SET", 0
    EVENLY = "EVENLY", 1
    WEIGHTED = "WEIGHTED", 2


class InputSourceType(WireEnum):
    """Where a task takes its inputs from."""

    INPUT_SOURCE_TYPE_NOT_SET = "INPUT_SOURCE_TYPE_NOT_SET", 0
    ALL_INPUTS = "ALL_INPUTS", 1
    SAVED_SEARCH = "SAVED_SEARCH", 2
    DATASET = "DATASET", 3
    INPUT = "INPUT", 4


class ReviewStrategy(WireEnum):
    """How finished work is checked."""

    TASK_REVIEW_STRATEGY_NOT_SET = "TASK_REVIEW_STRATEGY_NOT_SET", 0
    NONE = "NONE", 1
    MANUAL = "MANUAL", 2
    CONSENSUS = "CONSENSUS", 3


class AssignmentAction(WireEnum):
    """What a PutTaskAssignments request does."""

    PUT_TASK_ASSIGNMENTS_REQUEST_ACTION_NOT_SET = "PUT_TASK_ASSIGNMENTS_REQUEST_ACTION_NOT_SET", 0
    LABEL_START = "LABEL_START", 1
    LABEL_SUBMIT = "LABEL_SUBMIT", 2
    REVIEW_START = "REVIEW_START", 10
    REVIEW_APPROVE = "REVIEW_APPROVE", 11
    REVIEW_REQUEST_CHANGES = "REVIEW_REQUEST_CHANGES", 12
    REVIEW_REJECT = "REVIEW_REJECT", 13


class IdConflict(WireEnum):
    """What PostInputs does with an id that exists: refuse it, or add a suffix."""

    INPUT_ID_CONFLICT_RESOLUTION_NOT_SET = "INPUT_ID_CONFLICT_RESOLUTION_NOT_SET", 0
    SKIP = "SKIP", 1
    SUFFIX = "SUFFIX", 2


class AnnotationDataType(IntFlag):
    """The kinds of annotation an automatic task may create; combined by ``|`` into a bit mask."""

    NOT_SET = 0
    TAG = 1
    BOUNDING_BOX = 2
    POLYGON = 4
    POINT = 8
    SPAN = 16
    MASK = 32
