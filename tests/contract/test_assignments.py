"""Assignments: how inputs reach labelers, how work comes back, and what is counted."""

from __future__ import annotations

from collections import Counter

import pytest
from office import COUNTS, codes, consensus, dynamic, full, inputs_of, manual, partitioned, users

PENDING, SUCCESS = 54201, 54200


# --- DYNAMIC -------------------------------------------------------------------------------------------------------


def test_dynamic_gives_ten_at_a_time(office):
    task_id = office.create(dynamic("ann", "bob"))
    assert office.assignments(task_id) == []
    first = office.start("ann", task_id)
    assert inputs_of(first) == [str(number) for number in range(10)]
    assert codes(first) == [PENDING] * 10
    assert first[0]["worker"] == {"user": {"id": "ann"}}
    assert first[0]["input"]["data"] == {"text": {"raw": "0"}}
    assert office.start("ann", task_id) == first
    assert inputs_of(office.start("bob", task_id)) == [str(number) for number in range(10, 20)]


def test_nothing_new_while_anything_is_pending(office):
    task_id = office.create(dynamic("ann"))
    first = office.start("ann", task_id)
    office.submit("ann", task_id, first[:7])
    assert office.start("ann", task_id) == first[7:]
    office.submit("ann", task_id, first[7:])
    assert inputs_of(office.start("ann", task_id)) == [str(number) for number in range(10, 20)]


def test_dynamic_ends_and_picks_up_what_is_added(office):
    task_id = office.create(dynamic("ann", "bob"))
    assert len(office.label("ann", task_id)) == 25
    assert office.start("ann", task_id) == office.start("bob", task_id) == []
    assert office.metrics(task_id)["work"] == {"inputs_count_estimated": 25, "inputs_percent_estimated": 100}
    office.add_inputs(3)
    assert office.metrics(task_id)["work"]["inputs_percent_estimated"] == 89
    assert inputs_of(office.start("bob", task_id)) == ["25", "26", "27"]


def test_an_input_that_comes_back_is_not_given_out_again(office):
    task_id = office.create(dynamic("ann"))
    office.label("ann", task_id, most=10)
    office.owner.ok("DELETE", "/datasets/d/inputs", {"input_ids": ["3", "20"]})
    office.owner.ok("POST", "/datasets/d/inputs", {"dataset_inputs": [{"input": {"id": one}} for one in ("3", "20")]})
    assert Counter(inputs_of(office.label("ann", task_id))) == Counter(str(number) for number in range(10, 25))


def test_deleted_inputs_take_their_assignments_along(office):
    task_id = office.create(dynamic("ann"))
    office.start("ann", task_id)
    office.owner.ok("DELETE", "/inputs", {"ids": ["0", "1", "24"]})
    assert inputs_of(office.start("ann", task_id)) == [str(number) for number in range(2, 10)]
    assert len(office.label("ann", task_id)) == 22


@pytest.mark.parametrize(("source", "expected"), [({"type": "ALL_INPUTS"}, 27), ({"type": "INPUT", "id": "7"}, 1)])
def test_other_sources(office, source, expected):
    office.owner.ok("POST", "/inputs", {"inputs": [{"id": f"x{n}", "data": {"text": {"raw": "x"}}} for n in range(2)]})
    task_id = office.create(dynamic("ann"), input_source=source)
    assert len(office.label("ann", task_id)) == expected
    assert office.metrics(task_id)["input_source"] == {"inputs_count_estimated": expected}


# --- PARTITIONED and FULL ------------------------------------------------------------------------------------------


def loads_of(office, task_id):
    return Counter(one["worker"]["user"]["id"] for one in office.assignments(task_id))


def workers_of(office, task_id):
    found = {}
    for one in office.assignments(task_id):
        found.setdefault(one["input"]["id"], []).append(one["worker"]["user"]["id"])
    return found


