"""The work on a task: who has which input, and what he says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, overload

from tasknb.api.calls import (
    TaskRef,
    WorkerRef,
    as_workers,
    batches,
    id_of,
    same_shape,
    several,
    task_id,
    user_ids,
    worker_filter,
)
from tasknb.api.paging import Listing
from tasknb.errors import ApiError, InvalidRequestError
from tasknb.messages.content_requests import (
    DeleteAnnotationsRequest,
    ListAnnotationsRequest,
    PatchAnnotationsRequest,
    PostAnnotationsRequest,
)
from tasknb.messages.data import Annotation, Input
from tasknb.messages.enums import AssignmentAction
from tasknb.messages.people import User, Worker
from tasknb.messages.requests import AssignmentsConfig, ListTaskAssignmentsRequest, PutTaskAssignmentsRequest
from tasknb.messages.status import Status, StatusCode, as_code
from tasknb.messages.task import TaskAssignment

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable, Iterator

    from tasknb.api.client import Client

AssignmentRef: TypeAlias = TaskAssignment | str

_ACTIONS = ("merge", "overwrite", "remove")

_NOT_OFFERED = {
    StatusCode.NOT_IMPLEMENTED,
    StatusCode.CONN_DOES_NOT_EXIST,
    StatusCode.CONN_METHOD_NOT_ALLOWED,
    StatusCode.RPC_UNKNOWN_METHOD,
}
# The states of work, the least finished first, as (of an annotation, of an assignment).
_STATES = {
    StatusCode.ANNOTATION_PENDING: StatusCode.TASK_ASSIGNMENT_PENDING,
    StatusCode.ANNOTATION_AWAITING_REVIEW: StatusCode.TASK_ASSIGNMENT_AWAITING_REVIEW,
    StatusCode.ANNOTATION_AWAITING_CONSENSUS_REVIEW: StatusCode.TASK_ASSIGNMENT_AWAITING_CONSENSUS_REVIEW,
    StatusCode.ANNOTATION_REVIEW_DENIED: StatusCode.TASK_ASSIGNMENT_REJECTED,
    StatusCode.ANNOTATION_SUCCESS: StatusCode.TASK_ASSIGNMENT_SUCCESS,
}


class Assignments:
    """Who works on which input of a task. Labelers start and submit; reviewers start, approve, send back, reject."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def start(self, task: TaskRef) -> builtins.list[TaskAssignment]:
        """Take work: the caller's open assignments, or up to ten new ones; empty when none is left."""
        return self._put(task, AssignmentAction.LABEL_START)

    def submit(
        self, task: TaskRef, assignments: AssignmentRef | Iterable[AssignmentRef]
    ) -> builtins.list[TaskAssignment]:
        """Hand in work: assignments of the caller, or their ids."""
        config = _config(assignments, ())
        return self._put(task, AssignmentAction.LABEL_SUBMIT, label_submit_config=config)

    def review_start(
        self, task: TaskRef, workers: WorkerRef | Iterable[WorkerRef] = ()
    ) -> builtins.list[TaskAssignment]:
        """Take up to ten assignments to review, of these workers or of all."""
        config = AssignmentsConfig(workers=as_workers(workers))
        return self._put(task, AssignmentAction.REVIEW_START, review_start_config=config)

    def approve(
        self,
        task: TaskRef,
        assignments: AssignmentRef | Iterable[AssignmentRef] = (),
        workers: WorkerRef | Iterable[WorkerRef] = (),
    ) -> builtins.list[TaskAssignment]:
        """Approve work: these assignments, or all of these workers.

        Parameters
        ----------
        task : Task or str
            The task or its id.
        assignments : TaskAssignment, str or several
            The assignments or their ids.
        workers : str, Worker or several
            In place of assignments: everything that these workers have submitted.

        Raises
        ------
        InvalidRequestError
            If both or neither are given.
        """
        return self._put(task, AssignmentAction.REVIEW_APPROVE, review_approve_config=_config(assignments, workers))

    def request_changes(
        self,
        task: TaskRef,
        assignments: AssignmentRef | Iterable[AssignmentRef] = (),
        workers: WorkerRef | Iterable[WorkerRef] = (),
    ) -> builtins.list[TaskAssignment]:
        """Send work back to whoever did it; parameters as for `approve`."""
        config = _config(assignments, workers)
        return self._put(task, AssignmentAction.REVIEW_REQUEST_CHANGES, review_request_changes_config=config)

    def reject(
        self,
        task: TaskRef,
        assignments: AssignmentRef | Iterable[AssignmentRef] = (),
        workers: WorkerRef | Iterable[WorkerRef] = (),
    ) -> builtins.list[TaskAssignment]:
        """Reject work for good; parameters as for `approve`."""
        return self._put(task, AssignmentAction.REVIEW_REJECT, review_reject_config=_config(assignments, workers))

    def list(self, task: TaskRef, workers: WorkerRef | Iterable[WorkerRef] = ()) -> Listing[TaskAssignment]:
        """All assignments of a task, oldest first.

        Clarifai has no such list. There the annotations stand for it: work that has not begun is missing, and the
        assignments have no id.

        Parameters
        ----------
        task : Task or str
            The task or its id.
        workers : str, Worker or several
            These workers only; all when empty.
        """
        name, chosen = task_id(task), several(workers)
        offered = self._client.listing(
            "ListTaskAssignments", ListTaskAssignmentsRequest(task_id=name, user_ids=user_ids(chosen))
        )

        def fetch() -> Iterator[TaskAssignment]:
            items = iter(offered)
            try:
                first = next(items, None)
            except ApiError as error:
                unknown_path = not error.code and error.http_status in (404, 405, 501)
                if error.code not in _NOT_OFFERED and not unknown_path:
                    raise
                yield from _from_annotations(self._client.annotations.list(name, workers=chosen))
                return
            if first is not None:
                yield first
                yield from items

        return Listing(fetch, TaskAssignment, "ListTaskAssignments")

    def _put(self, task: TaskRef, action: AssignmentAction, **config: Any) -> builtins.list[TaskAssignment]:
        request = PutTaskAssignmentsRequest(task_id=task_id(task), action=action, **config)
        assignments: builtins.list[TaskAssignment] = self._client.call("PutTaskAssignments", request).task_assignments
        return assignments


