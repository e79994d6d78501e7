"""The command line: ``tasknb lab``, ``tasknb serve``, ``tasknb user add``, ``tasknb report``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tasknb.errors import MissingExtraError, TasknbError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  the only name it has

QUICKSTART = "01-quickstart.ipynb"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 refused with a message, 2 wrong arguments."""
    parser = _parser()
    args, rest = parser.parse_known_args(argv)
    if rest and args.command != "lab":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return int(args.run(args, rest))
    except TasknbError as error:
        print(f"tasknb: {error}", file=sys.stderr)  # noqa: T201  a command speaks on its standard error
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tasknb", description="Labeling tasks in the notebook.")
    parser.add_argument("--version", action="version", version=f"tasknb {version('tasknb')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _lab_options(commands)
    _serve_options(commands)
    _user_options(commands)
    _report_options(commands)
    return parser


def _lab_options(commands: Commands) -> None:
    lab = commands.add_parser(
        "lab",
        help="open JupyterLab on the quickstart notebook",
        description="Open JupyterLab on the quickstart notebook. Other options, such as --no-browser or --port 8899, "
        "go on to JupyterLab.",
    )
    lab.set_defaults(run=_lab)


def _serve_options(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="serve the embedded task service over HTTP and gRPC")
    serve.add_argument("--db", default="labels.db", help="a SQLite file, or a postgresql:// URL (default: %(default)s)")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=int, default=8008, help="0 picks a free one (default: %(default)s)")
    serve.add_argument("--user-id", default="owner", help="the app's owner (default: %(default)s)")
    serve.add_argument("--app-id", default="main", help="the app (default: %(default)s)")
    serve.add_argument("--key", help="the owner's key; made and printed once when left out and there is none")
    serve.add_argument("--demo", action="store_true", help="fill the app with handwritten digits to label")
    serve.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="ID=MODULE:FUNCTION",
        help="a Python function that may label as a model, for example digits=tasknb.demo:digit_model; repeatable",
    )
    serve.add_argument(
        "--workflow",
        action="append",
        default=[],
        metavar="ID=MODEL,MODEL",
        help="a chain of models in which each takes what the one before it says; repeatable",
    )
    serve.add_argument("--tls", action="store_true", help="encrypt, by a certificate that is made for this machine")
    serve.add_argument("--tls-cert", default="", metavar="FILE", help="encrypt, by this certificate (PEM)")
    serve.add_argument("--tls-key", default="", metavar="FILE", help="the private key of --tls-cert (PEM)")
    serve.add_argument("--grpc-port", type=int, help="serve gRPC too, on this port; 0 picks a free one")
    serve.set_defaults(run=_serve)


def _user_options(commands: Commands) -> None:
    user = commands.add_parser("user", help="manage the users of the embedded service")
    user_commands = user.add_subparsers(dest="user_command", required=True, metavar="COMMAND")
    add = user_commands.add_parser("add", help="make a collaborator and print his key once")
    add.add_argument("name", help="the user's id")
    add.add_argument("--db", default="labels.db", help="a SQLite file, or a postgresql:// URL (default: %(default)s)")
    add.add_argument("--app-id", default="main", help="the app to work in (default: %(default)s)")
    add.set_defaults(run=_add_user)


