"""A report as Markdown: the same tables, for a chat, an issue or a log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasknb.reports import words
from tasknb.reports.changes import embedded
from tasknb.reports.headline import finished, tiles
from tasknb.reports.tables import METHOD, attention, changes_sentence, changes_table, tables

if TYPE_CHECKING:
    from tasknb.reports.data import Contested, ReportData
    from tasknb.reports.tables import Cell, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


def markdown(data: ReportData) -> str:
    """The whole report; what data holds is text, and never Markdown or HTML."""
    parts = [
        f"# {plain(data.title)}",
        plain(f"{data.app} · {data.source} · {words.moment(data.made_at)} UTC"),
        _summary(data),
        _list("Needs attention", [text for _, text in attention(data)]),
        _changes(data),
        *(_table(table) for table in tables(data)),
        _list("Contested inputs", [_contested(one) for one in data.contested]),
        _list("How to read this", [*data.notes, *METHOD]),
        f"<!-- tasknb-report {embedded(data)} -->",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _summary(data: ReportData) -> str:
    shown = [finished(data), *tiles(data)]
    return "\n".join(f"- {one.name}: **{plain(one.value)}** {plain(one.note)}".rstrip() for one in shown)


def _list(title: str, lines: list[str]) -> str:
    return "\n".join([f"## {title}", "", *(f"- {plain(line)}" for line in lines)]) if lines else ""


def _changes(data: ReportData) -> str:
    changes = data.changes
    if changes is None:
        return ""
    return _table(changes_table(changes), changes_sentence(changes))


def _table(table: Table, words_: str = "") -> str:
    lines = [f"## {table.title}", ""]
    if words_:
        lines += [plain(words_), ""]
    if not table.rows:
        return "\n".join([*lines, plain(table.empty)])
    lines.append("| " + " | ".join(plain(name.removeprefix("#")) for name in table.head) + " |")
    lines.append("| " + " | ".join("--:" if name.startswith("#") else "---" for name in table.head) + " |")
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join(lines)


def _cell(cell: Cell) -> str:
    return plain(f"{cell.text} ({cell.note})" if cell.text and cell.note else cell.text or cell.note)


def _contested(one: Contested) -> str:
    votes = ", ".join(f"{vote.label}: {vote.workers}" for vote in one.votes)
    text = f" “{one.text}”" if one.text else ""
    return f"{one.input_id} ({one.task}){text} {votes}"
