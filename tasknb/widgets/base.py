"""What all widgets share: real files for the browser, requests with answers, a static view, a stable repr."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget

from tasknb import look
from tasknb.errors import TasknbError
from tasknb.widgets.watchers import Watchers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

STATIC = Path(__file__).parent / "static"

# `import { h, lifetime } from "./shared.js";`, also over several lines
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.-]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)


def script(entry: str) -> str:
    """One JavaScript module made of `entry` and the files of ``static/`` that it imports.

    A kernel sends a widget's code as one text, so the files cannot import each other in the browser. Each imported
    file is put once before the first one that needs it; its ``import`` lines and the word ``export`` are dropped. A
    name that two files declare is a syntax error in the browser, so nothing is hidden by accident.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        text = (STATIC / name).read_text(encoding="utf-8")
        for imported in _IMPORT.findall(text):
            if imported not in texts:
                add(imported)
        texts[name] = _IMPORT.sub("", text)

    add(entry)
    *libraries, main = texts.values()
    return "\n".join([*(_EXPORT.sub("", text) for text in libraries), main])


def style(*names: str) -> str:
    """The look of every widget (the statuses' colours and ``static/base.css``) and the style sheets of one."""
    return "\n".join([look.css(), *((STATIC / name).read_text(encoding="utf-8") for name in ("base.css", *names))])


class Widget(anywidget.AnyWidget):
    """The base of tasknb's widgets.

    State is kept in three places: what lasts is in the app behind the client; traits are the view of it that Python
    and the browser share; what only the browser cares for (focus, an open list, a search text) never leaves it.

    A question from the browser, ``ask(model, "problems", {...})`` in ``shared.js``, is answered by the method
    ``_answer_problems(**parameters)``: what it returns settles the promise that asked, what it raises rejects it.

    Parameters
    ----------
    **traits : Any
        Initial values. A name that is no trait is refused: traitlets itself would take a misspelt one in silence.

    Raises
    ------
    TypeError
        If a keyword is no trait of the widget; names those that are.
    """

    def __init__(self, **traits: Any) -> None:
        unknown = sorted(set(traits) - set(self.trait_names()))
        if unknown:
            own = sorted(set(self.own_options()))
            raise TypeError(f"{type(self).__name__} has no option {', '.join(unknown)}. It has: {', '.join(own)}.")
        self._watchers = Watchers()
        super().__init__(**traits)
        self.on_msg(self._answer)

    @classmethod
    def own_options(cls) -> list[str]:
        """The keywords that this widget adds to ``layout`` and the like, which every widget has."""
        common = set(anywidget.AnyWidget.class_trait_names())
        return [name for name in cls.class_trait_names() if name not in common and not name.startswith("_")]

    def close(self) -> None:
        """Take the view away; its last state stays behind as a table."""
        # ipywidgets also closes a widget whose constructor failed, and any that is left when Python ends.
        if "_watchers" in vars(self) and self.comm is not None and not sys.is_finalizing():
            self._end()
            self._watchers.replace({"text/plain": self.static_text(), "text/html": self.static_html()})
        super().close()

    def _end(self) -> None:
        """Whatever a widget has to do before it is closed."""

    def _show_last_state(self) -> None:
        """Replace the tables in the notebook where that takes no view away from anybody who looks at it.

        Replacing an output makes its view anew; so where views are, these keep their tables themselves (`keeper` in
        ``shared.js``). Without a browser, as when a notebook is executed by a program, it is done from here.
        """
        if self.comm is not None and self._watchers.only_saved:
            self._watchers.replace(self._bundle())

    def _bundle(self) -> dict[str, Any]:
        bundle = self._repr_mimebundle_()
        return bundle[0] if bundle else {"text/plain": self.static_text()}

    def _ipython_display_(self) -> None:
        # A display of its own, and no mere result of the cell, can be replaced: a saved notebook then shows how things
        # ended, and not how they stood when the cell ran.
        self._watchers.display(self._bundle())

    def _answer_listening(self) -> None:
        """That there is an answer is the answer: the kernel is there."""

    def _answer_static(self) -> str:
        """The static view as it is now, for the view that keeps it in the notebook."""
        return self.static_html()

    def _answer(self, _widget: Widget, content: dict[str, Any], _buffers: list[bytes]) -> None:
        if not isinstance(content, dict) or "ask" not in content:
            return
        self._watchers.spoken = True
        reply: dict[str, Any] = {"id": content.get("id")}
        try:
            reply["result"] = self._method(content["ask"])(**content.get("parameters", {}))
        except Exception as error:  # noqa: BLE001  whatever went wrong, the promise that asked must hear of it
            reply["error"] = str(error) if isinstance(error, TasknbError) else f"{type(error).__name__}: {error}"
        self.send(reply)

    def _method(self, question: str) -> Callable[..., Any]:
        method: Callable[..., Any] | None = getattr(self, f"_answer_{question}", None)
        if method is None:
            raise TasknbError(f"{type(self).__name__} has no answer to {question!r}.")
        return method

    def static_html(self) -> str:
        """What is shown where no widget can run: on GitHub, in nbconvert, in a notebook without a kernel."""
        return ""

    def static_text(self) -> str:
        """The same as plain text: one line that does not change from run to run."""
        return f"{type(self).__name__}()"

    def __repr__(self) -> str:
        return self.static_text()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        static = self.static_html()
        if bundle is not None and static:
            bundle[0]["text/html"] = static
        return bundle


def html_table(
    caption: str, rows: Iterable[Sequence[object]], *, head: Sequence[str] = (), numeric: Iterable[int] = ()
) -> str:
    """A plain HTML table; every cell is escaped.

    Parameters
    ----------
    caption : str
        The line above the table.
    rows : iterable of sequences
        The cells, row by row. Without `head`, the first cell of a row is its heading.
    head : sequence of str, optional
        Headings of the columns.
    numeric : iterable of int, optional
        Indexes of the columns that are aligned to the right.
    """
    right = set(numeric)

    def element(tag: str, side: str, value: object) -> str:
        # GitHub drops styles and keeps the old attribute; JupyterLab's style sheet wins against that one.
        return f'<{tag} align="{side}" style="text-align:{side}">{html.escape(str(value))}</{tag}>'

    def cell(tag: str, index: int, value: object) -> str:
        return element(tag, "right" if index in right else "left", value)

    def row(values: Sequence[object], tags: Sequence[str]) -> str:
        return (
            "<tr>"
            + "".join(cell(tag, index, value) for index, (tag, value) in enumerate(zip(tags, values, strict=False)))
            + "</tr>"
        )

    lines = [row(head, ["th"] * len(head))] if head else []
    for values in rows:
        first = "td" if head else "th"
        lines.append(row(values, [first, *["td"] * (len(values) - 1)]))
    return f"<table>{element('caption', 'left', caption)}{''.join(lines)}</table>"
