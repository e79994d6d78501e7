"""`report` and what it returns."""

from __future__ import annotations

import html
import os
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tasknb.reports import gathering
from tasknb.reports.changes import changes, read_state, state_of
from tasknb.reports.figures import figures_of
from tasknb.reports.markdown import markdown
from tasknb.reports.page import fragment, page
from tasknb.reports.pictures import Pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from os import PathLike

    from tasknb.api import Client
    from tasknb.messages.task import Task
    from tasknb.reports.data import ReportData

FORMATS = ("html", "md", "json")


class Report:
    """What there is to say about an app's tasks at one moment; displays itself in a notebook.

    Parameters
    ----------
    content : ReportData
        What it says.
    pictures : mapping of str to str, optional
        Pictures of contested inputs as ``data:`` URLs, by the input's id.

    Attributes
    ----------
    content : ReportData
        What it says, typed: ``report.content.tasks[0].finished``.
    """

    def __init__(self, content: ReportData, pictures: Mapping[str, str] | None = None) -> None:
        self.content = content
        self._pictures = dict(pictures or {})

    @property
    def data(self) -> dict[str, Any]:
        """The same as dicts and lists, with times as ISO 8601 text; `tasknb.reports.data` documents every field."""
        found: dict[str, Any] = msgspec.to_builtins(self.content, builtin_types=())
        return found

    @property
    def figures(self) -> dict[str, float | None]:
        """The headline figures by name; `tasknb.reports.figures.FIGURES` says what each means."""
        return dict(self.content.figures)

    @cached_property
    def html(self) -> str:
        """One page that asks for nothing when it is opened, with the numbers that the next report compares with."""
        return page(self.content, self._pictures)

    @cached_property
    def markdown(self) -> str:
        """The same tables as Markdown, without pictures."""
        return markdown(self.content)

    @cached_property
    def json(self) -> str:
        """`data` as JSON text."""
        return msgspec.json.format(msgspec.json.encode(self.content), indent=1).decode() + "\n"

    def text(self, kind: str) -> str:
        """The report as ``html``, ``md`` or ``json``."""
        return {"html": lambda: self.html, "md": lambda: self.markdown, "json": lambda: self.json}[kind]()

    def save(self, path: str | PathLike[str], kind: str = "") -> Path:
        """Write the report into a file; a file that is there is replaced in one go, and is never seen half-written.

        Parameters
        ----------
        path : str or PathLike
            Where to.
        kind : {"html", "md", "json"}, optional
            The format; by default what the path ends in.

        Raises
        ------
        ValueError
            If the format is none of these.
        OSError
            If the file cannot be written.
        """
        return write(path, self.text(kind or kind_of(path)))

    def _repr_html_(self) -> str:
        return fragment(self.content, self._pictures)

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        found = self.content
        return f"<Report on {html.escape(found.app)}: {len(found.tasks)} tasks, {found.made_at:%Y-%m-%d %H:%M} UTC>"


def report(
    client: Client,
    tasks: Task | str | Iterable[Task | str] | None = None,
    since: Report | str | PathLike[str] | None = None,
    *,
    title: str = "",
    pictures: bool = True,
    whole: bool = False,
    now: datetime | None = None,
) -> Report:
    """Read how an app's tasks stand: progress, forecast, people, agreement, contested inputs.

    Nothing is written to the app.

    Parameters
    ----------
    client : Client
        Of the app.
    tasks : Task, str or several, optional
        These tasks only, or their ids; all of the app by default.
    since : Report, str or PathLike, optional
        The last report, to say what has changed: a `Report`, or a file that one was saved in, of any format.
    title : str
        The heading; the app's id when empty.
    pictures : bool, default True
        Whether to look at the contested inputs themselves, for their pictures and texts.
    whole : bool, default False
        Whether to read every label. Otherwise agreement and contested inputs of a task with more than 20,000
        annotations are those of a random sample of its inputs, and the report says so; counts are always exact.
    now : datetime, optional
        The moment that it speaks of; the present by default.

    Returns
    -------
    Report
        ``.save("report.html")``, ``.html``, ``.markdown``, ``.data``.

    Raises
    ------
    NotFoundError
        If one of the tasks does not exist.
    MessageError
        If `since` is no report.
    ApiError
        If the server refuses or cannot be reached.
    """
    before = state_of(since.content) if isinstance(since, Report) else read_state(since) if since is not None else None
    content = gathering.gather(client, _ids(tasks), title=title, whole=whole, now=now)
    if before is not None and before.app == content.app:
        content.changes = changes(before, content)
        content.figures = figures_of(content)
    elif before is not None:
        content.notes.append(f"The last report was on {before.app}, so nothing is compared with it.")
    found = Pictures(client)
    if pictures:
        found.look_at(content.contested)
    content.notes += [f"Some inputs could not be shown ({number}): {why}." for why, number in found.problems.items()]
    return Report(content, found.found)


def kind_of(path: str | PathLike[str]) -> str:
    """The format that a path ends in.

    Raises
    ------
    ValueError
        If it is none of `FORMATS`.
    """
    kind = Path(path).suffix.removeprefix(".").lower()
    known = {"htm": "html", "markdown": "md"}.get(kind, kind)
    if known not in FORMATS:
        raise ValueError(f"{os.fspath(path)!r} ends in none of {', '.join(FORMATS)}; name the format")
    return known


def write(path: str | PathLike[str], text: str) -> Path:
    """Put a text into a file in one go."""
    target = Path(path)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        file.write(text)
    try:
        Path(file.name).chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        Path(file.name).replace(target)
    except BaseException:
        Path(file.name).unlink(missing_ok=True)
        raise
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _ids(tasks: Task | str | Iterable[Task | str] | None) -> list[str]:
    if tasks is None:
        return []
    many = [tasks] if isinstance(tasks, str) or hasattr(tasks, "id") else list(tasks)
    return [one if isinstance(one, str) else one.id for one in many]
