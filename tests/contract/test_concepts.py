"""Concepts."""

from __future__ import annotations

import pytest

CONCEPTS = [{"id": "cat", "name": "Cat"}, {"id": "dog", "metadata": {"legs": 4}}, {"name": "bird"}]


@pytest.fixture
def filled(api):
    api.ok("POST", "/concepts", {"concepts": CONCEPTS})
    return api


def test_create(filled):
    listed = filled.ok("GET", "/concepts")["concepts"]
    assert [(one["id"], one["name"], one["value"]) for one in listed] == [
        ("bird", "bird", 1.0),
        ("cat", "Cat", 1.0),
        ("dog", "dog", 1.0),
    ]
    assert listed[2]["metadata"] == {"legs": 4}


@pytest.mark.parametrize("wanted", [[{"id": "ox"}, {"id": "cat"}], [{"id": "ox"}, {"id": "ox"}]])
def test_duplicates_are_refused_whole(filled, wanted):
    reply = filled("POST", "/concepts", {"concepts": wanted})
    assert (reply.http, reply.code) == (409, 40010)
    assert len(filled.ok("GET", "/concepts")["concepts"]) == 3


@pytest.mark.parametrize(("text", "found"), [("CA", ["cat"]), ("i", ["bird"]), ("%", []), ("_", [])])
def test_search(filled, text, found):
    assert [one["id"] for one in filled.ok("GET", "/concepts", id=text)["concepts"]] == found


def test_get(filled):
    assert filled.ok("GET", "/concepts/cat")["concept"]["name"] == "Cat"
    reply = filled("GET", "/concepts/ox")
    assert (reply.http, reply.code) == (404, 11101)
    assert "ListConcepts" in reply.details


def test_rename(filled):
    changed = filled.ok("PATCH", "/concepts", {"concepts": [{"id": "cat", "name": "Katze"}], "action": "overwrite"})
    assert changed["concepts"][0]["name"] == "Katze"


@pytest.mark.parametrize("action", ["", "merge", "nonsense"])
def test_rename_by_other_actions(filled, action):
    assert filled("PATCH", "/concepts", {"concepts": [{"id": "cat"}], "action": action}).http == 400
    assert filled.ok("GET", "/concepts/cat")["concept"]["name"] == "Cat"


def test_rename_of_what_is_not_there_changes_nothing(filled):
    body = {"concepts": [{"id": "cat", "name": "X"}, {"id": "ox", "name": "X"}], "action": "overwrite"}
    assert filled("PATCH", "/concepts", body).http == 404
    assert filled.ok("GET", "/concepts/cat")["concept"]["name"] == "Cat"


def test_none_and_too_many(api):
    assert api("POST", "/concepts", {}).http == 400
    reply = api("POST", "/concepts", {"concepts": [{"id": str(number)} for number in range(1001)]})
    assert "1000" in reply.details
    assert api.ok("GET", "/concepts")["concepts"] == []
