"""Turns: in the order of asking, shared by all who write one file, and never lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time

import pytest

from tasknb.service.store import Store
from tasknb.service.turns import Turns, begin_write, turns_of

PATIENCE = 60


def queued(turns, count):
    """Wait until so many stand in the queue, the one whose turn it is among them."""
    deadline = time.monotonic() + PATIENCE
    while len(turns._queue) < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_who_asks_first_is_served_first():
    turns, served, threads = Turns(), [], []

    def ask(number):
        with turns:
            served.append(number)

    with turns:
        for number in range(5):
            threads.append(threading.Thread(target=ask, args=(number,)))
            threads[-1].start()
            queued(turns, number + 2)
    for thread in threads:
        thread.join(PATIENCE)
    assert served == [0, 1, 2, 3, 4]


def test_a_turn_within_a_turn_is_said_and_not_waited_for():
    turns = Turns()
    with turns, turns.lock, pytest.raises(RuntimeError, match="inside another"), turns:
        pass
    assert not turns._queue


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_does_not_wait_for_its_parents_threads(tmp_path):
    path = str(tmp_path / "labels.db")
    with turns_of(path):
        child = os.fork()
        if child == 0:
            with turns_of(path):
                os._exit(0)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_whoever_is_interrupted_while_waiting_holds_nobody_up():
    turns, done = Turns(), threading.Event()

    def hold():
        with turns:
            queued(turns, 2)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            assert done.wait(PATIENCE)

    holding = threading.Thread(target=hold)
    holding.start()
    queued(turns, 1)
    with pytest.raises(KeyboardInterrupt), turns:
        pass
    done.set()
    holding.join(PATIENCE)
    with turns:
        assert len(turns._queue) == 1


def test_whoever_went_without_leaving_is_passed_over(monkeypatch):
    monkeypatch.setattr("tasknb.service.turns.LOST_SECONDS", 0.001)
    turns, served = Turns(), []

    def ask(number):
        with turns, turns.lock:
            served.append(number)

    turns.__enter__()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(served) == list(range(8))
    with turns, turns.lock:
        served.clear()


def test_one_file_has_one_queue_by_whatever_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert turns_of(str(tmp_path / "labels.db")) is not turns_of(str(tmp_path / "other.db"))
    one, other = Store(tmp_path / "labels.db"), Store("labels.db")
    assert one._write_turn is other._write_turn
    for store in (one, other):
        store.close()


def test_a_writer_elsewhere_is_waited_for_and_not_forever(tmp_path):
    place = tmp_path / "labels.db"
    one, other = (sqlite3.connect(place, isolation_level=None, check_same_thread=False) for _ in range(2))
    one.execute("CREATE TABLE t (n INTEGER)")
    begin_write(one, 1)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        begin_write(other, 0.05)
    waiting = threading.Thread(target=begin_write, args=(other, PATIENCE))
    waiting.start()
    one.execute("COMMIT")
    waiting.join(PATIENCE)
    assert other.in_transaction
    for connection in (one, other):
        connection.close()
