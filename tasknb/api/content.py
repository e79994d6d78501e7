"""What tasks need around them: inputs, datasets, concepts, and the people who may work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from tasknb.api.answers import no_part_refused
from tasknb.api.calls import batches, id_of, present, same_shape, several
from tasknb.messages.content_requests import (
    ConceptRequest,
    DatasetRequest,
    DeleteDatasetInputsRequest,
    DeleteDatasetsRequest,
    DeleteInputsRequest,
    GetUserRequest,
    InputRequest,
    ListCollaboratorsRequest,
    ListConceptsRequest,
    ListDatasetInputsRequest,
    ListDatasetsRequest,
    ListInputsRequest,
    PostCollaboratorsRequest,
    PostConceptsRequest,
    PostDatasetInputsRequest,
    PostDatasetsRequest,
    PostInputsRequest,
)
from tasknb.messages.data import Concept, Data, Dataset, DatasetInput, Input, InputCount
from tasknb.messages.people import Collaborator, User, UserAppID
from tasknb.messages.requests import Request
from tasknb.messages.searches import Filter, FilterInput, PostInputsSearchesRequest, Query, Search

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable

    from tasknb.api.client import Client
    from tasknb.api.paging import Listing


class Inputs:
    """The images, texts, videos and recordings of the app."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @overload
    def create(self, inputs: Input) -> Input: ...
    @overload
    def create(self, inputs: Iterable[Input]) -> builtins.list[Input]: ...
    def create(self, inputs: Input | Iterable[Input]) -> Input | builtins.list[Input]:
        """Add one input, or several, up to 128 and 16 MiB of their bytes in each request.

        Returns
        -------
        Input or list of Input
            What the server made of it, with id and status; a list for a list.

        Raises
        ------
        InvalidRequestError
            If some were refused; the message names them. What came before them has been added.
        """
        created: builtins.list[Input] = []
        for batch in batches(several(inputs), _size):
            answer = self._client.call("PostInputs", PostInputsRequest(inputs=batch))
            no_part_refused("PostInputs", answer, answer.inputs)
            created += answer.inputs
        return same_shape(inputs, created, Input)

    def get(self, input_id: str) -> Input:
        """Fetch one input.

        Raises
        ------
        NotFoundError
            If there is no such input.
        """
        return present(self._client.call("GetInput", InputRequest(input_id=input_id)).input, Input)

    def list(self, limit: int | None = None) -> Listing[Input]:
        """All inputs, oldest first, fetched when they are iterated over.

        Parameters
        ----------
        limit : int, optional
            The largest number of inputs.
        """
        return self._client.listing("ListInputs", ListInputsRequest(), limit)

    def count(self) -> InputCount:
        """How many inputs are in which state of processing; ``.processed`` are ready."""
        return present(self._client.call("GetInputCount", Request()).counts, InputCount)

    def delete(self, inputs: Input | str | Iterable[Input | str]) -> None:
        """Delete one input, or several, with their annotations and assignments."""
        for batch in batches([id_of(one, "input") for one in several(inputs)]):
            self._client.call("DeleteInputs", DeleteInputsRequest(ids=batch))


