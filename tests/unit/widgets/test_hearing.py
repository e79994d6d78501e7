"""Whether the kernel was free to hear its views, on a clock and a loop of the test's own."""

from __future__ import annotations

import pytest

from tasknb.widgets import hearing, watchers
from tasknb.widgets.hearing import LOOKS, Cells, Hearing
from tasknb.widgets.watchers import SIGN_OF_LIFE, Watchers

LOOK = 30.0
HOUR = 3600.0
ENOUGH = int(SIGN_OF_LIFE / LOOK) + 2


class Kernel:
    """A clock, a loop that makes its calls while it is not blocked, and cells."""

    def __init__(self):
        self.now = 10_000.0
        self.cells = Cells()
        self.cells.end()
        self.blocked = False
        self.closed = False
        self._calls = []

    def call_soon_threadsafe(self, call):
        if self.closed:
            raise RuntimeError("Event loop is closed")
        self._calls.append(call)

    def pass_time(self, seconds=LOOK):
        self.now += seconds
        while self._calls and not self.blocked:
            self._calls.pop(0)()


@pytest.fixture
def kernel(monkeypatch):
    made = Kernel()
    monkeypatch.setattr(watchers.time, "monotonic", lambda: made.now)
    monkeypatch.setattr(hearing.asyncio, "get_running_loop", lambda: made)
    return made


@pytest.fixture
def seen(kernel):
    made = Watchers(_hearing=Hearing(kernel.cells))
    made.hear("one", sees=True)
    return made


def looks(kernel, seen, count=ENOUGH):
    """What each of so many looks finds: whether the widget is left alone."""
    found = []
    for _ in range(count):
        found.append(seen.left_alone())
        kernel.pass_time()
    return found


def test_silence_while_the_kernel_is_free_means_that_all_have_gone(kernel, seen):
    assert looks(kernel, seen) == [*[False] * (ENOUGH - 1), True]
    assert not seen.displayed


def test_a_view_that_speaks_keeps_it_going(kernel, seen):
    for _ in range(4 * ENOUGH):
        assert looks(kernel, seen, 2) == [False, False]
        seen.hear("one", sees=True)
    assert seen.displayed


def test_a_cell_that_runs_for_an_hour_ends_nothing(kernel, seen):
    kernel.cells.begin()
    kernel.blocked = True
    assert not any(looks(kernel, seen, int(HOUR / LOOK)))
    kernel.blocked = False
    kernel.cells.end()
    assert not any(looks(kernel, seen, LOOKS))


def test_a_cell_that_awaits_leaves_the_loop_free_and_ends_nothing(kernel, seen):
    kernel.cells.begin()
    assert not any(looks(kernel, seen, int(HOUR / LOOK)))


def test_short_cells_one_after_another_end_nothing(kernel, seen):
    for _ in range(100):
        kernel.cells.begin()
        kernel.cells.end()
        assert looks(kernel, seen, 1) == [False]


def test_a_blocked_loop_without_a_cell_ends_nothing(kernel, seen):
    kernel.blocked = True
    assert not any(looks(kernel, seen, int(HOUR / LOOK)))


def test_a_loop_that_is_closed_hands_out_no_messages(kernel, seen):
    kernel.closed = True
    assert looks(kernel, seen)[-1]


def test_a_display_after_it_was_left_alone_begins_anew(kernel, seen):
    looks(kernel, seen)
    assert seen.hear("two", sees=True)
    assert not any(looks(kernel, seen, LOOKS))
    assert seen.displayed


def test_where_there_is_no_loop_nothing_ends(kernel, seen, monkeypatch):
    def no_loop():
        raise RuntimeError("no running event loop")

    monkeypatch.setattr(hearing.asyncio, "get_running_loop", no_loop)
    terminal = Watchers(_hearing=Hearing(kernel.cells))
    terminal.hear("one", sees=True)
    assert not any(looks(kernel, terminal, int(HOUR / LOOK)))
