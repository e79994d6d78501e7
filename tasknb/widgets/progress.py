"""A live view of one task: how far it is, when it will be done, and who is stuck."""

from __future__ import annotations

import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import traitlets

from tasknb import look
from tasknb.errors import AuthError, InvalidRequestError, NotFoundError, TasknbError
from tasknb.messages.task import Task
from tasknb.widgets.base import Widget, script, style
from tasknb.widgets.follow import Follower, next_pause, retry_pause
from tasknb.widgets.reading import Reader
from tasknb.widgets.static_view import progress_html
from tasknb.widgets.tracker import Tracker
from tasknb.widgets.waiting import Line, reached

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from tasknb.api import Client
    from tasknb.forecast import Forecast
    from tasknb.widgets.reading import Reading

# How long `close` waits for a look that is under way, so that the client can be closed right after.
CLOSING_SECONDS = 1.0
# What looking again does not mend.
_PERMANENT = (NotFoundError, AuthError, InvalidRequestError)


class TaskProgress(Widget):
    """Follow one task.

    The view keeps itself up to date in a thread of its own, also while a cell runs: two requests each time, about
    once a second while things move and ever more rarely while they rest. It stops when the last view is closed (some
    minutes later if the whole notebook is), by `close`, and with the kernel.

    Parameters
    ----------
    client : Client
        Where the task is.
    task : Task or str
        The task or its id.
    **traits : Any
        ``layout`` and the like.

    Raises
    ------
    ApiError
        If there is no such task, or it may not be read. A server that cannot be reached just now is no error: the
        view says so and keeps trying.

    Examples
    --------
    >>> progress = tn.TaskProgress(client, task)
    >>> progress                      # at the end of a cell: the live view
    >>> progress.wait(until=0.5)      # in a script: go on when half of it is finished
    >>> progress.history              # what was seen, as a DataFrame
    """

    _esm = look.javascript() + script("progress.js")
    _css = look.css() + style("bars.css", "progress.css")

    # The browser's copy of what was seen. Its value is made when it is asked for and changes travel by message: a
    # thread that set traits would race with the kernel's own thread for ipywidgets' locks.
    _state = traitlets.Dict().tag(sync=True, to_json=lambda _value, widget: widget._snapshot())  # noqa: SLF001  its own

    def __init__(self, client: Client, task: Task | str, **traits: Any) -> None:
        self.task_id = task.id if isinstance(task, Task) else task
        self._reader = Reader(client, self.task_id)
        self._tracker = Tracker()
        self._changed = threading.Condition()
        self._error: Exception | None = None
        self._pause = 0.0
        self._waiting = 0
        self._rested = False
        self._follower = Follower(self._step, name=f"tasknb-progress-{self.task_id}")
        self._failures = 0
        self._look()
        if isinstance(self._error, _PERMANENT):
            raise self._error
        super().__init__(**traits)

    @property
    def reading(self) -> Reading | None:
        """The last look at the task; None as long as the server has never answered."""
        return self._tracker.reading

    @property
    def forecast(self) -> Forecast | None:
        """When all will be finished, as far as it can be told from what was seen; None where it cannot."""
        with self._changed:
            return self._tracker.forecast()

    @property
    def history(self) -> pd.DataFrame:
        """What was seen while this widget lives.

        Returns
        -------
        DataFrame
            One row a look at which something had changed, with ``taken`` (UTC), ``total``, one column for each status
            (``pending`` … ``rejected``, pieces of work: one worker's work on one input), and ``finished``.
        """
        with self._changed:
            points = list(self._tracker.points)
        frame: pd.DataFrame = import_module("tasknb.frames.history").history_frame(
            [(point.taken, point.total, *point.counts) for point in points]
        )
        return frame

    @property
    def running(self) -> bool:
        """Whether the view is keeping itself up to date."""
        return self._follower.running

    def refresh(self) -> Reading | None:
        """Look at the task now, and return what was seen.

        Raises
        ------
        ApiError
            If the server refuses or cannot be reached; the view says so too.
        """
        self._look()
        if self._error is not None:
            raise self._error
        return self.reading

    def wait(
        self, until: float | Callable[[Reading], bool] = 1.0, *, timeout: float | None = None, line: bool | None = None
    ) -> Reading:
        """Wait until the task is so far, or has been ended.

        Parameters
        ----------
        until : float or callable, default 1.0
            The share of the work that is finished, from 0 to 1; or a function of the `reading` that says when.
        timeout : float, optional
            Give up after so many seconds.
        line : bool, optional
            Write a line of text about the progress; when left out, only where no view is displayed.

        Returns
        -------
        Reading
            What was seen last.

        Raises
        ------
        TimeoutError
            If it took longer than `timeout`; says how far it came.
        ApiError
            If the task is gone or may no longer be read. Other failures are waited out.
        """
        goal = reached(until)
        ends = None if timeout is None else time.monotonic() + timeout
        text = Line(shown=not self._watchers.displayed if line is None else line)
        with self._changed:
            self._waiting += 1
        self._follower.start()
        self._follower.now()
        try:
            return self._wait(goal, ends, text)
        finally:
            text.end()
            with self._changed:
                self._waiting -= 1
                idle = not self._waiting and not self._watchers.displayed
            if idle:
                self._follower.stop()
            # The thread that looked does it too, but may come too late for a notebook that ends with this cell.
            self._show_last_state()

    def _wait(self, goal: Callable[[Reading], bool], ends: float | None, text: Line) -> Reading:
        with self._changed:
            while True:
                reading = self._tracker.reading
                text.show(reading, self._tracker.forecast(), self._tracker.failure)
                if reading is not None and (goal(reading) or reading.ended):
                    return reading
                if isinstance(self._error, _PERMANENT):
                    raise self._error
                left = None if ends is None else ends - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError(f"the time is up; {Line.text(reading, None, self._tracker.failure)}")
                self._changed.wait(left)

    def _end(self) -> None:
        self._follower.stop(wait=CLOSING_SECONDS)

    def static_html(self) -> str:
        """The last state as a table."""
        with self._changed:
            return progress_html(self._tracker)

    def static_text(self) -> str:
        """The task's name: it does not change from run to run."""
        reading = self.reading
        return f"TaskProgress({(reading.name if reading else '') or self.task_id!r})"

    def _ipython_display_(self) -> None:
        super()._ipython_display_()
        self._follower.start()

    def _snapshot(self) -> dict[str, Any]:
        with self._changed:
            return self._tracker.snapshot()

    def _step(self) -> float | None:
        if self._watchers.left_alone() and not self._waiting:
            return None
        started, failed = time.monotonic(), self._failures > 0
        self._look()
        if isinstance(self._error, _PERMANENT):
            return None
        if self._failures:
            return self._pause
        cost = time.monotonic() - started
        calm = 0.0 if self._waiting else self._watchers.calm()
        self._pause = max(calm, next_pause(self._pause, moved=failed or self._tracker.moved, cost=cost))
        return self._pause

    def _look(self) -> None:
        try:
            reading = self._reader.read()
        except Exception as error:  # noqa: BLE001  a thread that died in silence would leave a view that looks alive
            self._failed(error)
        else:
            with self._changed:
                self._error, self._failures = None, 0
                rested, self._rested = self._rested, reading.complete or reading.ended
                self.send(self._tracker.see(reading))
                self._changed.notify_all()
            if self._rested and not rested:
                self._settle()
            elif self._tracker.moved:
                self._show_last_state()

    def _failed(self, error: Exception) -> None:
        with self._changed:
            self._error = error
            self._failures += 1
            self._pause = retry_pause(self._failures)
            text = str(error) if isinstance(error, TasknbError) else f"{type(error).__name__}: {error}"
            now = time.time()
            retry = None if isinstance(error, _PERMANENT) else now + self._pause
            self.send(self._tracker.fail(text, now, retry))
            self._changed.notify_all()

    def _settle(self) -> None:
        if self.comm is not None:
            self._watchers.replace(self._bundle())

    def _answer_watch(self, view: str, sees: bool | None, version: int) -> dict[str, Any] | None:
        """A view says that it is there and seen (True), there and hidden (False), or gone (None).

        The answer is the whole state if the view has missed something.
        """
        appeared = self._watchers.hear(view, sees=sees)
        if not self._watchers.displayed and not self._waiting:
            self._follower.stop()
        elif not self._follower.running and not isinstance(self._error, _PERMANENT):
            self._follower.start()
        elif appeared:
            self._follower.now()
        return None if sees is None or version == self._tracker.version else self._snapshot()

    def _answer_refresh(self) -> None:
        """The reader wants to see it now."""
        self._follower.start()
        self._follower.now()