class Datasets:
    """Named sets of inputs."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, dataset: Dataset | str, inputs: Iterable[Input | str] = (), **fields: Any) -> Dataset:
        """Create a dataset.

        Parameters
        ----------
        dataset : Dataset or str
            The dataset or its id.
        inputs : iterable of Input or str
            Inputs to put into it, or their ids.
        **fields
            Other fields of a `Dataset`, when only the id is given: ``description``, ``metadata``, ``notes``.

        Raises
        ------
        ConflictError
            If there is one with this id.
        """
        if not isinstance(dataset, Dataset):
            dataset = Dataset(id=dataset, **fields)
        answer = self._client.call("PostDatasets", PostDatasetsRequest(datasets=[dataset])).datasets
        created = present(answer, Dataset)
        self.add_inputs(created, inputs)
        return created

    def get(self, dataset_id: str) -> Dataset:
        """Fetch one dataset.

        Raises
        ------
        NotFoundError
            If there is no such dataset.
        """
        return present(self._client.call("GetDataset", DatasetRequest(dataset_id=dataset_id)).dataset, Dataset)

    def list(self, limit: int | None = None) -> Listing[Dataset]:
        """All datasets, newest first, fetched when they are iterated over."""
        return self._client.listing("ListDatasets", ListDatasetsRequest(), limit)

    def delete(self, datasets: Dataset | str | Iterable[Dataset | str]) -> None:
        """Delete one dataset, or several; their inputs stay."""
        ids = [id_of(one, "dataset") for one in several(datasets)]
        if ids:
            self._client.call("DeleteDatasets", DeleteDatasetsRequest(dataset_ids=ids))

    def add_inputs(self, dataset: Dataset | str, inputs: Input | str | Iterable[Input | str]) -> None:
        """Put inputs into a dataset, 128 in each request.

        Raises
        ------
        InvalidRequestError
            If some were refused; the message names them. The others are in.
        """
        name = id_of(dataset, "dataset")
        for batch in batches([id_of(one, "input") for one in several(inputs)]):
            members = [DatasetInput(input=Input(id=one)) for one in batch]
            request = PostDatasetInputsRequest(dataset_id=name, dataset_inputs=members)
            answer = self._client.call("PostDatasetInputs", request)
            no_part_refused("PostDatasetInputs", answer, [one.input for one in answer.dataset_inputs if one.input])

    def remove_inputs(self, dataset: Dataset | str, inputs: Input | str | Iterable[Input | str]) -> None:
        """Take inputs out of a dataset; they stay in the app."""
        name = id_of(dataset, "dataset")
        for batch in batches([id_of(one, "input") for one in several(inputs)]):
            request = DeleteDatasetInputsRequest(dataset_id=name, input_ids=batch)
            self._client.call("DeleteDatasetInputs", request)

    def list_inputs(self, dataset: Dataset | str, limit: int | None = None) -> Listing[DatasetInput]:
        """A dataset's inputs, oldest first, fetched when they are iterated over; ``.input`` is the input."""
        request = ListDatasetInputsRequest(dataset_id=id_of(dataset, "dataset"))
        return self._client.listing("ListDatasetInputs", request, limit)

    def count(self, dataset: Dataset | str) -> int:
        """How many inputs a dataset has, as a search counts them: without listing them.

        Raises
        ------
        NotFoundError
            If there is no such dataset.
        """
        name = id_of(dataset, "dataset")
        search = Search(query=Query(filters=[Filter(input=FilterInput(dataset_ids=[name]))]))
        request = PostInputsSearchesRequest(searches=[search], only_count=True)
        counts = self._client.call("PostInputsSearches", request).hit_counts
        if not counts or not counts[0].estimated_total:
            self.get(name)
        return counts[0].estimated_total if counts else 0


class Concepts:
    """The classes that inputs can be labeled with."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, *concepts: Concept | str | Iterable[Concept | str]) -> builtins.list[Concept]:
        """Create concepts: all of them or none.

        Parameters
        ----------
        *concepts : Concept, str or several
            Concepts; a text is the id and the name.

        Raises
        ------
        ConflictError
            If there is one with this id.
        """
        flat = [one for given in concepts for one in several(given)]
        made = [Concept(id=one, name=one) if isinstance(one, str) else one for one in flat]
        if not made:
            return []
        created: builtins.list[Concept] = self._client.call("PostConcepts", PostConceptsRequest(concepts=made)).concepts
        return created

    def get(self, concept_id: str) -> Concept:
        """Fetch one concept.

        Raises
        ------
        NotFoundError
            If there is no such concept.
        """
        return present(self._client.call("GetConcept", ConceptRequest(concept_id=concept_id)).concept, Concept)

    def list(self, search: str = "", limit: int | None = None) -> Listing[Concept]:
        """Concepts by id, fetched when they are iterated over.

        Parameters
        ----------
        search : str
            Those whose id or name contains it; all when empty.
        limit : int, optional
            The largest number of concepts.
        """
        return self._client.listing("ListConcepts", ListConceptsRequest(id=search), limit)


class Collaborators:
    """Who may work in the app besides its owner."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self, limit: int | None = None) -> Listing[Collaborator]:
        """All collaborators, fetched when they are iterated over; ``.user`` is the user."""
        return self._client.listing("ListCollaborators", ListCollaboratorsRequest(), limit)

    def add(self, *users: User | str | Iterable[User | str]) -> builtins.list[Collaborator]:
        """Let users work in the app.

        Parameters
        ----------
        *users : User, str or several
            Users, or their ids.
        """
        flat = [one for given in users for one in several(given)]
        people = [Collaborator(user=User(id=one) if isinstance(one, str) else one) for one in flat]
        if not people:
            return []
        answer = self._client.call("PostCollaborators", PostCollaboratorsRequest(collaborators=people))
        added: builtins.list[Collaborator] = answer.collaborators
        return added


class Users:
    """People with an account."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, user_id: str = "me") -> User:
        """Fetch one user; ``me`` is the one who acts.

        Raises
        ------
        NotFoundError
            If there is no such user.
        """
        request = GetUserRequest(user_app_id=UserAppID(user_id=user_id))
        return present(self._client.call("GetUser", request).user, User)


def _size(one: Input) -> int:
    data = one.data or Data()
    return sum(len(part.base64) for part in (data.image, data.video, data.audio) if part)
