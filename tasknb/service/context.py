"""What every use case is given, and how it refuses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sqlalchemy import Connection

    from tasknb.messages.status import StatusCode
    from tasknb.service.auto.automation import Automation

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """The request cannot be done; nothing of it has been. The doors turn it into the status of the answer.

    Attributes
    ----------
    code : StatusCode
        What kind of refusal.
    details : str
        What is wrong, where (``tasks[0].worker…``), and the way out.
    """

    def __init__(self, code: StatusCode, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts."""

    pk: int
    id: str


@dataclass(frozen=True, slots=True)
class AppRow:
    """The app that a request is about."""

    pk: int
    id: str
    owner_pk: int
    owner_id: str


@dataclass(frozen=True, slots=True)
class Context:
    """One request at work: a connection inside one transaction, who asks, about which app, and when.

    `app` is checked before a use case is called: it exists, and the caller is its owner or a collaborator. For the few
    requests that are about no app (GetUser, ListApps, PostApps, ListStatusCodes) it is None. `base_url` is where
    clients reach the service, `auto` what it has of models. What is in `after` is called with the response once the
    transaction is committed: whatever must not hold up other writers, such as asking a model.
    """

    db: Connection
    caller: Caller
    app: AppRow | None
    now: int
    base_url: str = ""
    auto: Automation | None = None
    after: list[Callable[[Any], None]] = field(default_factory=list)

    @property
    def app_pk(self) -> int:
        """The app's pk, for the use cases that always have an app."""
        assert self.app is not None
        return self.app.pk


def now_micros() -> int:
    """The time as the store keeps it: microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def to_datetime(micros: int) -> datetime:
    """A stored time as an aware datetime."""
    return _EPOCH + timedelta(microseconds=micros)
