"""A store on PostgreSQL: what opening it does, and refuses to do."""

from __future__ import annotations

import subprocess
import sys

import postgres
import psycopg
import pytest

from tasknb.errors import StoreError
from tasknb.service.store import Store


def test_processes_that_open_a_new_database_at_once(postgres_url):
    url = postgres.create_database(postgres_url, "opened_at_once")
    script = "import sys; from tasknb.service.store import Store; Store(sys.argv[1]); print('open')"
    command = [sys.executable, "-c", script, url]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0] for process in started] == ["open\n"] * 3


def test_the_database_of_another_program(postgres_url):
    url = postgres.create_database(postgres_url, "another_program")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE users (name TEXT)")
    with pytest.raises(StoreError, match="another program's database"):
        Store(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall() == [
            ("users",)
        ]


def test_a_database_that_does_not_exist(postgres_url):
    with pytest.raises(StoreError, match="does not exist"):
        Store(f"{postgres_url}/no_such_database")


def test_the_name_shows_no_password(postgres_url):
    url = postgres.create_database(postgres_url, "named").replace("tasknb@", "tasknb:secret@")
    store = Store(url)
    assert "secret" not in store.name
    store.close()
