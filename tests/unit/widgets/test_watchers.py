"""Who looks, and how calm the looking may be."""

from __future__ import annotations

import pytest

from tasknb.widgets import watchers
from tasknb.widgets.watchers import FORGOTTEN, HIDDEN, LONG_SILENCE, SIGN_OF_LIFE, Watchers


@pytest.fixture
def clock(monkeypatch):
    now = [10_000.0]
    monkeypatch.setattr(watchers.time, "monotonic", lambda: now[0])
    return now


def test_views_come_and_go(clock):
    seen = Watchers()
    assert seen.hear("one", sees=True) is True
    assert seen.hear("one", sees=True) is False
    assert seen.hear("one", sees=False) is False
    assert seen.hear("one", sees=True) is True
    assert seen.displayed
    seen.hear("one", sees=None)
    assert not seen.displayed


def test_looks_calm_down_while_nobody_sees_them(clock):
    seen = Watchers()
    seen.hear("one", sees=True)
    assert seen.calm() == 0
    seen.hear("one", sees=False)
    assert seen.calm() == HIDDEN
    seen.hear("two", sees=True)
    assert seen.calm() == 0


def test_silence_slows_and_never_ends(clock):
    seen = Watchers()
    seen.hear("one", sees=True)
    clock[0] += SIGN_OF_LIFE + 1
    assert seen.calm() == HIDDEN
    clock[0] += LONG_SILENCE
    assert seen.calm() == FORGOTTEN
    assert seen.displayed


def test_a_view_that_went_without_a_word_is_forgotten_when_others_speak(clock):
    seen = Watchers()
    seen.hear("lost", sees=True)
    clock[0] += SIGN_OF_LIFE + 1
    seen.hear("here", sees=True)
    seen.hear("here", sees=None)
    assert not seen.displayed
