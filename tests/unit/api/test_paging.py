"""Lists: fetched lazily, in order, several pages at once where there are many, and never without end."""

from __future__ import annotations

import threading

import pytest
from scripted import OK, PAT, Reply, refusal

from tasknb import errors
from tasknb.api import Client
from tasknb.messages.content_requests import ListAnnotationsRequest
from tasknb.messages.requests import ListTasksRequest


def collection(name, size, per_page_limit=1000, **counts):
    """A server with `size` items; `counts` are what it says of their number."""
    items = [{"id": f"i{number}"} for number in range(size)]

    def answer(seen):
        if seen.path.endswith(("/inputs/status", "/count")):
            rows = counts if seen.path.endswith("status") else [counts]
            return Reply({"status": OK, "counts": rows})
        page = int(seen.query["page"][0])
        per_page = min(int(seen.query["per_page"][0]), per_page_limit)
        return Reply({"status": OK, name: items[(page - 1) * per_page : page * per_page]})

    return answer


def ids(things):
    return [thing.id for thing in things]


def pages_asked(server):
    return [int(seen.query["page"][0]) for seen in server.seen if "page" in seen.query]


def test_nothing_is_fetched_before_it_is_needed(client, server):
    listing = client.tasks.list()
    assert repr(listing) == "<Listing of Task: ListTasks, not fetched yet>"
    assert server.seen == []


def test_an_empty_list(client, server):
    server.default = collection("tasks", 0)
    listing = client.tasks.list()
    assert listing.all() == []
    assert list(listing) == []
    assert pages_asked(server) == [1, 1], "each iteration asks anew"
    assert repr(listing) == "<Listing of Task: ListTasks, 0 when last fetched>"


def test_pages_follow_each_other(client, server):
    server.default = collection("tasks", 2500)
    found = client.tasks.list().all()
    assert ids(found) == [f"i{number}" for number in range(2500)]
    assert pages_asked(server) == [1, 2, 3]
    assert server.seen[0].query["per_page"] == ["1000"]


def test_a_last_page_that_is_full_is_followed_by_an_empty_one(client, server):
    server.default = collection("tasks", 2000)
    assert len(client.tasks.list().all()) == 2000
    assert pages_asked(server) == [1, 2, 3]


def test_pages_are_fetched_while_iterating(client, server):
    server.default = collection("tasks", 5000)
    iterator = iter(client.tasks.list())
    for _ in range(1000):
        next(iterator)
    assert pages_asked(server) == [1]
    next(iterator)
    assert pages_asked(server) == [1, 2]


@pytest.mark.parametrize(("limit", "asked", "per_page"), [(0, 0, None), (1, 1, "1"), (10, 1, "10"), (1500, 2, "1000")])
def test_a_limit_fetches_no_more_than_it_needs(client, server, limit, asked, per_page):
    server.default = collection("tasks", 5000)
    assert len(client.tasks.list(limit=limit).all()) == limit
    assert len(server.seen) == asked
    if per_page:
        assert server.seen[0].query["per_page"] == [per_page]


def test_a_negative_limit_is_refused(client):
    with pytest.raises(ValueError, match="limit is -1"):
        client.tasks.list(limit=-1)


def test_a_server_that_ignores_the_page_size_is_read_to_the_end(client, server):
    server.default = collection("tasks", 300, per_page_limit=128)
    assert len(client.tasks.list().all()) == 300


def test_a_server_that_repeats_a_page_for_ever_is_noticed(client, server):
    page = Reply({"status": OK, "tasks": [{"id": f"i{number}"} for number in range(1000)]})
    server.default = page
    with pytest.raises(errors.ServerError, match="same page again and again"):
        client.tasks.list().all()
    assert len(server.seen) == 2


def test_a_server_that_repeats_two_pages_in_turn_is_noticed(client, server):
    def answer(seen):
        start = 1000 * (int(seen.query["page"][0]) % 2)
        return Reply({"status": OK, "tasks": [{"id": f"i{start + number}"} for number in range(1000)]})

    server.default = answer
    with pytest.raises(errors.ServerError, match="same page"):
        client.tasks.list().all()


