"""The form that creates and edits tasks."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import traitlets

from tasknb.errors import ApiError, InvalidTaskError, Problem
from tasknb.messages.task import InputSource, Task
from tasknb.widgets import base, fields, summary
from tasknb.widgets.catalog import Catalog
from tasknb.widgets.changes import FROZEN, Change, Work, changes
from tasknb.widgets.code import curl_code, python_code
from tasknb.widgets.plan import Plan, plan

if TYPE_CHECKING:
    from tasknb.api import Client

# "tasks[0].worker.workers[1]: ann is no collaborator …", as the service names the place of what it refuses
_PLACE = re.compile(r"^tasks\[0\]\.?(?P<path>[\w.\[\]]*): (?P<message>.+)$", re.DOTALL)


class TaskForm(base.Widget):
    """A form that creates a labeling task, or edits one.

    Parameters
    ----------
    client : Client
        The client of the app that the task belongs to.
    task : Task or str, optional
        A task to edit, or its id; without one the form creates a new task.
    **options
        ``layout`` and the like, as every widget has.

    Attributes
    ----------
    draft : Task
        The task as it is filled in; observable. Assign a task to fill the form from it.
    task : Task or None
        The task that the form has created or changed; None before; observable.
    problems : list of Problem
        What keeps the draft from being submitted, and what the server has refused; observable.
    plan : Plan or None
        What the draft will ask of each worker; None while the inputs are not known; observable.
    code : str
        Python that makes the same task through the public face; observable.
    curl : str
        The cURL command that makes the same task; observable.
    changes : list of Change
        What an edit changes and what that does to work; empty for a new task; observable.

    Raises
    ------
    NotFoundError
        If the task to edit is not there.

    Examples
    --------
    >>> form = TaskForm(client)  # doctest: +SKIP
    >>> form.observe(lambda change: print(change.new.id), "task")  # doctest: +SKIP
    """

    _esm = base.script("form.js")
    _css = base.style("form.css", "form_automatic.css", "form_plan.css")

    draft = traitlets.Instance(Task)
    task = traitlets.Instance(Task, allow_none=True)
    problems = traitlets.List(traitlets.Instance(Problem))
    plan = traitlets.Instance(Plan, allow_none=True)
    code = traitlets.Unicode("")
    curl = traitlets.Unicode("")
    changes = traitlets.List(traitlets.Instance(Change))

    _fields = traitlets.Dict().tag(sync=True)
    """What is filled in; both sides write it."""
    _checked = traitlets.Dict().tag(sync=True)
    """What Python says of `_fields`: problems, plan, code. Only Python writes it."""
    _created = traitlets.Any(None).tag(sync=True)
    """Id and name of the task that was created last; None while the form is being filled in."""
    _edited = traitlets.Unicode("").tag(sync=True)
    """The name of the task that is edited; empty for a new one."""
    _frozen = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The fields that cannot change."""
    _app = traitlets.Unicode("").tag(sync=True)
    """The app's id, for the heading."""

    def __init__(self, client: Client, task: Task | str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._client = client
        self._catalog = Catalog(client)
        self._stored: Task | None = None
        self._origin: Task | None = None
        self._refused: list[Problem] = []
        self._app = client.app_id
        if task is None:
            self._fill(Task())
        else:
            self._edit(client.tasks.get(task))
        self.observe(self._on_fields, "_fields")
        self.observe(self._on_draft, "draft")

    # --- from either side into the same state ---------------------------------------------------------------------

    @traitlets.default("draft")
    def _empty_draft(self) -> Task:
        return fields.to_task(fields.Fields())

    def _edit(self, stored: Task) -> None:
        self._stored = stored
        self._work = Work.of(self._client.tasks.input_counts(stored))
        self._edited = stored.name
        self._frozen = list(FROZEN)
        self._fill(stored)

    def _fill(self, task: Task) -> None:
        new = fields.as_new(task)
        self._origin = new if self._stored is None else msgspec.structs.replace(new, id=self._stored.id)
        filled = fields.to_dict(fields.from_task(task))
        self._fields = {**filled, "revision": self._fields.get("revision", 0) + 1}
        self._check()

    def _on_fields(self, _change: Any) -> None:
        self._refused = []
        self._check()

    def _on_draft(self, change: Any) -> None:
        if not self._checking:
            self._fill(change.new)

    _checking = False

    def _check(self) -> None:
        """Bring everything that follows from the fields up to date."""
        filled = fields.from_dict(self._fields)
        draft = fields.to_task(filled, self._origin)
        found = fields.problems_of(filled, draft)
        count, uncounted = self._count(draft)
        self._checking = True
        try:
            with self.hold_trait_notifications():
                self.draft = draft
                self.problems = [*found, *self._refused]
                self.plan = None if count is None else _plan(filled, draft, count)
                self.changes = changes(self._stored, draft, self._work) if self._stored else []
                self.code = python_code(draft, self._client)
                self.curl = curl_code(draft, self._client)
        finally:
            self._checking = False
        self._checked = {
            "revision": self._fields.get("revision", 0),
            "problems": [asdict(one) for one in found],
            "refused": [asdict(one) for one in self._refused],
            "plan": summary.plan_dict(self.plan),
            "inputs_problem": uncounted,
            "changes": [asdict(one) for one in self.changes],
            "code": self.code,
            "curl": self.curl,
        }
        self._show_last_state()

    def _count(self, draft: Task) -> tuple[int | None, str]:
        """How many inputs the draft has, or why that is not known."""
        try:
            return self._catalog.count(draft.input_source or InputSource()), ""
        except ApiError as error:
            return None, f"The inputs could not be counted. {error}"

    # --- what the browser asks ------------------------------------------------------------------------------------

    def _answer_choices(self) -> dict[str, Any]:
        self._catalog.refresh()
        choices = self._catalog.choices()
        self._check()
        return choices

    def _answer_add_concept(self, id: str) -> dict[str, Any]:  # noqa: A002  the API's word
        self._catalog.add_concept(id)
        return self._catalog.choices()

    def _answer_add_person(self, id: str) -> dict[str, Any]:  # noqa: A002  the API's word
        self._catalog.add_person(id)
        return self._catalog.choices()

    def _answer_submit(self, fields: dict[str, Any]) -> dict[str, Any] | None:
        """Create or change the task; the answer is None when problems are in the way, which `_checked` then tells."""
        self._fields = fields
        if any(one not in self._refused for one in self.problems):
            return None
        tasks = self._client.tasks
        try:
            made = tasks.update(self.draft) if self._stored else tasks.create(self.draft)
        except (InvalidTaskError, ApiError) as error:
            self._refused = refusals(error)
            if not self._refused:
                raise
            self._check()
            return None
        self.task = made
        if self._stored:
            self._edit(made)
        else:
            self._created = {"id": made.id, "name": made.name}
        return {"id": made.id, "name": made.name}

    def _answer_again(self) -> None:
        """Fill in a next task, starting from the same fields."""
        self._created = None

    # --- where no widget runs -------------------------------------------------------------------------------------

    def static_html(self) -> str:
        """The draft as a table."""
        return base.html_table(summary.title(self.task or self._stored), summary.rows(self.draft, self.plan))

    def static_text(self) -> str:
        """``TaskForm(name='Digits')``."""
        return f"TaskForm(name={self.draft.name!r})"


def refusals(error: InvalidTaskError | ApiError) -> list[Problem]:
    """The places that a refused request names, seen from the task; empty when it names none."""
    if isinstance(error, InvalidTaskError):
        return error.problems
    places = (_PLACE.match(line) for line in error.details.splitlines())
    return [Problem(place["path"], place["message"]) for place in places if place]


def _plan(filled: fields.Fields, draft: Task, count: int) -> Plan:
    return plan(
        draft,
        count,
        labels_per_hour=filled.rate or None,
        hours_per_day=filled.hours_a_day or 24.0,
        now=datetime.now(UTC),
    )
