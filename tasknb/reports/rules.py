"""Rules such as ``stalled_workers > 0 or progress < 50%``: what an unattended report is to fail on.

::

    rule       = all { "or" all }
    all        = comparison { "and" comparison }
    comparison = figure ("<" | "<=" | ">" | ">=" | "==" | "=" | "!=") value
    value      = number | number "%" | { number ("s" | "min" | "h" | "d") }

Read by hand and never evaluated as code. A percentage is for figures that are shares, a time for those that are times;
a comparison with a figure that is undefined at the moment does not hold.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tasknb.errors import RuleError
from tasknb.reports.figures import FIGURES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<word>[A-Za-z_]\w*)|(?P<sign><=|>=|==|!=|<|>|=|%))")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
}
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_MOST = 1000  # characters; a rule is a line that somebody wrote


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure beside a value."""

    figure: str
    sign: str
    value: float

    def holds(self, figures: Mapping[str, float | None]) -> bool:
        """Whether it is so; False where the figure is undefined."""
        found = figures.get(self.figure)
        return found is not None and _COMPARE[self.sign](found, self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read.

    Attributes
    ----------
    text : str
        As it was written.
    alternatives : tuple of tuple of Comparison
        It holds when all comparisons of one of them hold.
    """

    text: str
    alternatives: tuple[tuple[Comparison, ...], ...]

    def holds(self, figures: Mapping[str, float | None]) -> bool:
        """Whether the figures are as the rule says."""
        return any(all(one.holds(figures) for one in group) for group in self.alternatives)

    def undefined(self, figures: Mapping[str, float | None]) -> list[str]:
        """The figures it names that are undefined."""
        named = [one.figure for group in self.alternatives for one in group]
        return [name for name in dict.fromkeys(named) if figures.get(name) is None]


def read_rule(text: str) -> Rule:
    """Read a rule.

    Raises
    ------
    RuleError
        If it is none; the message shows the place and says what is expected there.
    """
    return _Reader(text).rule()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


class _Reader:
    """Goes through the words of a rule from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) > _MOST:
            raise RuleError(f"a rule has at most {_MOST} characters, not {len(text)}", text[:60], 0)
        self._tokens = self._split()
        self._next = 0

    def rule(self) -> Rule:
        groups = [self._all()]
        while self._takes("or"):
            groups.append(self._all())
        token = self._token()
        if token.kind != "end":
            raise self._wrong(token, "expected 'and', 'or' or the end")
        return Rule(self._text, tuple(groups))

    def _all(self) -> tuple[Comparison, ...]:
        found = [self._comparison()]
        while self._takes("and"):
            found.append(self._comparison())
        return tuple(found)

    def _comparison(self) -> Comparison:
        name = self._token()
        if name.kind != "word":
            raise self._wrong(name, f"expected a figure: one of {', '.join(FIGURES)}")
        if name.text not in FIGURES:
            near = get_close_matches(name.text, FIGURES, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise self._wrong(name, f"there is no figure {name.text!r}: {hint}there are {', '.join(FIGURES)}")
        self._next += 1
        sign = self._token()
        if sign.text not in _COMPARE:
            raise self._wrong(sign, f"expected a comparison: one of {' '.join(_COMPARE)}")
        self._next += 1
        return Comparison(name.text, sign.text, self._value(name.text))

    def _value(self, figure: str) -> float:
        number = self._token()
        if number.kind != "number":
            raise self._wrong(number, "expected a number, as 10, 50% or 2h")
        self._next += 1
        unit, kind = self._token(), FIGURES[figure].kind
        if unit.text == "%":
            if kind != "share":
                raise self._wrong(unit, f"{figure} is no share, and has no percentage")
            self._next += 1
            return float(number.text) / 100
        if unit.text in _SECONDS:
            if kind != "time":
                raise self._wrong(unit, f"{figure} is no time, and has no unit")
            return self._time(number)
        if kind == "time" and float(number.text) != 0:
            raise self._wrong(unit, f"{figure} is a time: expected a unit, one of {', '.join(_SECONDS)}")
        return float(number.text)

    def _time(self, number: _Token) -> float:
        """The sum of the parts of a time such as ``1d 12h``, whose first number has been taken."""
        seconds = 0.0
        while True:
            unit = self._token()
            if unit.text not in _SECONDS:
                raise self._wrong(unit, f"expected a unit, one of {', '.join(_SECONDS)}")
            seconds += float(number.text) * _SECONDS[unit.text]
            self._next += 1
            number = self._token()
            if number.kind != "number":
                return seconds
            self._next += 1

    def _takes(self, word: str) -> bool:
        if self._token().text.lower() != word:
            return False
        self._next += 1
        return True

    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _split(self) -> list[_Token]:
        tokens, at, end = [], 0, len(self._text.rstrip())
        while at < end:
            match = _TOKEN.match(self._text, at)
            if match is None:
                at += len(self._text[at:]) - len(self._text[at:].lstrip())
                raise RuleError(f"{self._text[at]!r} has no meaning here", self._text, at)
            kind = match.lastgroup or ""
            tokens.append(_Token(kind, match[kind], match.start(kind)))
            at = match.end()
        return [*tokens, _Token("end", "", end)]

    def _wrong(self, token: _Token, message: str) -> RuleError:
        return RuleError(message, self._text, token.at)
