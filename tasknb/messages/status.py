"""Status codes, what each means, the HTTP status that goes with it, and the envelope that carries them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias, cast

import msgspec

from tasknb.messages.wire import Message

if TYPE_CHECKING:
    Code: TypeAlias = int
else:
    Code = int | str  # a code is also read from its name; `__post_init__` makes it a number


class StatusCode(IntEnum):
    """Clarifai's status codes, as far as tasks and what they need can meet them."""

    SUCCESS = 10000
    MIXED_STATUS = 10010
    FAILURE = 10020
    TRY_AGAIN = 10030
    NOT_IMPLEMENTED = 10040
    MOVED = 10050
    TEAPOT = 10060
    ACCEPTED = 10070
    CONN_ACCOUNT_ISSUES = 11000
    CONN_TOKEN_INVALID = 11001
    CONN_CREDENTIALS_INVALID = 11002
    CONN_EXCEED_HOURLY_LIMIT = 11003
    CONN_EXCEED_MONTHLY_LIMIT = 11004
    CONN_THROTTLED = 11005
    CONN_EXCEEDS_LIMITS = 11006
    CONN_INSUFFICIENT_SCOPES = 11007
    CONN_KEY_INVALID = 11008
    CONN_KEY_NOT_FOUND = 11009
    CONN_BAD_REQUEST_FORMAT = 11100
    CONN_DOES_NOT_EXIST = 11101
    CONN_INVALID_REQUEST = 11102
    CONN_METHOD_NOT_ALLOWED = 11103
    CONN_NO_GDPR_CONSENT = 11104
    CONN_INVALID_RANGE = 11105
    CONN_AUTH_METHOD_DISABLED = 11200
    MODEL_DOES_NOT_EXIST = 21200
    MODEL_PERMISSION_DENIED = 21201
    WORKFLOW_DOES_NOT_EXIST = 22102
    CONCEPT_MODIFY_SUCCESS = 23150
    CONCEPT_MODIFY_PENDING = 23151
    CONCEPT_MODIFY_FAILED = 23152
    ANNOTATION_SUCCESS = 24150
    ANNOTATION_PENDING = 24151
    ANNOTATION_FAILED = 24152
    ANNOTATION_UNKNOWN_STATUS = 24154
    ANNOTATION_INVALID_ARGUMENT = 24155
    ANNOTATION_PERMISSION_DENIED = 24156
    ANNOTATION_AWAITING_REVIEW = 24157
    ANNOTATION_REVIEW_DENIED = 24158
    ANNOTATION_AWAITING_CONSENSUS_REVIEW = 24159
    ANNOTATION_MODIFY_SUCCESS = 24250
    ANNOTATION_MODIFY_PENDING = 24251
    ANNOTATION_MODIFY_FAILED = 24252
    ANNOTATION_TRACK_IDLE = 24300
    ANNOTATION_TRACK_IN_PROGRESS = 24301
    ANNOTATION_TRACK_PENDING = 24302
    ANNOTATION_TRACK_APPROVED = 24303
    ANNOTATION_TRACK_FAILED = 24304
    METADATA_INVALID_PATCH_ARGUMENTS = 24900
    METADATA_PARSING_ISSUE = 24901
    METADATA_MANIPULATION_ISSUE = 24902
    INPUT_DOWNLOAD_SUCCESS = 30000
    INPUT_DOWNLOAD_PENDING = 30001
    INPUT_DOWNLOAD_FAILED = 30002
    INPUT_DOWNLOAD_IN_PROGRESS = 30003
    INPUT_STATUS_UPDATE_FAILED = 30004
    INPUT_DELETE_FAILED = 30005
    INPUT_DUPLICATE = 30100
    INPUT_UNSUPPORTED_FORMAT = 30101
    INPUT_DOES_NOT_EXIST = 30102
    INPUT_PERMISSION_DENIED = 30103
    INPUT_INVALID_ARGUMENT = 30104
    INPUT_OVER_LIMIT = 30105
    INPUT_INVALID_URL = 30106
    INPUT_MODIFY_SUCCESS = 30200
    INPUT_MODIFY_PENDING = 30201
    INPUT_MODIFY_FAILED = 30203
    INPUT_STORAGE_HOST_FAILED = 30210
    ALL_INPUT_INVALID_BYTES = 30300
    INPUT_CLUSTER_SUCCESS = 30400
    INPUT_CLUSTER_PENDING = 30401
    INPUT_CLUSTER_FAILED = 30402
    INPUT_CLUSTER_IN_PROGRESS = 30403
    INPUT_REINDEX_SUCCESS = 30500
    INPUT_REINDEX_PENDING = 30501
    INPUT_REINDEX_FAILED = 30502
    INPUT_REINDEX_IN_PROGRESS = 30503
    INPUT_CONNECTION_FAILED = 39996
    REQUEST_DISABLED_FOR_MAINTENANCE = 39997
    INPUT_WRITES_DISABLED_FOR_MAINTENANCE = 39998
    INPUT_INVALID_REQUEST = 39999
    PREDICT_INVALID_REQUEST = 40001
    SEARCH_INVALID_REQUEST = 40002
    CONCEPTS_INVALID_REQUEST = 40003
    STATS_INVALID_REQUEST = 40004
    DATABASE_DUPLICATE_KEY = 40010
    DATABASE_CONSTRAINT_VIOLATED = 40017
    RPC_UNKNOWN_METHOD = 40036
    WORKER_MISSING = 51000
    WORKER_ACTIVE = 51001
    WORKER_INACTIVE = 51002
    TASK_IN_PROGRESS = 54001
    TASK_DONE = 54002
    TASK_WONT_DO = 54003
    TASK_FAILED = 54005
    TASK_IDLE = 54006
    TASK_CONFLICT = 54100
    TASK_NOT_IMPLEMENTED = 54101
    TASK_MISSING = 54102
    TASK_PERMISSION_DENIED = 54103
    TASK_ASSIGNMENT_SUCCESS = 54200
    TASK_ASSIGNMENT_PENDING = 54201
    TASK_ASSIGNMENT_AWAITING_REVIEW = 54202
    TASK_ASSIGNMENT_AWAITING_CONSENSUS_REVIEW = 54203
    TASK_ASSIGNMENT_REJECTED = 54204
    TASK_ASSIGNMENT_REVIEW_SUCCESS = 54300
    TASK_ASSIGNMENT_REVIEW_PENDING = 54301
    TASK_ASSIGNMENT_REVIEW_DISMISSED = 54302
    LABEL_ORDER_PENDING = 55001
    LABEL_ORDER_IN_PROGRESS = 55002
    LABEL_ORDER_SUCCESS = 55003
    LABEL_ORDER_CANCELED = 55004
    JOB_COMPLETED = 64002
    DATASET_INPUT_SUCCESS = 64100
    INTERNAL_SERVER_ISSUE = 98004
    INTERNAL_UNEXPECTED_TIMEOUT = 98009
    INTERNAL_UNEXPECTED_PANIC = 98011
    INTERNAL_UNCATEGORIZED = 99009


