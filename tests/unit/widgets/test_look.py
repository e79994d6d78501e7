"""The colours keep their promises, and figures read the same everywhere."""

from __future__ import annotations

import ast
import inspect
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from tasknb import look

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


def linear(colour):
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    red, green, blue = rgb
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other, blindness):
    def seen(colour):
        rgb = linear(colour)
        return lab([min(1, max(0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in BLINDNESS[blindness]])

    return sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("status", look.STATUSES, ids=lambda status: status.key)
def test_colours_have_the_contrast_of_wcag(theme, status):
    shade = getattr(status, theme)
    for background in look.BACKGROUNDS[theme]:
        assert contrast(shade.fill, background) >= 3
        assert contrast(shade.text, background) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_any_two_fills_can_be_told_apart(theme, blindness):
    fills = look.colours(theme)
    for one, other in itertools.combinations(fills, 2):
        assert difference(fills[one], fills[other], blindness) > 14, (one, other)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_order_is_the_one_that_everything_shows():
    keys = [status.key for status in look.STATUSES]
    assert keys == ["pending", "awaiting_review", "awaiting_consensus", "done", "rejected", "failed"]
    assert [status.label for status in look.STATUSES][:2] == ["Pending", "Awaiting review"]


def test_css_names_every_colour_in_both_themes():
    text = look.css(".my-root")
    for status in look.STATUSES:
        name = f"--tn-{status.key.replace('_', '-')}"
        assert f"{name}-fill: light-dark({status.light.fill}, {status.dark.fill});" in text
        assert f"{name}-text: light-dark({status.light.text}, {status.dark.text});" in text
    assert text.startswith(".my-root {")


def test_status_by_key():
    assert look.status("done").label == "Done"
    with pytest.raises(KeyError, match="there are pending, awaiting_review"):
        look.status("success")


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 10, "0 %"),
        (1, 1_000_000, "<1 %"),
        (1, 2, "50 %"),
        (999_999, 1_000_000, "99 %"),
        (10, 10, "100 %"),
        (0, 0, "—"),
    ],
)
def test_percent_says_100_only_when_complete(part, whole, text):
    assert look.percent(part, whole) == text.replace(" ", look.NARROW_SPACE)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3599, "1 h"),
        (7800, "2 h 10 min"),
        (86_400, "1 d"),
        (86_400 + 3600 * 4 + 100, "1 d 4 h"),
        (-3, "0 s"),
    ],
)
def test_span(seconds, text):
    assert look.span(seconds).replace(look.NARROW_SPACE, " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "just now"), (300, "5 min ago"), (-300, "in 5 min"), (90_000, "1 d 1 h ago")]
)
def test_ago(seconds, text):
    assert look.ago(NOW - timedelta(seconds=seconds), NOW).replace(look.NARROW_SPACE, " ") == text


def test_numbers_and_times():
    assert look.count(1797) == f"1{look.NARROW_SPACE}797"
    assert look.exact(NOW) == "2026-11-23 13:00:00 UTC"
    assert look.about("5 min") == "about 5 min"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TASK_IN_PROGRESS", "In progress"),
        ("TASK_WONT_DO", "Won't do"),
        ("PARTITIONED", "Partitioned"),
        ("CONCEPTS_CLASSIFICATION", "Classification"),
        ("WORKER_STRATEGY_NOT_SET", "Not set"),
        ("", ""),
    ],
)
def test_labels_are_in_sentence_case(name, text):
    assert look.label(name) == text


def test_look_is_a_leaf():
    tree = ast.parse(inspect.getsource(look))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {"__future__", "collections.abc", "dataclasses", "datetime", "typing"}
