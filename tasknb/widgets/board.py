"""All tasks of an app at a glance, and what is done to many of them at once."""

from __future__ import annotations

import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import traitlets

from tasknb import look
from tasknb.errors import ApiError, AuthError, InvalidRequestError, NotFoundError, TasknbError
from tasknb.messages.requests import METRIC_FIELDS, PatchTasksRequest
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.task import Task
from tasknb.widgets.base import Widget, script, style
from tasknb.widgets.board_list import BoardList, Query, bar_of
from tasknb.widgets.board_static import board_html
from tasknb.widgets.follow import Follower, next_pause, retry_pause
from tasknb.widgets.form import TaskForm
from tasknb.widgets.progress import CLOSING_SECONDS, TaskProgress
from tasknb.widgets.watchers import Watchers

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from tasknb.api import Client

UNDO_SECONDS = 8.0
LIST_SECONDS = 15.0
MOST_MEASURED = 60
BATCH = 128


class TaskBoard(Widget):
    """All tasks of an app, one line each.

    The list can be filtered, searched and sorted; a task's progress opens in place; tasks are marked as done,
    reopened, duplicated into a form, and deleted with some seconds to undo it. Only the rows in sight travel to the
    browser and only their progress is asked for, so that ten thousand tasks scroll smoothly.

    Parameters
    ----------
    client : Client
        The client of the app.
    **traits : Any
        ``layout`` and the like.

    Attributes
    ----------
    selected : tuple of str
        The ids of the selected tasks; observable, and can be set.
    progress : TaskProgress or None
        The progress that is open in place.
    form : TaskForm or None
        The form that is open in place: a new task, or the copy of one.

    Raises
    ------
    ApiError
        If the tasks cannot be listed.

    Examples
    --------
    >>> board = tn.TaskBoard(client)
    >>> board                         # at the end of a cell: the live board
    >>> board.selection               # the selected tasks, as a DataFrame
    """

    _esm = look.javascript() + script("board.js")
    _css = look.css() + style("bars.css", "board.css")

    selected = traitlets.Tuple()
    # Made when it is asked for, as the state of TaskProgress is.
    _head = traitlets.Dict().tag(sync=True, to_json=lambda _value, widget: widget._summary())  # noqa: SLF001  its own

    def __init__(self, client: Client, **traits: Any) -> None:
        self._client = client
        self._lock = threading.RLock()
        self._list = BoardList(_caller(client))
        self._version = 0
        self._taken = self._listed = 0.0
        self._failure: dict[str, Any] | None = None
        self._failures = 0
        self._pause = 0.0
        self._doomed: dict[str, float] = {}
        self._in_sight: dict[str, list[str]] = {}
        self._bars: dict[str, list[int]] = {}
        self._watchers = Watchers()
        self._follower = Follower(self._step, name="tasknb-board")
        self.progress: TaskProgress | None = None
        self.form: TaskForm | None = None
        self._load()
        super().__init__(**traits)

    @property
    def selection(self) -> pd.DataFrame:
        """The selected tasks.

        Returns
        -------
        DataFrame
            One row a task, with the columns of ``tasknb.frames.columns("tasks")``.
        """
        with self._lock:
            chosen = set(self.selected)
            tasks = [row.task for row in self._list.rows if row.id in chosen]
        frame: pd.DataFrame = import_module("tasknb.frames.tasks").tasks_frame(tasks)
        return frame

    def refresh(self) -> None:
        """List the tasks anew.

        Raises
        ------
        ApiError
            If they cannot be listed.
        """
        self._load()

    def delete(self, tasks: Collection[str]) -> None:
        """Delete tasks by id, `UNDO_SECONDS` from now; they leave the board at once."""
        until = time.monotonic() + UNDO_SECONDS
        with self._lock:
            self._doomed.update(dict.fromkeys(tasks, until))
            self._list.hide(self._doomed)
            self.selected = tuple(one for one in self.selected if one not in self._doomed)
            self._tell()
        self._follower.start()
        self._follower.now()

    def undo(self) -> None:
        """Keep the tasks whose deletion is not done yet."""
        with self._lock:
            self._doomed.clear()
            self._list.hide(())
            self._tell()

    def set_status(self, tasks: Collection[str], status: str) -> None:
        """Set the status of tasks by id: ``TASK_IN_PROGRESS``, ``TASK_DONE`` or ``TASK_WONT_DO``."""
        ids, code = list(tasks), StatusCode[status].value
        for start in range(0, len(ids), BATCH):
            changed = [Task(id=one, status=Status(code=code)) for one in ids[start : start + BATCH]]
            self._client.call("PatchTasks", PatchTasksRequest(tasks=changed, action="merge"))
        self._load()

    def duplicate(self, task_id: str) -> TaskForm:
        """A form filled in as the task is; what it creates is a task of its own."""
        source = self._client.tasks.get(task_id)
        copy = Task(**{name: getattr(source, name) for name in _COPIED})
        copy.name = f"Copy of {source.name}" if source.name else ""
        return self._open_form(copy)

    def close(self) -> None:
        """Do what is still to be done, stop following, and leave the list behind as a table."""
        if "_follower" in vars(self) and self.comm is not None and not sys.is_finalizing():
            self._follower.stop(wait=CLOSING_SECONDS)
            self._delete_due(everything=True)
            self._close_panel()
            self._watchers.replace({"text/plain": self.static_text(), "text/html": self.static_html()})
        super().close()

    def static_html(self) -> str:
        """The newest tasks as a table."""
        with self._lock:
            return board_html(self._client.app_id, self._list, self._taken)

    def static_text(self) -> str:
        """``TaskBoard('digits')``, with the app's id."""
        return f"TaskBoard({self._client.app_id!r})"

    def _ipython_display_(self) -> None:
        bundle = self._repr_mimebundle_()
        self._watchers.display(bundle[0] if bundle else {"text/plain": self.static_text()})
        self._follower.start()

    # --- following -------------------------------------------------------------------------------------------------

    def _step(self) -> float | None:
        started, failed = time.monotonic(), self._failures > 0
        self._delete_due()
        try:
            moved = started - self._listed >= LIST_SECONDS and self._load()
            moved |= self._measure()
        except Exception as error:  # noqa: BLE001  a thread that died in silence would leave a board that looks alive
            self._failed(error)
        else:
            with self._lock:
                if failed:
                    self._failures, self._failure = 0, None
                    self._tell()
            pause = next_pause(self._pause, moved=moved or failed, cost=time.monotonic() - started)
            self._pause = max(self._watchers.calm(), pause)
        with self._lock:
            due = min(self._doomed.values(), default=None)
        return self._pause if due is None else min(self._pause, max(0.0, due - time.monotonic()))

    def _load(self) -> bool:
        tasks = self._client.tasks.list().all()
        with self._lock:
            self._taken, self._listed = time.time(), time.monotonic()
            changed = self._list.replace(tasks)
            if changed:
                self._tell()
        return changed

    def _measure(self) -> bool:
        """Ask for the progress of the tasks in sight; whether any of it has changed."""
        with self._lock:
            ids = list(dict.fromkeys(one for seen in self._in_sight.values() for one in seen))[:MOST_MEASURED]
        if not ids:
            return False
        tasks = self._client.tasks.list(ids=ids, additional_fields=METRIC_FIELDS).all()
        bars = {task.id: bar for task in tasks if (bar := bar_of(task))}
        with self._lock:
            changed = {one: bar for one, bar in bars.items() if self._bars.get(one) != bar}
            self._bars.update(changed)
            if changed:
                self.send({"bars": changed})
        return bool(changed)

    def _delete_due(self, *, everything: bool = False) -> None:
        now = time.monotonic()
        with self._lock:
            due = [one for one, until in self._doomed.items() if everything or until <= now]
            for one in due:
                del self._doomed[one]
        if not due:
            return
        try:
            self._client.tasks.delete(due)
        except NotFoundError:
            pass  # somebody else was faster; the list says what is left
        except TasknbError as error:
            self._failed(error)
        else:
            with self._lock:
                self._list.replace([row.task for row in self._list.rows if row.id not in due])
        with self._lock:
            self._listed = 0.0
            self._list.hide(self._doomed)
            self._tell()

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._failures += 1
            self._pause = retry_pause(self._failures)
            since = self._failure["since"] if self._failure else time.time()
            text = str(error) if isinstance(error, TasknbError) else f"{type(error).__name__}: {error}"
            lasting = isinstance(error, (AuthError, InvalidRequestError))
            self._failure = {"message": text, "since": since, "lasting": lasting}
            self._tell()

    def _tell(self) -> None:
        """Let the views know that what they show is old."""
        self._version += 1
        self.send({"head": self._summary()})

    def _summary(self) -> dict[str, Any]:
        with self._lock:
            until = max(self._doomed.values(), default=0.0)
            return {
                "version": self._version,
                "app": self._client.app_id,
                "total": self._list.size,
                "states": self._list.states(),
                "selected": len(self.selected),
                "doomed": [len(self._doomed), round(max(0.0, until - time.monotonic()), 1)],
                "failure": self._failure,
                "taken": round(self._taken, 1),
            }

    # --- what the browser asks -------------------------------------------------------------------------------------

    def _answer_watch(self, view: str, sees: bool | None, ids: list[str]) -> None:
        """A view says whether it is seen (None: it has gone), and which tasks are in its sight."""
        appeared = self._watchers.hear(view, sees=sees)
        with self._lock:
            fresh = sees and set(ids) - set(self._bars)
            self._in_sight.pop(view, None)
            if sees:
                self._in_sight[view] = ids
        if not self._watchers.displayed:
            self._follower.stop()
            self._delete_due(everything=True)
        elif not self._follower.running:
            self._follower.start()
        elif appeared or fresh:
            self._follower.now()

    def _answer_rows(self, query: dict[str, Any], start: int, count: int) -> dict[str, Any]:
        with self._lock:
            found = self._list.find(Query.of(query))
            chosen = set(self.selected)
            shown = found[start : start + count]
            rows = [row.wire(selected=row.id in chosen) for row in shown]
            bars = {row.id: self._bars[row.id] for row in shown if row.id in self._bars}
            return {"version": self._version, "matched": len(found), "start": start, "rows": rows, "bars": bars}

    def _answer_select(
        self, ids: list[str] | None, on: bool, query: dict[str, Any] | None = None, only: bool = False
    ) -> None:
        """Select tasks or take them out: some by id, or (`ids` None) all that a query finds; `only` drops the rest."""
        with self._lock:
            if ids is None:
                ids = [row.id for row in self._list.find(Query.of(query or {}))]
            chosen = {} if only else dict.fromkeys(self.selected)
            for one in ids:
                if on:
                    chosen[one] = None
                else:
                    chosen.pop(one, None)
            self.selected = tuple(chosen)

    def _answer_chosen(self) -> list[str]:
        """The ids of the selected tasks."""
        return list(self.selected)

    @traitlets.observe("selected")
    def _on_selected(self, _change: Any) -> None:
        self._tell()

    def _answer_act(self, action: str, ids: list[str] | None = None) -> None:
        """Do something to tasks: to those that are named, else to the selected ones."""
        chosen = list(self.selected) if ids is None else ids
        match action:
            case "done":
                self.set_status(chosen, "TASK_DONE")
            case "reopen":
                self.set_status(chosen, "TASK_IN_PROGRESS")
            case "delete":
                self.delete(chosen)
            case "undo":
                self.undo()
            case "refresh":
                self.refresh()
            case _:
                raise TasknbError(f"A board cannot {action} tasks.")

    def _answer_open(self, task_id: str) -> str:
        """Open a task's progress; the answer is the id of its widget, which the view shows in place."""
        self._close_panel()
        self.progress = TaskProgress(self._client, task_id)
        return str(self.progress.model_id)

    def _answer_form(self, task_id: str = "") -> str:
        """Open a form: for a new task, or filled in as a task is; the answer is the id of its widget."""
        form = self.duplicate(task_id) if task_id else self._open_form(None)
        return str(form.model_id)

    def _answer_shut(self) -> None:
        """Close what is open in place."""
        self._close_panel()

    def _open_form(self, draft: Task | None) -> TaskForm:
        self._close_panel()
        self.form = TaskForm(self._client)
        if draft is not None:
            self.form.draft = draft
        self.form.observe(lambda _change: self._load(), "task")
        return self.form

    def _close_panel(self) -> None:
        for panel in (self.progress, self.form):
            if panel is not None:
                panel.close()
        self.progress = self.form = None


def _caller(client: Client) -> str:
    """Who looks at the board; a key that may not ask for that is taken for the app's owner's."""
    try:
        return client.users.get("me").id
    except ApiError:
        return client.user_id


# What a copy takes over; the rest is the server's or belongs to one task only.
_COPIED = (
    "type",
    "description",
    "worker",
    "input_source",
    "sample_ms",
    "ai_assistant",
    "review",
    "ai_assist_params",
    "visibility",
    "concepts",
    "delete_previous_annotations",
    "priority",
    "metadata",
)
