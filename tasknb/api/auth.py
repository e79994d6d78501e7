"""The key: where it comes from, where it may go, and that it shows nowhere else."""

from __future__ import annotations

import ipaddress
import os
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from requests.auth import AuthBase

from tasknb.errors import AuthError, InvalidRequestError

if TYPE_CHECKING:
    from requests import PreparedRequest

CLARIFAI_URL = "https://api.clarifai.com"

_NO_KEY = (
    "no key: set the environment variable CLARIFAI_PAT, or pass Client(pat=…). "
    "Without an account, Client.local() opens the embedded service, which needs no key."
)
_BAD_KEY = "the key has characters that no key has (a line break, a space, a letter outside ASCII). Copy it once more."


class _Hidden(str):
    """Text that is sent as it is and shown as stars, also where some library keeps it among its variables."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class Key(AuthBase):
    """A personal access token or app key, which signs requests and shows itself nowhere: it is not printed or pickled.

    Parameters
    ----------
    pat : str, optional
        The token; read from ``CLARIFAI_PAT`` when left out.

    Raises
    ------
    AuthError
        If there is none, or it cannot be one.
    """

    __slots__ = ("_header",)

    def __init__(self, pat: str | None = None) -> None:
        text = str(os.environ.get("CLARIFAI_PAT", "") if pat is None else pat).strip()
        sound = text.isascii() and text.isprintable() and " " not in text
        self._header = _Hidden(f"Key {text}")
        problem = "" if text and sound else _BAD_KEY if text else _NO_KEY
        del pat, text  # a traceback that shows variables must not show the key
        if problem:
            raise AuthError(problem)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request."""
        request.headers["Authorization"] = self._header
        return request

    def hide(self, text: str) -> str:
        """`text` without the key, which a server may send back in an answer."""
        return text.replace(self._header.removeprefix("Key "), "***")

    def __repr__(self) -> str:
        return "Key(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled or copied; make a Client where it is needed, which reads CLARIFAI_PAT")


def checked_url(url: str, *, allow_plain_http: bool) -> str:
    """`url` without a trailing slash, if a key may be sent there.

    Raises
    ------
    InvalidRequestError
        If it is no http or https URL of a server.
    AuthError
        If it is plain http to another machine, where everybody on the way could read the key.
    """
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        raise InvalidRequestError(
            f"{_without_login(url)!r} is no base URL. It is https://host or http://host:port, as in {CLARIFAI_URL}; "
            "it comes from Client(base_url=…) or the environment variable CLARIFAI_API_BASE."
        )
    if parts.scheme == "http" and not is_loopback(host) and not allow_plain_http:
        raise AuthError(
            f"{url} is plain http to another machine: everybody on the way could read the key. Use https, or, in a "
            "network that you trust, Client(allow_plain_http=True)."
        )
    return url.removesuffix("/v2")


def is_loopback(host: str | None) -> bool:
    """Whether a host's name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _without_login(url: str) -> str:
    before, at, after = url.rpartition("@")
    return f"{before.partition('//')[0]}//***@{after}" if at else url
