"""People who label by themselves: simulated workers who do over the API what real ones would do."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Self

from tasknb.demo.opinion import Habits
from tasknb.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tasknb.api import Client
    from tasknb.messages.task import Task, TaskAssignment

log = logging.getLogger("tasknb.demo")

_STEPS_PER_SECOND = 10  # a worker faster than this hands in several labels at a time
_BATCH = 128  # the most annotations that one request takes


def work(
    client: Client,
    task: Task | str,
    *,
    labels_per_second: float | Mapping[str, float] | None = 5.0,
    error_rate: float | Mapping[str, float] = 0.05,
    spammers: Collection[str] = (),
    seed: int = 0,
    background: bool = True,
) -> Simulation:
    """Let the workers of a task label it, each with requests of his own, until nothing is left.

    The same seed gives the same labels. Who labels what in a DYNAMIC task follows from the speeds and the seed alone.

    Parameters
    ----------
    client : Client
        A client of the embedded service.
    task : Task or str
        A task of people, or its id.
    labels_per_second : float, mapping of worker to float, or None, default 5.0
        How fast each worker is, on average; 0 for one who never begins; None for all as fast as possible. A worker that
        a mapping leaves out has the default.
    error_rate : float or mapping of worker to float, default 0.05
        The share of wrong labels, about: digits that look like another are mistaken more often than clear ones.
    spammers : collection of str, optional
        Workers who answer at random, without looking.
    seed : int, default 0
        Where chance begins.
    background : bool, default True
        Return at once, and go on in a daemon thread; otherwise return when the work is done.

    Returns
    -------
    Simulation
        To wait for, or to stop.

    Raises
    ------
    ValueError
        If a person is named who does not work on the task, or the task has no people.
    MissingExtraError
        If scikit-learn is not installed.
    """
    found = client.tasks.get(task if isinstance(task, str) else task.id)
    names = [worker.id for worker in found.worker.workers if worker.user] if found.worker else []
    if not names:
        raise ValueError(f"task {found.id} has no people among its workers, so there is nobody to simulate")
    for named in (labels_per_second, error_rate, spammers):
        _check_names(named, names)
    labelers = []
    for name in names:
        habits = Habits(name, _of(error_rate, name, 0.05), is_spammer=name in spammers, seed=seed)
        speed = None if labels_per_second is None else _of(labels_per_second, name, 5.0)
        if speed != 0:
            labelers.append(_Labeler(client.acting_as(name), found, habits, speed))
    simulation = Simulation(labelers)
    simulation.start(background=background)
    return simulation


class Simulation:
    """Workers at work. Leaving a ``with`` block stops them.

    Attributes
    ----------
    labels : int
        How many labels have been handed in so far.
    """

    def __init__(self, labelers: Sequence[_Labeler]) -> None:
        self.labels = 0
        self._labelers = labelers
        self._stopped = threading.Event()
        self._error: Exception | None = None
        # One thread for all: the order of their steps is then a matter of the seed and not of the scheduler.
        self._thread = threading.Thread(target=self._run_safely, name="tasknb-demo", daemon=True)

    def start(self, *, background: bool) -> None:
        """Begin: in a thread, or here and until the work is done."""
        if background:
            self._thread.start()
        else:
            self._run()

    @property
    def running(self) -> bool:
        """Whether the workers are still at it."""
        return self._thread.is_alive()

    def wait(self, timeout: float | None = None) -> Self:
        """Wait until the work is done or stopped.

        Parameters
        ----------
        timeout : float, optional
            The longest time in seconds.

        Raises
        ------
        TimeoutError
            If the work goes on; the workers are not stopped.
        ApiError
            If the service refused what a worker did.
        """
        if self.running:
            self._thread.join(timeout)
        if self.running:
            raise TimeoutError(f"the workers have handed in {self.labels} labels in {timeout} seconds and are not done")
        if self._error is not None:
            raise self._error
        return self

    def stop(self) -> None:
        """Send the workers home, and wait until the last one has handed in his label. What is done stays done."""
        self._stopped.set()
        if self.running:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "running" if self.running else "ended"
        return f"<Simulation of {len(self._labelers)} workers, {self.labels} labels, {state}>"

    def _run_safely(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001  whatever it is, `wait` raises it where somebody can see it
            self._error = error
            log.warning("the simulated workers stopped: %s", error)

    def _run(self) -> None:
        agenda = [(labeler.pause(1), number) for number, labeler in enumerate(self._labelers)]
        heapq.heapify(agenda)
        begin = time.monotonic()
        idle: set[int] = set()
        while len(idle) < len(agenda):
            due, number = agenda[0]
            labeler = self._labelers[number]
            if self._stopped.wait(max(0.0, begin + due - time.monotonic()) if labeler.paced else 0):
                return
            try:
                labels = labeler.step()
            except (ConflictError, NotFoundError):
                return  # the task has been closed or deleted: people would go home too
            self.labels += labels
            # Work may come back to those who have none, so they are asked again as long as anybody labels.
            idle = set() if labels else idle | {number}
            heapq.heapreplace(agenda, (due + labeler.pause(max(1, labels)), number))


class _Labeler:
    """One worker: fetches assignments, says what he sees, hands them in."""

    def __init__(self, client: Client, task: Task, habits: Habits, speed: float | None) -> None:
        self.paced = speed is not None
        self._client = client
        self._task = task
        self._habits = habits
        self._batch = _BATCH if speed is None else min(_BATCH, max(1, round(speed / _STEPS_PER_SECOND)))
        self._speed = speed or 1.0
        self._random = Random(f"{habits.seed}/{habits.worker_id}")  # noqa: S311  play, not secrets
        self._assigned: deque[TaskAssignment] = deque()

    def pause(self, labels: int) -> float:
        """Seconds that so many labels take: around the mean, for some digits take longer than others."""
        return labels / self._speed * self._random.gammavariate(4, 1 / 4)

    def step(self) -> int:
        """Label the next inputs and hand them in; how many there were."""
        if not self._assigned:
            self._assigned.extend(self._client.assignments.start(self._task.id))
        batch = [self._assigned.popleft() for _ in range(min(self._batch, len(self._assigned)))]
        if not batch:
            return 0
        inputs = [assignment.input.id for assignment in batch if assignment.input]
        self._client.annotations.create([self._habits.annotation(self._task, input_id) for input_id in inputs])
        self._client.assignments.submit(self._task.id, batch)
        return len(batch)


def _of(setting: float | Mapping[str, float], name: str, default: float) -> float:
    return setting.get(name, default) if isinstance(setting, Mapping) else setting


def _check_names(named: float | Mapping[str, float] | Collection[str] | None, names: Sequence[str]) -> None:
    strangers = set() if named is None or isinstance(named, float | int) else set(named) - set(names)
    if strangers:
        raise ValueError(f"{', '.join(sorted(strangers))} not among the task's workers: {', '.join(names)}")
