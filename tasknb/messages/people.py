"""Who owns, labels and reviews: users, models, workflows, and the worker that is one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tasknb.messages.status import Code, Status
from tasknb.messages.wire import Message


class Visibility(Message):
    """Who may see a resource: 10 private, 30 organisation, 50 public."""

    gettable: Code = 0

    def __post_init__(self) -> None:
        if isinstance(self.gettable, str):
            self.gettable = _GETTABLE.get(self.gettable, 0)


_GETTABLE = {"PRIVATE": 10, "ORG": 30, "PUBLIC": 50}


class UserAppID(Message):
    """The app that a request is about; the user id ``me`` is the caller."""

    user_id: str = ""
    app_id: str = ""


class User(Message):
    """A person with an account. Tasks carry the id only, unless ``worker.users`` or ``review.users`` is asked for."""

    id: str = ""
    first_name: str = ""
    last_name: str = ""
    primary_email: str = ""
    company_name: str = ""
    created_at: datetime | None = None
    metadata: dict[str, Any] = {}
    visibility: Visibility | None = None


class ModelVersion(Message):
    """One trained version of a model."""

    id: str = ""
    app_id: str = ""
    user_id: str = ""
    created_at: datetime | None = None
    status: Status | None = None


class Model(Message):
    """A model that labels as a worker."""

    id: str = ""
    name: str = ""
    app_id: str = ""
    user_id: str = ""
    model_type_id: str = ""
    created_at: datetime | None = None
    model_version: ModelVersion | None = None


class WorkflowVersion(Message):
    """One version of a workflow."""

    id: str = ""
    workflow_id: str = ""
    app_id: str = ""
    user_id: str = ""


class NodeInput(Message):
    """The node whose output a workflow node takes."""

    node_id: str = ""


class WorkflowNode(Message):
    """One step of a workflow: a model and where its input comes from."""

    id: str = ""
    model: Model | None = None
    node_inputs: list[NodeInput] = []


class Workflow(Message):
    """Models chained one after the other."""

    id: str = ""
    app_id: str = ""
    user_id: str = ""
    created_at: datetime | None = None
    nodes: list[WorkflowNode] = []
    version: WorkflowVersion | None = None


class Worker(Message):
    """Who labels: exactly one of a user, a model or a workflow."""

    user: User | None = None
    model: Model | None = None
    workflow: Workflow | None = None

    @property
    def id(self) -> str:
        """The id of the user, model or workflow; empty when none is set."""
        chosen = self.user or self.model or self.workflow
        return chosen.id if chosen else ""

    @property
    def kind(self) -> str:
        """``user``, ``model``, ``workflow`` or empty."""
        if self.user:
            return "user"
        if self.model:
            return "model"
        return "workflow" if self.workflow else ""


class WorkerIDSet(Message):
    """A filter that names one worker."""

    user_id: str = ""
    app_id: str = ""
    model_id: str = ""
    model_version_id: str = ""
    workflow_id: str = ""
    workflow_version_id: str = ""


class App(Message):
    """A container of inputs, concepts, datasets and tasks."""

    id: str = ""
    name: str = ""
    user_id: str = ""
    description: str = ""
    default_language: str = ""
    default_workflow_id: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    metadata: dict[str, Any] = {}
    visibility: Visibility | None = None


class Collaborator(Message):
    """A user who may work in somebody else's app."""

    id: str = ""
    app: App | None = None
    user: User | None = None
    scopes: list[str] = []
    endpoints: list[str] = []
    created_at: datetime | None = None
    modified_at: datetime | None = None
