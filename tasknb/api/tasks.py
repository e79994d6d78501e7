"""Tasks: create, find, change, delete, count."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, overload

from tasknb.api.calls import TaskRef, WorkerRef, present, same_shape, several, task_id, user_ids, worker_filter
from tasknb.errors import InvalidRequestError, InvalidTaskError, Problem
from tasknb.messages.enums import InputSourceType
from tasknb.messages.requests import (
    DeleteTasksRequest,
    GetTaskCountRequest,
    GetTaskRequest,
    ListTasksRequest,
    PatchTasksRequest,
    PostTasksRequest,
)
from tasknb.messages.rules import problems
from tasknb.messages.status import Status, StatusCode, as_code
from tasknb.messages.task import Task, TaskStatusCount

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable

    import pandas as pd

    from tasknb.api.client import Client
    from tasknb.api.paging import Listing

_STATES = (StatusCode.TASK_IN_PROGRESS, StatusCode.TASK_DONE, StatusCode.TASK_WONT_DO)


class Tasks:
    """The tasks of a client's app. Wherever a task is expected, a `Task` or its id is taken."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @overload
    def create(self, tasks: Task) -> Task: ...
    @overload
    def create(self, tasks: Iterable[Task]) -> builtins.list[Task]: ...
    def create(self, tasks: Task | Iterable[Task]) -> Task | builtins.list[Task]:
        """Create one task, or several: all of them or none.

        Returns
        -------
        Task or list of Task
            What the server made of it, with id and status; a list for a list.

        Raises
        ------
        InvalidTaskError
            If a task breaks the rules; nothing has been sent then.
        ApiError
            If the server refuses.
        """
        many = _checked(tasks)
        created = self._client.call("PostTasks", PostTasksRequest(tasks=many)).tasks if many else []
        return same_shape(tasks, created, Task)

    def get(self, task: TaskRef, additional_fields: str | Iterable[str] = ()) -> Task:
        """Fetch one task.

        Parameters
        ----------
        task : Task or str
            The task or its id.
        additional_fields : str or several
            What the server leaves out otherwise: ``"all"``, ``"worker.users"``, ``"metrics.…"``; see
            `tasknb.messages.requests.TASK_FIELDS`.

        Raises
        ------
        NotFoundError
            If there is no such task.
        """
        request = GetTaskRequest(task_id=task_id(task), additional_fields=several(additional_fields))
        return present(self._client.call("GetTask", request).task, Task)

    def list(  # each filter of the API
        self,
        *,
        worker: WorkerRef | Iterable[WorkerRef] | None = None,
        reviewer: str | Iterable[str] | None = None,
        ids: str | Iterable[str] | None = None,
        input_source_type: InputSourceType | str | None = None,
        input_source_ids: str | Iterable[str] | None = None,
        additional_fields: str | Iterable[str] = (),
        limit: int | None = None,
    ) -> Listing[Task]:
        """Tasks, newest first, fetched when they are iterated over.

        Filters are combined by AND, the values within one filter by OR.

        Parameters
        ----------
        worker : str, Worker or several, optional
            Tasks that one of these labels: user ids or workers.
        reviewer : str or several, optional
            Tasks that one of these users reviews.
        ids : str or several, optional
            Tasks with these ids.
        input_source_type : InputSourceType or str, optional
            For example ``"DATASET"``.
        input_source_ids : str or several, optional
            For example the ids of datasets.
        additional_fields : str or several
            See `get`.
        limit : int, optional
            The largest number of tasks.
        """
        request = ListTasksRequest(
            worker_user_ids=user_ids(worker),
            review_user_ids=user_ids(reviewer),
            ids=several(ids),
            input_source_type=InputSourceType(input_source_type or "INPUT_SOURCE_TYPE_NOT_SET"),
            input_source_ids=several(input_source_ids),
            additional_fields=several(additional_fields),
        )
        return self._client.listing("ListTasks", request, limit)

    @overload
    def update(self, tasks: Task) -> Task: ...
    @overload
    def update(self, tasks: Iterable[Task]) -> builtins.list[Task]: ...
    def update(self, tasks: Task | Iterable[Task]) -> Task | builtins.list[Task]:
        """Replace one task, or several, with what is given: all of them or none.

        Raises
        ------
        InvalidTaskError
            If a task breaks the rules; nothing has been sent then.
        NotFoundError
            If there is no such task.
        """
        many = _checked(tasks)
        for task in many:
            task_id(task)
        changed = (
            self._client.call("PatchTasks", PatchTasksRequest(tasks=many, action="overwrite")).tasks if many else []
        )
        return same_shape(tasks, changed, Task)

    def set_status(self, task: TaskRef, status: StatusCode | str | int) -> Task:
        """Change nothing but the status of a task.

        Parameters
        ----------
        task : Task or str
            The task or its id.
        status : StatusCode, str or int
            ``TASK_IN_PROGRESS``, ``TASK_DONE`` or ``TASK_WONT_DO``, or its number.

        Raises
        ------
        InvalidRequestError
            If it is another status.
        NotFoundError
            If there is no such task.
        """
        try:
            code = as_code(status)
        except ValueError:
            code = 0
        if code not in _STATES:
            names = ", ".join(state.name for state in _STATES)
            raise InvalidRequestError(f"a task's status is set to one of {names}, not to {status!r}")
        changed = Task(id=task_id(task), status=Status(code=code))
        answer = self._client.call("PatchTasks", PatchTasksRequest(tasks=[changed], action="merge")).tasks
        return present(answer, Task)

    def delete(self, tasks: TaskRef | Iterable[TaskRef]) -> None:
        """Delete one task, or several: all of them or none.

        Raises
        ------
        NotFoundError
            If there is no such task.
        """
        ids = [task_id(task) for task in several(tasks)]
        if ids:
            self._client.call("DeleteTasks", DeleteTasksRequest(ids=ids))

    def input_counts(
        self, task: TaskRef, workers: WorkerRef | Iterable[WorkerRef] = ()
    ) -> builtins.list[TaskStatusCount]:
        """How many inputs each worker has in each state.

        Parameters
        ----------
        task : Task or str
            The task or its id.
        workers : str, Worker or several
            These workers only; all when empty.
        """
        return self._counts("GetTaskInputCount", task, workers)

    def annotation_counts(
        self, task: TaskRef, workers: WorkerRef | Iterable[WorkerRef] = ()
    ) -> builtins.list[TaskStatusCount]:
        """How many annotations each worker has in each state; parameters as for `input_counts`."""
        return self._counts("GetTaskAnnotationCount", task, workers)

    def frame(self, **filters: Any) -> pd.DataFrame:
        """The tasks as a DataFrame, one row a task.

        Parameters
        ----------
        **filters
            As for `list`.

        Returns
        -------
        DataFrame
            The columns of ``tasknb.frames.columns("tasks")``.
        """
        frame: pd.DataFrame = import_module("tasknb.frames.tasks").read_tasks(self._client, **filters)
        return frame

    def _counts(
        self, rpc: str, task: TaskRef, workers: WorkerRef | Iterable[WorkerRef]
    ) -> builtins.list[TaskStatusCount]:
        request = GetTaskCountRequest(task_id=task_id(task), **worker_filter(workers))
        counts: builtins.list[TaskStatusCount] = self._client.call(rpc, request).counts
        return counts


def _checked(tasks: Task | Iterable[Task]) -> list[Task]:
    """The tasks as a list, if all are valid; the paths of problems in a list say which task it is."""
    many = several(tasks)
    found: list[Problem] = []
    for index, task in enumerate(many):
        if not isinstance(task, Task):
            raise TypeError(f"a Task is needed, not a {type(task).__name__}")
        mine = problems(task)
        found += mine if isinstance(tasks, Task) else [problem.under(f"tasks[{index}]") for problem in mine]
    if found:
        raise InvalidTaskError(found)
    return many