def _config(
    assignments: AssignmentRef | Iterable[AssignmentRef], workers: WorkerRef | Iterable[WorkerRef]
) -> AssignmentsConfig:
    ids = [id_of(one, "task assignment") for one in several(assignments)]
    chosen = as_workers(workers)
    if bool(ids) == bool(chosen):
        raise InvalidRequestError("give either assignments or workers" + (", not both" if ids else ""))
    return AssignmentsConfig(task_assignments=[TaskAssignment(id=one) for one in ids], workers=chosen)


def _from_annotations(annotations: Iterable[Annotation]) -> Iterator[TaskAssignment]:
    """One assignment a worker and input: from the first annotation to the last change, in the least finished state."""
    grouped: dict[tuple[str, str, str], list[Annotation]] = {}
    for one in annotations:
        one.worker = one.worker or Worker(user=User(id=one.user_id))
        grouped.setdefault((one.input_id, one.worker.kind, one.worker.id), []).append(one)
    for (input_id, _, _), group in grouped.items():
        codes = {one.status.code for one in group if one.status}
        state = next((state for state in _STATES if state in codes), StatusCode.ANNOTATION_PENDING)
        yield TaskAssignment(
            created_at=min((one.created_at for one in group if one.created_at), default=None),
            modified_at=max((one.modified_at for one in group if one.modified_at), default=None),
            worker=group[0].worker,
            input=Input(id=input_id),
            status=Status.of(_STATES[state]),
        )


