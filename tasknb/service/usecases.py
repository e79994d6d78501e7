"""The one table of what the service does: a function for each RPC that it offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


USE_CASES: dict[str, UseCase] = {}
