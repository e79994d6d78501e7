"""The RPCs about models and workflows: which there are, and asking them about inputs that need not be stored."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tasknb.messages.data import Data, Frame
from tasknb.messages.models import (
    ListModelsRequest,
    ListWorkflowsRequest,
    ModelRequest,
    MultiModelResponse,
    MultiOutputResponse,
    MultiWorkflowResponse,
    Output,
    PostModelOutputsRequest,
    PostWorkflowResultsRequest,
    PostWorkflowResultsResponse,
    SingleModelResponse,
    SingleWorkflowResponse,
    WorkflowRequest,
    WorkflowResult,
)
from tasknb.messages.people import Model, Workflow
from tasknb.messages.status import Status, StatusCode
from tasknb.service.auto.inputs import stored
from tasknb.service.auto.pixels import MediaError
from tasknb.service.auto.predictors import FunctionModel, ModelFailure, look_at, merged
from tasknb.service.auto.registry import describe_model
from tasknb.service.checks import check_count, check_page, page_window
from tasknb.service.context import Context, Refusal, to_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.data import Input
    from tasknb.messages.requests import PagedRequest
    from tasknb.service.auto.inputs import SeenInput
    from tasknb.service.auto.predictors import Chain, Predictor
    from tasknb.service.auto.registry import Registry

OWNED = TypeVar("OWNED", Model, Workflow)
T = TypeVar("T")


def list_models(ctx: Context, request: ListModelsRequest) -> MultiModelResponse:
    """The models that may label in the app, by id."""
    found = _page(_registry(ctx).describe_models(), request)
    return MultiModelResponse(models=[_owned(ctx, one) for one in found])


def get_model(ctx: Context, request: ModelRequest) -> SingleModelResponse:
    """One model, in its present version or in the one named."""
    return SingleModelResponse(model=_described(ctx, _model(ctx, request.model_id, request.version_id)))


def list_workflows(ctx: Context, request: ListWorkflowsRequest) -> MultiWorkflowResponse:
    """The workflows that may label in the app, by id."""
    found = _page(_registry(ctx).describe_workflows(), request)
    return MultiWorkflowResponse(workflows=[_owned(ctx, one) for one in found])


def get_workflow(ctx: Context, request: WorkflowRequest) -> SingleWorkflowResponse:
    """One workflow with its nodes."""
    _workflow(ctx, request.workflow_id)
    found = [one for one in _registry(ctx).describe_workflows() if one.id == request.workflow_id]
    return SingleWorkflowResponse(workflow=_owned(ctx, found[0]))


def post_model_outputs(ctx: Context, request: PostModelOutputsRequest) -> MultiOutputResponse:
    """What a model says of 1 to 128 inputs; nothing is stored."""
    check_count(request.inputs, "inputs")
    model = _model(ctx, request.model_id, request.version_id)
    response = MultiOutputResponse()

    def ask(_response: object) -> None:
        said = _ask(model, _seen(request.inputs))
        shown = _described(ctx, model)
        response.outputs = [_output(ctx, shown, item, data) for item, data in zip(request.inputs, said, strict=True)]

    ctx.after.append(ask)
    return response


def post_workflow_results(ctx: Context, request: PostWorkflowResultsRequest) -> PostWorkflowResultsResponse:
    """What the nodes of a workflow say of 1 to 128 inputs; nothing is stored. Videos are for PostModelOutputs."""
    check_count(request.inputs, "inputs")
    chain = _workflow(ctx, request.workflow_id, request.version_id)
    videos = [index for index, one in enumerate(request.inputs) if one.data and one.data.video]
    if videos:
        raise Refusal(
            StatusCode.NOT_IMPLEMENTED,
            f"inputs[{videos[0]}].data.video: The embedded service shows videos to models and to automatic tasks only.",
        )
    response = PostWorkflowResultsResponse(workflow=_owned(ctx, Workflow(id=chain.id)))

    def ask(_response: object) -> None:
        try:
            said = chain.trace(_seen(request.inputs))
        except (ModelFailure, MediaError) as failure:
            raise Refusal(StatusCode.FAILURE, str(failure)) from failure
        response.results = [
            WorkflowResult(
                id=uuid.uuid4().hex,
                status=Status.of(StatusCode.SUCCESS),
                created_at=to_datetime(ctx.now),
                input=item,
                outputs=[_output(ctx, _owned(ctx, node.model), None, said[node.id][index]) for node in chain.nodes],
            )
            for index, item in enumerate(request.inputs)
        ]

    ctx.after.append(ask)
    return response


def _ask(predictor: Predictor, seen: Sequence[SeenInput]) -> list[Data]:
    """One prediction for each input; for a video, its frames."""
    plain: list[list[Data]] = [[] for _ in seen]
    frames: list[list[Frame]] = [[] for _ in seen]
    try:
        for index, info, said in look_at(predictor, seen):
            if isinstance(said, MediaError):
                raise Refusal(StatusCode.INPUT_DOWNLOAD_FAILED, f"inputs[{index}]: {said}")
            if info is None:
                plain[index].append(said)
            else:
                frames[index].append(Frame(frame_info=info, data=said))
    except ModelFailure as failure:
        raise Refusal(StatusCode.FAILURE, str(failure)) from failure
    return [merged(parts) if parts else Data(frames=of_video) for parts, of_video in zip(plain, frames, strict=True)]


def _seen(items: Sequence[Input]) -> list[SeenInput]:
    """Inputs that lie in the request alone."""
    return [stored(one, lambda: None) for one in items]


def _output(ctx: Context, model: Model, item: Input | None, data: Data) -> Output:
    return Output(
        id=uuid.uuid4().hex,
        status=Status.of(StatusCode.SUCCESS),
        created_at=to_datetime(ctx.now),
        model=model,
        input=item,
        data=data,
    )


def _registry(ctx: Context) -> Registry:
    assert ctx.auto is not None
    return ctx.auto.registry


def _model(ctx: Context, model_id: str, version_id: str) -> FunctionModel:
    model = _registry(ctx).model(model_id, version_id)
    if model is None:
        version = f" in version {version_id!r}" if version_id else ""
        raise Refusal(
            StatusCode.MODEL_DOES_NOT_EXIST, f"There is no model {model_id!r}{version}. ListModels names them."
        )
    return model


def _workflow(ctx: Context, workflow_id: str, version_id: str = "") -> Chain:
    chain = _registry(ctx).workflow(workflow_id, version_id)
    if chain is None:
        version = f" in version {version_id!r}" if version_id else ""
        details = f"There is no workflow {workflow_id!r}{version}. ListWorkflows names them."
        raise Refusal(StatusCode.WORKFLOW_DOES_NOT_EXIST, details)
    return chain


def _described(ctx: Context, model: FunctionModel) -> Model:
    return _owned(ctx, describe_model(model.id, model.version_id))


def _owned(ctx: Context, one: OWNED) -> OWNED:
    """The same, as belonging to the app that is asked about: every app of the service has all models."""
    assert ctx.app is not None
    return msgspec.structs.replace(one, user_id=ctx.app.owner_id, app_id=ctx.app.id)


def _page(items: list[T], request: PagedRequest) -> list[T]:
    limit, offset = page_window(request)
    if offset:
        check_page(request, len(items))
    return items[offset : offset + limit]
