"""What stands behind ``tasknb serve`` and ``tasknb user add``."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from tasknb.errors import MissingExtraError, StoreError, TasknbError
from tasknb.service.auto.registry import ModelError, chain_of
from tasknb.service.checks import check_id
from tasknb.service.context import AppRow, Refusal
from tasknb.service.core import Service
from tasknb.service.doors.asgi import AsgiApp
from tasknb.service.doors.http import Door
from tasknb.service.doors.listening import ANYWHERE, base_url, listen, serve_until_signal
from tasknb.service.doors.tls import TlsFiles, given_certificate, own_certificate
from tasknb.service.people.users import add_collaborator, add_key, ensure_app, ensure_user, has_key
from tasknb.service.schema import apps, users
from tasknb.service.store import MEMORY, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

DEMO_MODELS = {"digits": "tasknb.demo:digit_model", "coins": "tasknb.demo:coin_model"}


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What may label in automatic tasks, as the command line names it.

    Attributes
    ----------
    models : sequence of str
        Functions, each as ``ID=module:function``.
    workflows : sequence of str
        Chains of models, each as ``ID=model,model``.
    """

    models: Sequence[str] = ()
    workflows: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """How HTTP and gRPC are encrypted.

    Attributes
    ----------
    own : bool
        Whether to make a certificate, signed by an authority that is made once and kept.
    certificate, private_key : str
        PEM files of a certificate that clients trust; neither, or both.
    """

    own: bool = False
    certificate: str = ""
    private_key: str = ""


def run(  # noqa: PLR0913  one argument for each group of the command's options
    *,
    db: str,
    host: str = "127.0.0.1",
    port: int = 8008,
    user_id: str = "owner",
    app_id: str = "main",
    key: str | None = None,
    demo: bool = False,
    models: ModelOptions | None = None,
    grpc_port: int | None = None,
    tls: TlsOptions | None = None,
) -> int:
    """Serve a database over HTTP, and over gRPC if asked to, until Ctrl-C or SIGTERM.

    Prints one line with the address when it is ready, and before it the owner's key, if one had to be made.

    Parameters
    ----------
    db : str
        The database: see `Store`.
    host, port : str, int
        Where to listen; port 0 picks a free one.
    user_id, app_id : str
        The owner and the app, made if they are missing.
    key : str, optional
        The owner's key; made up when left out and there is none.
    demo : bool
        Whether to fill the app ``digits`` with images to label, and to offer the demo's models.
    models : ModelOptions, optional
        The models and workflows that may label.
    grpc_port : int, optional
        Where to serve gRPC too; 0 picks a free port, None serves none.
    tls : TlsOptions, optional
        How to encrypt; plain when left out.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    StoreError
        If the database cannot be opened.
    TasknbError
        If the port is in use, or an id or a key is none.
    ModelError
        If a model or workflow is none.
    MissingExtraError
        If uvicorn, or for gRPC the official stubs, are not installed.
    """
    try:
        import uvicorn  # noqa: F401, PLC0415  asked for before anything is made
    except ModuleNotFoundError:
        raise MissingExtraError("tasknb serve", "serve") from None
    names = (host,) if host not in ANYWHERE else (socket.gethostname(), socket.getfqdn())
    with _tls(tls or TlsOptions(), names) as files, listen(host, port) as listener:
        url = base_url(host, listener.getsockname()[1], tls=files is not None)
        service = Service(db, base_url=url)
        try:
            _prepare(service, db, user_id, app_id, key, demo=demo)
            _open_models(service, models or ModelOptions(), demo=demo)
            app = AsgiApp(Door(service), names, any_address=host in ANYWHERE)
            with _grpc(service, host, grpc_port, files) as also:
                ready = f"tasknb serves {service.store.name} at {url}{also}"
                if files is not None and files.advice:
                    _say(f"Clients on this machine trust it after: {files.advice}")
                serve_until_signal(app, listener, lambda: _say(ready), files)
        finally:
            service.close()
    return 0


