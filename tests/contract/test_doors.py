"""What every door does with any request: routes, JSON, the envelope, refusals."""

from __future__ import annotations

import pytest
import requests

READ = "/concepts"


def test_every_answer_carries_the_envelope(api):
    reply = api.ok("GET", READ)
    status = reply["status"]
    assert (status["code"], status["description"]) == (10000, "Ok")
    assert len(status["req_id"]) == 32
    assert reply["concepts"] == []
    assert reply.headers["content-type"] == "application/json"


def test_short_path_takes_the_app_from_the_query(api):
    query = {"user_app_id.user_id": "me", "user_app_id.app_id": api.app.id}
    assert api.ok("GET", "/v2/app", **query)["app"]["id"] == api.app.id


def test_short_path_takes_the_app_from_the_body(api):
    named = {"user_id": api.app.owner_id, "app_id": api.app.id}
    api.ok("POST", "/v2/concepts", {"user_app_id": named, "concepts": [{"id": "cat"}]})
    assert [one["id"] for one in api.ok("GET", READ)["concepts"]] == ["cat"]


def test_the_path_wins_over_the_body(api):
    body = {"user_app_id": {"user_id": "nobody", "app_id": "nothing"}, "concepts": [{"id": "cat"}]}
    assert api.ok("POST", READ, body)["concepts"][0]["app_id"] == api.app.id


def test_short_path_without_an_app_says_what_is_missing(api):
    reply = api("GET", "/v2/app")
    assert (reply.http, reply.code) == (400, 11102)
    assert "user_app_id" in reply.details


def test_unknown_path(api):
    reply = api("GET", "/no/such/thing")
    assert (reply.http, reply.code) == (404, 11101)


def test_wrong_method_names_the_right_ones(api):
    reply = api("PUT", READ)
    assert (reply.http, reply.code) == (405, 11103)
    assert "GET, PATCH, POST" in reply.details


def test_unknown_app(api):
    reply = api("GET", f"/v2/users/{api.app.owner_id}/apps/nothing/concepts")
    assert (reply.http, reply.code) == (404, 11101)
    assert "'nothing'" in reply.details


def test_a_stranger_is_told_who_can_let_him_in(api):
    reply = api.stranger()("GET", READ)
    assert (reply.http, reply.code) == (403, 11007)
    assert api.app.owner_id in reply.details


@pytest.mark.parametrize("body", [b"{", b"[]", b"nope", b'"text"', b"\xff\xfe", b"{" * 100_000])
def test_body_that_is_no_json_object(api, body):
    reply = api("POST", READ, raw=body)
    assert (reply.http, reply.code) == (400, 11100)
    assert api.ok("GET", READ)["concepts"] == []


def test_field_of_a_wrong_type_is_named(api):
    reply = api("POST", READ, {"concepts": [{"id": "a"}, {"id": 7}]})
    assert (reply.http, reply.code) == (400, 11102)
    assert reply.details.startswith("concepts[1].id:")


def test_body_above_the_limit(api):
    reply = api("POST", READ, raw=b" " * (32 * 2**20 + 1))
    assert (reply.http, reply.code) == (413, 11102)
    assert "32 MiB" in reply.details


def test_unknown_fields_and_query_keys_are_ignored(api):
    api.ok("POST", READ, {"concepts": [{"id": "cat", "vocab_id": "x", "new": [1]}], "later": True})
    assert len(api.ok("GET", READ, unheard_of="1")["concepts"]) == 1


@pytest.mark.parametrize("garbage", ["statuses=code", "statuses=", "statuses=7", "statuses=[1]"])
def test_what_the_official_json_channel_makes_of_messages_in_a_query_is_ignored(api, garbage):
    assert api.ok("GET", f"/annotations?{garbage}")["annotations"] == []


@pytest.mark.parametrize("true", ["True", "true", "1"])
def test_booleans_of_a_query(api, true):
    api.ok("GET", "/annotations", list_all_annotations=true)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"page": 3}, 11105),
        ({"page": 10**30}, 11105),
        ({"page": -1}, 11102),
        ({"per_page": 1001}, 11102),
        ({"page": "x"}, 11102),
    ],
)
def test_pages_that_do_not_exist(api, query, code):
    api.ok("POST", READ, {"concepts": [{"id": "cat"}]})
    reply = api("GET", READ, **query)
    assert reply.code == code
    assert reply.details.startswith(("page: ", "per_page: "))


def test_pages(api):
    api.ok("POST", READ, {"concepts": [{"id": f"c{number}"} for number in range(5)]})
    pages = [api.ok("GET", READ, page=page, per_page=2)["concepts"] for page in (1, 2, 3, 4)]
    assert [[one["id"] for one in page] for page in pages] == [["c0", "c1"], ["c2", "c3"], ["c4"], []]


ODD = ["a/b", "with space", "ünï", "😀", "100%", "?q=1&x", "#", "..", "x" * 256]


@pytest.mark.parametrize("name", ODD)
def test_odd_ids_go_round(api, name):
    api.ok("POST", READ, {"concepts": [{"id": name}]})
    path = f"/concepts/{requests.utils.quote(name, safe='')}"
    if name == "..":  # a URL cannot hold it: clients resolve it away
        return
    assert api.ok("GET", path)["concept"]["id"] == name


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\0b", "x" * 257, "x" * 10_000])
def test_ids_that_are_none(api, name):
    reply = api("POST", READ, {"concepts": [{"id": "good"}, {"id": name, "name": ""}]})
    assert reply.http == 400
    assert reply.details.startswith("concepts[1].id:")
    assert api.ok("GET", READ)["concepts"] == []


@pytest.mark.embedded("label orders are what the embedded service has not")
def test_label_orders_are_refused_clearly(api):
    reply = api("GET", "/label_orders")
    assert reply.http == 501
    assert "ListLabelOrders" in reply.details


def test_status_codes(api):
    codes = {one["code"]: one["description"] for one in api.ok("GET", "/v2/status_codes")["statuses"]}
    assert codes[54102] == "Task does not exist"
