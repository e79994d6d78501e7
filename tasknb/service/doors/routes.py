"""From an HTTP verb and path to the RPC, by a tree of path segments that is built once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tasknb.messages.rpcs import RPCS, Rpc
from tasknb.messages.status import StatusCode
from tasknb.service.context import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

# The bindings that a few RPCs have besides the two of the table.
_ALSO = (
    ("DeleteAnnotations", "/v2/users/{user_id}/apps/{app_id}/annotations"),
    ("DeleteAnnotations", "/v2/annotations"),
    ("GetModel", "/v2/users/{user_id}/apps/{app_id}/models/{model_id}/versions/{version_id}"),
    ("GetModel", "/v2/models/{model_id}/versions/{version_id}"),
    ("PostModelOutputs", "/v2/users/{user_id}/apps/{app_id}/models/{model_id}/versions/{version_id}/outputs"),
    ("PostModelOutputs", "/v2/models/{model_id}/versions/{version_id}/outputs"),
    (
        "PostWorkflowResults",
        "/v2/users/{user_id}/apps/{app_id}/workflows/{workflow_id}/versions/{version_id}/results",
    ),
    ("PostWorkflowResults", "/v2/workflows/{workflow_id}/versions/{version_id}/results"),
)


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: str = ""
    child: _Node | None = None
    rpcs: dict[str, Rpc] = field(default_factory=dict)

    def add(self, segments: list[str], rpc: Rpc) -> None:
        if not segments:
            self.rpcs[rpc.verb] = rpc
        elif segments[0].startswith("{"):
            self.parameter = segments[0].strip("{}")
            self.child = self.child or _Node()
            self.child.add(segments[1:], rpc)
        else:
            self.literals.setdefault(segments[0], _Node()).add(segments[1:], rpc)

    def find(self, segments: list[str], at: int, values: dict[str, str]) -> Iterator[tuple[_Node, dict[str, str]]]:
        """The nodes that fit, the most literal first: ``inputs/status`` before ``inputs/{input_id}``."""
        if at == len(segments):
            if self.rpcs:
                yield self, values
            return
        segment = segments[at]
        if segment in self.literals:
            yield from self.literals[segment].find(segments, at + 1, values)
        if self.child is not None and segment:
            yield from self.child.find(segments, at + 1, {**values, self.parameter: segment})


def _tree() -> _Node:
    root = _Node()
    bindings = [(rpc, path) for rpc in RPCS.values() for path in (rpc.path, rpc.short) if path]
    for rpc, path in [*bindings, *((RPCS[name], path) for name, path in _ALSO)]:
        root.add(path.strip("/").split("/"), rpc)
    return root


_ROOT = _tree()


def find_rpc(verb: str, path: str) -> tuple[Rpc, dict[str, str]]:
    """The RPC that a request is for.

    Parameters
    ----------
    verb : str
        The HTTP verb.
    path : str
        The path as it was sent, percent-encoded: an id may hold ``%2F``.

    Returns
    -------
    rpc : Rpc
        The RPC.
    values : dict of str
        The values of the path's fields, decoded.

    Raises
    ------
    Refusal
        CONN_DOES_NOT_EXIST for a path that is not served, CONN_METHOD_NOT_ALLOWED for another verb of one that is.
    """
    segments = path.strip("/").split("/")
    if "%" in path:
        segments = [_decoded(segment) for segment in segments]
    verbs: set[str] = set()
    for node, values in _ROOT.find(segments, 0, {}):
        if verb in node.rpcs:
            return node.rpcs[verb], values
        verbs |= node.rpcs.keys()
    if verbs:
        allowed = ", ".join(sorted(verbs))
        raise Refusal(StatusCode.CONN_METHOD_NOT_ALLOWED, f"{verb} is not allowed here; this path takes {allowed}.")
    raise Refusal(StatusCode.CONN_DOES_NOT_EXIST, "Nothing is served at this path. Paths begin with /v2/.")


def _decoded(segment: str) -> str:
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise Refusal(StatusCode.CONN_BAD_REQUEST_FORMAT, "The path is not valid percent-encoded UTF-8.") from None
