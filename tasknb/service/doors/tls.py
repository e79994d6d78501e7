"""Certificates for TLS: those that a user has, or one of an authority of his own that is made once and kept."""

from __future__ import annotations

import os
import ssl
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasknb.errors import MissingExtraError, TasknbError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOOPBACK = ("localhost", "127.0.0.1", "::1")

TRUST = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "NODE_EXTRA_CA_CERTS")
"""The environment variables by which requests, curl, gRPC and Node are told whom to trust."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What a server needs for TLS, as paths of PEM files.

    Attributes
    ----------
    certificate, private_key : str
        The server's.
    authority : str
        Whom clients must be told to trust; empty when they trust the certificate already.
    """

    certificate: str
    private_key: str
    authority: str = ""

    @property
    def advice(self) -> str:
        """The line for a shell after which clients trust the server; empty when they do already."""
        settings = " ".join(f"{name}={self.authority}" for name in TRUST)
        return f"export {settings}" if self.authority else ""


def given_certificate(certificate: str, private_key: str) -> TlsFiles:
    """Take a user's own certificate.

    Raises
    ------
    TasknbError
        If the files are no certificate with its key.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, private_key)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise TasknbError(
            f"{certificate} and {private_key} cannot be used: {reason}. "
            "--tls-cert and --tls-key name a certificate and its private key as PEM, without a passphrase."
        ) from None
    return TlsFiles(certificate, private_key)


@contextmanager
def own_certificate(hosts: Sequence[str], folder: Path | None = None) -> Iterator[TlsFiles]:
    """Make a certificate for this machine, and the authority that signs it, if there is none yet.

    The authority is kept, readable by its user alone, so that clients need to be told of it once. The server's
    certificate lasts as long as the ``with`` block.

    Parameters
    ----------
    hosts : sequence of str
        The names and addresses of the server, besides ``localhost``, ``127.0.0.1`` and ``::1``.
    folder : Path, optional
        Where the authority is kept; ``~/.local/share/tasknb`` when left out.

    Raises
    ------
    MissingExtraError
        If cryptography is not installed.
    """
    try:
        from tasknb.service.doors import authority  # noqa: PLC0415  part of an extra
    except ModuleNotFoundError:
        raise MissingExtraError("tasknb serve --tls", "serve") from None
    kept = (folder or _data_folder()) / "authority"
    authority.make_authority(kept)
    with tempfile.TemporaryDirectory(prefix="tasknb-tls-") as made:
        authority.make_server(kept, list(dict.fromkeys((*LOOPBACK, *hosts))), Path(made))
        certificate, private_key = (str(Path(made, name)) for name in (authority.CERTIFICATE, authority.KEY))
        yield TlsFiles(certificate, private_key, str(kept / authority.CERTIFICATE))


def _data_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tasknb"
