"""All tasks of an app at a glance, and what is done to many of them at once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import traitlets

from tasknb import look
from tasknb.errors import TasknbError
from tasknb.messages.requests import ListTasksRequest
from tasknb.messages.task import Task
from tasknb.widgets.base import Widget, script, style
from tasknb.widgets.board_feed import BATCH, BoardFeed
from tasknb.widgets.board_list import Query
from tasknb.widgets.board_static import board_html
from tasknb.widgets.follow import Follower
from tasknb.widgets.form import TaskForm
from tasknb.widgets.progress import CLOSING_SECONDS, TaskProgress

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from tasknb.api import Client

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
        The form that is open in place: for a new task, or filled in as another one is.

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
        self._version = 0
        self._feed = BoardFeed(client, self._tell, self.send)
        self._in_sight: dict[str, list[str]] = {}
        self._follower = Follower(self._step, name="tasknb-board")
        self.progress: TaskProgress | None = None
        self.form: TaskForm | None = None
        self._feed.load()
        super().__init__(**traits)

    @property
    def selection(self) -> pd.DataFrame:
        """The selected tasks, as they are now.

        Returns
        -------
        DataFrame
            One row a task, newest first, with the columns of ``tasknb.frames.columns("tasks")``.
        """
        ids = list(self.selected)
        batches = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        pages = [page for some in batches for page in self._client.pages("ListTasks", ListTasksRequest(ids=some))]
        frame: pd.DataFrame = import_module("tasknb.frames.tasks").tasks_frame(pages)
        return frame

    @property
    def running(self) -> bool:
        """Whether the board is keeping itself up to date."""
        return self._follower.running

    def refresh(self) -> None:
        """List the tasks anew.

        Raises
        ------
        ApiError
            If they cannot be listed.
        """
        self._feed.load()

    def set_status(self, tasks: Iterable[str], status: str) -> None:
        """Set the status of tasks by id: ``TASK_IN_PROGRESS``, ``TASK_DONE`` or ``TASK_WONT_DO``."""
        self._feed.set_status(list(tasks), status)

    def delete(self, tasks: Iterable[str]) -> None:
        """Delete tasks by id: they leave the board at once, and the app some seconds later unless `undo` is called."""
        ids = set(tasks)
        self._feed.doom(ids)
        self.selected = tuple(one for one in self.selected if one not in ids)
        self._follower.start()
        self._follower.now()

    def undo(self) -> None:
        """Keep the tasks whose deletion is not done yet."""
        self._feed.undo()

    def duplicate(self, task_id: str) -> TaskForm:
        """A form filled in as a task is; what it creates is a task of its own."""
        source = self._client.tasks.get(task_id)
        copy = Task(**{name: getattr(source, name) for name in _COPIED})
        copy.name = f"Copy of {source.name}" if source.name else ""
        return self._open_form(copy)

    def _end(self) -> None:
        """Do what is still to be done, and stop following."""
        self._follower.stop(wait=CLOSING_SECONDS)
        self._feed.delete_due(everything=True)
        self._close_panel()

    def static_html(self) -> str:
        """The newest tasks as a table."""
        with self._feed.lock:
            return board_html(self._client.app_id, self._feed.list, self._feed.bars, self._feed.taken)

    def static_text(self) -> str:
        """``TaskBoard('digits')``, with the app's id."""
        return f"TaskBoard({self._client.app_id!r})"

    def _ipython_display_(self) -> None:
        super()._ipython_display_()
        self._follower.start()

    def _step(self) -> float | None:
        is_alone = self._watchers.left_alone() or not self._watchers.displayed
        if is_alone and not self._feed.doomed()[0]:
            return None
        views = list(self._in_sight.values())
        in_sight = dict.fromkeys(one for ids in views for one in ids)
        return self._feed.step(in_sight, self._watchers.calm())

    def _tell(self) -> None:
        """Let the views know that what they show is old."""
        with self._feed.lock:
            self._version += 1
            self.send({"head": self._summary()})
            self._show_last_state()

    @traitlets.observe("selected")
    def _on_selected(self, _change: Any) -> None:
        self._tell()

    def _summary(self) -> dict[str, Any]:
        feed = self._feed
        with feed.lock:
            return {
                "version": self._version,
                "total": feed.list.size,
                "states": feed.list.states(),
                "selected": len(self.selected),
                "doomed": feed.doomed(),
                "failure": feed.failure,
                "taken": round(feed.taken, 1),
            }

    # --- what the browser asks -------------------------------------------------------------------------------------

    def _answer_watch(self, view: str, sees: bool | None, ids: list[str]) -> dict[str, Any] | None:
        """A view says whether it is seen (None: it has gone), and which tasks are in its sight."""
        appeared = self._watchers.hear(view, sees=sees)
        self._in_sight.pop(view, None)
        if sees:
            self._in_sight[view] = ids
        if not self._watchers.displayed:
            self._follower.stop()
            self._feed.delete_due(everything=True)
            return None
        if not self._follower.running:
            self._follower.start()
        elif appeared or (sees and self._feed.unmeasured(ids)):
            self._follower.now()
        return self._summary()

    def _answer_rows(self, query: dict[str, Any], start: int, count: int) -> dict[str, Any]:
        return self._feed.rows(Query.of(query), start, count, set(self.selected))

    def _answer_select(self, ids: list[str], on: bool, only: bool = False) -> None:
        """Select tasks or take them out; `only` drops the rest."""
        chosen = {} if only else dict.fromkeys(self.selected)
        for one in ids:
            if on:
                chosen[one] = None
            else:
                chosen.pop(one, None)
        self.selected = tuple(chosen)

    def _answer_select_all(self, query: dict[str, Any]) -> None:
        """Select whatever a query finds."""
        with self._feed.lock:
            self.selected = tuple(row.id for row in self._feed.list.find(Query.of(query)))

    def _answer_act(self, action: str) -> None:
        """Do something to the selected tasks, or to the board."""
        match action:
            case "done":
                self.set_status(self.selected, "TASK_DONE")
            case "reopen":
                self.set_status(self.selected, "TASK_IN_PROGRESS")
            case "delete":
                self.delete(self.selected)
            case "undo":
                self.undo()
            case "refresh":
                self.refresh()
            case _:
                raise TasknbError(f"A board has no action {action!r}.")

    def _answer_open(self, task_id: str) -> str:
        """Open a task's progress; the answer is the id of its widget, which the view shows in place."""
        self._close_panel()
        self.progress = TaskProgress(self._client, task_id)
        return str(self.progress.model_id)

    def _answer_form(self, copy: bool) -> str:
        """Open a form: for a new task, or a copy of the selected one; the answer is the id of its widget."""
        form = self.duplicate(self.selected[0]) if copy and self.selected else self._open_form(None)
        return str(form.model_id)

    def _answer_shut(self) -> None:
        """Close what is open in place."""
        self._close_panel()

    def _open_form(self, draft: Task | None) -> TaskForm:
        self._close_panel()
        self.form = TaskForm(self._client)
        if draft is not None:
            self.form.draft = draft
        self.form.observe(lambda _change: self._feed.load(), "task")
        return self.form

    def _close_panel(self) -> None:
        for panel in (self.progress, self.form):
            if panel is not None:
                panel.close()
        self.progress = self.form = None