@pytest.mark.parametrize("per_input", [1, 2, 3])
def test_partitioned_evenly(office, per_input):
    task_id = office.create(partitioned("ann", "bob", "cleo", per_input=per_input))
    loads = loads_of(office, task_id)
    assert sum(loads.values()) == 25 * per_input
    assert max(loads.values()) - min(loads.values()) <= 1
    assert all(len(set(some)) == len(some) == per_input for some in workers_of(office, task_id).values())


def test_partitioned_by_weights(office):
    weights = {"ann": 50, "bob": 25, "cleo": 25}
    task_id = office.create(partitioned("ann", "bob", "cleo", per_input=2, weights=weights))
    loads = loads_of(office, task_id)
    assert loads["ann"] == 25
    assert {loads["bob"], loads["cleo"]} == {12, 13}
    assert office.get(task_id)["worker"]["partitioned_strategy_info"]["weights"] == weights


def test_a_partition_is_frozen(office):
    task_id = office.create(partitioned("ann", "bob"))
    before = workers_of(office, task_id)
    office.add_inputs(3)
    assert workers_of(office, task_id) == before
    mine = [one for one, who in before.items() if who == ["ann"]]
    assert inputs_of(office.start("ann", task_id)) == mine[:10]
    assert Counter(inputs_of(office.label("ann", task_id))) == Counter(mine)
    assert office.metrics(task_id)["input_source"] == {"inputs_count_estimated": 25}


def test_full(office):
    task_id = office.create(full("ann", "bob"))
    assert all(sorted(some) == ["ann", "bob"] for some in workers_of(office, task_id).values())
    assert len(office.label("bob", task_id)) == 25
    assert office.counts(task_id) == {"ann": {"pending": 25}, "bob": {"success": 25}}
    assert office.metrics(task_id)["work"] == {"inputs_count_estimated": 0, "inputs_percent_estimated": 0}


def test_no_inputs_at_all(office):
    office.owner.ok("POST", "/datasets", {"datasets": [{"id": "empty"}]})
    for worker in (dynamic("ann"), full("ann"), partitioned("ann")):
        task_id = office.create(worker, input_source={"type": "DATASET", "id": "empty"})
        assert office.start("ann", task_id) == []
        assert office.metrics(task_id)["work"] == {"inputs_count_estimated": 0, "inputs_percent_estimated": 0}


# --- submitting ----------------------------------------------------------------------------------------------------


def test_submitting_twice_changes_nothing(office):
    task_id = office.create(dynamic("ann"))
    batch = office.start("ann", task_id)[:2]
    once = office.submit("ann", task_id, batch)
    assert codes(once) == [SUCCESS] * 2
    assert office.submit("ann", task_id, [*batch, *batch]) == once


def test_the_old_way_to_submit(office):
    task_id = office.create(dynamic("ann"))
    office.start("ann", task_id)
    put = office.people["ann"]
    reply = put.ok("PUT", f"/tasks/{task_id}/assignments", {"input_id": "4"})
    assert codes(reply["task_assignments"]) == [SUCCESS]
    assert put.ok("PUT", f"/tasks/{task_id}/assignments", {"input_id": "4", "action": 2}).body["task_assignments"]
    assert put("PUT", f"/tasks/{task_id}/assignments", {"input_id": "24"}).code == 54102


def test_only_the_worker_submits(office):
    task_id = office.create(dynamic("ann", "bob"))
    first, second = office.start("ann", task_id), office.start("bob", task_id)
    refused = office.put("bob", task_id, "LABEL_SUBMIT", task_assignments=[second[0], first[0]])
    assert (refused.http, refused.code) == (403, 54103)
    assert "label_submit_config.task_assignments[1]" in refused.details
    assert office.counts(task_id) == {"ann": {"pending": 10}, "bob": {"pending": 10}}


def test_strangers_are_not_let_in(office):
    task_id = office.create(dynamic("ann"))
    for who in ("bob", "owner"):
        refused = office.put(who, task_id, "LABEL_START")
        assert (refused.http, refused.code) == (403, 54103)
        assert f"{who} is no worker of this task (those are ann)" in refused.details


