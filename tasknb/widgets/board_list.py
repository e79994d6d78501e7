"""The list behind a board, filtered and sorted; pure, and fast enough for ten thousand tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasknb import look
from tasknb.messages.status import StatusCode
from tasknb.widgets.reading import ENDED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tasknb.widgets.board_lines import Row

SORTED_BY = ("name", "type", "status", "strategy", "review", "workers", "created")
QUERIES_KEPT = 20
PEOPLE_NAMED = 20
ID_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Query:
    """What of the list to show, and in which order.

    Attributes
    ----------
    text : str
        Words in lower case; each must be part of the name or of a worker's id, or, from four letters on, begin the
        task's id.
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
        """The query that the browser asks for; what is not known is left at its default."""
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
    """The tasks of an app.

    Parameters
    ----------
    me : str
        The user id of whoever looks at the board.
    """

    me: str = ""
    rows: list[Row] = field(default_factory=list)
    _shown: list[Row] = field(default_factory=list)
    _hidden: frozenset[str] = frozenset()
    _found: dict[Query, list[Row]] = field(default_factory=dict)

    def replace(self, rows: list[Row]) -> bool:
        """Take the tasks as they are now, newest first; whether anything that shows has changed."""
        if rows == self.rows:
            return False
        self.rows = rows
        self.hide(self._hidden)
        return True

    def hide(self, ids: Collection[str]) -> None:
        """Leave out these tasks, until it is called again."""
        self._hidden = frozenset(ids)
        self._shown = [row for row in self.rows if row.id not in self._hidden]
        self._found.clear()

    def find(self, query: Query) -> Sequence[Row]:
        """The rows that the query is about, in its order."""
        if query not in self._found:
            if len(self._found) >= QUERIES_KEPT:
                self._found.clear()
            # Sorting is stable: among equals the server's order stays, newest first.
            rows = [row for row in self._shown if self._matches(row, query)]
            self._found[query] = sorted(rows, key=lambda row: _key(row, query.sort), reverse=query.down)
        return self._found[query]

    def states(self) -> list[tuple[str, str, int]]:
        """Name, label and number of tasks of each status that occurs, in the order of the API's codes."""
        counted: dict[str, int] = {}
        for row in self._shown:
            counted[row.state] = counted.get(row.state, 0) + 1
        return [(code.name, look.label(code.name), counted[code.name]) for code in StatusCode if code.name in counted]

    @property
    def size(self) -> int:
        """How many tasks there are."""
        return len(self._shown)

    def _matches(self, row: Row, query: Query) -> bool:
        if query.states and row.state not in query.states:
            return False
        if query.mine and (
            row.state in ENDED or self.me not in (row.people if query.mine == "label" else row.reviewers)
        ):
            return False
        return all(word in row.text or _begins(row.id, word) for word in query.text.split())


def _begins(task_id: str, word: str) -> bool:
    """Whether a word is how an id begins. Ids are long hexadecimal numbers: a digit or two would find any of them."""
    return len(word) >= ID_PREFIX and task_id.startswith(word)


def wire(row: Row, *, selected: bool) -> list[Any]:
    """What the browser gets of a row."""
    people = ", ".join(row.people[:PEOPLE_NAMED]) + (" …" if row.workers > PEOPLE_NAMED else "")
    facts = [row.type, row.status, row.strategy, row.review, row.workers, people, round(row.created)]
    return [row.id, row.name, *facts, selected]


def _key(row: Row, sort: str) -> Any:
    value = getattr(row, sort)
    return value.casefold() if isinstance(value, str) else value
