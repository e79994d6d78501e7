"""The list behind a board: rows made of tasks, filtered and sorted; pure, and fast enough for ten thousand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasknb import look
from tasknb.messages.enums import ReviewStrategy
from tasknb.messages.status import StatusCode
from tasknb.widgets.reading import ENDED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tasknb.messages.task import Task

SORTED_BY = ("name", "type", "status", "strategy", "review", "workers", "created")


@dataclass(frozen=True, slots=True)
class Row:
    """One task as the board shows and finds it."""

    task: Task
    id: str
    name: str
    type: str
    status: str
    state: str
    strategy: str
    review: str
    people: tuple[str, ...]
    reviewers: tuple[str, ...]
    created: float
    text: str

    @property
    def workers(self) -> int:
        """How many label."""
        return len(self.people)

    @property
    def ended(self) -> bool:
        """Whether somebody has ended it."""
        return self.state in ENDED

    def wire(self, *, selected: bool) -> list[Any]:
        """What the browser gets of it."""
        people = ", ".join(self.people[:20]) + (" …" if len(self.people) > 20 else "")
        facts = [self.type, self.status, self.strategy, self.review, self.workers, people, round(self.created)]
        return [self.id, self.name, *facts, self.ended, selected]


@dataclass(frozen=True, slots=True)
class Query:
    """What of the list to show, and in which order.

    Attributes
    ----------
    text : str
        Part of a name, an id or a worker's id, in any case; all words must be found.
    states : tuple of str
        The task's statuses by their API names; all when empty.
    mine : {"", "label", "review"}
        Only what the caller has to label or to review: tasks that are not ended and name him.
    sort : str
        One of `SORTED_BY`.
    down : bool
        Whether the largest comes first.
    """

    text: str = ""
    states: tuple[str, ...] = ()
    mine: str = ""
    sort: str = "created"
    down: bool = True

    @classmethod
    def of(cls, wire: dict[str, Any]) -> Query:
        """The query that the browser asks for; what it does not know is left at its default."""
        sort = wire.get("sort")
        return cls(
            text=str(wire.get("text", "")).strip().casefold(),
            states=tuple(wire.get("states", ())),
            mine=str(wire.get("mine", "")),
            sort=sort if sort in SORTED_BY else "created",
            down=bool(wire.get("down", True)),
        )


@dataclass
class BoardList:
    """The tasks of an app, newest first.

    Parameters
    ----------
    me : str
        The user id of whoever looks at the board.
    """

    me: str = ""
    rows: list[Row] = field(default_factory=list)
    _found: dict[Query, list[Row]] = field(default_factory=dict)
    _hidden: frozenset[str] = frozenset()

    def replace(self, tasks: Iterable[Task]) -> bool:
        """Take the tasks as they are now; whether anything that shows has changed."""
        known = {row.id: row for row in self.rows}
        rows = []
        for task in tasks:
            before = known.get(task.id)
            rows.append(before if before is not None and before.task == task else row_of(task))
        changed = rows != self.rows
        if changed:
            self.rows = rows
            self._found.clear()
        return changed

    def hide(self, ids: Collection[str]) -> None:
        """Leave out these tasks, until it is called again."""
        self._hidden = frozenset(ids)
        self._found.clear()

    def find(self, query: Query) -> Sequence[Row]:
        """The rows that the query is about, in its order."""
        if query not in self._found:
            if len(self._found) > 20:
                self._found.clear()
            rows = [row for row in self.rows if self._matches(row, query)]
            rows.sort(key=lambda row: _key(row, query.sort), reverse=query.down)
            self._found[query] = rows
        return self._found[query]

    def states(self) -> list[tuple[str, str, int]]:
        """Name, label and number of tasks of each status that occurs, in the order of the API's codes."""
        counted: dict[str, int] = {}
        for row in self.rows:
            if row.id not in self._hidden:
                counted[row.state] = counted.get(row.state, 0) + 1
        known = [code.name for code in StatusCode if code.name in counted]
        return [(name, look.label(name), counted[name]) for name in known]

    @property
    def size(self) -> int:
        """How many tasks there are."""
        return len(self.rows) - len(self._hidden & {row.id for row in self.rows})

    def _matches(self, row: Row, query: Query) -> bool:
        if row.id in self._hidden or (query.states and row.state not in query.states):
            return False
        if query.mine and (row.ended or self.me not in (row.people if query.mine == "label" else row.reviewers)):
            return False
        return all(word in row.text for word in query.text.split())


def row_of(task: Task) -> Row:
    """The row of one task."""
    people = tuple(worker.id for worker in task.worker.workers) if task.worker else ()
    reviewers = tuple(user.id for user in task.review.users) if task.review else ()
    state = _state(task)
    return Row(
        task=task,
        id=task.id,
        name=task.name or task.id,
        type="Automatic" if task.is_automatic else look.label(str(task.type)),
        status=look.label(state),
        state=state,
        strategy=look.label(str(task.worker.strategy)) if task.worker else "",
        review=look.label(str(task.review.strategy)) if task.review else look.label("NONE"),
        people=people,
        reviewers=reviewers,
        created=task.created_at.timestamp() if task.created_at else 0.0,
        text=" ".join((task.name, task.id, *people)).casefold(),
    )


def bar_of(task: Task) -> list[int]:
    """The inputs of a task in each counted status, as its metrics estimate them; empty without metrics."""
    metrics = task.metrics
    if metrics is None or metrics.input_source is None or metrics.work is None or metrics.review is None:
        return []
    total = metrics.input_source.inputs_count_estimated
    reviewed = min(metrics.review.inputs_count_estimated, total)
    labeled = min(max(metrics.work.inputs_count_estimated, reviewed), total)
    waiting = labeled - reviewed
    consensus = task.review is not None and task.review.strategy is ReviewStrategy.CONSENSUS
    return [total - labeled, 0 if consensus else waiting, waiting if consensus else 0, reviewed, 0]


def _state(task: Task) -> str:
    code = task.status.code if task.status else 0
    return StatusCode(code).name if code in set(StatusCode) else ""


def _key(row: Row, sort: str) -> Any:
    # Sorting is stable: among equals the server's order stays, newest first.
    value = getattr(row, sort)
    return value.casefold() if isinstance(value, str) else value
