"""Every route with every kind of nonsense: never a server error, and what is refused changes no row.

TASKNB_FUZZ_EXAMPLES says how many requests to try for each route.
"""

from __future__ import annotations

import base64
import os
from functools import cache
from urllib.parse import quote, urlencode

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from tasknb.messages.rpcs import RPCS
from tasknb.service.doors.inprocess import connect
from tasknb.service.schema import metadata

KNOWN_IDS = ["owner", "ann", "me", "main", "cat", "dog", "in-0", "in-1", "set", "note", "task"]
ODD_IDS = [
    "",
    " ",
    ".",
    "..",
    "a/b",
    "%2F",
    "😀",
    "ä",
    "a\nb",
    "a\0b",
    "'; DROP TABLE users --",
    "x" * 10_000,
    "\ud7ff",
]
IDS = st.sampled_from(KNOWN_IDS) | st.sampled_from(ODD_IDS)
NUMBERS = st.sampled_from([0, 1, 2, -1, 10, 24150, 54002, 2**31, 2**63, -(2**63) - 1, 10**40]) | st.integers()
FLOATS = st.sampled_from([0.0, 0.5, 1.0, -1.0, 1e-320, 1e308]) | st.floats(allow_nan=False, allow_infinity=False)
ACTIONS = ["merge", "overwrite", "remove", "LABEL_START", "LABEL_SUBMIT", "REVIEW_START", "REVIEW_APPROVE", "SUFFIX"]
KINDS = ["DATASET", "ALL_INPUTS", "DYNAMIC", "PARTITIONED", "FULL", "EVENLY", "WEIGHTED", "NONE", "MANUAL", "CONSENSUS"]
OTHERS = ["CONCEPTS_CLASSIFICATION", "TASK_DONE", "ANNOTATION_SUCCESS", "https://e.org/a.png", "2026-01-01T00:00:00Z"]
WORDS = st.sampled_from([*ACTIONS, *KINDS, *OTHERS])
JUNK = st.recursive(
    st.none() | st.booleans() | NUMBERS | FLOATS | IDS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(IDS | WORDS, inner, max_size=3),
    max_leaves=6,
)
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


def values(kind, depth):
    """Values that fit a field's type; now and then any that do not."""
    right = fitting(kind, depth)
    return st.one_of(right, right, right, JUNK)


def fitting(kind, depth):
    if isinstance(kind, inspect.StructType):
        return messages(kind.cls, depth - 1)
    if isinstance(kind, inspect.UnionType):
        return st.one_of([fitting(one, depth) for one in kind.types])
    if isinstance(kind, inspect.ListType):
        return st.lists(values(kind.item_type, depth), max_size=3)
    if isinstance(kind, inspect.DictType):
        return st.dictionaries(IDS, JUNK, max_size=3)
    simple = {
        inspect.IntType: NUMBERS,
        inspect.FloatType: FLOATS,
        inspect.BoolType: st.booleans(),
        inspect.StrType: IDS | WORDS,
        inspect.BytesType: st.just(PICTURE),
        inspect.NoneType: st.none(),
        inspect.EnumType: WORDS,
    }
    return simple.get(type(kind), JUNK)


@cache
def messages(kind, depth):
    """Messages with some of their fields."""
    if depth < 0:
        return st.just({})
    fields = {one.name: values(one.type, depth) for one in inspect.type_info(kind).fields if one.name != "user_app_id"}
    return st.fixed_dictionaries({}, optional=fields)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """A service with something of everything in it, and its tables as they are."""
    adapter = connect(tmp_path_factory.mktemp("store") / "labels.db", "owner", "main")
    door, caller = adapter._door, adapter._caller

    def post(path, body):
        answer = door.handle("POST", f"/v2/users/me/apps/main{path}", "", msgspec.json.encode(body), caller=caller)
        assert answer.status == 200, answer.body

    post("/collaborators", {"collaborators": [{"user": {"id": "ann"}}]})
    post("/concepts", {"concepts": [{"id": "cat"}, {"id": "dog"}]})
    post("/datasets", {"datasets": [{"id": "set"}]})
    inputs = [{"id": f"in-{index}", "data": {"text": {"raw": "hello"}}, "dataset_ids": ["set"]} for index in range(2)]
    post("/inputs", {"inputs": inputs})
    post("/annotations", {"annotations": [{"id": "note", "input_id": "in-0", "data": {"concepts": [{"id": "cat"}]}}]})
    task = {
        "name": "A task",
        "type": "CONCEPTS_CLASSIFICATION",
        "concepts": [{"concept": {"id": "cat"}}],
        "input_source": {"type": "DATASET", "id": "set"},
        "worker": {"strategy": "FULL", "user_ids": ["ann", "owner"]},
        "review": {"strategy": "MANUAL", "user_ids": ["owner"]},
    }
    post("/tasks", {"tasks": [task]})
    return adapter


def rows(adapter):
    with adapter.service.store.read() as db:
        return [db.exec_driver_sql(f"SELECT * FROM {table.name}").cursor.fetchall() for table in metadata.sorted_tables]


def ask(adapter, verb, path, query, body):
    """Send it; whatever it is, the answer is in order, and a refusal has changed nothing."""
    before = rows(adapter)
    answer = adapter._door.handle(verb, path, query, body, caller=adapter._caller)
    told = f"{verb} {path[:200]}?{query[:300]} {body[:2000]!r} -> {answer.status} {answer.body[:500]!r}"
    assert answer.status < 500 or answer.status == 501, told
    status = msgspec.json.decode(answer.body)["status"]
    assert status["req_id"], told
    if answer.status >= 300:
        assert status["description"], told
        assert rows(adapter) == before, told


def filled(draw, path):
    for name in ("user_id", "app_id"):
        real = {"user_id": "me", "app_id": "main"}[name]
        path = path.replace("{" + name + "}", quote(draw(st.just(real) | st.just(real) | IDS), safe=""))
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + quote(draw(IDS), safe="") + path[end + 1 :]
    return path


FUZZ = settings(
    max_examples=int(os.environ.get("TASKNB_FUZZ_EXAMPLES", "12")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("rpc", RPCS.values(), ids=lambda rpc: rpc.name)
@FUZZ
@given(data=st.data())
def test_messages_of_nonsense(target, rpc, data):
    path = filled(data.draw, rpc.path)
    message = data.draw(messages(rpc.request, 4))
    if rpc.verb == "GET":
        spelled = [
            (name, one) for name, value in message.items() for one in (value if isinstance(value, list) else [value])
        ]
        query = urlencode(
            [(name, one if isinstance(one, str) else msgspec.json.encode(one).decode()) for name, one in spelled]
        )
        ask(target, "GET", path, query, b"")
    else:
        ask(target, rpc.verb, path, "", msgspec.json.encode(message))


@FUZZ
@given(
    verb=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "🙂"]),
    path=st.text() | st.lists(IDS | st.sampled_from(["v2", "users", "apps", "tasks"]), max_size=9).map("/".join),
    query=st.text(),
    body=st.binary() | JUNK.map(msgspec.json.encode),
)
@example(verb="GET", path="/v2/%F0%28", query="%zz=%F0&=&&page", body=b"")
@example(verb="POST", path="/v2/tasks", query="", body=b"[" * 100_000)
@example(verb="POST", path="/v2/tasks", query="", body=b'{"tasks": [{"name": "\\ud800"}]}')
def test_any_text_at_all(target, verb, path, query, body):
    ask(target, verb, path, query, body)
