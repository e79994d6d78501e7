"""A database that is opened to be read stays as it is."""

from __future__ import annotations

import hashlib

import pytest

import tasknb as tn
from tasknb.errors import AuthError, StoreError


@pytest.fixture
def path(tmp_path):
    with tn.Client.local(tmp_path / "labels.db", app_id="cats") as client:
        client.concepts.create("cat")
    return tmp_path / "labels.db"


def test_the_only_app_is_found_and_the_file_stays_as_it_was(path):
    before = hashlib.sha256(path.read_bytes()).digest()
    with tn.Client.local(path, user_id="", app_id="", read_only=True) as client:
        assert [one.id for one in client.concepts.list()] == ["cat"]
        assert (client.owner_id, client.app_id) == ("owner", "cats")
        with pytest.raises(AuthError, match="read only"):
            client.concepts.create("dog")
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [one.name for one in path.parent.iterdir()] == ["labels.db"]


@pytest.mark.parametrize(
    ("app_id", "message"), [("dogs", "has no app dogs. There are: owner/cats"), ("", "several apps")]
)
def test_an_app_is_never_made(path, app_id, message):
    if not app_id:
        tn.Client.local(path, app_id="birds").close()
    with pytest.raises(StoreError, match=message):
        tn.Client.local(path, user_id="", app_id=app_id, read_only=True)


def test_a_database_is_never_made(tmp_path):
    (tmp_path / "empty.db").touch()
    for name, message in (("missing.db", "no database"), ("empty.db", "is empty"), (".", "is a folder")):
        with pytest.raises(StoreError, match=message):
            tn.Client.local(tmp_path / name, read_only=True)
    assert [one.name for one in tmp_path.iterdir()] == ["empty.db"]
    assert (tmp_path / "empty.db").stat().st_size == 0
