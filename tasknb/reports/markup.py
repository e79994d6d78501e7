"""HTML that cannot be broken by data: whatever is put into an element is escaped, unless it is an element itself."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

# Characters that HTML does not allow, also not as references.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_VOID = {"br", "col", "img", "input", "meta"}


class Html(str):
    """Text that is HTML already; only `element` and `join` make it."""

    __slots__ = ()


Child: TypeAlias = "str | Html | Sequence[Child] | None"


def element(tag: str, *children: Child, **attributes: str | float | None) -> Html:
    """An element with its children.

    Parameters
    ----------
    tag : str
        Its name.
    *children : str, Html, list or None
        What is in it: text, which is escaped; elements, which are not; lists of these. None is left out.
    **attributes : str, number or None
        Escaped too; None is left out. Underscores become hyphens, and one at the end is dropped, as in ``class_``.
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Html(f"<{tag}{named}>" if tag in _VOID else f"<{tag}{named}>{join(*children)}</{tag}>")


def join(*children: Child) -> Html:
    """Children one after the other."""
    return Html("".join(map(_text, children)))


def raw(markup: str) -> Html:
    """Markup of our own files: style sheets, and JSON that was escaped by whoever made it. Never data."""
    return Html(markup)


def _text(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return html.escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", child))
    return join(*child)
