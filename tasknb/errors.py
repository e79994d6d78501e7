"""Every exception that tasknb raises on purpose.

::

    TasknbError
    ├── MessageError          text that is no valid message: broken JSON, a field of the wrong type
    ├── InvalidTaskError      a task that breaks the rules; .problems lists each with its path
    ├── MissingExtraError     an optional dependency is not installed; says which `pip install` line helps
    ├── StoreError            the database cannot be opened or is no tasknb database
    ├── RuleError             a rule of `tasknb report --fail-if` that cannot be read; .rule .position
    ├── NotebookError         a notebook that is to be a report cannot be read or run
    └── ApiError              the API answered with an error; .code .description .details .req_id .request
        ├── AuthError             no key, a wrong key, or a key without the needed scope
        ├── NotFoundError         an id, a page or a path that does not exist
        ├── InvalidRequestError   the request is wrong; sending it again does not help
        ├── ConflictError         the request does not fit the present state
        ├── ThrottledError        too many requests, also after the retries
        ├── ServerError           the server failed
        └── ConnectionFailed      no answer: connection refused or lost, time-out, an answer that is no JSON
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ApiError",
    "AuthError",
    "ConflictError",
    "ConnectionFailed",
    "InvalidRequestError",
    "InvalidTaskError",
    "MessageError",
    "MissingExtraError",
    "NotFoundError",
    "NotebookError",
    "Problem",
    "RuleError",
    "ServerError",
    "StoreError",
    "TasknbError",
    "ThrottledError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that makes a task invalid.

    Attributes
    ----------
    path : str
        The field at fault, seen from the task: ``worker.partitioned_strategy_info.weights``.
    message : str
        What is wrong and what to do about it, in one or two sentences.
    """

    path: str
    message: str

    def under(self, prefix: str) -> Problem:
        """The same problem seen from further out, for example ``tasks[0]``."""
        return Problem(f"{prefix}.{self.path}" if self.path else prefix, self.message)


class TasknbError(Exception):
    """The root of all exceptions that tasknb raises on purpose."""


class MessageError(TasknbError, ValueError):
    """Text or data that is no valid message.

    Attributes
    ----------
    path : str
        The field at fault, for example ``tasks[0].worker.strategy``; empty when the text is no JSON at all.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path

    @classmethod
    def from_msgspec(cls, error: Exception, kind: str) -> MessageError:
        """Turn msgspec's "… - at `$.tasks[0].name`" into a message with a path."""
        text, _, place = str(error).partition(" - at `")
        path = place.rstrip("`").removeprefix("$").removeprefix(".")
        if isinstance(error, RecursionError):
            text = "nested too deeply"
        return cls(text if path else f"not a valid {kind}: {text}", path)


class InvalidTaskError(TasknbError, ValueError):
    """A task that breaks the rules.

    Attributes
    ----------
    problems : list of Problem
        What is wrong and where, in the order of the fields.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{problem.path}: {problem.message}" for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


class MissingExtraError(TasknbError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an optional dependency: pip install 'tasknb[{extra}]'")


class StoreError(TasknbError):
    """The database cannot be opened, or is no tasknb database."""


class RuleError(TasknbError, ValueError):
    """A rule of a report that cannot be read.

    Attributes
    ----------
    rule : str
        As it was written.
    position : int
        Where it goes wrong, in characters from 0.
    """

    def __init__(self, message: str, rule: str, position: int) -> None:
        self.rule = rule
        self.position = position
        super().__init__(f"{message}\n  {rule}\n  {' ' * position}^")

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (str(self).split("\n", 1)[0], self.rule, self.position))


class NotebookError(TasknbError):
    """A notebook that is to be a report cannot be read, or a cell of it fails."""


class ApiError(TasknbError):
    """The API answered with an error.

    Attributes
    ----------
    code : int
        Clarifai's status code, for example 54102; 0 when there was no readable answer.
    description, details : str
        The server's words, short and long.
    req_id : str
        The request's id, for the server's log or Clarifai's support.
    request : str
        What was asked, as ``GET /v2/…``; never a header, never a key.
    http_status : int
        The HTTP status of the answer; 0 when there was none.
    """

    def __init__(  # one argument per fact that a caller may need to act on
        self,
        description: str,
        *,
        code: int = 0,
        details: str = "",
        req_id: str = "",
        request: str = "",
        http_status: int = 0,
    ) -> None:
        self.code = code
        self.description = description
        self.details = details
        self.req_id = req_id
        self.request = request
        self.http_status = http_status
        super().__init__(description)

    def __str__(self) -> str:
        text = self.description
        if self.details and self.details != self.description:
            text = f"{text}: {self.details}"
        facts = [f"code {self.code}" if self.code else "", self.request, f"req_id {self.req_id}" if self.req_id else ""]
        known = ", ".join(fact for fact in facts if fact)
        return f"{text} ({known})" if known else text

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions pickle by their args, which would lose the keyword-only facts (joblib and Dask pickle them).
        return (type(self), (self.description,), self.__dict__)


class AuthError(ApiError):
    """No key, a wrong key, or a key without the needed scope."""


class NotFoundError(ApiError):
    """An id, a page or a path that does not exist."""


class InvalidRequestError(ApiError):
    """The request is wrong; sending it again does not help."""


class ConflictError(ApiError):
    """The request does not fit the present state."""


class ThrottledError(ApiError):
    """Too many requests, also after the retries."""


class ServerError(ApiError):
    """The server failed."""


class ConnectionFailed(ApiError):  # noqa: N818  reads as what happened; ConnectionError is Python's own
    """No answer: the connection was refused or lost, timed out, or the answer was no JSON."""
