"""People who label by themselves: simulated workers who do over the API what real ones would do."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from tasknb.demo.opinion import Habits
from tasknb.demo.people import Labeler, Person, Reviewer
from tasknb.errors import ConflictError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tasknb.api import Client
    from tasknb.messages.task import Task

log = logging.getLogger("tasknb.demo")

_SPEED = 5.0
_ERROR_RATE = 0.05


def work(
    client: Client,
    task: Task | str,
    *,
    labels_per_second: float | Mapping[str, float] | None = _SPEED,
    error_rate: float | Mapping[str, float] = _ERROR_RATE,
    spammers: Collection[str] = (),
    seed: int = 0,
    background: bool = True,
) -> Simulation:
    """Let the people of a task work, each with requests of their own, until nothing is left.

    Labelers label; where the task has reviewers, those approve what is right and reject what is wrong. The same seed
    gives the same labels. Who labels what in a DYNAMIC task follows from the speeds and the seed alone.

    Parameters
    ----------
    client : Client
        A client of the embedded service.
    task : Task or str
        A task on the demo's digits, or its id.
    labels_per_second : float, mapping of person to float, or None, default 5.0
        How fast each labels or reviews, on average; 0 for one who never begins; None for all as fast as possible. Who
        is left out of a mapping has the default.
    error_rate : float or mapping of person to float, default 0.05
        The share of wrong labels and decisions, about: digits that look like another are mistaken more often.
    spammers : collection of str, optional
        People who answer at random, without looking.
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
        If somebody is named who does not work on the task, or nobody does.
    MissingExtraError
        If scikit-learn is not installed.
    """
    found = client.tasks.get(task)
    roles = _roles(found)
    if not roles:
        raise ValueError(f"task {found.id} has no people among its workers, so there is nobody to simulate")
    for named in (labels_per_second, error_rate, spammers):
        _check_names(named, roles)
    people = []
    for name, role in roles.items():
        habits = Habits(name, _of(error_rate, name, _ERROR_RATE), is_spammer=name in spammers, seed=seed)
        speed = None if labels_per_second is None else _of(labels_per_second, name, _SPEED)
        if speed != 0:
            people.append(role(client.acting_as(name), found, habits, speed))
    simulation = Simulation(people)
    simulation.start(background=background)
    return simulation


class Simulation:
    """People at work. Leaving a ``with`` block stops them.

    Attributes
    ----------
    labels : int
        How many labels have been handed in so far.
    reviews : int
        How many of them have been approved or rejected by a reviewer so far.
    """

    def __init__(self, people: Sequence[Person]) -> None:
        self.labels = 0
        self.reviews = 0
        self._people = people
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
        """Whether anybody is still at it."""
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
            If the work goes on; nobody is stopped.
        ApiError
            If the service refused what somebody did.
        """
        if self.running:
            self._thread.join(timeout)
        if self.running:
            raise TimeoutError(f"the workers have handed in {self.labels} labels in {timeout} seconds and are not done")
        if self._error is not None:
            raise self._error
        return self

    def stop(self) -> None:
        """Send everybody home, and wait until the last one has handed in his work. What is done stays done."""
        self._stopped.set()
        if self.running:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "running" if self.running else "ended"
        done = f"{self.labels} labels" + (f", {self.reviews} reviews" if self.reviews else "")
        people = "1 person" if len(self._people) == 1 else f"{len(self._people)} people"
        return f"<Simulation of {people}, {done}, {state}>"

    def _run_safely(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001  whatever it is, `wait` raises it where somebody can see it
            self._error = error
            log.warning("the simulated people stopped: %s", error)

    def _run(self) -> None:
        # When each person does the next step, in seconds since the beginning.
        agenda = [(person.pause(1), number) for number, person in enumerate(self._people)]
        heapq.heapify(agenda)
        begin = time.monotonic()
        while agenda:
            due, number = heapq.heappop(agenda)
            person = self._people[number]
            if self._stopped.wait(max(0.0, begin + due - time.monotonic()) if person.paced else 0):
                return
            try:
                pieces = person.step()
            except (ConflictError, NotFoundError):
                return  # the task has been closed or deleted: people would go home too
            self._count(person, pieces)
            if pieces or self._may_get_work(person, agenda):
                heapq.heappush(agenda, (due + person.pause(max(1, pieces)), number))

    def _may_get_work(self, person: Person, agenda: Sequence[tuple[float, int]]) -> bool:
        """Whether somebody without work stays: a reviewer does, as long as there are labelers."""
        return isinstance(person, Reviewer) and any(isinstance(self._people[number], Labeler) for _, number in agenda)

    def _count(self, person: Person, pieces: int) -> None:
        if isinstance(person, Reviewer):
            self.reviews += pieces
        else:
            self.labels += pieces


def _roles(task: Task) -> dict[str, type[Person]]:
    """The people of a task and what they do; who labels and reviews too is a labeler here."""
    reviewers = [user.id for user in task.review.users] if task.review else []
    labelers = [worker.id for worker in task.worker.workers if worker.user] if task.worker else []
    return {**dict.fromkeys(labelers, Labeler), **{name: Reviewer for name in reviewers if name not in labelers}}


def _of(setting: float | Mapping[str, float], name: str, default: float) -> float:
    return setting.get(name, default) if isinstance(setting, Mapping) else setting


def _check_names(named: float | Mapping[str, float] | Collection[str] | None, names: Collection[str]) -> None:
    strangers = set() if named is None or isinstance(named, float | int) else set(named) - set(names)
    if strangers:
        raise ValueError(f"{', '.join(sorted(strangers))} not among the task's people: {', '.join(names)}")
