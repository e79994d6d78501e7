"""The one table of what the service does: a function for each RPC that it offers.

A statement that every request needs is built once, at the top of its module, with ``bindparam`` where values go:
building one takes several times as long as running it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasknb.service.auto import asking
from tasknb.service.content import (
    annotating,
    annotation_rows,
    annotation_status,
    concepts,
    datasets,
    inputs,
    searches,
    upload_jobs,
    uploads,
)
from tasknb.service.people import apps, users
from tasknb.service.tasks import counts, task_lists, task_patches, tasks
from tasknb.service.work import put_assignments

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasknb.messages.requests import Response
    from tasknb.service.context import Context


@dataclass(frozen=True, slots=True)
class UseCase:
    """What answers an RPC.

    Attributes
    ----------
    function : callable
        Takes the context and the request, and returns the response or raises `Refusal`.
    writes : bool
        Whether it changes anything, and so needs a transaction that may write.
    """

    function: Callable[[Context, Any], Response]
    writes: bool = False


USE_CASES: dict[str, UseCase] = {
    "GetUser": UseCase(users.get_user),
    "ListCollaborators": UseCase(users.list_collaborators),
    "PostCollaborators": UseCase(users.post_collaborators, writes=True),
    "PostApps": UseCase(apps.post_apps, writes=True),
    "ListApps": UseCase(apps.list_apps),
    "GetApp": UseCase(apps.get_app),
    "PostConcepts": UseCase(concepts.post_concepts, writes=True),
    "ListConcepts": UseCase(concepts.list_concepts),
    "PatchConcepts": UseCase(concepts.patch_concepts, writes=True),
    "GetConcept": UseCase(concepts.get_concept),
    "PostInputs": UseCase(uploads.post_inputs, writes=True),
    "ListInputs": UseCase(inputs.list_inputs),
    "StreamInputs": UseCase(inputs.stream_inputs),
    "GetInput": UseCase(inputs.get_input),
    "GetInputsAddJob": UseCase(upload_jobs.get_inputs_add_job),
    "GetInputCount": UseCase(inputs.get_input_count),
    "PatchInputs": UseCase(inputs.patch_inputs, writes=True),
    "DeleteInputs": UseCase(inputs.delete_inputs, writes=True),
    "DeleteInput": UseCase(inputs.delete_input, writes=True),
    "PostInputsSearches": UseCase(searches.post_inputs_searches),
    "PostDatasets": UseCase(datasets.post_datasets, writes=True),
    "ListDatasets": UseCase(datasets.list_datasets),
    "GetDataset": UseCase(datasets.get_dataset),
    "PatchDatasets": UseCase(datasets.patch_datasets, writes=True),
    "DeleteDatasets": UseCase(datasets.delete_datasets, writes=True),
    "PostDatasetInputs": UseCase(datasets.post_dataset_inputs, writes=True),
    "ListDatasetInputs": UseCase(datasets.list_dataset_inputs),
    "DeleteDatasetInputs": UseCase(datasets.delete_dataset_inputs, writes=True),
    "PostAnnotations": UseCase(annotating.post_annotations, writes=True),
    "ListAnnotations": UseCase(annotation_rows.list_annotations),
    "PatchAnnotations": UseCase(annotating.patch_annotations, writes=True),
    "DeleteAnnotations": UseCase(annotation_rows.delete_annotations, writes=True),
    "ListAnnotationWorkers": UseCase(annotation_rows.list_annotation_workers),
    "GetAnnotation": UseCase(annotation_rows.get_annotation),
    "DeleteAnnotation": UseCase(annotation_rows.delete_annotation, writes=True),
    "PostAnnotationsSearches": UseCase(searches.post_annotations_searches),
    "PostTasks": UseCase(tasks.post_tasks, writes=True),
    "GetTask": UseCase(tasks.get_task),
    "ListTasks": UseCase(task_lists.list_tasks),
    "PatchTasks": UseCase(task_patches.patch_tasks, writes=True),
    "DeleteTasks": UseCase(tasks.delete_tasks, writes=True),
    "PutTaskAssignments": UseCase(put_assignments.put_task_assignments, writes=True),
    "ListNextTaskAssignments": UseCase(put_assignments.list_next_task_assignments, writes=True),
    "ListTaskAssignments": UseCase(put_assignments.list_task_assignments),
    "GetTaskInputCount": UseCase(counts.get_task_input_count),
    "GetTaskAnnotationCount": UseCase(counts.get_task_annotation_count),
    "ListModels": UseCase(asking.list_models),
    "GetModel": UseCase(asking.get_model),
    "PostModelOutputs": UseCase(asking.post_model_outputs),
    "ListWorkflows": UseCase(asking.list_workflows),
    "GetWorkflow": UseCase(asking.get_workflow),
    "PostWorkflowResults": UseCase(asking.post_workflow_results),
    "PatchAnnotationsStatus": UseCase(annotation_status.patch_annotations_status, writes=True),
    "ListStatusCodes": UseCase(apps.list_status_codes),
    "GetStatusCode": UseCase(apps.get_status_code),
}
