"""The frame of labels: one row a labeling task, input and worker, with what the worker says and how far the work is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb.errors import ApiError
from tasknb.frames.annotations import add_annotations, annotations_builder
from tasknb.frames.build import Builder, Codes
from tasknb.frames.read import gc_paused, pages
from tasknb.frames.said import said_by_key
from tasknb.frames.slim import AssignmentPage, SlimAssignment
from tasknb.frames.tables import ASSIGNMENTS, LABELS, WORK, WORKER_KINDS
from tasknb.frames.words import codes_of, work_status, worker_id, worker_kind
from tasknb.messages.content_requests import ListAnnotationsRequest
from tasknb.messages.requests import MAX_PER_PAGE, ListTaskAssignmentsRequest
from tasknb.messages.status import StatusCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.api import Client

# How a server says that it has no ListTaskAssignments, which Clarifai does not offer.
_NOT_OFFERED = frozenset(
    {
        StatusCode.NOT_IMPLEMENTED,
        StatusCode.CONN_DOES_NOT_EXIST,
        StatusCode.CONN_METHOD_NOT_ALLOWED,
        StatusCode.RPC_UNKNOWN_METHOD,
        0,  # no Clarifai at all, but a web server's own page
    }
)
_KEY = ["task_id", "task", "worker"]


def labels_frame(annotations: Any, assignments: Any = (), *, task_id: str = "", task_name: str = "") -> pd.DataFrame:
    """The labels of one labeling task, from its annotations and assignments.

    Parameters
    ----------
    annotations, assignments : bytes, str, dict, message, or an iterable of these
        Answers to ListAnnotations and ListTaskAssignments, as JSON text or dicts, or the messages in them. Without
        assignments, the rows are those that annotations tell of: work that is assigned but not begun is not among them.
    task_id, task_name : str
        The labeling task that the assignments are of.

    Returns
    -------
    DataFrame
        One row an input and worker, with the columns of ``tasknb.frames.columns("labels")``.

    Raises
    ------
    MessageError
        If something is no annotation or assignment; the message names the field.
    """
    reader = LabelReader()
    reader.add_assignments(task_id, assignments)
    reader.add_annotations(task_id, annotations)
    return reader.frame({task_id: task_name})


def read_assignments(tasks: pd.DataFrame, client: Client) -> pd.DataFrame:
    """The labels of all labeling tasks in `tasks`, asked of `client`.

    On Clarifai, which does not list assignments, the rows are made from the annotations alone.

    Parameters
    ----------
    tasks : DataFrame
        The frame of tasks.
    client : Client
        Where to ask.

    Returns
    -------
    DataFrame
        One row a labeling task, input and worker, with the columns of ``tasknb.frames.columns("labels")``. ``task`` is
        the id of the *input*, as crowd-kit means it; the labeling task is ``task_id``.

    Raises
    ------
    ApiError
        If the server refuses or cannot be reached.
    """
    reader = LabelReader()
    names = dict(zip(tasks["task_id"], tasks["name"], strict=True))
    for task_id in names:
        reader.add_assignments(task_id, _listed_assignments(client, task_id))
        reader.add_annotations(task_id, _listed_annotations(client, task_id))
    return reader.frame(names)


def read_annotations(tasks: pd.DataFrame, client: Client) -> pd.DataFrame:
    """The annotations of all labeling tasks in `tasks`, asked of `client`.

    Parameters
    ----------
    tasks : DataFrame
        The frame of tasks.
    client : Client
        Where to ask.

    Returns
    -------
    DataFrame
        One row a concept, with the columns of ``tasknb.frames.columns("annotations")``.

    Raises
    ------
    ApiError
        If the server refuses or cannot be reached.
    """
    builder = annotations_builder({})
    for task_id in tasks["task_id"]:
        add_annotations(builder, _listed_annotations(client, task_id))
    return builder.frame()


def _listed_annotations(client: Client, task_id: str) -> Iterator[bytes]:
    request = ListAnnotationsRequest(task_id=task_id, list_all_annotations=True, per_page=MAX_PER_PAGE)
    return client.pages("ListAnnotations", request)


def _listed_assignments(client: Client, task_id: str) -> Iterator[bytes]:
    request = ListTaskAssignmentsRequest(task_id=task_id, per_page=MAX_PER_PAGE)
    try:
        yield from client.pages("ListTaskAssignments", request)
    except ApiError as error:
        if error.code not in _NOT_OFFERED or error.http_status not in (404, 405, 501):
            raise


class LabelReader:
    """Reads assignments and annotations of several labeling tasks, and joins them by task, input and worker."""

    def __init__(self) -> None:
        self._codes = {name: Codes() for name in _KEY} | {"status": Codes(WORK), "kind": Codes(WORKER_KINDS)}
        self._assignments = Builder(ASSIGNMENTS, self._codes)
        self._annotations = annotations_builder(self._codes)

    def add_assignments(self, task_id: str, source: Any) -> None:
        """The assignments of one labeling task."""
        with gc_paused():
            for page in pages(source, AssignmentPage):
                self._assignments.add(_values(task_id, page.task_assignments))

    def add_annotations(self, task_id: str, source: Any) -> None:
        """The annotations of one labeling task."""
        add_annotations(self._annotations, source, task_id)

    def frame(self, names: dict[str, str]) -> pd.DataFrame:
        """All rows; `names` gives each labeling task's title by its id."""
        assigned, said = self._assignments.frame(), self._annotations.frame()
        assigned["key"], said["key"] = self._keys(assigned), self._keys(said)
        unlisted = said.loc[~said["key"].isin(assigned["key"])].drop_duplicates("key")
        if len(unlisted):
            # Begun empty from `assigned`, these rows have its dtypes, and the two fit together.
            rows = assigned.iloc[:0].reindex(unlisted.index)
            known = ["key", *_KEY, "kind"]
            rows[known] = unlisted[known]
            assigned = pd.concat([assigned, rows], ignore_index=True) if len(assigned) else rows.reset_index(drop=True)
        return _labels(assigned, said_by_key(said), names)

    def _keys(self, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
        key = np.zeros(len(frame), dtype=np.int64)
        for name in _KEY:
            key *= self._codes[name].number + 1
            key += frame[name].cat.codes.to_numpy()
        return key


def _labels(assigned: pd.DataFrame, said: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Each assignment with what is said under its key."""
    at = said.index.get_indexer(pd.Index(assigned["key"]))
    found = said.iloc[at[at >= 0]].set_axis(assigned.index[at >= 0]).reindex(assigned.index)
    status = assigned["status"].where(assigned["status"].notna(), found["status"])
    submitted = found["created_at"].where(found["created_at"].notna(), assigned["modified_at"])
    result = {
        "label": found["label"],
        "value": found["value"],
        "worker": assigned["worker"].cat.reorder_categories(sorted(assigned["worker"].cat.categories)),
        "status": status,
        "task_name": assigned["task_id"].map(names).astype("category"),
        "annotations": found["annotations"].astype("Int64").fillna(0),
        "submitted_at": submitted.where(status.notna() & (status != "pending")),
    }
    return pd.DataFrame(
        {column.name: result.get(column.name, assigned.get(column.name)) for column in LABELS}, copy=False
    )


def _values(task_id: str, rows: list[SlimAssignment]) -> dict[str, list[Any]]:
    return {
        "task": [row.input.id if row.input else None for row in rows],
        "worker": [worker_id(row.worker) for row in rows],
        "status": [work_status(code) for code in codes_of([row.status for row in rows])],
        "task_id": [task_id] * len(rows),
        "kind": [worker_kind(row.worker) for row in rows],
        "assignment_id": [row.id for row in rows],
        "created_at": [row.created_at for row in rows],
        "modified_at": [row.modified_at for row in rows],
    }
