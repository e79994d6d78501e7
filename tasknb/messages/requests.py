"""What is asked and what is answered, one pair for each RPC."""

from __future__ import annotations

from typing import Any

from tasknb.messages.enums import AssignmentAction, InputSourceType
from tasknb.messages.people import (
    UserAppID,
    Worker,
    WorkerIDSet,
)
from tasknb.messages.status import Code, Status, as_code
from tasknb.messages.task import Task, TaskAssignment, TaskStatusCount
from tasknb.messages.wire import Message, Wire, as_enum

DEFAULT_PER_PAGE = 128
MAX_PER_PAGE = 1000


class Request(Message):
    """Every request names the app it is about."""

    user_app_id: UserAppID | None = None


class PagedRequest(Request):
    """A request whose answer comes in pages, counted from 1. ``per_page`` 0 means 128; at most 1000."""

    page: int = 0
    per_page: int = 0


class Response(Message, omit_defaults=False):
    """Every answer says how it went; lists are sent even when they are empty."""

    status: Status | None = None


BaseResponse = Response


# --- tasks ---------------------------------------------------------------------------------------------------------


class PostTasksRequest(Request):
    """Create tasks: all of them or none."""

    tasks: list[Task] = []


class GetTaskRequest(Request):
    """One task. ``additional_fields``: see `TASK_FIELDS`."""

    task_id: str = ""
    additional_fields: list[str] = []


class ListTasksRequest(PagedRequest):
    """Tasks, newest first; the filters are combined by AND, the values within one filter by OR."""

    worker_user_ids: list[str] = []
    review_user_ids: list[str] = []
    label_order_ids: list[str] = []
    including_label_order_tasks: bool = False
    additional_fields: list[str] = []
    ids: list[str] = []
    input_source_type: Wire[InputSourceType] = InputSourceType.INPUT_SOURCE_TYPE_NOT_SET
    input_source_ids: list[str] = []
    worker_ids: list[WorkerIDSet] = []

    def __post_init__(self) -> None:
        self.input_source_type = as_enum(InputSourceType, self.input_source_type)


class PatchTasksRequest(Request):
    """``overwrite`` replaces whole tasks; ``merge`` changes the status only."""

    tasks: list[Task] = []
    action: str = ""


class DeleteTasksRequest(Request):
    """Delete tasks: all of them or none."""

    ids: list[str] = []


class MultiTaskResponse(Response):
    """Several tasks."""

    tasks: list[Task] = []


class SingleTaskResponse(Response):
    """One task."""

    task: Task | None = None


METRIC_FIELDS = (
    "metrics.input_source.inputs_count_estimated",
    "metrics.work.inputs_count_estimated",
    "metrics.work.inputs_percent_estimated",
    "metrics.review.inputs_count_estimated",
    "metrics.review.inputs_count_estimated_per_reviewer",
    "metrics.review.inputs_percent_estimated",
    "metrics.review.inputs_percent_estimated_per_reviewer",
    "metrics.review.inputs_reviewable_count_estimated_per_reviewer",
)
TASK_FIELDS = ("all", "worker.users", "review.users", *METRIC_FIELDS)
"""The values that ``additional_fields`` of GetTask and ListTasks may hold."""


# --- assignments and counts ----------------------------------------------------------------------------------------


class AssignmentsConfig(Message):
    """The assignments that an action is about: by id (``task_assignments``) or all of some ``workers``."""

    task_assignments: list[TaskAssignment] = []
    workers: list[Worker] = []


class PutTaskAssignmentsRequest(Request):
    """Do one `action` to assignments; an ``input_id`` alone is the deprecated form of LABEL_SUBMIT."""

    task_id: str = ""
    input_id: str = ""
    action: Wire[AssignmentAction] = AssignmentAction.PUT_TASK_ASSIGNMENTS_REQUEST_ACTION_NOT_SET
    label_submit_config: AssignmentsConfig | None = None
    review_start_config: AssignmentsConfig | None = None
    review_approve_config: AssignmentsConfig | None = None
    review_request_changes_config: AssignmentsConfig | None = None
    review_reject_config: AssignmentsConfig | None = None

    def __post_init__(self) -> None:
        self.action = as_enum(AssignmentAction, self.action)


class ListNextTaskAssignmentsRequest(Request):
    """Deprecated form of LABEL_START that answers with inputs."""

    task_id: str = ""


class ListTaskAssignmentsRequest(PagedRequest):
    """All assignments of a task, by input: an RPC of the embedded service only, which Clarifai does not offer.

    ``last_id`` in place of a page number gives those after that assignment, however deep, at the cost of a first page.
    """

    task_id: str = ""
    user_ids: list[str] = []
    last_id: str = ""


class MultiTaskAssignmentResponse(Response):
    """Several assignments."""

    task_assignments: list[TaskAssignment] = []


class GetTaskCountRequest(Request):
    """Counts by worker; the three id lists together name the workers, all when they are empty."""

    task_id: str = ""
    user_ids: list[str] = []
    model_version_ids: list[str] = []
    workflow_version_ids: list[str] = []


class SingleTaskCountResponse(Response):
    """One row a worker."""

    app_id: str = ""
    task_id: str = ""
    counts: list[TaskStatusCount] = []


class PatchAnnotationsStatusRequest(Request):
    """Deprecated: set the status of a task's annotations that have one of ``status_codes``."""

    user_ids: list[str] = []
    task_id: str = ""
    status_codes: list[Code] = []
    action: str = ""
    status_code: Code = 0

    def __post_init__(self) -> None:
        self.status_codes = [as_code(code) for code in self.status_codes]
        self.status_code = as_code(self.status_code)


class PatchAnnotationsStatusResponse(Response):
    """Whose annotations were changed, and how many."""

    user_ids: list[str] = []
    updated_count: int = 0


# --- status codes, and what is answered without being offered --------------------------------------------------------


class GetStatusCodeRequest(Request):
    """One status code by number."""

    status_code_id: str = ""


class MultiStatusCodeResponse(Response):
    """All status codes."""

    statuses: list[Status] = []


class SingleStatusCodeResponse(Response):
    """One status code, as the answer's own status."""


class AnyRequest(Request):
    """A request whose content does not matter, because the answer is a refusal."""

    label_orders: list[Any] = []
