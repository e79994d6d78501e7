"""What the client's methods take: one or several, an id or the thing itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from tasknb.errors import InvalidRequestError, ServerError
from tasknb.messages.people import User, Worker
from tasknb.messages.task import Task
from tasknb.messages.wire import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")
M = TypeVar("M", bound=Message)

BATCH = 128
"""How many annotations or inputs one request may hold."""

TaskRef: TypeAlias = Task | str
WorkerRef: TypeAlias = Worker | str


def several(given: Any) -> list[Any]:
    """A list of what was given: one, several or nothing. A text and a message count as one."""
    if given is None:
        return []
    if isinstance(given, Iterable) and not isinstance(given, str | Message):
        return list(given)
    return [given]


def batches(items: Sequence[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in order, in lists of at most `size`."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


def id_of(thing: Any, noun: str) -> str:
    """The id of a message, or the id itself.

    Raises
    ------
    InvalidRequestError
        If it has none.
    """
    found = thing if isinstance(thing, str) else getattr(thing, "id", None)
    if not isinstance(found, str) or not found:
        raise InvalidRequestError(f"a {noun} or its id is needed, and {thing!r} has no id")
    return found


def task_id(task: TaskRef) -> str:
    """The id of a task."""
    return id_of(task, "task")


def worker_filter(workers: WorkerRef | Iterable[WorkerRef] | None) -> dict[str, Any]:
    """The fields ``user_ids``, ``model_version_ids`` and ``workflow_version_ids`` that name these workers.

    Raises
    ------
    InvalidRequestError
        If a model or workflow comes without its version, by which the API finds its work.
    """
    found: dict[str, Any] = {}
    for worker in several(workers):
        field, value = "user_ids", worker if isinstance(worker, str) else worker.id
        if isinstance(worker, Worker) and worker.user is None:
            version = (worker.model and worker.model.model_version) or (worker.workflow and worker.workflow.version)
            field = "model_version_ids" if worker.model else "workflow_version_ids"
            value = version.id if version else ""
        if not value:
            raise InvalidRequestError(f"{worker!r} cannot be found: give a user's id, or a version with its id")
        found.setdefault(field, []).append(value)
    return found


def user_ids(workers: WorkerRef | Iterable[WorkerRef] | None) -> list[str]:
    """The workers' ids, where only users can be asked for.

    Raises
    ------
    InvalidRequestError
        If one is no user.
    """
    found = worker_filter(workers)
    if found.keys() - {"user_ids"}:
        raise InvalidRequestError("only users can be asked for here, not models or workflows")
    ids: list[str] = found.get("user_ids", [])
    return ids


def as_workers(workers: WorkerRef | Iterable[WorkerRef] | None) -> list[Worker]:
    """Workers as messages; a text is a user's id."""
    return [Worker(user=User(id=one)) if isinstance(one, str) else one for one in several(workers)]


def same_shape(given: M | Iterable[M], answered: list[M], kind: type[M]) -> M | list[M]:
    """One for one, a list for a list."""
    return present(answered, kind) if isinstance(given, Message) else answered


def present(answered: Any, kind: type[M]) -> M:
    """What the answer should hold, or the first of what it holds.

    Raises
    ------
    ServerError
        If it does not.
    """
    found = next(iter(answered), None) if isinstance(answered, list) else answered
    if not isinstance(found, kind):
        raise ServerError(f"the server reports success, but its answer holds no {kind.__name__}")
    return found
