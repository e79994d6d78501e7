"""``df.tasks`` and ``df.labels``: doorways from a DataFrame to the functions of this room.

They hold nothing but the frame: pandas builds an accessor anew whenever it likes. Each method is a public function of
`tasknb.frames` with the frame as its first argument; its docstring names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tasknb import frames
from tasknb.frames.check import HOW_TO_GET, missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from matplotlib.axes import Axes

    from tasknb.api import Client
    from tasknb.frames import Aggregation

# What the functions read; a frame of tasks has more.
_NEEDED_OF_TASKS = (
    "task_id",
    "name",
    "status",
    "strategy",
    "labels_per_input",
    "workers",
    "worker_kinds",
    "weights",
    "reviewers",
    "inputs",
    "labeled",
    "estimated",
)
_NEEDED_OF_LABELS = ("task", "worker", "label")
# What tells a normalized ListTasks from any other frame: an id, and one of these.
_MARKS = {"worker.strategy", "worker.workers", "input_source.type", "inputSource.type"}


@pd.api.extensions.register_dataframe_accessor("tasks")
class TasksAccessor:
    """What a frame of tasks knows.

    Works on ``client.tasks.frame()``, on ``tasknb.frames.tasks_frame(…)`` and on ``pd.json_normalize(tasks)``.

    Raises
    ------
    AttributeError
        If the frame is none of these; the message says which columns are missing and how to get them.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        lacking = missing(frame, _NEEDED_OF_TASKS)
        self._is_raw = bool(lacking) and _is_normalized(frame)
        if lacking and not self._is_raw:
            raise AttributeError(
                f".tasks needs a frame of tasks; the columns {', '.join(lacking)} are missing. "
                "Get one by client.tasks.frame(), tasknb.frames.tasks_frame(tasks) or pandas.json_normalize(tasks)."
            )
        self._frame = frame

    def frame(self) -> pd.DataFrame:
        """The typed frame of tasks; see `tasknb.frames.tasks_frame`."""
        return frames.tasks_frame(self._frame) if self._is_raw else self._frame

    def workers(self, client: Client | None = None) -> pd.DataFrame:
        """One row a task and worker; see `tasknb.frames.workers`."""
        return frames.workers(self.frame(), client)

    def reviewers(self) -> pd.DataFrame:
        """One row a task and reviewer; see `tasknb.frames.reviewers`."""
        return frames.reviewers(self.frame())

    def assignments(self, client: Client) -> pd.DataFrame:
        """One row a task, input and worker: the frame of labels; see `tasknb.frames.read_assignments`."""
        return frames.read_assignments(self.frame(), client)

    def annotations(self, client: Client) -> pd.DataFrame:
        """One row a concept of an annotation; see `tasknb.frames.read_annotations`."""
        return frames.read_annotations(self.frame(), client)

    def progress(self) -> pd.DataFrame:
        """How far each task is; see `tasknb.frames.task_progress`."""
        return frames.task_progress(self.frame())

    @property
    def plot(self) -> TaskPlots:
        """Pictures of the tasks: ``df.tasks.plot.progress()``."""
        return TaskPlots(self.frame())


