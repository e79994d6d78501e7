"""TaskProgress in Chromium, on readings made for the purpose: what it shows, and that it leaves nothing behind."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect
from stub import lose_kernel, show, violations

from tasknb.errors import ConnectionFailed
from tasknb.widgets import TaskProgress, progress
from tasknb.widgets.reading import Reading, ReviewerReading, WorkerReading

pytestmark = pytest.mark.browser

PEOPLE = ("ann", "bob", "cleo")


def look_at(*done, per=100, seconds=0.0, names=PEOPLE, status="TASK_IN_PROGRESS", name="Digits", reviewers=()):
    """One look at a task; `done` is what each worker has finished."""
    counts = [(per - one, 0, 0, one, 0) for one in done]
    workers = [WorkerReading(one, "", "user", row) for one, row in zip(names, counts, strict=False)]
    summed = tuple(sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0, 0, 0)
    taken = time.time() - 600 + seconds
    return Reading(
        taken, "t", name, status, "PARTITIONED", "NONE", 1, sum(summed), False, summed, tuple(workers), tuple(reviewers)
    )


class Script:
    """A reader that says what it is told: readings, or an error as long as `error` is set."""

    def __init__(self, *readings):
        self.readings = list(readings)
        self.error = None

    def read(self):
        if self.error:
            raise self.error
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]


@pytest.fixture
def follow(monkeypatch):
    """Make a TaskProgress that looks when `widget._look()` is called, and at no other time."""

    def make(*readings, error=None):
        script = Script(*readings)
        script.error = error
        monkeypatch.setattr(progress, "Reader", lambda _client, _task: script)
        widget = TaskProgress(None, "t")
        monkeypatch.setattr(widget._follower, "start", lambda: None)
        for _ in readings[1:]:
            widget._look()
        return widget, script

    return make


def names(page):
    return page.locator("tbody th").all_text_contents()


def test_it_answers_how_far_when_and_who(page, follow):
    looks = [look_at(2 * i, i, 0, seconds=i * 20) for i in range(30)]
    widget, _ = follow(*looks)
    show(page, widget)
    expect(page.locator(".tn-share")).to_have_text("29\u202f%")
    expect(page.locator(".tn-far")).to_contain_text("87 of 300 inputs finished")
    expect(page.locator(".tn-when")).to_have_text(re.compile(r"^about .* left \(.* to .*\), until about \d\d:\d\d$"))
    expect(page.locator(".tn-stalled")).to_have_text(re.compile(r"^Stalled with pending work: cleo \("))
    expect(page.get_by_role("img", name="All work: Pending 213, Done 87")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Burn-up since"))).to_be_visible()


def test_an_update_moves_the_numbers_and_keeps_the_rows(page, follow):
    widget, script = follow(look_at(10, 10, 10))
    show(page, widget)
    page.locator("tbody tr").first.evaluate("row => { row.dataset.mark = 'same' }")
    script.readings = [look_at(20, 10, 10, seconds=10)]
    widget._look()
    expect(page.locator("tbody tr").first.locator("td").nth(1)).to_have_text("20")
    expect(page.locator("tbody tr").first).to_have_attribute("data-mark", "same")
    expect(page.locator(".tn-share")).to_have_text("13\u202f%")


def test_a_tenth_is_announced_and_no_less(page, follow):
    widget, script = follow(look_at(10, 10, 10))
    show(page, widget)
    spoken = page.locator("p[role=status]")
    for done, text in ((11, ""), (80, "Digits: 100 of 300 inputs finished")):
        script.readings = [look_at(done, 10, 10, seconds=done)]
        widget._look()
        expect(page.locator(".tn-far")).to_contain_text(f"{done + 20} of 300")
        expect(spoken).to_have_text(text)


def test_a_failed_refresh_is_told_and_forgotten_when_it_recovers(page, follow):
    widget, script = follow(look_at(10, 10, 10, seconds=600))
    show(page, widget)
    script.error = ConnectionFailed("No answer from the server")
    widget._look()
    expect(page.get_by_role("alert")).to_have_text(re.compile("failed since .*; it is tried again.* No answer"))
    expect(page.locator(".tasknb")).to_have_class(re.compile("tn-stale"))
    script.error = None
    widget._look()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".tasknb")).not_to_have_class(re.compile("tn-stale"))


def test_old_data_say_since_when(page, follow):
    widget, _ = follow(look_at(10, 10, 10, seconds=-3600))
    show(page, widget)
    expect(page.get_by_text(re.compile(r"^No news since"))).to_be_visible()
    expect(page.locator(".tn-fresh")).to_have_text("Data from 1\u202fh 10\u202fmin ago")


def test_a_task_without_inputs_says_what_to_do(page, follow):
    widget, _ = follow(look_at(0, 0, 0, per=0))
    show(page, widget)
    expect(page.locator(".tn-when")).to_contain_text("Add some to its input source")
    expect(page.locator(".tn-share")).to_be_hidden()


def test_before_the_first_answer_only_the_trouble_shows(page, follow):
    widget, _ = follow(look_at(1, 2, 3), error=ConnectionFailed("No answer from the server"))
    show(page, widget)
    expect(page.get_by_role("alert")).to_contain_text("No answer from the server")
    expect(page.get_by_role("table")).to_have_count(0)
    assert violations(page) == []


def test_a_kernel_that_is_gone_is_told_at_once(page, follow):
    widget, _ = follow(look_at(10, 10, 10, seconds=600))
    show(page, widget)
    lose_kernel(page)
    expect(page.get_by_text("is gone. Run this cell again. What was seen last stays here.")).to_be_visible()
    expect(page.locator(".tn-fresh")).to_contain_text("Data from")
    expect(page.get_by_role("button", name="Refresh")).to_have_count(0)
    expect(page.locator(".tn-far")).to_contain_text("30 of 300")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, follow, theme):
    reviewers = [ReviewerReading("rita", "Rita Moss", 3, 12)]
    widget, script = follow(look_at(1, 0, 0), look_at(70, 10, 5, seconds=600, reviewers=reviewers))
    show(page, widget, theme=theme)
    expect(page.get_by_role("table", name="Reviewers")).to_be_visible()
    assert violations(page) == []
    script.error = ConnectionFailed("No answer from the server")
    widget._look()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


def test_rows_are_sorted_by_a_click_and_by_the_keyboard(page, follow):
    widget, _ = follow(look_at(5, 50, 20))
    show(page, widget)
    labeled = page.get_by_role("columnheader", name="Labeled")
    labeled.get_by_role("button").click()
    assert names(page) == ["bob", "cleo", "ann"]
    expect(labeled).to_have_attribute("aria-sort", "descending")
    page.keyboard.press("Enter")
    assert names(page) == ["ann", "cleo", "bob"]
    page.keyboard.press("Enter")
    assert names(page) == ["ann", "bob", "cleo"]
    expect(labeled).not_to_have_attribute("aria-sort", re.compile("."))


def test_many_workers_can_be_filtered(page, follow):
    people = [f"worker-{i:03}" for i in range(200)]
    widget, _ = follow(look_at(*range(200), per=5000, names=people))
    show(page, widget)
    page.get_by_role("searchbox", name="Filter workers").fill("R-01")
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(page.get_by_text("10 of 200")).to_be_visible()


def test_reviewers_have_a_table_of_their_own(page, follow):
    widget, _ = follow(look_at(5, 5, 5, reviewers=[ReviewerReading("rita", "Rita Moss", 3, 12)]))
    show(page, widget)
    rows = page.get_by_role("table", name="Reviewers").locator("tbody tr")
    expect(rows).to_have_text(re.compile("Rita Moss.*3.*12"))


def test_names_are_text(page, follow):
    hostile = "<script>window.hacked = true</script><img src=x onerror='window.hacked = true'>"
    widget, _ = follow(look_at(5, 5, 5, names=(hostile, "مرحبا", "x" * 300), name=hostile))
    show(page, widget)
    expect(page.locator(".tn-task")).to_have_text(hostile)
    assert names(page)[0] == hostile
    assert page.evaluate("window.hacked") is None
    assert page.locator(".tasknb").evaluate("el => el.scrollWidth <= el.clientWidth")


def test_two_views_share_what_was_seen_and_leave_nothing(page, follow):
    widget, script = follow(look_at(10, 10, 10))
    stub = show(page, widget, views=2)
    script.readings = [look_at(40, 10, 10, seconds=10)]
    widget._look()
    expect(page.locator(".tn-share")).to_have_text(["20\u202f%"] * 2)
    assert stub.traits_used() <= set(widget.keys)
    stub.end(0)
    assert widget._watchers.displayed
    assert stub.end(1) == {"model": 0, "page": 0, "timers": 0}
    stub.until(lambda: not widget._watchers.displayed)


def test_a_missed_update_is_made_good(page, follow):
    widget, script = follow(look_at(10, 10, 10))
    show(page, widget)
    expect(page.locator(".tn-share")).to_have_text("10\u202f%")
    script.readings = [look_at(40, 10, 10, seconds=10)]
    sent, widget.comm.outbox = widget._look(), []
    assert sent is None
    script.readings = [look_at(70, 10, 10, seconds=20)]
    widget._look()
    expect(page.locator(".tn-share")).to_have_text("30\u202f%")
    assert names(page) == list(PEOPLE)


def test_an_update_reaches_all_of_200_workers(page, follow):
    people = [f"worker-{i:03}" for i in range(200)]
    widget, script = follow(look_at(*range(200), per=5000, names=people))
    show(page, widget)
    expect(page.locator("tbody tr")).to_have_count(200)
    script.readings = [look_at(*range(7, 207), per=5000, names=people, seconds=10)]
    widget._look()
    expect(page.locator("tbody tr").first.locator("td").nth(1)).to_have_text("7")
    last = page.locator("tbody tr").last
    last.scroll_into_view_if_needed()
    expect(last.locator("td").nth(1)).to_have_text("206")
