from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from tasknb.errors import MissingExtraError, StoreError
from tasknb.service.schema import SCHEMA_VERSION, auto_unread, meta, users
from tasknb.service.store import Store


def add_user(db, name):
    db.execute(insert(users).values(id=name, created_at=0))


def names(store):
    with store.read() as db:
        return list(db.scalars(select(users.c.id).order_by(users.c.pk)))


@pytest.fixture(params=["memory", "file", "url"])
def store(request, tmp_path):
    file = tmp_path / "labels.db"
    made = Store({"memory": ":memory:", "file": file, "url": f"sqlite:///{file}"}[request.param])
    yield made
    made.close()


def test_what_was_written_is_read(store):
    with store.write() as db:
        add_user(db, "ann")
    assert names(store) == ["ann"]


def test_an_exception_undoes_all(store):
    def stumble():
        with store.write() as db:
            add_user(db, "ann")
            add_user(db, "ann")

    with pytest.raises(IntegrityError):
        stumble()
    assert names(store) == []


def test_threads_share_it(store):
    def work(number):
        for index in range(20):
            with store.write() as db:
                add_user(db, f"{number}-{index}")
            names(store)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(store)) == 100


def test_a_reader_sees_one_state(tmp_path):
    store = Store(tmp_path / "labels.db")
    with store.read() as db:
        count = select(users.c.id)
        assert db.scalars(count).all() == []
        with store.write() as writer:
            add_user(writer, "ann")
        assert db.scalars(count).all() == []
    assert names(store) == ["ann"]


def test_a_file_is_kept(tmp_path):
    first = Store(tmp_path / "labels.db")
    with first.write() as db:
        add_user(db, "ann")
    first.close()
    assert names(Store(tmp_path / "labels.db")) == ["ann"]


def test_an_empty_file_is_taken(tmp_path):
    (tmp_path / "labels.db").touch()
    assert names(Store(tmp_path / "labels.db")) == []


def refused(location):
    with pytest.raises(StoreError) as caught:
        Store(location)
    return str(caught.value)


def test_a_file_that_is_no_database(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_bytes(b"These are my notes. " * 100)
    assert "Name another file" in refused(file)
    assert file.read_bytes() == b"These are my notes. " * 100
    assert [one.name for one in tmp_path.iterdir()] == ["notes.txt"]


def test_a_truncated_database(tmp_path):
    file = tmp_path / "labels.db"
    store = Store(file)
    store.close()
    file.write_bytes(file.read_bytes()[:5000])
    assert "labels.db" in refused(file)


def test_the_database_of_another_program(tmp_path):
    file = tmp_path / "other.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE photos (name TEXT)")
    connection.close()
    before = file.read_bytes()
    assert "another program's database" in refused(file)
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["other.db"]


def test_a_schema_of_another_version(tmp_path):
    store = Store(tmp_path / "labels.db")
    with store.write() as db:
        db.execute(meta.update().values(value="999"))
    store.close()
    assert "schema 999" in refused(tmp_path / "labels.db")


def test_an_older_schema_is_completed(tmp_path):
    store = Store(tmp_path / "labels.db")
    with store.write() as db:
        auto_unread.drop(db)
        db.execute(meta.update().values(value="1"))
    store.close()
    with Store(tmp_path / "labels.db").read() as db:
        assert db.execute(auto_unread.select()).all() == []
        assert db.scalar(select(meta.c.value)) == str(SCHEMA_VERSION)


def test_a_folder(tmp_path):
    assert "is a folder" in refused(tmp_path)


def test_a_folder_that_does_not_exist(tmp_path):
    assert "folder must exist" in refused(tmp_path / "no" / "labels.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_not_be_written(tmp_path):
    (tmp_path / "labels.db").touch(mode=0o400)
    assert "allowed to write" in refused(tmp_path / "labels.db")


def test_urls_that_lead_nowhere():
    assert "not supported" in refused("mysql://host/name")
    said = refused("postgresql://me:secret@127.0.0.1:1/name")
    assert "secret" not in said
    assert "127.0.0.1" in said


def test_postgres_without_its_driver(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"tasknb\[postgres\]"):
        Store("postgresql://127.0.0.1:1/name")


def test_processes_that_open_a_new_file_at_once(tmp_path):
    script = "import sys; from tasknb.service.store import Store; Store(sys.argv[1]); print('open')"
    command = [sys.executable, "-c", script, str(tmp_path / "labels.db")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[0] for process in started] == ["open\n"] * 4
