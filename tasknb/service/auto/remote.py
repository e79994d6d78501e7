"""Models and workflows of Clarifai, asked over its REST API."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

from tasknb.errors import MessageError, TasknbError
from tasknb.messages.data import Data, Image, Input, Text
from tasknb.messages.models import (
    MultiOutputResponse,
    PostModelOutputsRequest,
    PostWorkflowResultsRequest,
    PostWorkflowResultsResponse,
)
from tasknb.messages.requests import Response
from tasknb.messages.status import StatusCode
from tasknb.messages.wire import decode, encode
from tasknb.service.auto.pixels import MediaError
from tasknb.service.auto.predictors import ModelFailure, as_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from tasknb.messages.models import Output
    from tasknb.messages.wire import Message
    from tasknb.service.auto.inputs import SeenInput

R = TypeVar("R", bound=Response)

DEFAULT_BASE = "https://api.clarifai.com"
SECONDS = (5, 60)
RETRIES = 4
"""How often a request is sent again when it is throttled or the server has a bad moment."""

MAX_INPUTS = 32

_UNREAD = range(StatusCode.INPUT_DOWNLOAD_PENDING.value, StatusCode.ALL_INPUT_INVALID_BYTES.value + 1)
"""The status codes of an output by which Clarifai says that it could not read the input."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where Clarifai is, and the key to it; the key is shown nowhere.

    A request that is sent again waits 0, 2, 4 and then 8 times `backoff` seconds.
    """

    base_url: str
    key: str = field(repr=False)
    backoff: float = 1.0

    @classmethod
    def from_environment(cls) -> Account | None:
        """The account of CLARIFAI_API_BASE and CLARIFAI_PAT; None without a key."""
        key = os.environ.get("CLARIFAI_PAT", "").strip()
        base = os.environ.get("CLARIFAI_API_BASE", "").strip() or DEFAULT_BASE
        return cls(base.rstrip("/"), key) if key else None


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model or workflow in somebody's app at Clarifai.

    Attributes
    ----------
    account : Account
        Where to ask.
    kind : str
        ``model`` or ``workflow``.
    user_id, app_id, id, version_id : str
        Whose, where, which, and in which version (empty: the present one).
    """

    account: Account
    kind: str
    user_id: str
    app_id: str
    id: str
    version_id: str = ""

    @property
    def name(self) -> str:
        """What it is, for messages."""
        return f"{self.kind} '{self.user_id}/{self.app_id}/{self.id}'"

    def predict(self, inputs: Sequence[SeenInput]) -> list[Data]:
        """Ask Clarifai, a few inputs at a time."""
        found: list[Data] = []
        with _session(self.account) as session:
            for start in range(0, len(inputs), MAX_INPUTS):
                found += self._ask(session, inputs[start : start + MAX_INPUTS])
        return found

    def _ask(self, session: requests.Session, inputs: Sequence[SeenInput]) -> list[Data]:
        messages = [_as_input(seen) for seen in inputs]
        if self.kind == "model":
            answer = self._post(session, "outputs", PostModelOutputsRequest(inputs=messages), MultiOutputResponse)
            outputs = [[output] for output in answer.outputs]
        else:
            request = PostWorkflowResultsRequest(inputs=messages)
            results = self._post(session, "results", request, PostWorkflowResultsResponse)
            # A workflow answers with the output of each node; the last node's is its prediction.
            outputs = [result.outputs[-1:] for result in results.results]
        if len(outputs) != len(inputs):
            raise ModelFailure(f"{self.name} answered with {len(outputs)} outputs for {len(inputs)} inputs.")
        return [self._read(each, seen) for each, seen in zip(outputs, inputs, strict=True)]

    def _read(self, outputs: list[Output], seen: SeenInput) -> Data:
        for output in outputs:
            if output.status is not None and output.status.code != StatusCode.SUCCESS:
                said = output.status.details or output.status.description
                if output.status.code in _UNREAD:
                    raise MediaError(f"{self.name} cannot read it: {output.status.code} {said}", seen.id)
                raise ModelFailure(f"{self.name} failed on {seen.id!r}: {output.status.code} {said}")
        data = (outputs[0].data if outputs else None) or Data()
        try:
            return as_data(Data(concepts=data.concepts, regions=data.regions))
        except ValueError as error:
            raise ModelFailure(f"{self.name} returned no valid prediction for {seen.id!r}: {error}") from None

    def _post(self, session: requests.Session, what: str, message: Message, kind: type[R]) -> R:
        import requests  # noqa: PLC0415  only remote models need it

        url = f"{self.account.base_url}{self._path(what)}"
        try:
            # A redirect would take the key to another place.
            response = session.post(url, data=encode(message), timeout=SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise ModelFailure(f"{self.name} was not reached at {self._host}: {type(error).__name__}.") from None
        try:
            answer = decode(response.content, kind)
        except MessageError:
            raise ModelFailure(
                f"{self.name}: {self._host} answered with HTTP status {response.status_code} and no readable message."
            ) from None
        if answer.status is None or answer.status.code not in (StatusCode.SUCCESS, StatusCode.MIXED_STATUS):
            # Whatever a server says, the key is not repeated.
            said = _said(answer).replace(self.account.key, "…")
            raise ModelFailure(f"{self.name}: {said} (HTTP status {response.status_code}, {self._host})")
        return answer

    def _path(self, what: str) -> str:
        parts = ["v2", "users", self.user_id, "apps", self.app_id, f"{self.kind}s", self.id]
        if self.version_id:
            parts += ["versions", self.version_id]
        return "".join(f"/{quote(part, safe='')}" for part in [*parts, what])

    @property
    def _host(self) -> str:
        return urlsplit(self.account.base_url).hostname or "CLARIFAI_API_BASE"


def _session(account: Account) -> requests.Session:
    """A session that signs with the key, and sends a request again where that may help."""
    import requests  # noqa: PLC0415  only remote models need it
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from urllib3.util import Retry  # noqa: PLC0415

    session = requests.Session()
    # A .netrc file would take the place of the key.
    session.trust_env = False
    session.headers.update({"Authorization": f"Key {account.key}", "Content-Type": "application/json"})
    # Asking a model changes nothing, so POST may be sent again too.
    again = Retry(
        RETRIES,
        backoff_factor=account.backoff,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods=None,
        respect_retry_after_header=False,
        raise_on_status=False,
    )
    session.mount(account.base_url, HTTPAdapter(max_retries=again))
    return session


def _as_input(seen: SeenInput) -> Input:
    """What is sent: the URL where the input was added by one, else its text or its bytes."""
    data = seen.data
    is_whole = seen.time_ms is None and seen.previous is None
    # Stored bytes have a URL too, which leads to this service and is nobody else's business.
    if is_whole and data.image is not None and data.image.url and data.image.hosted is None:
        return Input(data=Data(image=Image(url=data.image.url)))
    if is_whole and data.text is not None and data.text.url:
        return Input(data=Data(text=Text(url=data.text.url)))
    if data.text is not None:
        return Input(data=Data(text=Text(raw=seen.text)))
    try:
        return Input(data=Data(image=Image(base64=seen.content)))
    except MediaError:
        raise
    except TasknbError as error:
        raise ModelFailure(str(error)) from error


def _said(answer: Response) -> str:
    status = answer.status
    if status is None:
        return "an answer without a status"
    details = f": {status.details}" if status.details and status.details != status.description else ""
    return f"{status.code} {status.description}{details}"
