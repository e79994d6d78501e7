"""The RPCs: name, verb, path, request and response. The client calls by this table, and the service answers by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasknb.messages import content_requests as c
from tasknb.messages import models as m
from tasknb.messages import requests as r
from tasknb.messages import searches as s

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
        c.MultiInputResponse,
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
    _in_app("PostInputs", "POST", "/inputs", c.PostInputsRequest, c.PostInputsResponse),
    _in_app("ListInputs", "GET", "/inputs", c.ListInputsRequest, c.MultiInputResponse),
    _in_app("PatchInputs", "PATCH", "/inputs", c.PatchInputsRequest, c.MultiInputResponse),
    _in_app("DeleteInputs", "DELETE", "/inputs", c.DeleteInputsRequest, r.BaseResponse),
    _in_app("GetInputCount", "GET", "/inputs/status", r.Request, c.SingleInputCountResponse),
    _in_app("GetInputsAddJob", "GET", "/inputs/jobs/add/{id}", c.GetInputsAddJobRequest, c.SingleInputsAddJobResponse),
    _in_app("StreamInputs", "GET", "/inputs/stream", c.StreamInputsRequest, c.MultiInputResponse),
    _in_app("DeleteAnnotations", "DELETE", "/inputs/annotations", c.DeleteAnnotationsRequest, r.BaseResponse),
    _in_app("GetInput", "GET", "/inputs/{input_id}", c.InputRequest, c.SingleInputResponse),
    _in_app("DeleteInput", "DELETE", "/inputs/{input_id}", c.InputRequest, r.BaseResponse),
    _in_app("PostInputsSearches", "POST", "/inputs/searches", s.PostInputsSearchesRequest, s.MultiSearchResponse),
    _in_app("PostDatasets", "POST", "/datasets", c.PostDatasetsRequest, c.MultiDatasetResponse),
    _in_app("ListDatasets", "GET", "/datasets", c.ListDatasetsRequest, c.MultiDatasetResponse),
    _in_app("PatchDatasets", "PATCH", "/datasets", c.PatchDatasetsRequest, c.MultiDatasetResponse),
    _in_app("DeleteDatasets", "DELETE", "/datasets", c.DeleteDatasetsRequest, r.BaseResponse),
    _in_app("GetDataset", "GET", "/datasets/{dataset_id}", c.DatasetRequest, c.SingleDatasetResponse),
    _in_app(
        "PostDatasetInputs",
        "POST",
        "/datasets/{dataset_id}/inputs",
        c.PostDatasetInputsRequest,
        c.MultiDatasetInputResponse,
    ),
    _in_app(
        "ListDatasetInputs",
        "GET",
        "/datasets/{dataset_id}/inputs",
        c.ListDatasetInputsRequest,
        c.MultiDatasetInputResponse,
    ),
    _in_app(
        "DeleteDatasetInputs",
        "DELETE",
        "/datasets/{dataset_id}/inputs",
        c.DeleteDatasetInputsRequest,
        r.BaseResponse,
    ),
    _in_app("PostConcepts", "POST", "/concepts", c.PostConceptsRequest, c.MultiConceptResponse),
    _in_app("ListConcepts", "GET", "/concepts", c.ListConceptsRequest, c.MultiConceptResponse),
    _in_app("PatchConcepts", "PATCH", "/concepts", c.PatchConceptsRequest, c.MultiConceptResponse),
    _in_app("GetConcept", "GET", "/concepts/{concept_id}", c.ConceptRequest, c.SingleConceptResponse),
    _in_app("PostAnnotations", "POST", "/annotations", c.PostAnnotationsRequest, c.MultiAnnotationResponse),
    _in_app("ListAnnotations", "GET", "/annotations", c.ListAnnotationsRequest, c.MultiAnnotationResponse),
    _in_app("PatchAnnotations", "PATCH", "/annotations", c.PatchAnnotationsRequest, c.MultiAnnotationResponse),
    _in_app(
        "ListAnnotationWorkers", "GET", "/annotations/workers", c.ListAnnotationWorkersRequest, c.MultiWorkerResponse
    ),
    _in_app(
        "PostAnnotationsSearches",
        "POST",
        "/annotations/searches",
        s.PostAnnotationsSearchesRequest,
        s.MultiSearchResponse,
    ),
    _in_app(
        "GetAnnotation",
        "GET",
        "/inputs/{input_id}/annotations/{annotation_id}",
        c.AnnotationRequest,
        c.SingleAnnotationResponse,
    ),
    _in_app(
        "DeleteAnnotation",
        "DELETE",
        "/inputs/{input_id}/annotations/{annotation_id}",
        c.AnnotationRequest,
        r.BaseResponse,
    ),
    _in_app(
        "ListCollaborators",
        "GET",
        "/collaborators",
        c.ListCollaboratorsRequest,
        c.MultiCollaboratorsResponse,
        short=False,
    ),
    _in_app(
        "PostCollaborators",
        "POST",
        "/collaborators",
        c.PostCollaboratorsRequest,
        c.MultiCollaboratorsResponse,
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
    Rpc("GetUser", "GET", "/v2/users/{user_id}", "", c.GetUserRequest, c.SingleUserResponse),
    Rpc("PostApps", "POST", "/v2/users/{user_id}/apps", "", c.PostAppsRequest, c.MultiAppResponse),
    Rpc("ListApps", "GET", "/v2/users/{user_id}/apps", "/v2/apps", c.ListAppsRequest, c.MultiAppResponse),
    Rpc("GetApp", "GET", _APP, "/v2/app", r.Request, c.SingleAppResponse),
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