def _report_options(commands: Commands) -> None:
    parser = commands.add_parser(
        "report",
        help="write a report on all tasks: a page, Markdown or JSON",
        description="Write a report on all tasks. Exit status: 0 written; 1 written, and a rule of --fail-if holds; "
        "2 not written.",
    )
    source = parser.add_argument_group("what to report on, one of").add_mutually_exclusive_group(required=True)
    source.add_argument("--db", default="", help="a SQLite file or a postgresql:// URL; it is read and never written")
    source.add_argument(
        "--clarifai", action="store_true", help="the app that CLARIFAI_PAT, CLARIFAI_USER_ID and CLARIFAI_APP_ID name"
    )
    source.add_argument(
        "--notebook", default="", metavar="FILE", help="a notebook: it is run, and its output is the report"
    )
    parser.add_argument("-o", "--output", required=True, help="the file to write, or - for the standard output")
    parser.add_argument("--format", choices=("html", "md", "json"), help="by default what --output ends in; md for -")
    parser.add_argument("--app-id", default="", help="the app, where a database has several")
    parser.add_argument("--user-id", default="", help="the owner of the app")
    parser.add_argument("--task", action="append", default=[], metavar="ID", help="only this task; repeatable")
    parser.add_argument("--title", default="", help="the heading")
    parser.add_argument(
        "--since", default="", metavar="FILE", help="the last report; by default the file that --output replaces"
    )
    parser.add_argument(
        "--fail-if",
        action="append",
        default=[],
        metavar="RULE",
        help="exit with status 1 when this holds, for example 'stalled_workers > 0' or 'progress < 50%%'; repeatable",
    )
    parser.add_argument("--no-pictures", dest="pictures", action="store_false", help="leave contested inputs unseen")
    parser.add_argument(
        "--whole", action="store_true", help="read every label, where a sample of a large task would do"
    )
    parser.add_argument("--code", action="store_true", help="of a notebook: show its code too")
    parser.add_argument(
        "--timeout",
        type=float,
        default=600,
        metavar="SECONDS",
        help="of a notebook: the longest for one cell (%(default)s)",
    )
    parser.set_defaults(run=_report)


def _serve(args: argparse.Namespace, _rest: list[str]) -> int:
    from tasknb.service.doors import serve  # noqa: PLC0415  other commands do not pay for a web server

    return serve.run(
        db=args.db,
        host=args.host,
        port=args.port,
        user_id=args.user_id,
        app_id=args.app_id,
        key=args.key,
        demo=args.demo,
        models=serve.ModelOptions(args.model, args.workflow),
        grpc_port=args.grpc_port,
        tls=serve.TlsOptions(args.tls, args.tls_cert, args.tls_key),
    )


def _add_user(args: argparse.Namespace, _rest: list[str]) -> int:
    from tasknb.service.doors import serve  # noqa: PLC0415  likewise

    return serve.add_user(args.name, db=args.db, app_id=args.app_id)


def _report(args: argparse.Namespace, _rest: list[str]) -> int:
    from tasknb.reports import command  # noqa: PLC0415  likewise

    return command.run(args)


def _lab(_args: argparse.Namespace, rest: list[str]) -> int:
    if find_spec("jupyterlab") is None:
        raise MissingExtraError("tasknb lab", "lab")
    folder, notebook = _quickstart()
    # Until a notebook is trusted, JupyterLab shows the saved tables in place of live widgets.
    trust = [sys.executable, "-m", "jupyter", "trust", str(folder / notebook)]
    subprocess.run(trust, check=False, capture_output=True)  # noqa: S603  our own words and a path of ours
    # As the default address, and not as an argument, so that the address that JupyterLab prints leads to it too.
    start = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{notebook.as_posix()}"]
    command = [sys.executable, "-m", "jupyter", "lab", "--ip=127.0.0.1", *start, *rest]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # without it JupyterLab refuses to start in a container
    os.execv(sys.executable, command)  # noqa: S606  JupyterLab takes over, with its own signals and exit status


def _quickstart() -> tuple[Path, Path]:
    """The folder to open and the quickstart in it: a checkout, else the present folder, with a copy to change."""
    package = Path(__file__).resolve().parent
    in_checkout = Path("notebooks") / QUICKSTART
    if (package.parent / in_checkout).exists():
        return package.parent, in_checkout
    copy = Path.cwd() / QUICKSTART
    if not copy.exists():
        shutil.copy(package / "_notebooks" / QUICKSTART, copy)
    return Path.cwd(), Path(QUICKSTART)
