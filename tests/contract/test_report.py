"""Reports where they really run: over HTTP with a key, and on PostgreSQL."""

from __future__ import annotations

import json
from contextlib import contextmanager

import postgres
import pytest
from doors import over_http
from sqlalchemy.exc import DBAPIError
from zoo import NOW, fill, task

import tasknb as tn
from tasknb.cli import main
from tasknb.errors import AuthError, ConnectionFailed, StoreError
from tasknb.service.people.users import add_key, find_user

KEY = "a-key-that-must-not-be-seen"


@pytest.fixture(scope="module")
def zoo_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("zoo") / "labels.db"
    fill(path)
    return path


@pytest.mark.parametrize("kind", ["html", "md", "json"])
def test_over_http_it_says_the_same_and_never_the_key(kind, zoo_path, tmp_path, monkeypatch, capsys):
    with contextmanager(over_http)(str(zoo_path)) as entry:
        with entry.service.store.write() as db:
            add_key(db, find_user(db, "owner"), KEY)
        for name, value in {"PAT": KEY, "USER_ID": "owner", "APP_ID": "zoo", "API_BASE": entry.url}.items():
            monkeypatch.setenv(f"CLARIFAI_{name}", value)
        assert main(["report", "--clarifai", "-o", str(tmp_path / f"a.{kind}"), "--fail-if", "tasks < 4"]) == 0
    text = (tmp_path / f"a.{kind}").read_text(encoding="utf-8")
    assert KEY not in text
    assert KEY not in capsys.readouterr().err
    if kind == "html":
        assert text.count('src="data:image/') == 1  # fetched by its own address, without the key
    if kind == "json":
        there = json.loads(text)
        with tn.Client.local(zoo_path, user_id="", app_id="", read_only=True) as client:
            here = tn.report(client, now=NOW).data
        for name in ("tasks", "reviewers", "contested"):
            assert without_times(there[name]) == without_times(here[name])


def test_a_file_is_fetched_within_limits(zoo_path):
    with contextmanager(over_http)(str(zoo_path)) as entry:
        with entry.service.store.write() as db:
            add_key(db, find_user(db, "owner"), KEY)
        near = tn.Client.local(zoo_path, user_id="", app_id="", read_only=True)
        far = tn.Client(KEY, "owner", "zoo", entry.url)
        for client in (near, far):
            with client:
                image = client.inputs.get("i10").data.image
                content = client.fetch(image.url)
                assert content.startswith(b"\x89PNG")
                assert client.fetch(image.url, most=len(content)) == content
                with pytest.raises(ConnectionFailed, match="larger than 9 bytes"):
                    client.fetch(image.url, most=9)
                with pytest.raises(ConnectionFailed, match="HTTP 404"):
                    client.fetch(f"{image.url}x")
                with pytest.raises(ConnectionFailed, match="no address of a file"):
                    client.fetch("file:///etc/passwd")
                with pytest.raises(ConnectionFailed, match="cannot be fetched: Connection refused"):
                    client.fetch("http://127.0.0.1:9/x.png")


def without_times(lines):
    """The lines of a table but for what depends on the moment of the report."""
    return [{name: value for name, value in line.items() if name != "ahead"} for line in lines]


def test_on_postgresql_nothing_can_be_written(postgres_url):
    url = postgres.create_database(postgres_url, "report")
    with pytest.raises(StoreError, match="is empty"):
        tn.Client.local(url, read_only=True)
    with tn.Client.local(url, app_id="zoo") as client:
        client.concepts.create("cat", "dog")
        client.collaborators.add("ann")
        client.tasks.create(task("Nothing to do yet", tn.TaskWorker.full("ann")))
    with tn.Client.local(url, user_id="", app_id="", read_only=True) as client:
        assert [one.title for one in tn.report(client).content.tasks] == ["Nothing to do yet"]
        with pytest.raises(AuthError, match="read only"):
            client.concepts.create("bird")
        store = client._adapter.service.store
        with pytest.raises(DBAPIError, match="read-only transaction"), store.write() as db:
            db.exec_driver_sql("DELETE FROM tasks")
