"""A report as HTML: one page that asks for nothing, or the part of it that a notebook shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tasknb import look
from tasknb.reports import charts, words
from tasknb.reports.changes import embedded
from tasknb.reports.headline import Tile, finished, tiles
from tasknb.reports.markup import Html, element, join, raw
from tasknb.reports.tables import METHOD, Cell, Table, attention, changes_sentence, changes_table, tables
from tasknb.widgets.reading import COUNTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasknb.reports.data import Contested, ReportData

STYLE = Path(__file__).with_name("report.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What the page may load: its own style and pictures, nothing from anywhere, and no script at all."""

LONG = 60  # characters; a longer name is cut to two lines, and shown in full when hovered over
SHORT = 4  # rows; a table of no more is kept on one sheet of paper
_URGENT = 8  # lines; what is beyond them stands in the tables


def page(data: ReportData, pictures: Mapping[str, str]) -> str:
    """A complete page.

    Parameters
    ----------
    data : ReportData
        What to say.
    pictures : mapping of str to str
        Pictures of contested inputs as ``data:`` URLs, by the input's id.
    """
    title = f"{data.title}: labeling report, {words.moment(data.made_at)}"
    state = raw(f'<script type="application/json" id="tasknb-report">{embedded(data)}</script>')
    return shell(title, join(_theme_choice(), _report(data, pictures, linked=True), state))


def shell(title: str, body: Html) -> str:
    """A page around a body, with the report's style and the policy that lets it load nothing."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", raw(style())),
    )
    return f"<!doctype html>\n{element('html', head, element('body', body, class_='tn-page'), lang='en')}\n"


def fragment(data: ReportData, pictures: Mapping[str, str]) -> str:
    """The report for a notebook: its style holds within it, and it follows JupyterLab's theme."""
    # As specific as an id, so that none of the host's rules for tables and lists wins over the report's own.
    own = style().replace(".tn-report", ":is(.tn-report, #tn-report)")
    return join(element("style", raw(own)), _report(data, pictures, linked=False))


def style() -> str:
    """The style sheet, with the colours of the statuses."""
    names = [status.key.replace("_", "-") for status in look.STATUSES]
    fills = [f".tn-report .fill-{name} {{ fill: var(--tn-{name}-fill); }}" for name in names]
    swatches = [f".tn-report .swatch-{name} {{ background: var(--tn-{name}-fill); }}" for name in names]
    return "\n".join([look.css(".tn-report"), STYLE.read_text(encoding="utf-8"), *fills, *swatches])


def _theme_choice() -> Html:
    """Light, dark, or as the system has it: radio buttons that the style sheet reads, without a script."""
    choices = []
    for key, words_ in (("auto", "System"), ("light", "Light"), ("dark", "Dark")):
        checked = "checked" if key == "auto" else None
        button = element("input", type="radio", name="tn-theme", id=f"tn-{key}", checked=checked)
        choices.append(element("label", button, words_))
    field = element("fieldset", element("legend", "Theme"), choices)
    return element("aside", field, class_="tn-theme", aria_label="Display")


def _report(data: ReportData, pictures: Mapping[str, str], *, linked: bool) -> Html:
    found = tables(data)
    sections = [
        _headline(data),
        _attention(data, linked=linked),
        _changes(data, linked=linked),
        _table(found[0], linked=linked, below=_history(data)),
        *(_table(one, linked=linked) for one in found[1:]),
        _contested(data, pictures, linked=linked),
    ]
    return element("main" if linked else "div", _header(data), sections, _notes(data), class_="tn-report")


def _header(data: ReportData) -> Html:
    facts = ("Labeling report", data.app, data.source, f"{words.moment(data.made_at)} UTC")
    made = element("p", " · ".join(dict.fromkeys(facts)), class_="facts")
    return element("header", element("h1", data.title, dir="auto"), made)


def _headline(data: ReportData) -> Html:
    counts = {key: sum(task.counts[key] for task in data.tasks) for key in COUNTED}
    bar = charts.stacked_bar(counts, title="All tasks", height=16)
    first = element("div", _figure(finished(data)), bar, _legend(counts), class_="overall")
    others = element("div", [_figure(tile) for tile in tiles(data)], class_="tiles")
    return element("section", element("h2", "Summary", class_="unseen"), first, others)


def _legend(counts: Mapping[str, int]) -> Html:
    items = [
        element(
            "li",
            element("span", class_=f"swatch swatch-{status.key.replace('_', '-')}"),
            f"{status.label} ",
            element("b", look.count(counts[status.key])),
        )
        for status in look.STATUSES
        if counts.get(status.key)
    ]
    return element("ul", items, class_="legend") if items else join()


def _figure(tile: Tile) -> Html:
    value = element("dd", tile.value, class_="value")
    note = element("dd", tile.note, class_="note", dir="auto")
    return element("dl", element("dt", tile.name), value, note, class_="figure alarm" if tile.alarm else "figure")


