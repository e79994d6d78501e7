"""What is asked and answered about inputs, datasets, concepts, annotations, people and apps."""

from __future__ import annotations

from tasknb.messages.data import Annotation, Concept, Dataset, DatasetInput, Input, InputCount, InputsAddJob
from tasknb.messages.enums import IdConflict
from tasknb.messages.people import App, Collaborator, User, Worker
from tasknb.messages.requests import PagedRequest, Request, Response
from tasknb.messages.status import Status
from tasknb.messages.wire import Wire, as_enum

# --- inputs and datasets -------------------------------------------------------------------------------------------


class PostInputsRequest(Request):
    """Add inputs."""

    inputs: list[Input] = []
    inputs_add_job_id: str = ""
    input_id_conflict_resolution: Wire[IdConflict] = IdConflict.INPUT_ID_CONFLICT_RESOLUTION_NOT_SET

    def __post_init__(self) -> None:
        self.input_id_conflict_resolution = as_enum(IdConflict, self.input_id_conflict_resolution)


class ListInputsRequest(PagedRequest):
    """Inputs, oldest first."""

    ids: list[str] = []


class PatchInputsRequest(Request):
    """Change inputs' data: ``merge``, ``overwrite`` or ``remove``."""

    inputs: list[Input] = []
    action: str = ""


class DeleteInputsRequest(Request):
    """Delete inputs with their annotations and assignments."""

    ids: list[str] = []


class InputRequest(Request):
    """One input."""

    input_id: str = ""


class StreamInputsRequest(Request):
    """The next inputs after ``last_id``."""

    per_page: int = 0
    last_id: str = ""
    order_by_id: bool = False
    descending: bool = False


class MultiInputResponse(Response):
    """Several inputs."""

    inputs: list[Input] = []


class PostInputsResponse(MultiInputResponse, omit_defaults=True):
    """The inputs that were added, and the job of the upload where the request named one."""

    inputs_add_job: InputsAddJob | None = None


class GetInputsAddJobRequest(Request):
    """The upload that PostInputs was given this id for."""

    id: str = ""


class SingleInputsAddJobResponse(Response):
    """One upload."""

    inputs_add_job: InputsAddJob | None = None


class SingleInputResponse(Response):
    """One input."""

    input: Input | None = None


class SingleInputCountResponse(Response):
    """How many inputs are in which state."""

    counts: InputCount | None = None


class PostDatasetsRequest(Request):
    """Create datasets: all of them or none."""

    datasets: list[Dataset] = []


class ListDatasetsRequest(PagedRequest):
    """Datasets, newest first."""

    id: str = ""
    search: str = ""


class PatchDatasetsRequest(Request):
    """Change datasets: all of them or none."""

    datasets: list[Dataset] = []
    action: str = ""


class DeleteDatasetsRequest(Request):
    """Delete datasets; their inputs stay."""

    dataset_ids: list[str] = []


class DatasetRequest(Request):
    """One dataset."""

    dataset_id: str = ""


class MultiDatasetResponse(Response):
    """Several datasets."""

    datasets: list[Dataset] = []


class SingleDatasetResponse(Response):
    """One dataset."""

    dataset: Dataset | None = None


class PostDatasetInputsRequest(Request):
    """Put inputs into a dataset; each item has a status of its own."""

    dataset_id: str = ""
    dataset_inputs: list[DatasetInput] = []


class ListDatasetInputsRequest(PagedRequest):
    """A dataset's inputs, oldest first."""

    dataset_id: str = ""


class DeleteDatasetInputsRequest(Request):
    """Take inputs out of a dataset."""

    dataset_id: str = ""
    input_ids: list[str] = []


class MultiDatasetInputResponse(Response):
    """Several memberships."""

    dataset_inputs: list[DatasetInput] = []


# --- concepts ------------------------------------------------------------------------------------------------------


class PostConceptsRequest(Request):
    """Create concepts: all of them or none."""

    concepts: list[Concept] = []


class ListConceptsRequest(PagedRequest):
    """Concepts by id; ``id`` finds those whose id or name contains it."""

    id: str = ""


class PatchConceptsRequest(Request):
    """Change concepts' names and metadata (``overwrite``)."""

    concepts: list[Concept] = []
    action: str = ""


class ConceptRequest(Request):
    """One concept."""

    concept_id: str = ""


class MultiConceptResponse(Response):
    """Several concepts."""

    concepts: list[Concept] = []


class SingleConceptResponse(Response):
    """One concept."""

    concept: Concept | None = None


# --- annotations ---------------------------------------------------------------------------------------------------


class PostAnnotationsRequest(Request):
    """Add 1 to 128 annotations, each with at most one region."""

    annotations: list[Annotation] = []


class ListAnnotationsRequest(PagedRequest):
    """Annotations, oldest first. By default only trusted ones; naming workers lists all of theirs."""

    ids: list[str] = []
    input_ids: list[str] = []
    user_ids: list[str] = []
    model_version_ids: list[str] = []
    workflow_version_ids: list[str] = []
    statuses: list[Status] = []
    list_all_annotations: bool = False
    return_model_output: bool = False
    task_id: str = ""


class PatchAnnotationsRequest(Request):
    """Change annotations: ``merge``, ``overwrite`` or ``remove``."""

    annotations: list[Annotation] = []
    action: str = ""
    delete_if_empty_data: bool = False


class DeleteAnnotationsRequest(Request):
    """Delete annotations; ``ids`` and ``input_ids`` pair up, or ``input_ids`` alone deletes all of those inputs."""

    ids: list[str] = []
    input_ids: list[str] = []


class AnnotationRequest(Request):
    """One annotation."""

    input_id: str = ""
    annotation_id: str = ""


class ListAnnotationWorkersRequest(PagedRequest):
    """Who has annotated in the app."""

    additional_fields: list[str] = []
    trusted_only: bool = False


class MultiAnnotationResponse(Response):
    """Several annotations."""

    annotations: list[Annotation] = []


class SingleAnnotationResponse(Response):
    """One annotation."""

    annotation: Annotation | None = None


class MultiWorkerResponse(Response):
    """Several workers."""

    workers: list[Worker] = []


# --- people and apps -----------------------------------------------------------------------------------------------


class GetUserRequest(Request):
    """One user; ``me`` is the caller."""

    additional_fields: list[str] = []


class SingleUserResponse(Response):
    """One user."""

    user: User | None = None


class PostAppsRequest(Request):
    """Create apps."""

    apps: list[App] = []


class ListAppsRequest(PagedRequest):
    """A user's apps."""


class MultiAppResponse(Response):
    """Several apps."""

    apps: list[App] = []


class SingleAppResponse(Response):
    """One app."""

    app: App | None = None


class PostCollaboratorsRequest(Request):
    """Invite users into the app."""

    collaborators: list[Collaborator] = []


class ListCollaboratorsRequest(PagedRequest):
    """Who may work in the app besides its owner."""


class MultiCollaboratorsResponse(Response):
    """The collaborators, and the app's owner."""

    collaborators: list[Collaborator] = []
    app_owner: User | None = None
