"""What a service has for automatic annotation: its models, and the runner that lets them label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tasknb.messages.people import Model, ModelVersion, Worker, Workflow, WorkflowVersion
from tasknb.messages.status import StatusCode
from tasknb.service.auto import jobs
from tasknb.service.auto.assistant import Assistant
from tasknb.service.auto.registry import Registry
from tasknb.service.auto.remote import Account, RemoteModel
from tasknb.service.auto.runner import Runner
from tasknb.service.context import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tasknb.messages.models import ModelFunction
    from tasknb.service.auto.predictors import Predictor
    from tasknb.service.context import AppRow
    from tasknb.service.store import Store


_REGISTER = {
    "model": "tasknb serve --model ID=module:function, or Client.local(models={ID: function})",
    "workflow": "tasknb serve --workflow ID=MODEL,MODEL, or Client.local(workflows=[…])",
}


class Automation:
    """The models and workflows of one service, and their work on its tasks.

    Attributes
    ----------
    registry : Registry
        The models and workflows that this process has.
    runner : Runner
        Lets them label; it works in the background once `Runner.start` was called.
    """

    def __init__(self, store: Store, *, background: bool = True) -> None:
        self.store = store
        self.registry = Registry()
        self.runner = Runner(store, self.find)
        self.assistant = Assistant(store)
        self._background = background

    def start(self) -> None:
        """Work on automatic tasks in the background from now on, unless the service was opened without."""
        if self._background:
            self.runner.start()

    def open(self, models: Mapping[str, ModelFunction | str], workflows: Iterable[Workflow] = ()) -> None:
        """Make models and workflows known, and go on with the automatic tasks that the database holds.

        Raises
        ------
        ModelError
            If one of them is none.
        """
        for model_id, model in models.items():
            self.registry.add_model(model_id, model)
        for workflow in workflows:
            self.registry.add_workflow(workflow)
        with self.store.read() as db:
            has_work = jobs.has_automatic(db)
        # Without models, nothing of this process can label until a task that uses one is made.
        if models or has_work:
            self.start()

    def close(self) -> None:
        """Stop, and give tasks back for others to go on with."""
        self.runner.stop()

    def find(self, worker: Worker, app: AppRow) -> Predictor | None:
        """The model or workflow that a worker is, in an app; None when this process does not have it.

        One of another owner's app is Clarifai's, and asked there with the key of CLARIFAI_PAT.
        """
        chosen = worker.model or worker.workflow
        if chosen is None:
            return None
        version_id = _version(worker)
        if _is_foreign(chosen, app):
            account = Account.from_environment()
            if account is None:
                return None
            return RemoteModel(account, worker.kind, chosen.user_id, chosen.app_id, chosen.id, version_id)
        known = self.registry.model if worker.model else self.registry.workflow
        return known(chosen.id, version_id)

    def pinned(self, worker: Worker, app: AppRow, path: str) -> Worker:
        """The worker with the version that it has now, so that a task keeps it.

        Parameters
        ----------
        worker : Worker
            A model or workflow.
        app : AppRow
            The app of the task.
        path : str
            Where the worker stands in the request.

        Raises
        ------
        Refusal
            MODEL_DOES_NOT_EXIST or WORKFLOW_DOES_NOT_EXIST when this process does not have it.
        """
        predictor = self.find(worker, app)
        if predictor is None:
            raise self._unknown(worker, app, path)
        version_id = predictor.version_id
        if worker.model is not None:
            version = ModelVersion(id=version_id) if version_id else None
            return Worker(model=msgspec.structs.replace(worker.model, model_version=version))
        assert worker.workflow is not None
        of = WorkflowVersion(id=version_id) if version_id else None
        return Worker(workflow=msgspec.structs.replace(worker.workflow, version=of))

    def _unknown(self, worker: Worker, app: AppRow, path: str) -> Refusal:
        chosen = worker.model or worker.workflow
        assert chosen is not None
        code = StatusCode.MODEL_DOES_NOT_EXIST if worker.model else StatusCode.WORKFLOW_DOES_NOT_EXIST
        field = f"{path}.{worker.kind}"
        if _is_foreign(chosen, app):
            return Refusal(
                code,
                f"{field}: The {worker.kind} {chosen.id!r} of {chosen.user_id}/{chosen.app_id} is at Clarifai, and the "
                "service has no key to it. Set the environment variable CLARIFAI_PAT where the service runs.",
            )
        if worker.model and self.registry.model(chosen.id) is not None:
            return Refusal(
                code,
                f"{field}.model_version: The model {chosen.id!r} has no version {_version(worker)!r} here. "
                "Leave the version out to take the present one.",
            )
        listed = self.registry.describe_models() if worker.model else self.registry.describe_workflows()
        names = ", ".join(one.id for one in listed) or "none"
        way = _REGISTER[worker.kind]
        return Refusal(
            code,
            f"{field}: There is no {worker.kind} {chosen.id!r} here; known are: {names}. Register it first ({way}).",
        )


def _is_foreign(chosen: Model | Workflow, app: AppRow) -> bool:
    """Whether a model or workflow belongs to another app than the task."""
    if not chosen.user_id and not chosen.app_id:
        return False
    return (chosen.user_id or app.owner_id, chosen.app_id or app.id) != (app.owner_id, app.id)


def _version(worker: Worker) -> str:
    if worker.model is not None:
        return worker.model.model_version.id if worker.model.model_version else ""
    return worker.workflow.version.id if worker.workflow and worker.workflow.version else ""
