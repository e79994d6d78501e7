"""What the form offers to choose from: the app's concepts, datasets and people, and how many inputs there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasknb.errors import InvalidRequestError, NotFoundError
from tasknb.messages.enums import InputSourceType
from tasknb.messages.models import ListModelsRequest, ListWorkflowsRequest

if TYPE_CHECKING:
    from tasknb.api import Client
    from tasknb.messages.people import User
    from tasknb.messages.task import InputSource


class Catalog:
    """One app's choices, fetched once and kept; `refresh` forgets them.

    Parameters
    ----------
    client : Client
        The client of the app.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._counts: dict[tuple[str, str], int] = {}

    def refresh(self) -> None:
        """Forget the counts, so that they are taken anew."""
        self._counts.clear()

    def choices(self) -> dict[str, Any]:
        """The concepts, datasets and people, each with ``id`` and ``name``; the app's owner comes first.

        ``searches`` says whether a saved search may be a source: the embedded service has none.
        """
        concepts = [{"id": one.id, "name": one.name or one.id} for one in self._client.concepts.list()]
        datasets = [{"id": one.id, "name": one.id} for one in self._client.datasets.list()]
        return {
            "concepts": concepts,
            "datasets": datasets,
            "people": self.people(),
            "models": self.models(),
            "searches": not self._client.is_local,
        }

    def people(self) -> list[dict[str, str]]:
        """The app's owner and its collaborators."""
        owner = self._client.owner_id
        if owner == "me":
            owner = self._client.users.get("me").id
        users = [one.user for one in self._client.collaborators.list() if one.user and one.user.id != owner]
        return [{"id": owner, "name": f"{owner} (owner)"}, *(_person(user) for user in users)]

    def models(self) -> list[dict[str, str]]:
        """The models and workflows that may label, with ``kind``; none where the server does not list them."""
        return [*self._listed("model", "ListModels"), *self._listed("workflow", "ListWorkflows")]

    def _listed(self, kind: str, rpc: str) -> list[dict[str, str]]:
        request = ListModelsRequest() if kind == "model" else ListWorkflowsRequest()
        try:
            return [{"kind": kind, "id": one.id, "name": one.id} for one in self._client.listing(rpc, request)]
        except (InvalidRequestError, NotFoundError):
            return []

    def add_concept(self, concept_id: str) -> None:
        """Create a concept in the app."""
        self._client.concepts.create(concept_id)

    def add_person(self, user_id: str) -> None:
        """Make a user a collaborator of the app."""
        self._client.collaborators.add(user_id)

    def count(self, source: InputSource) -> int | None:
        """How many inputs a source has; None while it has no id, and for those that cannot be counted.

        Raises
        ------
        ApiError
            If the server refuses, for example because there is no such dataset.
        """
        key = (str(source.type), source.id)
        if key not in self._counts:
            found = self._count(source)
            if found is None:
                return None
            self._counts[key] = found
        return self._counts[key]

    def _count(self, source: InputSource) -> int | None:
        if source.type is InputSourceType.ALL_INPUTS:
            return self._client.inputs.count().processed
        if source.type is InputSourceType.INPUT and source.id:
            return 1
        if source.type is InputSourceType.DATASET and source.id:
            return self._client.datasets.count(source.id)
        return None


def _person(user: User) -> dict[str, str]:
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    return {"id": user.id, "name": f"{name} ({user.id})" if name else user.id}