@contextlib.contextmanager
def _tls(options: TlsOptions, names: Sequence[str]) -> Iterator[TlsFiles | None]:
    """The certificate to serve with; None for plain HTTP."""
    if options.certificate or options.private_key:
        if options.own or not (options.certificate and options.private_key):
            raise TasknbError("Name both --tls-cert and --tls-key, or only --tls, which makes a certificate.")
        yield given_certificate(options.certificate, options.private_key)
    elif options.own:
        with own_certificate(names) as files:
            yield files
    else:
        yield None


@contextlib.contextmanager
def _grpc(service: Service, host: str, port: int | None, files: TlsFiles | None) -> Iterator[str]:
    """Serve gRPC too, if asked to, encrypted as HTTP is; what to say of it."""
    if port is None:
        yield ""
        return
    from tasknb.service.doors.grpc import serving  # noqa: PLC0415  part of an extra

    pair = (files.certificate, files.private_key) if files else ("", "")
    with serving(service, host, port, *pair) as address:
        yield f" and gRPC at {address}" + (" (TLS)" if files else "")


def _pairs(given: Sequence[str], example: str) -> dict[str, str]:
    """What an option says of models by their ids; the example shows how."""
    pairs = [one.partition("=") for one in given]
    if not all(model_id and equals and rest for model_id, equals, rest in pairs):
        raise ModelError(f"{example.partition(' ')[0]} needs an id and what it is, for example {example}.")
    return {model_id: rest for model_id, _, rest in pairs}


def _open_models(service: Service, given: ModelOptions, *, demo: bool) -> None:
    """Make known what may label, and go on with automatic tasks."""
    known = {**(DEMO_MODELS if demo else {}), **_pairs(given.models, "--model digits=tasknb.demo:digit_model")}
    chains = _pairs(given.workflows, "--workflow read=crop,digits")
    service.auto.open(known, [chain_of(name, *steps.split(",")) for name, steps in chains.items()])


def add_user(name: str, *, db: str, app_id: str) -> int:
    """Make a user and a collaborator of an app, and print a new key, which is not kept.

    Parameters
    ----------
    name : str
        The user's id; the user may exist.
    db : str
        The database: see `Store`.
    app_id : str
        The app.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    StoreError
        If the database does not exist or cannot be opened.
    TasknbError
        If there is no such app, or the id is none.
    """
    if "://" not in db and not Path(db).exists():
        raise StoreError(f"{db} does not exist. `tasknb serve --db {db}` makes it.")
    store = Store(db)
    try:
        with store.write() as connection:
            _check_id(name)
            app = _app(connection, app_id, store.name)
            user = ensure_user(connection, name)
            if user.pk != app.owner_pk:
                add_collaborator(connection, app, user)
            made = add_key(connection, user)
    finally:
        store.close()
    _say(f"The key of {name}, shown only now: {made}")
    return 0


def _prepare(service: Service, db: str, user_id: str, app_id: str, key: str | None, *, demo: bool) -> None:
    """Make the user, the app and the key, and fill the demo."""
    _check_id(user_id)
    _check_id(app_id)
    made = ""
    with service.store.write() as connection:
        user, _ = ensure_app(connection, user_id, app_id)
        if key:
            add_key(connection, user, key)
        elif not has_key(connection, user):
            made = add_key(connection, user)
    if demo:
        if db == MEMORY:
            raise StoreError("The demo needs a file: name one with --db.")
        import_module("tasknb.demo").digits(db)
        with service.store.write() as connection:
            app = _app(connection, "digits", service.store.name)
            if user.pk != app.owner_pk:
                add_collaborator(connection, app, user)
    if made:
        _say(f"The key of {user_id}, shown only now: {made}")


def _app(db: Connection, app_id: str, store: str) -> AppRow:
    query = select(apps.c.pk, apps.c.id, users.c.pk, users.c.id).join_from(apps, users).where(apps.c.id == app_id)
    found = [AppRow(*row) for row in db.execute(query)]
    if not found:
        raise TasknbError(f"There is no app {app_id!r} in {store}. Name another with --app-id.")
    if len(found) > 1:
        owners = ", ".join(app.owner_id for app in found)
        raise TasknbError(f"Several users have an app {app_id!r}: {owners}. Let its owner add the collaborator.")
    return found[0]


def _check_id(value: str) -> None:
    try:
        check_id(value, "id")
    except Refusal as refusal:
        raise TasknbError(refusal.details) from None


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  a command speaks on its standard output