def _attention(data: ReportData, *, linked: bool) -> Html | None:
    found = attention(data)
    if not found:
        return None
    items = [
        element("li", element("a", text, href=f"#{key}", dir="auto") if linked else text)
        for key, text in found[:_URGENT]
    ]
    if len(found) > _URGENT:
        items.append(element("li", f"and {words.many(len(found) - _URGENT, 'more', 'more')} in the tables below."))
    return _section("attention", "Needs attention", element("ul", items, class_="attention"), linked=linked)


def _changes(data: ReportData, *, linked: bool) -> Html | None:
    changes = data.changes
    if changes is None:
        return None
    names = {worker.id: worker.title for worker in data.workers}
    people = ", ".join(
        f"{names.get(one, one)} {words.signed(number)}" for one, number in list(changes.workers.items())[:20]
    )
    lines = [
        element("p", changes_sentence(changes)),
        element("p", f"By worker: {people}.", dir="auto") if people else None,
    ]
    return _section("changes", "Since the last report", lines, _html_table(changes_table(changes)), linked=linked)


def _history(data: ReportData) -> Html | None:
    chart = charts.burn_up(data.history, data.ahead, data.made_at.timestamp())
    if chart is None:
        return None
    ahead = "; dotted, the estimated end with its 80 % interval" if data.ahead else ""
    return element(
        "figure", chart, element("figcaption", f"Labels handed in, of {look.count(data.history.total)} in all{ahead}")
    )


def _table(table: Table, *, linked: bool, below: Html | None = None) -> Html:
    content = _html_table(table) if table.rows else element("p", table.empty)
    return _section(table.key, table.title, content, below, linked=linked)


def _section(key: str, title: str, *content: Html | list[Html | None] | None, linked: bool) -> Html:
    return element("section", element("h2", title), *content, id=key if linked else None, class_=f"part part-{key}")


def _html_table(table: Table) -> Html | None:
    if not table.rows:
        return None
    numeric = [name.startswith("#") for name in table.head]
    head = [
        element("th", name.removeprefix("#"), scope="col", class_="number" if is_number else None)
        for name, is_number in zip(table.head, numeric, strict=True)
    ]
    rows = [element("tr", [_cell(cell, at, numeric[at]) for at, cell in enumerate(row)]) for row in table.rows]
    caption = element("caption", table.caption)
    whole = element("table", caption, element("thead", element("tr", head)), element("tbody", rows))
    kind = "wide short" if len(rows) <= SHORT else "wide"
    # A region that scrolls must be reached by the keyboard, and have a name.
    return element("div", whole, class_=kind, tabindex=0, role="region", aria_label=f"Table: {table.title}")


def _cell(cell: Cell, at: int, is_number: bool) -> Html:
    status = f"text text-{cell.status}" if cell.status else "text"
    text = element("span", cell.text, class_=status, dir="auto", title=cell.text if len(cell.text) > LONG else None)
    note = element("span", cell.note, class_="note", dir="auto") if cell.note else None
    # A bar speaks its own words, and the legend explains it.
    shown = [cell.chart] if cell.is_bar else [text, cell.chart]
    kind = "number" if is_number else None
    if at == 0:
        return element("th", shown, note, scope="row", class_=kind)
    return element("td", shown, note, class_=kind)


def _contested(data: ReportData, pictures: Mapping[str, str], *, linked: bool) -> Html | None:
    if not data.contested:
        return None
    cards = [_card(one, pictures.get(one.input_id)) for one in data.contested]
    words_ = f"The {words.many(len(cards), 'input')} whose labels differ most, with what workers said of each."
    return _section(
        "contested", "Contested inputs", element("p", words_), element("ul", cards, class_="cards"), linked=linked
    )


def _card(one: Contested, picture: str | None) -> Html:
    if picture:
        seen = element("img", src=picture, alt=f"Input {one.input_id}")
    elif one.text:
        seen = element("blockquote", one.text, dir="auto")
    else:
        seen = element("span", f"{one.kind or 'input'} without a picture here", class_="none")
    total = sum(vote.workers for vote in one.votes)
    votes = [
        element(
            "li",
            element("span", vote.label, class_="said", dir="auto"),
            element("span", element("span", style=f"width:{100 * vote.workers / total:.0f}%"), class_="votes"),
            element("span", look.count(vote.workers), class_="number"),
        )
        for vote in one.votes[:4]
    ]
    more = element("li", words.many(len(one.votes) - 4, "more label"), class_="note") if len(one.votes) > 4 else None
    about = element("p", element("b", one.input_id, dir="auto"), element("span", one.task, class_="note", dir="auto"))
    return element("li", element("div", seen, class_="seen"), about, element("ul", votes, more))


def _notes(data: ReportData) -> Html:
    lines = [*data.notes, *METHOD]
    return element(
        "footer",
        element("h2", "How to read this"),
        element("ul", [element("li", line) for line in lines]),
        element("p", f"Made by tasknb {data.version}."),
    )
