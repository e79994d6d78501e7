"""The one table of what the service does: a function for each RPC that it offers.

A statement that every request needs is built once, at the top of its module, with ``bindparam`` where values go:
building one takes several times as long as running it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasknb.service import apps, people

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
    "GetUser": UseCase(people.get_user),
    "ListCollaborators": UseCase(people.list_collaborators),
    "PostCollaborators": UseCase(people.post_collaborators, writes=True),
    "PostApps": UseCase(apps.post_apps, writes=True),
    "ListApps": UseCase(apps.list_apps),
    "GetApp": UseCase(apps.get_app),
    "ListStatusCodes": UseCase(apps.list_status_codes),
    "GetStatusCode": UseCase(apps.get_status_code),
}