def test_a_page_beyond_the_end_is_empty(client, server):
    server.default = collection("tasks", 10)
    pages = list(client.pages("ListTasks", ListTasksRequest(page=99)))
    assert len(pages) == 1
    assert b'"tasks": []' in pages[0]


def test_raw_pages_are_the_bytes_that_came(client, server):
    server.default = collection("tasks", 5)
    pages = list(client.pages("ListTasks", ListTasksRequest(per_page=2)))
    assert len(pages) == 3
    assert all(page.startswith(b'{"status"') for page in pages)
    assert pages_asked(server) == [1, 2, 3]


def test_many_inputs_are_fetched_several_pages_at_once_and_stay_in_order(client, server):
    together = threading.Barrier(3, timeout=20)
    plain = collection("inputs", 9500, processed=9500)

    def answer(seen):
        # Pages 2 to 4 are only answered when all three are on their way at the same time.
        if seen.query.get("page", ["1"])[0] in ("2", "3", "4"):
            together.wait()
        return plain(seen)

    server.default = answer
    found = client.inputs.list().all()
    assert ids(found) == [f"i{number}" for number in range(9500)]
    assert sorted(pages_asked(server)) == list(range(1, 11))


@pytest.mark.parametrize("said", [0, 3000, 20_000])
def test_a_wrong_total_changes_nothing(client, server, said):
    server.default = collection("inputs", 9500, processed=said)
    assert ids(client.inputs.list()) == [f"i{number}" for number in range(9500)]


def test_a_server_that_refuses_pages_beyond_the_end_is_read_to_the_end(client, server):
    plain = collection("inputs", 2500, processed=20_000)

    def answer(seen):
        beyond = "page" in seen.query and int(seen.query["page"][0]) > 4
        return refusal(11105, 400, "there is no such page") if beyond else plain(seen)

    server.default = answer
    assert len(client.inputs.list().all()) == 2500
    with pytest.raises(errors.NotFoundError, match="no such page"):
        list(client.pages("ListTasks", ListTasksRequest(page=5)))


def test_few_inputs_are_not_counted_first(client, server):
    server.default = collection("inputs", 10, processed=10)
    assert len(client.inputs.list().all()) == 10
    assert len(server.seen) == 1


def test_the_annotations_of_a_task_are_counted_by_the_task(client, server):
    server.default = collection("annotations", 4200, success=4000, pending=200)
    request = ListAnnotationsRequest(task_id="t1", list_all_annotations=True)
    assert len(list(client.pages("ListAnnotations", request))) == 5
    assert any(seen.path.endswith("/tasks/t1/annotations/count") for seen in server.seen)


def test_a_reader_who_stops_early_leaves_no_threads_behind(client, server):
    server.default = collection("inputs", 50_000, processed=50_000)
    iterator = iter(client.inputs.list())
    for _ in range(1001):
        next(iterator)
    del iterator
    for thread in threading.enumerate():
        if thread.name.startswith("tasknb-pages"):
            thread.join(10)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tasknb-pages")]
    assert len(pages_asked(server)) < 20


def test_an_error_on_a_later_page_is_raised_there(client, server):
    good = collection("inputs", 9500, processed=9500)
    server.default = lambda seen: refusal(98004, 500) if seen.query.get("page") == ["3"] else good(seen)
    found = []
    with pytest.raises(errors.ServerError):
        found.extend(one.id for one in client.inputs.list())
    assert len(found) in (0, 2000)


def test_an_item_that_is_no_task_names_the_field(client, server):
    server.default = Reply({"status": OK, "tasks": [{"id": "t1", "worker": {"workers": 5}}]})
    with pytest.raises(errors.ConnectionFailed, match=r"worker\.workers"):
        client.tasks.list().all()


def test_a_listing_of_another_server_obeys_the_rate(server):
    slept = []
    with Client(PAT, "clara", "digits", server.url, requests_per_second=2) as client:
        client._transport._limiter._sleep = slept.append
        server.default = collection("tasks", 5)
        list(client.pages("ListTasks", ListTasksRequest(per_page=1)))
    assert len(server.seen) == 6
    assert len(slept) == 4
