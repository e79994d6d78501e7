"""A follower looks again and again, and ends when it should."""

from __future__ import annotations

import gc
import threading

import pytest

from tasknb.widgets.follow import FASTEST, RETRY_LONGEST, SLOWEST, Follower, next_pause, retry_pause

LONG = 10


class Looker:
    def __init__(self, pause=0.0):
        self.pause = pause
        self.looked = threading.Semaphore(0)
        self.follower = Follower(self.look, "tasknb-test")

    def look(self):
        self.looked.release()
        return self.pause


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "tasknb-test"]


def ended(before):
    for thread in before:
        thread.join(LONG)
    return not any(thread.is_alive() for thread in before)


def test_it_looks_until_it_is_stopped():
    looker = Looker()
    looker.follower.start()
    for _ in range(3):
        assert looker.looked.acquire(timeout=LONG)
    running = threads()
    assert [thread.daemon for thread in running] == [True]
    looker.follower.stop(LONG)
    assert ended(running)
    assert not looker.follower.running


def test_it_ends_by_itself_when_told_so():
    looker = Looker(pause=None)
    looker.follower.start()
    assert looker.looked.acquire(timeout=LONG)
    assert ended(threads())


def test_now_cuts_the_waiting_short():
    looker = Looker(pause=3600)
    looker.follower.start()
    assert looker.looked.acquire(timeout=LONG)
    looker.follower.now()
    assert looker.looked.acquire(timeout=LONG)
    looker.follower.stop(LONG)


def test_starting_twice_is_starting_once():
    looker = Looker(pause=3600)
    looker.follower.start()
    looker.follower.start()
    assert len(threads()) == 1
    looker.follower.stop(LONG)


def test_it_can_start_again():
    looker = Looker(pause=3600)
    for _ in range(2):
        looker.follower.start()
        assert looker.looked.acquire(timeout=LONG)
        looker.follower.stop(LONG)


def test_a_thread_does_not_outlive_what_it_looks_for():
    looker = Looker(pause=0.01)
    looker.follower.start()
    assert looker.looked.acquire(timeout=LONG)
    running = threads()
    del looker
    gc.collect()
    assert ended(running)


@pytest.mark.parametrize(
    ("previous", "moved", "cost", "pause"),
    [
        (1, True, 0.01, FASTEST),
        (8, True, 0.01, FASTEST),
        (2, False, 0.01, 3),
        (14, False, 0, SLOWEST),
        (1, True, 2, 20),
    ],
)
def test_the_pause_fits_what_happens(previous, moved, cost, pause):
    assert next_pause(previous, moved=moved, cost=cost) == pause


def test_retries_come_ever_more_rarely():
    assert [retry_pause(failures) for failures in (1, 2, 3)] == [2, 4, 8]
    assert retry_pause(100) == RETRY_LONGEST
