"""What stands behind ``tasknb report``: read, write, say one line, and judge the rules."""

from __future__ import annotations

import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasknb.api import Client
from tasknb.errors import MessageError, TasknbError
from tasknb.reports.changes import read_state
from tasknb.reports.making import Report, kind_of, report, write
from tasknb.reports.rules import read_rule

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from tasknb.reports.rules import Rule

OK, RULE_HELD, FAILED = 0, 1, 2
"""The exit statuses."""

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Order:
    """What to report, as the command line says it.

    Attributes
    ----------
    output : str
        A path, or ``-`` for the standard output.
    kind : str
        ``html``, ``md`` or ``json``.
    since : str
        The last report; empty for the one that `output` replaces.
    tasks : sequence of str
        Ids; all when empty.
    rules : sequence of Rule
        What to fail on.
    title : str
        The heading.
    pictures, whole : bool
        See `tasknb.reports.report`.
    """

    output: str
    kind: str
    since: str = ""
    tasks: Sequence[str] = ()
    rules: Sequence[Rule] = ()
    title: str = ""
    pictures: bool = True
    whole: bool = False


def run(args: argparse.Namespace) -> int:
    """Make one report.

    Parameters
    ----------
    args : Namespace
        The options of the command line; see ``tasknb report --help``.

    Returns
    -------
    int
        0 when the report was made; 1 when it was, and a rule held; 2 when it could not be made.
    """
    try:
        if args.notebook:
            return _notebook(args)
        order = _order(args)
        with _connect(args) as client:
            return _report(order, client)
    except (TasknbError, ValueError) as error:
        return _say(f"{error}", FAILED)
    except OSError as error:
        return _say(f"{args.output} cannot be written: {error.strerror or error}", FAILED)
    except Exception:  # noqa: BLE001  Python's own status would be 1, which says that a rule held
        traceback.print_exc()
        return _say("failed by a mistake of tasknb's, see above", FAILED)


def _order(args: argparse.Namespace) -> Order:
    """The options, checked before anything is read."""
    return Order(
        output=args.output,
        kind=_kind(args),
        since=args.since,
        tasks=args.task,
        rules=[read_rule(text) for text in args.fail_if],
        title=args.title,
        pictures=args.pictures,
        whole=args.whole,
    )


def _connect(args: argparse.Namespace) -> Client:
    if args.clarifai:
        return Client(user_id=args.user_id or None, app_id=args.app_id or None)
    return Client.local(args.db, user_id=args.user_id, app_id=args.app_id, read_only=True)


def _kind(args: argparse.Namespace) -> str:
    if args.format:
        return str(args.format)
    return "md" if args.output == STDOUT else kind_of(args.output)


def _report(order: Order, client: Client) -> int:
    begin = time.perf_counter()
    made = report(
        client,
        order.tasks or None,
        _since(order),
        title=order.title,
        pictures=order.pictures,
        whole=order.whole,
    )
    size = _put(order.output, made.text(order.kind))
    _say(_line(order, made, size, time.perf_counter() - begin))
    return _judge(order.rules, made)


def _since(order: Order) -> str | Path | None:
    """The last report: the one that is named, else the file that is about to be replaced, if it is one."""
    if order.since:
        return order.since
    here = Path(order.output)
    if order.output == STDOUT or not here.is_file():
        return None
    try:
        read_state(here)
    except MessageError as error:
        _say(f"{error}; it is replaced, and nothing is compared with it")
        return None
    return here


def _put(output: str, text: str) -> int:
    if output == STDOUT:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        write(output, text)
    return len(text.encode())


def _line(order: Order, made: Report, size: int, seconds: float) -> str:
    found = made.content
    tasks = f"{len(found.tasks)} task{'' if len(found.tasks) == 1 else 's'}"
    changed = (
        f", {found.changes.handed_in:+} labels since {found.changes.since:%Y-%m-%d %H:%M} UTC" if found.changes else ""
    )
    where = "standard output" if order.output == STDOUT else order.output
    return f"{where}: {order.kind}, {_size(size)}, {tasks} of {found.app}{changed}, in {seconds:.1f} s"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _judge(rules: Sequence[Rule], made: Report) -> int:
    figures, status = made.figures, OK
    for rule in rules:
        for name in rule.undefined(figures):
            _say(f"{name} is undefined at the moment, so no comparison with it holds: {rule.text}")
        if rule.holds(figures):
            named = dict.fromkeys(one.figure for group in rule.alternatives for one in group)
            values = ", ".join(f"{name} is {figures[name]:g}" for name in named if figures[name] is not None)
            _say(f"a rule holds: {rule.text} ({values})")
            status = RULE_HELD
    return status


def _notebook(args: argparse.Namespace) -> int:
    from tasknb.reports import notebook  # noqa: PLC0415  brings nbconvert, an extra

    if args.fail_if or args.task or args.since:
        raise ValueError("--fail-if, --task and --since are about tasks; a notebook says itself what it reports")
    kind = _kind(args)
    begin = time.perf_counter()
    text = notebook.export(args.notebook, kind, title=args.title, with_code=args.code, seconds=args.timeout)
    size = _put(args.output, text)
    return _say(f"{args.output}: {kind}, {_size(size)}, {args.notebook}, in {time.perf_counter() - begin:.1f} s")


def _say(line: str, status: int = OK) -> int:
    sys.stderr.write(f"tasknb report: {line}\n")
    return status
