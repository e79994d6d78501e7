"""A server that is killed at any moment has kept what it acknowledged, and nothing by halves."""

from __future__ import annotations

import itertools
import re
import sqlite3
import subprocess
import sys
import threading

import requests

RUN = "import sys; from tasknb.cli import main; sys.exit(main(sys.argv[1:]))"
SENDERS, ENOUGH = 4, 40


def start(file):
    command = [sys.executable, "-c", RUN, "serve", "--port", "0", "--db", str(file), "--key", "k"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return process, re.search(r"http://\S+", process.stdout.readline())[0]


def send(url, numbers, acknowledged, enough):
    """Add concepts in pairs until the server is gone; remember the pairs that it has acknowledged."""
    headers = {"Authorization": "Key k"}
    with requests.Session() as session:
        for number in numbers:
            pair = [{"id": f"{number}-left"}, {"id": f"{number}-right"}]
            try:
                answer = session.post(
                    f"{url}/v2/users/me/apps/main/concepts", json={"concepts": pair}, headers=headers, timeout=30
                )
            except requests.RequestException:
                return
            assert answer.status_code == 200, answer.text
            acknowledged.append(number)
            if len(acknowledged) >= ENOUGH:
                enough.set()


def work_until_killed(file, numbers):
    process, url = start(file)
    acknowledged, enough = [], threading.Event()
    senders = [threading.Thread(target=send, args=(url, numbers, acknowledged, enough)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        assert enough.wait(120)
    finally:
        process.kill()
        for sender in senders:
            sender.join()
        process.communicate()
    return acknowledged


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    file = tmp_path / "labels.db"
    numbers, acknowledged = itertools.count(), []
    for _ in range(3):
        acknowledged += work_until_killed(file, numbers)
    with sqlite3.connect(file) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = {name for (name,) in database.execute("SELECT id FROM concepts")}
    left, right = ({name.split("-")[0] for name in stored if name.endswith(side)} for side in ("left", "right"))
    assert left == right
    assert {str(number) for number in acknowledged} <= left
