"""What a task that uses models must pass before it is made: the models are there, and it keeps their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tasknb.messages.enums import WorkerStrategy
from tasknb.messages.people import Worker
from tasknb.messages.status import StatusCode
from tasknb.service.context import Context, Refusal

if TYPE_CHECKING:
    from tasknb.messages.task import Task, TaskWorker


def with_models(ctx: Context, task: Task, path: str) -> Task:
    """A valid task with its model's or workflow's present version; one that uses none comes back as it is.

    Parameters
    ----------
    ctx : Context
        The request at work. Once it is committed, the task runs.
    task : Task
        In its present form, and valid.
    path : str
        Where it stands in the request: ``tasks[0]``.

    Raises
    ------
    Refusal
        MODEL_DOES_NOT_EXIST or WORKFLOW_DOES_NOT_EXIST, at the field; TASK_NOT_IMPLEMENTED for concept relations.
    """
    _check_assistant(ctx, task, path)
    if not task.is_automatic:
        return task
    assert ctx.auto is not None
    assert ctx.app is not None
    assert task.worker is not None
    auto, app = ctx.auto, ctx.app
    pinned = [auto.pinned(one, app, f"{path}.worker.workers[{index}]") for index, one in enumerate(task.worker.workers)]
    ctx.after.append(lambda _: auto.start())
    return msgspec.structs.replace(task, worker=_given_all(task.worker, pinned))


def _given_all(worker: TaskWorker, workers: list[Worker]) -> TaskWorker:
    """With one worker every strategy comes to the same; FULL is the one that says so."""
    strategy = worker.strategy or WorkerStrategy.FULL
    return msgspec.structs.replace(worker, workers=workers, strategy=strategy)


def _check_assistant(ctx: Context, task: Task, path: str) -> None:
    if task.ai_assist_params and task.ai_assist_params.concept_relation_ids:
        raise Refusal(
            StatusCode.TASK_NOT_IMPLEMENTED,
            f"{path}.ai_assist_params.concept_relation_ids: The embedded service does not offer concept relations. "
            "Let the workflow name the task's concepts.",
        )
    workflow = task.ai_assistant.workflow if task.ai_assistant else None
    if workflow is not None and workflow.id:
        assert ctx.auto is not None
        assert ctx.app is not None
        ctx.auto.pinned(Worker(workflow=workflow), ctx.app, f"{path}.ai_assistant")