_DESCRIPTIONS = {
    StatusCode.SUCCESS: "Ok",
    StatusCode.MIXED_STATUS: "Mixed Success",
    StatusCode.FAILURE: "Failure",
    StatusCode.NOT_IMPLEMENTED: "Not implemented",
    StatusCode.CONN_CREDENTIALS_INVALID: "Invalid credentials",
    StatusCode.CONN_EXCEED_HOURLY_LIMIT: "Hourly limit exceeded",
    StatusCode.CONN_THROTTLED: "Making too many requests",
    StatusCode.CONN_INSUFFICIENT_SCOPES: "Insufficient scopes",
    StatusCode.CONN_KEY_INVALID: "API key or personal access token is invalid",
    StatusCode.CONN_KEY_NOT_FOUND: "API key or personal access token not found",
    StatusCode.CONN_BAD_REQUEST_FORMAT: "Bad request format",
    StatusCode.CONN_DOES_NOT_EXIST: "Resource does not exist",
    StatusCode.CONN_INVALID_REQUEST: "Invalid request",
    StatusCode.CONN_METHOD_NOT_ALLOWED: "Method not allowed",
    StatusCode.CONN_INVALID_RANGE: "Page does not exist",
    StatusCode.MODEL_DOES_NOT_EXIST: "Model does not exist",
    StatusCode.WORKFLOW_DOES_NOT_EXIST: "Workflow does not exist",
    StatusCode.INPUT_DOWNLOAD_SUCCESS: "Download complete",
    StatusCode.INPUT_DOWNLOAD_PENDING: "Download pending",
    StatusCode.INPUT_DUPLICATE: "Duplicate input",
    StatusCode.INPUT_DOES_NOT_EXIST: "Input does not exist",
    StatusCode.INPUT_INVALID_ARGUMENT: "Invalid input",
    StatusCode.INPUT_OVER_LIMIT: "Over the limit of inputs per request",
    StatusCode.ANNOTATION_INVALID_ARGUMENT: "Invalid annotation",
    StatusCode.ANNOTATION_PERMISSION_DENIED: "Not allowed to change the annotation",
    StatusCode.CONCEPTS_INVALID_REQUEST: "Invalid concept",
    StatusCode.DATABASE_DUPLICATE_KEY: "Duplicate id",
    StatusCode.TASK_IN_PROGRESS: "Task is in progress",
    StatusCode.TASK_DONE: "Task is done",
    StatusCode.TASK_WONT_DO: "Task is abandoned",
    StatusCode.TASK_FAILED: "Task failed",
    StatusCode.TASK_IDLE: "Task waits for more inputs",
    StatusCode.TASK_CONFLICT: "Task request conflicts with the server's state",
    StatusCode.TASK_NOT_IMPLEMENTED: "Task feature is not implemented",
    StatusCode.TASK_MISSING: "Task does not exist",
    StatusCode.TASK_PERMISSION_DENIED: "Not allowed to perform a task-related action",
    StatusCode.INTERNAL_SERVER_ISSUE: "Internal server issue",
}

