"""The models and workflows that a service knows: registered functions, entry points, and chains of them."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from tasknb.errors import TasknbError
from tasknb.messages.people import Model, ModelVersion, NodeInput, Workflow, WorkflowNode, WorkflowVersion
from tasknb.messages.wire import encode
from tasknb.service.auto.predictors import Chain, FunctionModel, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasknb.messages.models import ModelFunction
    from tasknb.service.auto.predictors import Predictor

log = logging.getLogger("tasknb.service.auto")

ENTRY_POINTS = "tasknb.models"
"""The group in which a package offers models: ``digits = "my_package.models:digits"``."""


class ModelError(TasknbError, ValueError):
    """A model or workflow that cannot be registered."""


@dataclass(slots=True)
class Registry:
    """Models and workflows by id, each in one or more versions; the version registered last is the present one.

    It may be used from any thread.
    """

    _models: dict[str, dict[str, FunctionModel]] = field(default_factory=dict)
    _workflows: dict[str, tuple[Workflow, Chain]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def add_model(self, model_id: str, function: ModelFunction | str, version_id: str = "") -> None:
        """Make a Python function known as a model.

        Parameters
        ----------
        model_id : str
            What tasks call it.
        function : callable or str
            Takes a list of `tasknb.messages.models.ModelInput` and returns one prediction each; or where it is, as
            ``"package.module:function"``.
        version_id : str, optional
            The version; one that stays the same for the same id when left out.

        Raises
        ------
        ModelError
            If the id is empty, or there is no such function.
        """
        if not model_id:
            raise ModelError("A model needs an id, for example digits=tasknb.demo:digit_model.")
        found = load_function(function) if isinstance(function, str) else function
        if not callable(found):
            raise ModelError(f"The model {model_id!r} is a {type(found).__name__}; a model is a function.")
        version_id = version_id or default_version(model_id)
        with self._lock:
            versions = self._models.setdefault(model_id, {})
            # The last one counts as the present one, also when it replaces an earlier one of the same version.
            versions.pop(version_id, None)
            versions[version_id] = FunctionModel(model_id, version_id, found)

    def add_workflow(self, workflow: Workflow) -> None:
        """Make a chain of models known as a workflow.

        Parameters
        ----------
        workflow : Workflow
            Its id and nodes; each node names a known model, and in ``node_inputs`` the nodes whose output it takes.

        Raises
        ------
        ModelError
            If a model is not known, or the nodes do not form a chain without circles.
        """
        if not workflow.id or not workflow.nodes:
            raise ModelError("A workflow needs an id and at least one node.")
        nodes = [self._node(workflow, node) for node in workflow.nodes]
        version_id = (workflow.version and workflow.version.id) or hashlib.sha256(encode(workflow)).hexdigest()[:32]
        chain = Chain(workflow.id, version_id, tuple(_in_order(workflow.id, nodes)))
        with self._lock:
            self._workflows[workflow.id] = (workflow, chain)

    def model(self, model_id: str, version_id: str = "") -> FunctionModel | None:
        """A model in one version, or in the present one; None when it is not known."""
        with self._lock:
            versions = self._models.get(model_id) or self._from_entry_point(model_id)
            if not versions:
                return None
            return versions.get(version_id) if version_id else next(reversed(versions.values()))

    def workflow(self, workflow_id: str, version_id: str = "") -> Chain | None:
        """A workflow; None when it is not known, or not in that version."""
        with self._lock:
            _, chain = self._workflows.get(workflow_id, (None, None))
        return chain if chain is None or version_id in ("", chain.version_id) else None

    def describe_models(self) -> list[Model]:
        """Every known model with its present version, by id."""
        with self._lock:
            names = sorted({*self._models, *(point.name for point in _offered())})
            versions = {name: next(reversed(self._models[name])) for name in names if name in self._models}
        return [describe_model(name, versions.get(name) or default_version(name)) for name in names]

    def describe_workflows(self) -> list[Workflow]:
        """Every known workflow with its nodes, by id."""
        with self._lock:
            known = sorted(self._workflows.items())
        return [
            Workflow(
                id=name,
                nodes=workflow.nodes,
                version=WorkflowVersion(id=chain.version_id, workflow_id=name),
            )
            for name, (workflow, chain) in known
        ]

    def _from_entry_point(self, model_id: str) -> dict[str, FunctionModel]:
        place = next((point.value for point in _offered() if point.name == model_id), "")
        try:
            if place:
                self.add_model(model_id, place)
        except ModelError as error:
            log.warning("the model %r that a package offers cannot be used: %s", model_id, error)
        return self._models.get(model_id, {})

    def _node(self, workflow: Workflow, node: WorkflowNode) -> Node:
        model = node.model or Model()
        version = model.model_version.id if model.model_version else ""
        predictor: Predictor | None = self.model(model.id, version)
        if predictor is None:
            raise ModelError(
                f"The node {node.id!r} of the workflow {workflow.id!r} names the model {model.id!r}, which is not "
                "registered. Register it first."
            )
        return Node(node.id, model, predictor, tuple(one.node_id for one in node.node_inputs))


def describe_model(model_id: str, version_id: str) -> Model:
    """The message of a registered model."""
    return Model(id=model_id, name=model_id, model_version=ModelVersion(id=version_id))


def default_version(model_id: str) -> str:
    """The version of a model that was registered without one: 32 hexadecimal digits, the same for the same id."""
    return hashlib.sha256(f"model {model_id}".encode()).hexdigest()[:32]


def chain_of(workflow_id: str, *model_ids: str) -> Workflow:
    """The workflow in which each model takes what the one before it says.

    The nodes have the models' ids; where a model comes again, with a number.
    """
    nodes: list[WorkflowNode] = []
    for index, model_id in enumerate(model_ids):
        times = model_ids[:index].count(model_id)
        node_id = f"{model_id}-{times + 1}" if times else model_id
        takes = [NodeInput(node_id=nodes[-1].id)] if nodes else []
        nodes.append(WorkflowNode(id=node_id, model=Model(id=model_id), node_inputs=takes))
    return Workflow(id=workflow_id, nodes=nodes)


def load_function(place: str) -> ModelFunction:
    """The function at ``package.module:function``.

    Raises
    ------
    ModelError
        If there is none.
    """
    module_name, _, name = place.partition(":")
    if not module_name or not name:
        raise ModelError(f"{place!r} names no function. Write package.module:function.")
    try:
        module = import_module(module_name)
    except ImportError as error:
        raise ModelError(f"{module_name!r} cannot be imported for {place!r}: {error}") from error
    function: ModelFunction | None = getattr(module, name, None)
    if function is None:
        raise ModelError(f"The module {module_name!r} has no {name!r}.")
    return function


def _offered() -> Iterable[EntryPoint]:
    return _offered_on(tuple(sys.path))


@cache
def _offered_on(_path: tuple[str, ...]) -> Iterable[EntryPoint]:
    """Read once for each path, because it means to open the metadata of every installed package."""
    return entry_points(group=ENTRY_POINTS)


def _in_order(workflow_id: str, nodes: list[Node]) -> list[Node]:
    """The nodes so that each comes after those whose output it takes."""
    ids = [node.id for node in nodes]
    if len(set(ids)) < len(ids) or "" in ids:
        raise ModelError(f"Each node of the workflow {workflow_id!r} needs an id of its own.")
    strangers = sorted({name for node in nodes for name in node.takes} - set(ids))
    if strangers:
        raise ModelError(f"The workflow {workflow_id!r} has no node {strangers[0]!r}, which node_inputs names.")
    ordered: list[Node] = []
    while len(ordered) < len(nodes):
        done = {node.id for node in ordered}
        ready = [node for node in nodes if node.id not in done and done.issuperset(node.takes)]
        if not ready:
            raise ModelError(f"The nodes of the workflow {workflow_id!r} go in a circle.")
        ordered += ready
    return ordered
