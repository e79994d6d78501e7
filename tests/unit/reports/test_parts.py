"""The pure parts: markup, charts, words, times."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasknb import look
from tasknb.reports import charts, pictures, words
from tasknb.reports.changes import embedded, read_state
from tasknb.reports.data import Agreement, Ahead, History, ReportData
from tasknb.reports.markdown import plain
from tasknb.reports.markup import element, join
from tasknb.reports.pace import Timeline, ahead, latest
from tasknb.reports.pictures import PictureError, thumbnail

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SPACE = look.NARROW_SPACE


def test_only_elements_are_markup():
    inner = element("b", '1 < 2 & "3"', title='"><script>')
    assert inner == '<b title="&quot;&gt;&lt;script&gt;">1 &lt; 2 &amp; &quot;3&quot;</b>'
    assert element("p", inner, None, [inner, "<i>"]) == f"<p>{inner}{inner}&lt;i&gt;</p>"
    assert element("br") == "<br>"
    assert join("\x00\x1b\ud800") == "\N{REPLACEMENT CHARACTER}" * 3


@given(st.text())
def test_text_never_makes_an_element(text):
    assert "<" not in join(text)
    assert '"' not in element("i", title=text).removeprefix('<i title="').removesuffix('"></i>')


@given(st.lists(st.integers(0, 10**9), min_size=5, max_size=5), st.integers(0, 10**10))
def test_a_bar_is_filled_in_the_order_of_the_work(numbers, more):
    counts = dict(zip([status.key for status in look.STATUSES], numbers, strict=False))
    bar = ET.fromstring(charts.stacked_bar(counts, title="<&>", whole=sum(numbers) + more or 1))
    pieces = [piece for piece in bar if piece.attrib["class"] != "track"]
    assert [piece.attrib["class"] for piece in pieces] == [
        f"fill-{key.replace('_', '-')}" for key, number in counts.items() if number
    ]
    lefts = [float(piece.attrib["x"]) for piece in pieces]
    assert lefts == sorted(lefts)
    assert bar.attrib["aria-label"].startswith("<&>: ")


def test_an_interval_is_drawn_where_it_is():
    found = Agreement(measure="alpha", value=0.5, low=0.25, high=1.0)
    svg = ET.fromstring(charts.interval(found, title="alpha"))
    whisker = next(one for one in svg if one.attrib["class"] == "whisker").attrib
    dot = next(one for one in svg if one.attrib["class"] == "dot").attrib
    assert (whisker["x1"], dot["cx"], whisker["x2"]) == ("52.0", "100.0", "196.0")
    assert charts.interval(Agreement(measure="alpha", reason="none"), title="alpha") is None


@pytest.mark.parametrize("hours", [0.01, 1, 30, 24 * 40, 24 * 3000])
def test_the_burn_up_stays_on_its_canvas(hours):
    times = [NOW - timedelta(hours=hours * (1 - n / 9)) for n in range(10)]
    history = History(times=times, handed_in=list(range(0, 100, 10)), total=200)
    end = Ahead(
        expected_at=NOW + 9 * timedelta(hours=hours), low_at=NOW, high_at=NOW + timedelta(days=9999), per_hour=1
    )
    svg = ET.fromstring(charts.burn_up(history, end, NOW.timestamp()))
    drawn = [float(one.attrib[name]) for one in svg for name in ("x", "x1", "x2") if name in one.attrib]
    assert 0 <= min(drawn) <= max(drawn) <= 1120
    ticks = [one.text for one in svg.iter("text")]
    assert len(ticks) <= 13
    assert charts.burn_up(History(total=5), None, 0.0) is None


def test_an_end_is_estimated_from_the_pace():
    times = pd.DatetimeIndex([NOW - timedelta(minutes=100 - n) for n in range(100)])
    found = ahead(times, np.arange(1.0, 101.0), 60, NOW)
    assert found.per_hour == pytest.approx(60, rel=0.05)
    assert found.expected_at - NOW == pytest.approx(timedelta(hours=1), rel=0.05)
    assert found.low_at < found.expected_at < found.high_at
    assert ahead(times[:3], np.arange(1.0, 4.0), 60, NOW) is None  # too little is known
    assert ahead(times[:0], np.arange(0.0), 60, NOW) is None
    assert ahead(times, np.arange(1.0, 101.0), 10**9, NOW) is None  # nobody plans for that
    assert latest([None, found]).expected_at == found.expected_at
    assert latest([None]) is None


def test_a_history_sums_tasks_and_keeps_few_points():
    line = Timeline()
    times = pd.DatetimeIndex([NOW + timedelta(minutes=n) for n in range(1000)])
    line.add(times, np.arange(1.0, 1001.0))
    line.add(times, np.arange(10.0, 10_001.0, 10.0))
    history = line.history(20_000)
    assert len(history.times) <= 160
    assert (history.times[0], history.handed_in[0]) == (NOW, 11)
    assert history.handed_in[-1] == 11_000
    assert history.handed_in == sorted(history.handed_in)


def test_times_are_as_exact_as_they_are_worth_knowing():
    assert words.moment(NOW) == "2 Mar 2026, 12:00"
    assert words.soon(NOW + timedelta(hours=5), NOW) == "2 Mar, 17:00"
    assert words.soon(NOW + timedelta(days=5), NOW) == "7 Mar"
    assert words.soon(NOW + timedelta(days=500), NOW) == "15 Jul 2027"
    end = Ahead(expected_at=NOW, low_at=NOW, high_at=NOW + timedelta(hours=1), per_hour=1)
    assert words.between(end, NOW) == "2 Mar, 12:00 to 13:00"
    assert words.end(end, NOW) == "about 2 Mar, 12:00"
    assert (words.end(None, NOW), words.between(None, NOW)) == ("—", "")
    assert words.clock(datetime(2026, 3, 3, tzinfo=UTC).timestamp()) == "3 Mar"


def test_numbers_are_written_as_everywhere():
    assert [words.number(value) for value in (0.5, -0.25, None)] == ["0.50", "\u22120.25", "—"]
    assert [words.signed(value) for value in (1500, 0, -3)] == [f"+1{SPACE}500", "0", "\u22123"]
    assert [words.many(1, "task"), words.many(2, "task")] == ["1 task", "2 tasks"]
    assert words.share(None) == "—"
    assert words.short("abcdef", 4) == "abc…"


@given(st.text())
def test_markdown_has_no_markup_of_data(text):
    line = plain(text)
    assert "\n" not in line
    assert all(line[at - 1] == "\\" for at, one in enumerate(line) if one in "<|`*[" and at)


def test_the_state_survives_every_container(tmp_path):
    title = "--> </script> <!-- & \u2028 --"
    data = ReportData(title=title, app=title, source="", version="", made_at=NOW, history=History())
    text = embedded(data)
    assert not {"<", ">", "&"} & set(text)
    assert "--" not in text
    (tmp_path / "a.md").write_text(f"<!-- tasknb-report {text} -->", encoding="utf-8")
    assert read_state(tmp_path / "a.md").app == title


def test_a_thumbnail_is_drawn_anew(tmp_path):
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    image = Image.new("RGBA", (2000, 1000), (9, 9, 9, 128))
    image.save(file, "PNG")
    url = thumbnail(file.getvalue() + b"<script>more than a picture</script>")
    assert url.startswith("data:image/png;base64,")
    assert len(url) < 5000
    for broken in (b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", file.getvalue()[:60]):
        with pytest.raises(PictureError, match="no picture that can be read"):
            thumbnail(broken)


def test_a_picture_that_is_far_too_large_is_not_decoded(monkeypatch):
    from io import BytesIO

    from PIL import Image

    monkeypatch.setattr(pictures, "MOST_PIXELS", 99)
    file = BytesIO()
    Image.new("L", (10, 10)).save(file, "PNG")
    with pytest.raises(PictureError, match="million pixels"):
        thumbnail(file.getvalue())
