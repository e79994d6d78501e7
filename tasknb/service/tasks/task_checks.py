"""What makes the service refuse a task: it breaks the rules, names what is not there, or what is not offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, bindparam, or_, select

from tasknb.errors import Problem
from tasknb.messages.enums import InputSourceType
from tasknb.messages.normal import normalised
from tasknb.messages.rules import problems
from tasknb.messages.status import StatusCode
from tasknb.service.auto.accepting import with_models
from tasknb.service.checks import MAX_FILTER, asked_code, check_count
from tasknb.service.context import Context, Refusal
from tasknb.service.people.workers import members
from tasknb.service.schema import concepts
from tasknb.service.tasks.sources import find_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasknb.messages.task import Task


_NAMED: BindParameter[Any] = bindparam("named", expanding=True)
_CONCEPTS = select(concepts.c.id, concepts.c.name).where(
    concepts.c.app_pk == bindparam("app_pk"), or_(concepts.c.id.in_(_NAMED), concepts.c.name.in_(_NAMED))
)


def checked(ctx: Context, tasks: Sequence[Task]) -> list[Task]:
    """The tasks in their present form, when all of them can be created.

    Raises
    ------
    Refusal
        TASK_NOT_IMPLEMENTED for what the service does not offer; MODEL_DOES_NOT_EXIST and WORKFLOW_DOES_NOT_EXIST for
        models that it does not have; CONN_INVALID_REQUEST for whatever else is wrong, one line for each problem, as
        ``tasks[0].worker.strategy: Choose …``.
    """
    check_count(tasks, "tasks", MAX_FILTER)
    wanted = [normalised(task) for task in tasks]
    for index, task in enumerate(wanted):
        _offered(task, f"tasks[{index}]")
    known = _Known(ctx, wanted)
    found = [
        problem.under(f"tasks[{index}]")
        for index, task in enumerate(wanted)
        for problem in problems(task) or _unknown_ids(known, task)
    ]
    if found:
        lines = "\n".join(f"{problem.path}: {problem.message}" for problem in found)
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, lines)
    return [with_models(ctx, task, f"tasks[{index}]") for index, task in enumerate(wanted)]


def _offered(task: Task, path: str) -> None:
    asked_code(task.status, f"{path}.status")
    if task.input_source and task.input_source.type is InputSourceType.SAVED_SEARCH:
        raise _not_offered(
            f"{path}.input_source.type", "saved searches", "Put what the search finds into a dataset and choose DATASET"
        )
    if task.label_order_id:
        raise _not_offered(f"{path}.label_order_id", "label orders", "Leave the field out")


def _not_offered(path: str, what: str, way_out: str) -> Refusal:
    return Refusal(StatusCode.TASK_NOT_IMPLEMENTED, f"{path}: The embedded service does not offer {what}. {way_out}.")


class _Known:
    """What there is of all that some tasks name, asked for once."""

    def __init__(self, ctx: Context, tasks: Sequence[Task]) -> None:
        named = {one.concept.id or one.concept.name for task in tasks for one in task.concepts if one.concept}
        asked = {"app_pk": ctx.app_pk, "named": list(named)}
        found = ctx.db.execute(_CONCEPTS, asked).all() if named else []
        self.concept_ids, self.concept_names = {row.id for row in found}, {row.name for row in found}
        self.sources = find_sources(ctx, tasks)
        self.members = members(ctx, {user_id for task in tasks for ids in _people(task).values() for user_id in ids})


def _people(task: Task) -> dict[str, list[str]]:
    """The users that a task names, by the path of the list."""
    labelers = [one.id for one in task.worker.workers] if task.worker and not task.is_automatic else []
    reviewers = [user.id for user in task.review.users] if task.review else []
    return {"worker.workers": labelers, "review.users": reviewers}


def _unknown_ids(known: _Known, task: Task) -> Iterator[Problem]:
    for index, one in enumerate(task.concepts):
        concept = one.concept
        if concept and (concept.id not in known.concept_ids if concept.id else concept.name not in known.concept_names):
            yield Problem(
                f"concepts[{index}].concept",
                f"There is no concept {concept.id or concept.name!r} in this app. Create it first (PostConcepts).",
            )
    source = task.input_source
    if source and source.type is not InputSourceType.ALL_INPUTS and (source.type, source.id) not in known.sources:
        noun = source.type.lower()
        yield Problem(
            "input_source.id", f"There is no {noun} {source.id!r} in this app. Create it, or choose another one."
        )
    for path, ids in _people(task).items():
        for index, user_id in enumerate(ids):
            if user_id not in known.members:
                yield Problem(
                    f"{path}[{index}]",
                    f"{user_id} is neither the owner of this app nor a collaborator. Add {user_id} as a collaborator "
                    "(PostCollaborators), or choose somebody else.",
                )
