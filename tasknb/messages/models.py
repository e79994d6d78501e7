"""What a model is, a Python function from inputs to predictions; and what is asked of models and workflows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from tasknb.messages.data import Data, Input
from tasknb.messages.people import Model, Workflow
from tasknb.messages.requests import PagedRequest, Request, Response
from tasknb.messages.status import Status
from tasknb.messages.wire import Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ModelInput(Protocol):
    """One input, one frame of a video or one region, as a model sees it. What costs time is read when asked for."""

    @property
    def id(self) -> str:
        """The input's id; empty for an input that is not stored."""

    @property
    def data(self) -> Data:
        """The input's message: its metadata, the URL of its image or video."""

    @property
    def previous(self) -> Data | None:
        """What the nodes before said, in a workflow; None at its start."""

    @property
    def time_ms(self) -> int | None:
        """Where in its video a frame is, in milliseconds; None for what is no frame."""

    @property
    def text(self) -> str:
        """The text; empty for an input that has none."""

    @property
    def content(self) -> bytes:
        """The bytes of the image, video or recording as they were stored, or as its URL gives them."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """The pixels of the image, frame or region; shape (rows, columns, 3), red, green, blue from 0 to 255."""


Prediction: TypeAlias = Data | Mapping[str, float]
"""What a model says of one input: concepts and regions, or in short a value from 0 to 1 by concept id."""

ModelFunction: TypeAlias = Callable[[list[Any]], Sequence[Prediction]]
"""A model: takes a list of `ModelInput` and returns one prediction each, in the same order.

It need not look after inputs that cannot be read: where reading one fails, let the error pass. The task notes the input
and asks again without it.
"""


class Output(Message):
    """What a model or a workflow's node said of one input."""

    id: str = ""
    status: Status | None = None
    created_at: datetime | None = None
    model: Model | None = None
    input: Input | None = None
    data: Data | None = None


class WorkflowResult(Message):
    """What the nodes of a workflow said of one input."""

    id: str = ""
    status: Status | None = None
    created_at: datetime | None = None
    input: Input | None = None
    outputs: list[Output] = []


class ListModelsRequest(PagedRequest):
    """The models that may label in the app, by id."""


class ModelRequest(Request):
    """One model, in its present version or in the one named."""

    model_id: str = ""
    version_id: str = ""


class MultiModelResponse(Response):
    """Several models."""

    models: list[Model] = []


class SingleModelResponse(Response):
    """One model."""

    model: Model | None = None


class PostModelOutputsRequest(Request):
    """Ask a model about inputs that need not be stored."""

    model_id: str = ""
    version_id: str = ""
    inputs: list[Input] = []


class MultiOutputResponse(Response):
    """One output for each input."""

    outputs: list[Output] = []


class ListWorkflowsRequest(PagedRequest):
    """The workflows that may label in the app, by id."""


class WorkflowRequest(Request):
    """One workflow."""

    workflow_id: str = ""


class MultiWorkflowResponse(Response):
    """Several workflows."""

    workflows: list[Workflow] = []


class SingleWorkflowResponse(Response):
    """One workflow."""

    workflow: Workflow | None = None


class PostWorkflowResultsRequest(Request):
    """Ask a workflow about inputs that need not be stored."""

    workflow_id: str = ""
    version_id: str = ""
    inputs: list[Input] = []


class PostWorkflowResultsResponse(Response):
    """One result for each input, with the outputs of the workflow's nodes in their order."""

    workflow: Workflow | None = None
    results: list[WorkflowResult] = []
