"""Run the Python of a Markdown page, and show under each block what its last line gives, as a notebook would.

The blocks of a page share one namespace. The site is built with what they give, and the tests run them without building
it. Blocks of another language, such as ``text`` or ``console``, are left alone.
"""

from __future__ import annotations

import ast
import contextlib
import html
import io
import os
import re
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

_BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_ROWS = 8
# Enough for `tn.Client()` to be made; no page sends a request with it.
_ENVIRONMENT = {"CLARIFAI_PAT": "example", "CLARIFAI_USER_ID": "me", "CLARIFAI_APP_ID": "main", "MPLBACKEND": "Agg"}


@dataclass(frozen=True)
class Result:
    """What one block gave: where it ends in the page's text, what it printed, and the value of its last line."""

    end: int
    printed: str
    value: Any


class ExampleError(Exception):
    """A block failed; the message holds the traceback with the page's own lines."""


def run(text: str, page: str) -> Iterator[Result]:
    """Run a page's blocks one after the other, in an empty folder that is gone afterwards.

    Parameters
    ----------
    text : str
        The page's Markdown.
    page : str
        Its path, for messages.

    Raises
    ------
    ExampleError
        If a block raises.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), _environment():
        try:
            for block in _BLOCK.finditer(text):
                yield _run_block(block, text, page, namespace)
        finally:
            _close(namespace)


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(_ENVIRONMENT)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run_block(block: re.Match[str], text: str, page: str, namespace: dict[str, Any]) -> Result:
    printed = io.StringIO()
    blank = "\n" * text.count("\n", 0, block.start("code"))  # so that a traceback names the page's own lines
    value = None
    try:
        tree = ast.parse(blank + block["code"], filename=page)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, page, "exec"), namespace)  # noqa: S102  the pages' own code
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), page, "eval"), namespace)  # noqa: S307  likewise
    except Exception as error:
        raise ExampleError(f"{page}: {traceback.format_exc(limit=-4)}") from error
    return Result(block.end(), printed.getvalue(), value)


def _close(namespace: dict[str, Any]) -> None:
    """Close what a page has opened: simulations and widgets before the clients that they ask."""
    mine = [value for value in namespace.values() if type(value).__module__.startswith("tasknb.")]
    for value in mine:
        if callable(stop := getattr(value, "stop", None)):
            stop()
    if "ipywidgets" in sys.modules:
        sys.modules["ipywidgets"].Widget.close_all()  # also those that no name holds
    for value in mine:
        if callable(close := getattr(value, "close", None)):
            close()
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def shown(result: Result) -> str:
    """What a block gave, as HTML; empty where it gave nothing."""
    value = result.value
    parts = [f"<pre>{html.escape(result.printed)}</pre>"] if result.printed else []
    if isinstance(value, pd.Series):
        value = value.to_frame()
    if isinstance(value, pd.DataFrame):
        parts.append(_table(value))
    elif static := getattr(value, "static_html", None):
        parts.append(static())
    elif type(value).__module__.startswith("matplotlib."):
        parts.append(_picture(value))
    elif value is not None:
        parts.append(f"<pre>{html.escape(repr(value))}</pre>")
    return f'<div class="output">{"".join(parts)}</div>' if parts else ""


def _table(frame: pd.DataFrame) -> str:
    times = {name: frame[name].dt.floor("s") for name in frame.select_dtypes(["datetime", "datetimetz"])}
    rows = len(frame) > _ROWS
    return frame.assign(**times).to_html(
        max_rows=_ROWS, border=0, na_rep="", float_format="{:.3g}".format, show_dimensions=rows
    )


def _picture(axes: Any) -> str:
    file = io.StringIO()
    axes.figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue().partition("<svg")[1] + file.getvalue().partition("<svg")[2]


def _show_results(app: Sphinx, docname: str, source: list[str]) -> None:
    if not app.config.run_examples:
        return
    text = source[0]
    page = str(Path(app.srcdir) / f"{docname}.md")
    pieces, end = [], 0
    for result in run(text, page):
        output = shown(result)
        pieces += [text[end : result.end], f"\n\n~~~~~~{{raw}} html\n{output}\n~~~~~~\n" if output else ""]
        end = result.end
    source[0] = "".join([*pieces, text[end:]])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("run_examples", default=True, rebuild="env", types=[bool])
    app.connect("source-read", _show_results)
    return {"parallel_read_safe": True}