_HTTP_STATUS: dict[int, int] = {
    StatusCode.SUCCESS: 200,
    StatusCode.MIXED_STATUS: 207,
    StatusCode.MOVED: 307,
    StatusCode.ACCEPTED: 202,
    StatusCode.NOT_IMPLEMENTED: 501,
    StatusCode.TASK_NOT_IMPLEMENTED: 501,
    StatusCode.CONN_TOKEN_INVALID: 401,
    StatusCode.CONN_CREDENTIALS_INVALID: 401,
    StatusCode.CONN_KEY_INVALID: 401,
    StatusCode.CONN_KEY_NOT_FOUND: 401,
    StatusCode.CONN_INSUFFICIENT_SCOPES: 403,
    StatusCode.MODEL_PERMISSION_DENIED: 403,
    StatusCode.ANNOTATION_PERMISSION_DENIED: 403,
    StatusCode.TASK_PERMISSION_DENIED: 403,
    StatusCode.CONN_DOES_NOT_EXIST: 404,
    StatusCode.CONN_INVALID_RANGE: 404,
    StatusCode.TASK_MISSING: 404,
    StatusCode.INPUT_DOES_NOT_EXIST: 404,
    StatusCode.MODEL_DOES_NOT_EXIST: 404,
    StatusCode.WORKFLOW_DOES_NOT_EXIST: 404,
    StatusCode.CONN_METHOD_NOT_ALLOWED: 405,
    StatusCode.TASK_CONFLICT: 409,
    StatusCode.DATABASE_DUPLICATE_KEY: 409,
    StatusCode.INPUT_DUPLICATE: 409,
    StatusCode.CONN_EXCEED_HOURLY_LIMIT: 429,
    StatusCode.CONN_EXCEED_MONTHLY_LIMIT: 429,
    StatusCode.CONN_THROTTLED: 429,
    StatusCode.CONN_EXCEEDS_LIMITS: 429,
}

# In which column of TaskStatusCount the states of assignments and annotations count.
COUNT_OF_ASSIGNMENT = {
    StatusCode.TASK_ASSIGNMENT_PENDING: "pending",
    StatusCode.TASK_ASSIGNMENT_AWAITING_REVIEW: "awaiting_review",
    StatusCode.TASK_ASSIGNMENT_AWAITING_CONSENSUS_REVIEW: "awaiting_consensus_review",
    StatusCode.TASK_ASSIGNMENT_SUCCESS: "success",
    StatusCode.TASK_ASSIGNMENT_REJECTED: "review_denied",
}
COUNT_OF_ANNOTATION = {
    StatusCode.ANNOTATION_PENDING: "pending",
    StatusCode.ANNOTATION_AWAITING_REVIEW: "awaiting_review",
    StatusCode.ANNOTATION_AWAITING_CONSENSUS_REVIEW: "awaiting_consensus_review",
    StatusCode.ANNOTATION_SUCCESS: "success",
    StatusCode.ANNOTATION_REVIEW_DENIED: "review_denied",
}


def as_code(value: int | str) -> int:
    """A status code given as a number, a number's text or a name.

    Raises
    ------
    ValueError
        If it is a name that this version does not know.
    """
    if isinstance(value, int):
        return value
    if value.isdecimal():
        return int(value)
    if value not in StatusCode.__members__:
        raise ValueError(f"unknown status code {value!r}")
    return StatusCode[value].value


def kept_code(value: int | str) -> int:
    """A status code as it was sent; a name that this version does not know stays as it is.

    So a newer server breaks nothing, and an update sends back what was received.
    """
    try:
        return as_code(value)
    except ValueError:
        return cast("int", value)


def describe(code: int) -> str:
    """The code's meaning in a few words."""
    try:
        known = StatusCode(code)
    except ValueError:
        return f"Status {code}"
    return _DESCRIPTIONS.get(known, known.name.replace("_", " ").capitalize())


def http_status(code: int) -> int:
    """The HTTP status that goes with a status code: 400 for what is not listed, 500 for the server's own failures.

    The API's documents give no table; this is the one suggested by its samples.
    """
    if 98000 <= code < 100000:
        return 500
    return _HTTP_STATUS.get(code, 400)


class Status(Message):
    """What became of a request, or the state of a task, assignment, annotation or input.

    ``percent_completed`` is 0 to 100, ``time_remaining`` is in seconds. ``code`` is a number; where the other side
    sends a name that this version does not know, it is that name.
    """

    code: Code = msgspec.field(default_factory=int)
    description: str = ""
    details: str = ""
    percent_completed: int = 0
    time_remaining: int = 0
    req_id: str = ""
    developer_notes: str = ""
    http_status_code: int = 0

    def __post_init__(self) -> None:
        self.code = kept_code(self.code)

    @classmethod
    def of(cls, code: StatusCode, details: str = "") -> Status:
        """The status with the code's own description."""
        return cls(code=code.value, description=describe(code), details=details)

    @property
    def name(self) -> str:
        """The code's name, for example ``TASK_IN_PROGRESS``; ``CODE_<number>`` for an unknown number."""
        try:
            return StatusCode(self.code).name
        except ValueError:
            return self.code if isinstance(self.code, str) else f"CODE_{self.code}"
