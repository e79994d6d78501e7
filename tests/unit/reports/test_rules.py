"""Rules are read by hand: what they mean, and how an error names the place."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasknb.errors import RuleError
from tasknb.reports.figures import FIGURES
from tasknb.reports.rules import read_rule

NOW = {"stalled_workers": 2.0, "progress": 0.4, "time_left": 7200.0, "lowest_agreement": None, "tasks": 3.0}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("stalled_workers > 0", True),
        ("stalled_workers>2", False),
        ("stalled_workers >= 2", True),
        ("stalled_workers = 2", True),
        ("stalled_workers == 2", True),
        ("stalled_workers != 2", False),
        ("progress < 50%", True),
        ("progress < .5", True),
        ("progress <= 40 %", True),
        ("time_left > 1h", True),
        ("time_left > 1h 59 min", True),
        ("time_left > 2h 30 s", False),
        ("time_left < 1d", True),
        ("time_left > 0", True),
        ("lowest_agreement < 0.6", False),
        ("lowest_agreement >= 0.6", False),
        ("tasks > 5 or stalled_workers > 0", True),
        ("tasks > 5 and stalled_workers > 0", False),
        ("tasks > 5 and progress < 1% or tasks = 3", True),
        ("tasks = 3 OR tasks > 5 AND tasks > 6", True),
        ("  tasks=3  ", True),
    ],
)
def test_a_rule_holds_or_not(text, holds):
    assert read_rule(text).holds(NOW) is holds


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "expected a figure: one of tasks, "),
        ("   ", 0, "expected a figure"),
        ("stalled_workrs > 0", 0, "did you mean stalled_workers?"),
        ("zzz > 0", 0, "there is no figure 'zzz': there are tasks, "),
        ("stalled_workers", 15, "expected a comparison: one of < <= "),
        ("stalled_workers >", 17, "expected a number, as 10, 50% or 2h"),
        ("stalled_workers > x", 18, "expected a number"),
        ("stalled_workers > 5%", 19, "stalled_workers is no share"),
        ("stalled_workers > 5 h", 20, "stalled_workers is no time"),
        ("time_left > 5", 13, "time_left is a time: expected a unit, one of s, min, h, d"),
        ("time_left > 1h 5", 16, "expected a unit"),
        ("tasks > 1 tasks > 2", 10, "expected 'and', 'or' or the end"),
        ("tasks > 1 and", 13, "expected a figure"),
        ("tasks > 1; import os", 9, "';' has no meaning here"),
        ("(tasks > 1)", 0, "'(' has no meaning here"),
        ("__import__('os')", 10, "'(' has no meaning here"),
        ("tasks > -1", 8, "'-' has no meaning here"),
        ("tasks " * 400, 0, "at most 1000 characters"),
    ],
)
def test_an_error_names_the_place_and_the_way_out(text, position, message):
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        read_rule(text)
    assert caught.value.position == position
    assert str(caught.value).splitlines()[-1] == "  " + " " * position + "^"
    assert pickle.loads(pickle.dumps(caught.value)).rule == caught.value.rule


def test_undefined_figures_are_named():
    rule = read_rule("lowest_agreement < 0.6 or tasks > 5 or lowest_agreement > 2")
    assert rule.undefined(NOW) == ["lowest_agreement"]


VALUES = {
    "count": st.integers(0, 10**9).map(str),
    "share": st.one_of(st.integers(0, 100).map("{}%".format), st.floats(0, 1).map("{:.3f}".format)),
    "coefficient": st.floats(0, 1).map("{:.3f}".format),
    "time": st.tuples(st.integers(0, 99), st.sampled_from(["s", "min", "h", "d"])).map("{0[0]}{0[1]}".format),
}
COMPARISONS = st.sampled_from(sorted(FIGURES)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), VALUES[FIGURES[name].kind]
    )
)


@given(st.lists(COMPARISONS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_every_rule_of_the_grammar_is_read(parts, random):
    words = [" ".join(part) for part in parts]
    text = words[0] + "".join(f" {random.choice(['and', 'or'])} {one}" for one in words[1:])
    rule = read_rule(text)
    assert sum(map(len, rule.alternatives)) == len(parts)
    assert len(rule.alternatives) == 1 + text.split().count("or")


@given(st.one_of(st.text(max_size=60), st.text("tasks progress<>=!%.0123456789 andorhmind", max_size=60)))
def test_any_text_is_a_rule_or_a_rule_error(text):
    try:
        rule = read_rule(text)
    except RuleError:
        return
    assert rule.holds(dict.fromkeys(FIGURES)) is False
