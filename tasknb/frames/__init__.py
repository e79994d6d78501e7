"""pandas: messages to DataFrames, and what there is to know from them.

Names are loaded when they are first used; the accessors ``df.tasks`` and ``df.labels`` are registered by
`tasknb.frames.accessors`, which ``import tasknb`` loads.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasknb.frames.agree import agreement as agreement
    from tasknb.frames.agree import kappa_matrix as kappa_matrix
    from tasknb.frames.agree import worker_pairs as worker_pairs
    from tasknb.frames.annotations import annotations_frame as annotations_frame
    from tasknb.frames.crowd import Aggregation as Aggregation
    from tasknb.frames.crowd import aggregate as aggregate
    from tasknb.frames.crowd import confusion as confusion
    from tasknb.frames.crowd import consensus as consensus
    from tasknb.frames.crowd import gold_agreement as gold_agreement
    from tasknb.frames.labels import labels_frame as labels_frame
    from tasknb.frames.labels import read_annotations as read_annotations
    from tasknb.frames.labels import read_assignments as read_assignments
    from tasknb.frames.progress import task_progress as task_progress
    from tasknb.frames.tables import columns as columns
    from tasknb.frames.tasks import read_tasks as read_tasks
    from tasknb.frames.tasks import tasks_frame as tasks_frame
    from tasknb.frames.work import by_worker as by_worker
    from tasknb.frames.work import handling_seconds as handling_seconds
    from tasknb.frames.work import reviewers as reviewers
    from tasknb.frames.work import workers as workers

# In which file each public name lives; no file is called like one, for an attribute can be only one of them. Loaded
# late, because `import tasknb` pays for what is loaded early.
_HOME = {
    "Aggregation": "crowd",
    "aggregate": "crowd",
    "agreement": "agree",
    "confusion": "crowd",
    "consensus": "crowd",
    "gold_agreement": "crowd",
    "kappa_matrix": "agree",
    "worker_pairs": "agree",
    "annotations_frame": "annotations",
    "by_worker": "work",
    "columns": "tables",
    "handling_seconds": "work",
    "labels_frame": "labels",
    "read_annotations": "labels",
    "read_assignments": "labels",
    "read_tasks": "tasks",
    "reviewers": "work",
    "task_progress": "progress",
    "tasks_frame": "tasks",
    "workers": "work",
}

__all__ = [*_HOME]  # noqa: PLE0604  the names of the table above


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'tasknb.frames' has no attribute {name!r}")
    value: object = getattr(import_module(f"tasknb.frames.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
