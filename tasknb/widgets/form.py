"""The form that creates and edits tasks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import traitlets

from tasknb.errors import ApiError, InvalidTaskError
from tasknb.messages.rules import Problem, problems
from tasknb.messages.task import Task
from tasknb.widgets import base, fields, summary
from tasknb.widgets.catalog import Catalog
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
    task : Task, optional
        A task to edit, with its id; without one the form creates a new task.
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

    Examples
    --------
    >>> form = TaskForm(client)  # doctest: +SKIP
    >>> form.observe(lambda change: print(change.new.id), "task")  # doctest: +SKIP
    """

    _esm = base.script("form.js")
    _css = base.style("form.css")

    draft = traitlets.Instance(Task)
    task = traitlets.Instance(Task, allow_none=True)
    problems = traitlets.List(traitlets.Instance(Problem))
    plan = traitlets.Instance(Plan, allow_none=True)
    code = traitlets.Unicode("")
    curl = traitlets.Unicode("")

    _fields = traitlets.Dict().tag(sync=True)
    """What is filled in; both sides write it."""
    _checked = traitlets.Dict().tag(sync=True)
    """What Python says of `_fields`: problems, plan, code. Only Python writes it."""
    _created = traitlets.Any(None).tag(sync=True)
    """Id and name of the task that was created last; None while the form is being filled in."""
    _app = traitlets.Unicode("").tag(sync=True)
    """The app's id, for the heading."""

    def __init__(self, client: Client, task: Task | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._client = client
        self._catalog = Catalog(client)
        self._origin: Task | None = None
        self._refused: list[Problem] = []
        self._app = client.app_id
        self._fill(task)
        self.observe(self._on_fields, "_fields")
        self.observe(self._on_draft, "draft")

    # --- from either side into the same state ---------------------------------------------------------------------

    @traitlets.default("draft")
    def _empty_draft(self) -> Task:
        return fields.to_task(fields.Fields())

    def _fill(self, task: Task | None) -> None:
        self._origin = task
        filled = fields.from_task(task) if task else fields.Fields()
        self._fields = {**fields.to_dict(filled), "revision": self._fields.get("revision", 0) + 1}
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
        count, uncounted = self._count(filled)
        self._checking = True
        try:
            with self.hold_trait_notifications():
                self.draft = draft
                self.problems = [*problems(draft), *self._refused]
                self.plan = None if count is None else _plan(filled, draft, count)
                self.code = python_code(draft, self._client)
                self.curl = curl_code(draft, self._client)
        finally:
            self._checking = False
        self._checked = {
            "revision": self._fields.get("revision", 0),
            "problems": [{"path": one.path, "message": one.message} for one in problems(draft)],
            "refused": [{"path": one.path, "message": one.message} for one in self._refused],
            "plan": summary.plan_dict(self.plan),
            "inputs_problem": uncounted,
            "code": self.code,
            "curl": self.curl,
        }

    def _count(self, filled: fields.Fields) -> tuple[int | None, str]:
        """How many inputs the draft has, or why that is not known."""
        try:
            return self._catalog.count(filled.source, filled.dataset), ""
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
        """Create the task; the answer is None when problems are in the way, which `_checked` then tells."""
        self._fields = fields
        if problems(self.draft):
            return None
        try:
            created = self._client.tasks.create(self.draft)
        except (InvalidTaskError, ApiError) as error:
            self._refused = refusals(error)
            if not self._refused:
                raise
            self._check()
            return None
        self.task = created
        self._created = {"id": created.id, "name": created.name}
        return self._created

    def _answer_again(self) -> None:
        """Fill in a next task, starting from the same fields."""
        self._created = None

    # --- where no widget runs -------------------------------------------------------------------------------------

    def static_html(self) -> str:
        """The draft as a table."""
        return base.html_table(summary.title(self.task), summary.rows(self.draft, self.plan))

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