@pd.api.extensions.register_dataframe_accessor("labels")
class LabelsAccessor:
    """What a frame of labels knows: one row an input (``task``) and ``worker`` with a ``label``.

    Raises
    ------
    AttributeError
        If one of the three columns is missing; the message says which, and how to get them.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        lacking = missing(frame, _NEEDED_OF_LABELS)
        if lacking:
            raise AttributeError(f".labels needs the columns {', '.join(lacking)}; {HOW_TO_GET}.")
        self._frame = frame

    def by_worker(self, *, pause: str = "30min") -> pd.DataFrame:
        """What each worker has done; see `tasknb.frames.by_worker`."""
        return frames.by_worker(self._frame, pause=pause)

    def agreement(self, *, by: str | None = None, **options: Any) -> pd.DataFrame:
        """How well all workers agree; see `tasknb.frames.agreement`."""
        return frames.agreement(self._frame, by=by, **options)

    def worker_pairs(self, *, confidence: float = 0.95) -> pd.DataFrame:
        """Cohen's kappa of each pair of workers; see `tasknb.frames.worker_pairs`."""
        return frames.worker_pairs(self._frame, confidence=confidence)

    def kappa_matrix(self) -> pd.DataFrame:
        """Cohen's kappa as a square table; see `tasknb.frames.kappa_matrix`."""
        return frames.kappa_matrix(self._frame)

    def region_agreement(self, **options: Any) -> pd.DataFrame:
        """How well boxes and polygons of a frame of annotations agree; see `tasknb.frames.region_agreement`."""
        return frames.region_agreement(self._frame, **options)

    def aggregate(self, method: str = "dawid_skene", **options: Any) -> Aggregation:
        """One label an input, and how far each worker can be trusted; see `tasknb.frames.aggregate`."""
        return frames.aggregate(self._frame, method, **options)

    def consensus(self, method: str = "majority", **options: Any) -> pd.DataFrame:
        """One label an input; see `tasknb.frames.consensus`."""
        found: pd.DataFrame = frames.consensus(self._frame, method, **options)
        return found

    def gold_agreement(self, truth: Mapping[str, str] | pd.Series[Any], *, confidence: float = 0.95) -> pd.DataFrame:
        """How often each worker is right; see `tasknb.frames.gold_agreement`."""
        return frames.gold_agreement(self._frame, truth, confidence=confidence)

    def confusion(self, truth: Mapping[str, str] | pd.Series[Any] | None = None) -> pd.DataFrame:
        """What workers say of inputs whose truth is known; see `tasknb.frames.confusion`."""
        return frames.confusion(self._frame, truth)

    def progress(self, by: str = "task_id") -> pd.DataFrame:
        """How many assignments are in which state; see `tasknb.frames.progress`."""
        return frames.progress(self._frame, by)

    def label_counts(self) -> pd.DataFrame:
        """How often each worker said each label; see `tasknb.frames.label_counts`."""
        return frames.label_counts(self._frame)

    def throughput(self, freq: str = "h", *, by: str | None = None) -> pd.DataFrame | pd.Series[int]:
        """Labels handed in, period by period; see `tasknb.frames.throughput`."""
        return frames.throughput(self._frame, freq, by=by)

    def forecast(self, **options: Any) -> pd.DataFrame:
        """When the pending labels will be handed in; see `tasknb.frames.forecast`."""
        return frames.forecast(self._frame, **options)

    def stalled_workers(self, **options: Any) -> pd.DataFrame:
        """Who has pending work and is silent; see `tasknb.frames.stalled_workers`."""
        return frames.stalled_workers(self._frame, **options)

    def disagreements(self, method: str = "majority") -> pd.DataFrame:
        """Inputs whose labels differ; see `tasknb.frames.disagreements`."""
        return frames.disagreements(self._frame, method)

    def what_if(self, **settings: Any) -> pd.DataFrame:
        """What other consensus settings would have approved; see `tasknb.frames.what_if`."""
        return frames.what_if(self._frame, **settings)

    def next_inputs(self, n: int = 20, *, method: str = "one_coin") -> pd.DataFrame:
        """Where one more label helps most; see `tasknb.frames.next_inputs`."""
        return frames.next_inputs(self._frame, n, method=method)

    def rebalance(self, **options: Any) -> pd.DataFrame:
        """To whom open work of stalled workers should pass; see `tasknb.frames.rebalance`."""
        return frames.rebalance(self._frame, **options)

    def to_crowdkit(self) -> pd.DataFrame:
        """The three columns that crowd-kit reads; see `tasknb.frames.to_crowdkit`."""
        return frames.to_crowdkit(self._frame)

    def to_cleanlab(self) -> tuple[pd.DataFrame, list[str]]:
        """What ``cleanlab.multiannotator`` reads; see `tasknb.frames.to_cleanlab`."""
        return frames.to_cleanlab(self._frame)

    def to_coco(self, sizes: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
        """Boxes and polygons of a frame of annotations as a COCO dataset; see `tasknb.frames.to_coco`."""
        return frames.to_coco(self._frame, sizes)

    def to_columns(self) -> dict[str, list[Any]]:
        """A dict of columns for Hugging Face datasets; see `tasknb.frames.to_columns`."""
        return frames.to_columns(self._frame)

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write the labels as CSV; see `tasknb.frames.to_csv`."""
        frames.to_csv(self._frame, path)

    @property
    def plot(self) -> LabelPlots:
        """Pictures of the labels: ``labels.labels.plot.burn_up()`` …."""
        return LabelPlots(self._frame)


class TaskPlots:
    """Pictures of a frame of tasks; each is a function ``tasknb.frames.plot_…`` and returns matplotlib's Axes."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def progress(self, **options: Any) -> Axes:
        """How far each task is; see `tasknb.frames.plot_tasks`."""
        return frames.plot_tasks(self._frame, **options)


class LabelPlots:
    """Pictures of a frame of labels; each is a function ``tasknb.frames.plot_…`` and returns matplotlib's Axes."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def workers(self, **options: Any) -> Axes:
        """Each worker's assignments by status; see `tasknb.frames.plot_workers`."""
        return frames.plot_workers(self._frame, **options)

    def burn_up(self, **options: Any) -> Axes:
        """Labels handed in, and the forecast of the end; see `tasknb.frames.plot_burn_up`."""
        return frames.plot_burn_up(self._frame, **options)

    def throughput(self, freq: str = "h", **options: Any) -> Axes:
        """Labels handed in, period by period; see `tasknb.frames.plot_throughput`."""
        return frames.plot_throughput(self._frame, freq, **options)

    def agreement(self, **options: Any) -> Axes:
        """Cohen's kappa of each pair of workers; see `tasknb.frames.plot_agreement`."""
        return frames.plot_agreement(self._frame, **options)

    def confusion(self, truth: Mapping[str, str] | pd.Series[Any] | None = None, **options: Any) -> Axes:
        """What is said of inputs whose truth is known; see `tasknb.frames.plot_confusion`."""
        return frames.plot_confusion(self._frame, truth, **options)

    def disagreements(self, n: int = 30, **options: Any) -> Axes:
        """The most contested inputs; see `tasknb.frames.plot_disagreements`."""
        return frames.plot_disagreements(self._frame, n, **options)


def _is_normalized(frame: pd.DataFrame) -> bool:
    names = {str(column) for column in frame.columns}
    return "id" in names and bool(names & _MARKS)