@pytest.mark.parametrize("bad", ["", "x", "0" * 32, "zz" * 16, "é", "1" * 10_000])
def test_ids_that_are_none(office, bad):
    task_id = office.create(full("ann"))
    missing = office.put("ann", task_id, "LABEL_SUBMIT", task_assignments=[{"id": bad}])
    assert (missing.http, missing.code) == (404, 54102)


def test_another_tasks_assignment(office):
    first, second = office.create(full("ann")), office.create(full("ann"))
    assert office.put("ann", second, "LABEL_SUBMIT", task_assignments=office.start("ann", first)).code == 54102


@pytest.mark.parametrize("body", [{}, {"action": 99}, {"action": "DANCE"}, {"action": "LABEL_SUBMIT"}])
def test_actions_that_are_none(office, body):
    task_id = office.create(full("ann"))
    refused = office.people["ann"]("PUT", f"/tasks/{task_id}/assignments", body)
    assert (refused.http, refused.code) == (400, 11102)


def test_annotations_follow_their_assignment(office):
    task_id = office.create(full("ann", "bob"))
    first = office.start("ann", task_id)[:2]
    for who in ("ann", "bob"):
        assert office.annotate(who, task_id, first[0]["input"]["id"])["status"]["code"] == 24151
    office.submit("ann", task_id, first)
    by_worker = {one["worker"]["user"]["id"]: one["status"]["code"] for one in office.annotations(task_id)}
    assert by_worker == {"ann": 24150, "bob": 24151}
    assert office.counts(task_id, "annotations") == {"ann": {"success": 1}, "bob": {"pending": 1}}


def test_an_ended_task_gives_nothing_out_and_takes_work_in(office):
    task_id = office.create(dynamic("ann"))
    batch = office.start("ann", task_id)
    office.patch({"id": task_id, "status": {"code": "TASK_DONE"}}, action="merge")
    refused = office.put("ann", task_id, "LABEL_START")
    assert (refused.http, refused.code) == (409, 54100)
    assert codes(office.submit("ann", task_id, batch)) == [SUCCESS] * 10


def test_the_next_assignments_as_inputs(office):
    task_id = office.create(dynamic("ann"))
    reply = office.people["ann"].ok("GET", f"/tasks/{task_id}/assignments")
    assert [one["id"] for one in reply["inputs"]] == inputs_of(office.start("ann", task_id))


# --- counts and lists ----------------------------------------------------------------------------------------------


def test_counts_name_every_worker(office):
    task_id = office.create(dynamic("ann", "bob"))
    office.label("ann", task_id, most=4)
    reply = office.owner.ok("GET", f"/tasks/{task_id}/inputs/count")
    assert reply["task_id"] == task_id
    zeros = dict.fromkeys(COUNTS, 0)
    assert reply["counts"] == [
        {**zeros, "user_id": "ann", "worker": users("ann")[0], "success": 4, "pending": 6},
        {**zeros, "user_id": "bob", "worker": users("bob")[0]},
    ]
    assert office.counts(task_id, user_ids=["bob"]) == {"bob": {}}
    assert office.counts(task_id, user_ids=["bob", "ann"]).keys() == {"ann", "bob"}
    assert office.counts(task_id, model_version_ids=["m"]) == {}


def test_list_assignments_by_page(office):
    task_id = office.create(full("ann", "bob"))
    every = office.assignments(task_id)
    path = f"/tasks/{task_id}/assignments/all"
    pages = [office.owner.ok("GET", path, page=page, per_page=20)["task_assignments"] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 10, 0]
    assert [one for page in pages for one in page] == every
    assert office.owner("GET", path, page=9, per_page=20).code == 11105
    assert {one["worker"]["user"]["id"] for one in office.assignments(task_id, "bob")} == {"bob"}
    assert office.assignments(task_id, "nobody") == []


def test_list_assignments_after_the_last_one_seen(office):
    task_id = office.create(full("ann", "bob"))
    every, path = office.assignments(task_id), f"/tasks/{task_id}/assignments/all"
    found = office.owner.ok("GET", path, per_page=30)["task_assignments"]
    found += office.owner.ok("GET", path, per_page=30, last_id=found[-1]["id"])["task_assignments"]
    assert found == every
    assert office.owner("GET", path, last_id="none").code == 54102


