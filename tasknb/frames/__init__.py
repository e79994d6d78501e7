"""pandas: messages to DataFrames, and what there is to know from them.

Names are loaded when they are first used; the accessors ``df.tasks`` and ``df.labels`` are registered by
`tasknb.frames.accessors`, which ``import tasknb`` loads.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasknb.frames.advice import next_inputs as next_inputs
    from tasknb.frames.advice import rebalance as rebalance
    from tasknb.frames.agree import agreement as agreement
    from tasknb.frames.agree import kappa_matrix as kappa_matrix
    from tasknb.frames.agree import worker_pairs as worker_pairs
    from tasknb.frames.annotations import annotations_frame as annotations_frame
    from tasknb.frames.counts import label_counts as label_counts
    from tasknb.frames.counts import progress as progress
    from tasknb.frames.counts import task_progress as task_progress
    from tasknb.frames.counts import throughput as throughput
    from tasknb.frames.crowd import Aggregation as Aggregation
    from tasknb.frames.crowd import aggregate as aggregate
    from tasknb.frames.crowd import confusion as confusion
    from tasknb.frames.crowd import consensus as consensus
    from tasknb.frames.crowd import gold_agreement as gold_agreement
    from tasknb.frames.handover import to_cleanlab as to_cleanlab
    from tasknb.frames.handover import to_coco as to_coco
    from tasknb.frames.handover import to_columns as to_columns
    from tasknb.frames.handover import to_crowdkit as to_crowdkit
    from tasknb.frames.handover import to_csv as to_csv
    from tasknb.frames.labels import labels_frame as labels_frame
    from tasknb.frames.labels import read_annotations as read_annotations
    from tasknb.frames.labels import read_assignments as read_assignments
    from tasknb.frames.look_at import disagreements as disagreements
    from tasknb.frames.look_at import what_if as what_if
    from tasknb.frames.pace import forecast as forecast
    from tasknb.frames.pace import stalled_workers as stalled_workers
    from tasknb.frames.plots import plot_agreement as plot_agreement
    from tasknb.frames.plots import plot_burn_up as plot_burn_up
    from tasknb.frames.plots import plot_confusion as plot_confusion
    from tasknb.frames.plots import plot_disagreements as plot_disagreements
    from tasknb.frames.plots import plot_tasks as plot_tasks
    from tasknb.frames.plots import plot_throughput as plot_throughput
    from tasknb.frames.plots import plot_workers as plot_workers
    from tasknb.frames.regions import region_agreement as region_agreement
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
    "aggregate": "crowd",
    "Aggregation": "crowd",
    "agreement": "agree",
    "annotations_frame": "annotations",
    "by_worker": "work",
    "columns": "tables",
    "confusion": "crowd",
    "consensus": "crowd",
    "disagreements": "look_at",
    "forecast": "pace",
    "gold_agreement": "crowd",
    "handling_seconds": "work",
    "label_counts": "counts",
    "kappa_matrix": "agree",
    "labels_frame": "labels",
    "next_inputs": "advice",
    "plot_agreement": "plots",
    "plot_burn_up": "plots",
    "plot_confusion": "plots",
    "plot_disagreements": "plots",
    "plot_tasks": "plots",
    "plot_throughput": "plots",
    "plot_workers": "plots",
    "progress": "counts",
    "read_annotations": "labels",
    "read_assignments": "labels",
    "read_tasks": "tasks",
    "rebalance": "advice",
    "region_agreement": "regions",
    "reviewers": "work",
    "stalled_workers": "pace",
    "task_progress": "counts",
    "tasks_frame": "tasks",
    "throughput": "counts",
    "to_cleanlab": "handover",
    "to_coco": "handover",
    "to_columns": "handover",
    "to_crowdkit": "handover",
    "to_csv": "handover",
    "what_if": "look_at",
    "worker_pairs": "agree",
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
