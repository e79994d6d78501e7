from __future__ import annotations

import pytest

from tasknb.service.patching import patched

# The examples of the API's documentation on patching.
MERGES = [
    ({"a": [1, 2, 3]}, {"blah": True}, {"blah": True, "a": [1, 2, 3]}),
    ({"a": [{"id": 1}]}, {"a": [{"id": 2}]}, {"a": [{"id": 2}, {"id": 1}]}),
    (
        {"a": [{"id": "1", "hey": True}], "blah": 1},
        {"a": [{"id": "1", "foo": "bar", "hey": False}, {"id": "2"}], "blah": "string"},
        {"a": [{"hey": True, "id": "1", "foo": "bar"}, {"id": "2"}], "blah": 1},
    ),
    ({"a": [{"blah": "1"}]}, {"a": [{"blah": "2"}]}, {"a": [{"blah": "2"}, {"blah": "1"}]}),
    ({"key1": True}, {"key1": {"key2": "value2"}}, {"key1": True}),
    (
        {"key1": {"key2": True}},
        {"key1": {"key2": "value2", "key3": "value3"}},
        {"key1": {"key2": True, "key3": "value3"}},
    ),
    ({"key1": {"key2": {}}}, {"key1": {"key2": "v", "key3": "w"}}, {"key1": {"key2": {}, "key3": "w"}}),
    ({"key1": {"key2": None}}, {"key1": {"key2": "v", "key3": "w"}}, {"key1": {"key2": "v", "key3": "w"}}),
    ({"key1": []}, {"key1": {"key2": "value2"}}, {"key1": []}),
    ({"key1": {"key2": {"key3": [1]}}}, {"key1": {"key2": []}}, {"key1": {"key2": {"key3": [1]}}}),
]
REMOVALS = [
    (
        {"a": [{"id": "1"}], "blah": 1},
        {"a": [{"id": "2"}, {"id": "3"}, {"id": "1"}], "blah": "string"},
        {"a": [{"id": "2"}, {"id": "3"}], "blah": 1},
    ),
    ({"key1": {"key2": True}}, {"key1": {"key2": "value2"}}, {"key1": {}}),
    ({"key1": True}, {"key1": {"key2": "value2"}}, {}),
    ({"key1": {"key2": True}}, {"key1": {"key2": "v", "key3": "w"}}, {"key1": {"key3": "w"}}),
    ({"key1": {"key2": False, "key3": True}}, {"key1": {"key2": "v", "key3": "w"}}, {"key1": {"key2": False}}),
    ({"key1": {}}, {"key1": {"key2": "value2"}}, {"key1": {"key2": "value2"}}),
    ({"key1": {"key2": None}}, {"key1": {"key2": "value2"}}, {"key1": {"key2": "value2"}}),
]


@pytest.mark.parametrize(("new", "old", "result"), MERGES)
def test_merge(new, old, result):
    assert patched(old, new, "merge") == result


@pytest.mark.parametrize(("new", "old", "result"), REMOVALS)
def test_remove(new, old, result):
    assert patched(old, new, "remove") == result


def test_overwrite():
    assert patched({"a": 1, "b": 2}, {"a": 3}, "overwrite") == {"a": 3}


def test_nothing_given_is_changed():
    old, new = {"a": {"b": [{"id": 1}]}}, {"a": {"b": [{"id": 1, "c": 2}]}}
    patched(old, new, "merge")
    assert (old, new) == ({"a": {"b": [{"id": 1}]}}, {"a": {"b": [{"id": 1, "c": 2}]}})
