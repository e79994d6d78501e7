"""What stands behind a board: the list kept up to date, the progress of what is in sight, deletions that wait."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from tasknb.errors import ApiError, NotFoundError, TasknbError
from tasknb.messages.requests import METRIC_FIELDS, PatchTasksRequest
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.task import Task
from tasknb.widgets.board_lines import bar_of, read_rows, reviewed
from tasknb.widgets.board_list import BoardList, Query, wire
from tasknb.widgets.follow import next_pause, retry_pause

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tasknb.api import Client

UNDO_SECONDS = 8.0
LIST_SECONDS = 15.0
MEASURED_AT_ONCE = 60
REJECTED_AT_ONCE = 8
BATCH = 128


class BoardFeed:
    """The tasks of an app, for the threads that read them: the kernel's own, and the one that keeps them up to date.

    Parameters
    ----------
    client : Client
        The client of the app.
    tell : callable
        Called when something has changed that the views show.
    send : callable
        Called with a message for the views.
    """

    def __init__(self, client: Client, tell: Callable[[], None], send: Callable[[dict[str, Any]], None]) -> None:
        self.client = client
        self.lock = threading.RLock()
        self.list = BoardList(_caller(client))
        self.taken = 0.0
        self.failure: dict[str, Any] | None = None
        self._tell = tell
        self._send = send
        self._failures = 0
        self._pause = 0.0
        self._next_list = 0.0
        self._doomed: dict[str, float] = {}
        self.bars: dict[str, list[int]] = {}
        self._rejected: dict[str, tuple[int, float]] = {}

    def load(self) -> bool:
        """List all tasks anew; whether anything has changed. Long lists are asked for more rarely."""
        started = time.monotonic()
        rows = read_rows(self.client)
        ended = time.monotonic()
        with self.lock:
            self.taken, self._next_list = time.time(), ended + max(LIST_SECONDS, 10 * (ended - started))
            changed = self.list.replace(rows)
            if changed:
                self._tell()
        return changed

    def step(self, in_sight: Iterable[str], calm: float) -> float:
        """One look: delete what is due, list if it is time, measure what is in sight; seconds until the next one."""
        started, failed = time.monotonic(), self._failures > 0
        self.delete_due()
        try:
            moved = (failed or started >= self._next_list) and self.load()
            moved |= self._measure(list(in_sight)[:MEASURED_AT_ONCE])
        except Exception as error:  # noqa: BLE001  a thread that died in silence would leave a board that looks alive
            self._failed(error)
        else:
            if failed:
                self._recovered()
            pause = next_pause(self._pause, moved=moved or failed, cost=time.monotonic() - started)
            self._pause = max(calm, pause)
        with self.lock:
            due = min(self._doomed.values(), default=None)
        return self._pause if due is None else min(self._pause, max(0.0, due - time.monotonic()))

    def rows(self, query: Query, start: int, count: int, chosen: Collection[str]) -> dict[str, Any]:
        """Some rows of what a query finds, with their progress as far as it is known."""
        with self.lock:
            found = self.list.find(query)
            shown = found[start : start + count]
            return {
                "matched": len(found),
                "rows": [wire(row, selected=row.id in chosen) for row in shown],
                "bars": {row.id: self.bars[row.id] for row in shown if row.id in self.bars},
            }

    def unmeasured(self, ids: Iterable[str]) -> bool:
        """Whether the progress of one of these tasks is not known yet."""
        with self.lock:
            return any(one not in self.bars for one in ids)

    def set_status(self, ids: list[str], status: str) -> None:
        """Set the status of tasks, batch by batch, and list them anew."""
        code = StatusCode[status].value
        for start in range(0, len(ids), BATCH):
            changed = [Task(id=one, status=Status(code=code)) for one in ids[start : start + BATCH]]
            self.client.call("PatchTasks", PatchTasksRequest(tasks=changed, action="merge"))
        self.load()

    def doom(self, ids: Iterable[str]) -> None:
        """Take tasks out of the list now, and delete them in `UNDO_SECONDS`."""
        until = time.monotonic() + UNDO_SECONDS
        with self.lock:
            self._doomed.update(dict.fromkeys(ids, until))
            self.list.hide(self._doomed)
            self._tell()

    def undo(self) -> None:
        """Keep the tasks whose deletion is not done yet."""
        with self.lock:
            self._doomed.clear()
            self.list.hide(())
            self._tell()

    def doomed(self) -> tuple[int, float]:
        """How many tasks wait for their deletion, and how many seconds they have."""
        with self.lock:
            until = max(self._doomed.values(), default=0.0)
            return len(self._doomed), round(max(0.0, until - time.monotonic()), 1)

    def delete_due(self, *, everything: bool = False) -> None:
        """Delete the tasks whose time to undo is over, or all that wait; those that cannot be deleted come back."""
        now = time.monotonic()
        with self.lock:
            due = [one for one, until in self._doomed.items() if everything or until <= now]
            for one in due:
                del self._doomed[one]
        if not due:
            return
        gone = set(due)
        try:
            self.client.tasks.delete(due)
        except NotFoundError:
            gone = self._delete_one_by_one(due)
        except TasknbError as error:
            self._failed(error)
            gone = set()
        with self.lock:
            self.list.replace([row for row in self.list.rows if row.id not in gone])
            self.list.hide(self._doomed)
            self._next_list = 0.0
            self._tell()

    def _delete_one_by_one(self, ids: list[str]) -> set[str]:
        # Deleting is all or nothing, and one of them is gone already: the others still have to go.
        gone = set()
        for one in ids:
            try:
                self.client.tasks.delete(one)
            except NotFoundError:
                gone.add(one)
            except TasknbError as error:
                self._failed(error)
            else:
                gone.add(one)
        return gone

    def _measure(self, ids: list[str]) -> bool:
        """Ask for the progress of some tasks; whether any of it has changed."""
        if not ids:
            return False
        tasks = self.client.tasks.list(ids=ids, additional_fields=METRIC_FIELDS).all()
        self._count_rejected(tasks)
        bars = {task.id: bar for task in tasks if (bar := bar_of(task, self._rejected.get(task.id, (0, 0.0))[1]))}
        with self.lock:
            changed = {one: bar for one, bar in bars.items() if self.bars.get(one) != bar}
            self.bars.update(changed)
            if changed:
                self._send({"bars": changed})
        return bool(changed)

    def _count_rejected(self, tasks: Iterable[Task]) -> None:
        """Learn which share of the reviewed work was rejected, of some tasks where more has been reviewed.

        Metrics do not tell the rejected from the approved. One request a task does, so it is made for few at a time.
        """
        news = [
            (task.id, count) for task in tasks if (count := reviewed(task)) != self._rejected.get(task.id, (0, 0.0))[0]
        ]
        for task_id, count in news[:REJECTED_AT_ONCE]:
            try:
                counts = self.client.tasks.input_counts(task_id)
            except NotFoundError:  # deleted since it was listed
                continue
            denied = sum(one.review_denied for one in counts)
            self._rejected[task_id] = count, denied / max(1, denied + sum(one.success for one in counts))

    def _failed(self, error: Exception) -> None:
        with self.lock:
            self._failures += 1
            self._pause = retry_pause(self._failures)
            since = self.failure["since"] if self.failure else time.time()
            text = str(error) if isinstance(error, TasknbError) else f"{type(error).__name__}: {error}"
            self.failure = {"message": text, "since": since}
            self._tell()

    def _recovered(self) -> None:
        with self.lock:
            self._failures, self.failure = 0, None
            self._tell()


def _caller(client: Client) -> str:
    """Who looks at the board; a key that may not ask for that is taken for the app's owner's."""
    try:
        return client.users.get("me").id
    except ApiError:
        return client.user_id