class Annotations:
    """What workers say of inputs."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @overload
    def create(self, annotations: Annotation) -> Annotation: ...
    @overload
    def create(self, annotations: Iterable[Annotation]) -> builtins.list[Annotation]: ...
    def create(self, annotations: Annotation | Iterable[Annotation]) -> Annotation | builtins.list[Annotation]:
        """Add one annotation, or several: each request holds up to 128, all of which are added or none.

        An annotation that belongs to a task names it in ``task_id``.

        Returns
        -------
        Annotation or list of Annotation
            What the server made of it, with id and status; a list for a list.
        """
        created: builtins.list[Annotation] = []
        for batch in batches(several(annotations)):
            created += self._client.call("PostAnnotations", PostAnnotationsRequest(annotations=batch)).annotations
        return same_shape(annotations, created, Annotation)

    def list(  # each filter of the API
        self,
        task: TaskRef | None = None,
        *,
        input_ids: str | Iterable[str] = (),
        workers: WorkerRef | Iterable[WorkerRef] = (),
        statuses: StatusCode | str | int | Iterable[StatusCode | str | int] = (),
        all: bool = True,  # noqa: A002  as the API says it: list_all_annotations
        limit: int | None = None,
    ) -> Listing[Annotation]:
        """Annotations, oldest first, fetched when they are iterated over.

        Parameters
        ----------
        task : Task or str, optional
            Those of this task.
        input_ids : str or several
            Those of these inputs.
        workers : str, Worker or several
            Those of these workers.
        statuses : StatusCode, str, int or several
            Those in one of these states, for example ``"ANNOTATION_SUCCESS"``. They are picked out here: a query cannot
            carry them.
        all : bool, default True
            Also those that are not trusted, which is what workers make.
        limit : int, optional
            The largest number of annotations.
        """
        request = ListAnnotationsRequest(
            task_id=task_id(task) if task is not None else "",
            input_ids=several(input_ids),
            list_all_annotations=all,
            **worker_filter(workers),
        )
        codes = {as_code(one) for one in several(statuses)}
        if not codes:
            return self._client.listing("ListAnnotations", request, limit)

        def fetch() -> Iterator[Annotation]:
            for one in self._client.listing("ListAnnotations", request):
                if one.status is not None and one.status.code in codes:
                    yield one

        return Listing(fetch, Annotation, "ListAnnotations", limit)

    @overload
    def update(self, annotations: Annotation, action: str = "merge") -> Annotation: ...
    @overload
    def update(self, annotations: Iterable[Annotation], action: str = "merge") -> builtins.list[Annotation]: ...
    def update(
        self, annotations: Annotation | Iterable[Annotation], action: str = "merge"
    ) -> Annotation | builtins.list[Annotation]:
        """Change one annotation, or several; each names its ``id`` and ``input_id``.

        Parameters
        ----------
        annotations : Annotation or several
            What to change.
        action : str, default "merge"
            ``merge`` adds what is given, ``overwrite`` replaces the data by it, ``remove`` takes it away.
        """
        if action not in _ACTIONS:
            raise InvalidRequestError(f"the action is one of {', '.join(_ACTIONS)}, not {action!r}")
        changed: builtins.list[Annotation] = []
        for batch in batches(several(annotations)):
            request = PatchAnnotationsRequest(annotations=batch, action=action)
            changed += self._client.call("PatchAnnotations", request).annotations
        return same_shape(annotations, changed, Annotation)

    def delete(self, annotations: Annotation | Iterable[Annotation]) -> None:
        """Delete one annotation, or several; each names its ``id`` and ``input_id``."""
        for batch in batches(several(annotations)):
            ids = [id_of(one, "annotation") for one in batch]
            request = DeleteAnnotationsRequest(ids=ids, input_ids=[one.input_id for one in batch])
            self._client.call("DeleteAnnotations", request)
