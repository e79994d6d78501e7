"""Directives for what is already said elsewhere: columns, codes, figures, the command line's help, notebooks."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from tasknb import cli
from tasknb.frames.tables import TABLES
from tasknb.messages.status import StatusCode, describe, http_status
from tasknb.reports.figures import FIGURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx.application import Sphinx

    from tasknb.frames.tables import Column


class Columns(SphinxDirective):
    """``{columns} labels``: the columns of that frame, as `tasknb.frames.columns` gives them."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        rows = [(_code(one.name), one.dtype, one.unit, _meaning(one), one.source) for one in TABLES[self.arguments[0]]]
        return [table(("Column", "Type", "Unit", "Meaning", "Comes from"), rows)]


def _meaning(column: Column) -> str:
    return f"{column.meaning}: {', '.join(column.categories)}" if column.categories else column.meaning


class StatusCodes(SphinxDirective):
    """``{status-codes}``: every code that this version knows."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        rows = [(str(code.value), _code(code.name), describe(code), str(http_status(code))) for code in StatusCode]
        return [table(("Code", "Name", "Meaning", "HTTP"), rows)]


class Figures(SphinxDirective):
    """``{figures}``: the figures of a report, which rules are about."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        rows = [(_code(name), figure.meaning, figure.kind) for name, figure in FIGURES.items()]
        return [table(("Figure", "Meaning", "Kind"), rows)]


class Command(SphinxDirective):
    """``{command} user add``: what ``tasknb user add --help`` prints."""

    optional_arguments = 9

    def run(self) -> list[nodes.Node]:
        """Ask the command line itself."""
        text = io.StringIO()
        width, os.environ["COLUMNS"] = os.environ.get("COLUMNS", ""), "96"
        with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
            cli.main([*self.arguments, "--help"])
        os.environ["COLUMNS"] = width
        return [nodes.literal_block(text.getvalue(), text.getvalue(), language="text")]


class Notebooks(SphinxDirective):
    """``{notebooks}``: the table of ``notebooks/README.md``, with links into the repository."""

    def run(self) -> list[nodes.Node]:
        """Read the table; the pages of the site then follow the folder."""
        readme = Path(self.env.srcdir).parent / "notebooks" / "README.md"
        self.env.note_dependency(str(readme))
        lines = [line for line in readme.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
        text = "\n".join(lines).replace("](", "](repository:notebooks/")
        return self.parse_text_to_nodes(text)


def _code(text: str) -> nodes.Node:
    return nodes.literal(text, text)


def table(head: Sequence[str], rows: Iterable[Sequence[str | nodes.Node]]) -> nodes.table:
    """A table of texts and nodes."""
    group = nodes.tgroup("", *[nodes.colspec(colwidth=1) for _ in head], cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *[_row(row) for row in rows])
    return nodes.table("", group)


def _row(cells: Sequence[str | nodes.Node]) -> nodes.row:
    made = nodes.row()
    for cell in cells:
        made += nodes.entry("", nodes.paragraph("", "", *(_words(cell) if isinstance(cell, str) else [cell])))
    return made


def _words(text: str) -> list[nodes.Node]:
    """A text with code between backticks, whose long names may be broken where their parts meet."""
    found: list[nodes.Node] = []
    for index, part in enumerate(text.split("`")):
        if index % 2:
            found.append(_code(part))
            continue
        for piece in re.split(r"(?<=[a-z][._])(?=[a-z])", part):
            found += [nodes.Text(piece), nodes.raw("", "<wbr>", format="html")]
    return found


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("columns", Columns)
    app.add_directive("status-codes", StatusCodes)
    app.add_directive("figures", Figures)
    app.add_directive("command", Command)
    app.add_directive("notebooks", Notebooks)
    return {"parallel_read_safe": True}