# --- changing workers ----------------------------------------------------------------------------------------------


def change_workers(office, task_id, worker, review=None):
    task = office.get(task_id)
    sent = {**task, "worker": worker, "review": review or task["review"]}
    reply = office.patch(sent)
    assert reply.code == 10000, reply.body


def test_dynamic_hands_open_work_over(office):
    task_id = office.create(dynamic("ann", "bob"))
    office.label("ann", task_id, most=3)
    change_workers(office, task_id, dynamic("bob", "cleo"))
    assert office.counts(task_id) == {"bob": {"pending": 4}, "cleo": {"pending": 3}, "ann": {"success": 3}}
    assert office.put("ann", task_id, "LABEL_START").code == 54103
    office.label("bob", task_id)
    office.label("cleo", task_id)
    assert office.metrics(task_id)["work"]["inputs_percent_estimated"] == 100


def test_full_drops_and_adds(office):
    task_id = office.create(full("ann", "bob"))
    office.label("ann", task_id, most=5)
    change_workers(office, task_id, full("bob", "cleo"))
    assert office.counts(task_id) == {"bob": {"pending": 25}, "cleo": {"pending": 25}, "ann": {"success": 5}}
    change_workers(office, task_id, full("ann", "bob"))
    assert office.counts(task_id) == {"ann": {"success": 5, "pending": 20}, "bob": {"pending": 25}}


def test_partitioned_shares_open_work_anew(office):
    task_id = office.create(partitioned("ann", "bob", per_input=2))
    office.label("ann", task_id, most=10)
    change_workers(office, task_id, partitioned("bob", "cleo", "dan", per_input=2))
    counts = office.counts(task_id)
    assert counts["ann"] == {"success": 10}
    assert sum(counts[one]["pending"] for one in ("bob", "cleo", "dan")) == 40
    assert all(len(set(some)) == len(some) == 2 for some in workers_of(office, task_id).values())
    assert max(counts[one]["pending"] for one in ("bob", "cleo", "dan")) <= 16


def test_partitioned_with_other_numbers(office):
    task_id = office.create(partitioned("ann", "bob", "cleo", per_input=2))
    done = {(one["input"]["id"]) for one in office.label("ann", task_id, most=6)}
    change_workers(office, task_id, partitioned("ann", "bob", "cleo", per_input=3))
    assert loads_of(office, task_id) == {"ann": 25, "bob": 25, "cleo": 25}
    assert office.counts(task_id)["ann"] == {"success": 6, "pending": 19}
    change_workers(office, task_id, partitioned("ann", "bob", "cleo", per_input=1))
    assert sum(loads_of(office, task_id).values()) == 25
    assert {
        one["input"]["id"] for one in office.assignments(task_id, "ann") if one["status"]["code"] == SUCCESS
    } == done


def test_other_weights_move_no_more_than_they_must(office):
    task_id = office.create(partitioned("ann", "bob"))
    before = workers_of(office, task_id)
    change_workers(office, task_id, partitioned("ann", "bob", weights={"ann": 3, "bob": 2}))
    after = workers_of(office, task_id)
    assert loads_of(office, task_id) == {"ann": 15, "bob": 10}
    assert sum(before[one] != after[one] for one in before) == 15 - loads(before, "ann")


def loads(workers, who):
    return sum(some == [who] for some in workers.values())


def test_a_patch_that_changes_no_share_moves_nothing(office):
    task_id = office.create(partitioned("ann", "bob", "cleo", per_input=2))
    before = office.assignments(task_id)
    office.patch({**office.get(task_id), "name": "Other"})
    assert office.assignments(task_id) == before


def test_reviews_wait_with_open_work(office):
    for review in (manual("rita"), consensus("rita")):
        task_id = office.create(full("ann", "bob"), review)
        office.label("ann", task_id)
        assert office.metrics(task_id)["review"]["inputs_count_estimated"] == 0
