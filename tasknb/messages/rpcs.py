"""The RPCs: name, verb, path, request and response. The client calls by this table, and the service answers by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasknb.messages import models as m
from tasknb.messages import requests as r

_APP = "/v2/users/{user_id}/apps/{app_id}"


@dataclass(frozen=True, slots=True)
class Rpc:
    """One remote procedure.

    Attributes
    ----------
    name : str
        Its name in the gRPC service ``clarifai.api.V2``.
    verb : str
        The HTTP verb.
    path : str
        The path with the app in it; ``{name}`` stands for a field of the request, ``{user_id}`` and ``{app_id}`` for
        those of its ``user_app_id``.
    short : str
        The path without the app, which `user_app_id` in the body or the query names; empty when there is none.
    request, response : type
        The messages.
    official : bool
        Whether Clarifai offers it; False for the embedded service's own.
    """

    name: str
    verb: str
    path: str
    short: str
    request: type[r.Request]
    response: type[r.Response]
    official: bool = True

    @property
    def idempotent(self) -> bool:
        """Whether sending it twice leaves the same state as once: everything but POST."""
        return self.verb != "POST"


def _in_app(
    name: str,
    verb: str,
    path: str,
    request: type[Any],
    response: type[Any],
    *,
    short: bool = True,
    official: bool = True,
) -> Rpc:
    return Rpc(name, verb, _APP + path, "/v2" + path if short else "", request, response, official)


_TABLE = (
    _in_app("PostTasks", "POST", "/tasks", r.PostTasksRequest, r.MultiTaskResponse),
    _in_app("GetTask", "GET", "/tasks/{task_id}", r.GetTaskRequest, r.SingleTaskResponse),
    _in_app("ListTasks", "GET", "/tasks", r.ListTasksRequest, r.MultiTaskResponse),
    _in_app("PatchTasks", "PATCH", "/tasks", r.PatchTasksRequest, r.MultiTaskResponse),
    _in_app("DeleteTasks", "DELETE", "/tasks", r.DeleteTasksRequest, r.BaseResponse),
    _in_app(
        "ListNextTaskAssignments",
        "GET",
        "/tasks/{task_id}/assignments",
        r.ListNextTaskAssignmentsRequest,
        r.MultiInputResponse,
    ),
    _in_app(
        "PutTaskAssignments",
        "PUT",
        "/tasks/{task_id}/assignments",
        r.PutTaskAssignmentsRequest,
        r.MultiTaskAssignmentResponse,
        short=False,
    ),
    _in_app(
        "ListTaskAssignments",
        "GET",
        "/tasks/{task_id}/assignments/all",
        r.ListTaskAssignmentsRequest,
        r.MultiTaskAssignmentResponse,
        official=False,
    ),
    _in_app(
        "GetTaskAnnotationCount",
        "GET",
        "/tasks/{task_id}/annotations/count",
        r.GetTaskCountRequest,
        r.SingleTaskCountResponse,
    ),
    _in_app(
        "GetTaskInputCount", "GET", "/tasks/{task_id}/inputs/count", r.GetTaskCountRequest, r.SingleTaskCountResponse
    ),
    _in_app(
        "PatchAnnotationsStatus",
        "PATCH",
        "/task/{task_id}/annotations/status",
        r.PatchAnnotationsStatusRequest,
        r.PatchAnnotationsStatusResponse,
        short=False,
    ),
    _in_app("PostLabelOrders", "POST", "/label_orders", r.AnyRequest, r.BaseResponse),
    _in_app("ListLabelOrders", "GET", "/label_orders", r.AnyRequest, r.BaseResponse),
    _in_app("PatchLabelOrders", "PATCH", "/label_orders", r.AnyRequest, r.BaseResponse),
    _in_app("DeleteLabelOrders", "DELETE", "/label_orders", r.AnyRequest, r.BaseResponse),
    _in_app("GetLabelOrder", "GET", "/label_orders/{label_order_id}", r.AnyRequest, r.BaseResponse),
    _in_app("PostInputs", "POST", "/inputs", r.PostInputsRequest, r.MultiInputResponse),
    _in_app("ListInputs", "GET", "/inputs", r.ListInputsRequest, r.MultiInputResponse),
    _in_app("PatchInputs", "PATCH", "/inputs", r.PatchInputsRequest, r.MultiInputResponse),
    _in_app("DeleteInputs", "DELETE", "/inputs", r.DeleteInputsRequest, r.BaseResponse),
    _in_app("GetInputCount", "GET", "/inputs/status", r.Request, r.SingleInputCountResponse),
    _in_app("StreamInputs", "GET", "/inputs/stream", r.StreamInputsRequest, r.MultiInputResponse),
    _in_app("DeleteAnnotations", "DELETE", "/inputs/annotations", r.DeleteAnnotationsRequest, r.BaseResponse),
    _in_app("GetInput", "GET", "/inputs/{input_id}", r.InputRequest, r.SingleInputResponse),
    _in_app("DeleteInput", "DELETE", "/inputs/{input_id}", r.InputRequest, r.BaseResponse),
    _in_app("PostDatasets", "POST", "/datasets", r.PostDatasetsRequest, r.MultiDatasetResponse),
    _in_app("ListDatasets", "GET", "/datasets", r.ListDatasetsRequest, r.MultiDatasetResponse),
    _in_app("PatchDatasets", "PATCH", "/datasets", r.PatchDatasetsRequest, r.MultiDatasetResponse),
    _in_app("DeleteDatasets", "DELETE", "/datasets", r.DeleteDatasetsRequest, r.BaseResponse),
    _in_app("GetDataset", "GET", "/datasets/{dataset_id}", r.DatasetRequest, r.SingleDatasetResponse),
    _in_app(
        "PostDatasetInputs",
        "POST",
        "/datasets/{dataset_id}/inputs",
        r.PostDatasetInputsRequest,
        r.MultiDatasetInputResponse,
    ),
    _in_app(
        "ListDatasetInputs",
        "GET",
        "/datasets/{dataset_id}/inputs",
        r.ListDatasetInputsRequest,
        r.MultiDatasetInputResponse,
    ),
    _in_app(
        "DeleteDatasetInputs",
        "DELETE",
        "/datasets/{dataset_id}/inputs",
        r.DeleteDatasetInputsRequest,
        r.BaseResponse,
    ),
    _in_app("PostConcepts", "POST", "/concepts", r.PostConceptsRequest, r.MultiConceptResponse),
    _in_app("ListConcepts", "GET", "/concepts", r.ListConceptsRequest, r.MultiConceptResponse),
    _in_app("PatchConcepts", "PATCH", "/concepts", r.PatchConceptsRequest, r.MultiConceptResponse),
    _in_app("GetConcept", "GET", "/concepts/{concept_id}", r.ConceptRequest, r.SingleConceptResponse),
    _in_app("PostAnnotations", "POST", "/annotations", r.PostAnnotationsRequest, r.MultiAnnotationResponse),
    _in_app("ListAnnotations", "GET", "/annotations", r.ListAnnotationsRequest, r.MultiAnnotationResponse),
    _in_app("PatchAnnotations", "PATCH", "/annotations", r.PatchAnnotationsRequest, r.MultiAnnotationResponse),
    _in_app(
        "ListAnnotationWorkers", "GET", "/annotations/workers", r.ListAnnotationWorkersRequest, r.MultiWorkerResponse
    ),
    _in_app(
        "GetAnnotation",
        "GET",
        "/inputs/{input_id}/annotations/{annotation_id}",
        r.AnnotationRequest,
        r.SingleAnnotationResponse,
    ),
    _in_app(
        "DeleteAnnotation",
        "DELETE",
        "/inputs/{input_id}/annotations/{annotation_id}",
        r.AnnotationRequest,
        r.BaseResponse,
    ),
    _in_app(
        "ListCollaborators",
        "GET",
        "/collaborators",
        r.ListCollaboratorsRequest,
        r.MultiCollaboratorsResponse,
        short=False,
    ),
    _in_app(
        "PostCollaborators",
        "POST",
        "/collaborators",
        r.PostCollaboratorsRequest,
        r.MultiCollaboratorsResponse,
        short=False,
    ),
    _in_app("ListModels", "GET", "/models", m.ListModelsRequest, m.MultiModelResponse),
    _in_app("GetModel", "GET", "/models/{model_id}", m.ModelRequest, m.SingleModelResponse),
    _in_app("PostModelOutputs", "POST", "/models/{model_id}/outputs", m.PostModelOutputsRequest, m.MultiOutputResponse),
    _in_app("ListWorkflows", "GET", "/workflows", m.ListWorkflowsRequest, m.MultiWorkflowResponse),
    _in_app("GetWorkflow", "GET", "/workflows/{workflow_id}", m.WorkflowRequest, m.SingleWorkflowResponse),
    _in_app(
        "PostWorkflowResults",
        "POST",
        "/workflows/{workflow_id}/results",
        m.PostWorkflowResultsRequest,
        m.PostWorkflowResultsResponse,
    ),
    Rpc("GetUser", "GET", "/v2/users/{user_id}", "", r.GetUserRequest, r.SingleUserResponse),
    Rpc("PostApps", "POST", "/v2/users/{user_id}/apps", "", r.PostAppsRequest, r.MultiAppResponse),
    Rpc("ListApps", "GET", "/v2/users/{user_id}/apps", "/v2/apps", r.ListAppsRequest, r.MultiAppResponse),
    Rpc("GetApp", "GET", _APP, "/v2/app", r.Request, r.SingleAppResponse),
    Rpc("ListStatusCodes", "GET", "/v2/status_codes", "", r.Request, r.MultiStatusCodeResponse),
    Rpc(
        "GetStatusCode",
        "GET",
        "/v2/status_codes/{status_code_id}",
        "",
        r.GetStatusCodeRequest,
        r.SingleStatusCodeResponse,
    ),
)

RPCS: dict[str, Rpc] = {rpc.name: rpc for rpc in _TABLE}
"""Every RPC by its name."""
