"""Reviews: who looks at submitted work, what they decide, and what follows."""

from __future__ import annotations

from collections import Counter

import pytest
from office import codes, consensus, done, dynamic, full, inputs_of, manual, named, partitioned, users

PENDING, AWAITING, AWAITING_CONSENSUS, SUCCESS, REJECTED = 54201, 54202, 54203, 54200, 54204
ANNOTATION = {PENDING: 24151, AWAITING: 24157, AWAITING_CONSENSUS: 24159, SUCCESS: 24150, REJECTED: 24158}


def statuses(office, task_id):
    """The state of each (input, worker)."""
    return {
        (one["input"]["id"], one["worker"]["user"]["id"]): one["status"]["code"] for one in office.assignments(task_id)
    }


def check_annotations_follow(office, task_id):
    of_work = statuses(office, task_id)
    for one in office.annotations(task_id):
        assert one["status"]["code"] == ANNOTATION[of_work[one["input_id"], one["worker"]["user"]["id"]]]


# --- MANUAL --------------------------------------------------------------------------------------------------------


def test_submitted_work_awaits_review(office):
    task_id = office.create(dynamic("ann"), manual("rita"))
    assert codes(office.label("ann", task_id, most=12)) == [AWAITING] * 12
    check_annotations_follow(office, task_id)
    assert office.counts(task_id) == {"ann": {"awaiting_review": 12, "pending": 8}}
    batch = office.to_review("rita", task_id)
    assert len(batch) == 10
    assert batch[0]["worker"] == users("ann")[0]
    assert office.to_review("rita", task_id) == batch


@pytest.mark.parametrize(
    ("action", "code"),
    [("REVIEW_APPROVE", SUCCESS), ("REVIEW_REQUEST_CHANGES", PENDING), ("REVIEW_REJECT", REJECTED)],
)
def test_decisions(office, action, code):
    task_id = office.create(dynamic("ann"), manual("rita"))
    office.label("ann", task_id, most=10)
    batch = office.to_review("rita", task_id)[:4]
    decided = office.review("rita", task_id, action, batch)
    assert codes(decided) == [code] * 4
    check_annotations_follow(office, task_id)
    assert office.review("rita", task_id, action, batch) == decided
    assert len(office.to_review("rita", task_id)) == 6


def test_bulk_by_workers(office):
    task_id = office.create(full("ann", "bob"), manual("rita"))
    office.label("ann", task_id)
    office.label("bob", task_id)
    decided = done(office.put("rita", task_id, "REVIEW_APPROVE", workers=users("ann")))
    assert codes(decided) == [SUCCESS] * 25
    assert office.counts(task_id) == {"ann": {"success": 25}, "bob": {"awaiting_review": 25}}
    assert {one["worker"]["user"]["id"] for one in office.to_review("rita", task_id)} == {"bob"}
    assert office.to_review("rita", task_id, "ann") == []
    assert done(office.put("rita", task_id, "REVIEW_APPROVE", workers=users("ann"))) == []
    assert len(done(office.put("rita", task_id, "REVIEW_REJECT", workers=users("ann", "bob")))) == 25
    assert office.counts(task_id) == {"ann": {"success": 25}, "bob": {"review_denied": 25}}
    assert office.metrics(task_id)["review"]["inputs_percent_estimated"] == 100


def test_changes_go_back_to_the_labeler_and_then_to_the_same_reviewer(office):
    task_id = office.create(dynamic("ann"), manual("rita", "ray"))
    office.label("ann", task_id, most=20)
    batch = office.to_review("rita", task_id)
    assert len(batch) == 10
    office.review("rita", task_id, "REVIEW_REQUEST_CHANGES", batch[:3])
    again = office.start("ann", task_id)
    assert inputs_of(again) == inputs_of(batch[:3])
    assert codes(office.submit("ann", task_id, again)) == [AWAITING] * 3
    assert inputs_of(office.to_review("rita", task_id)) == inputs_of(batch)
    assert len(office.to_review("ray", task_id)) == 10


def test_reviewers_share_inputs_evenly(office):
    task_id = office.create(partitioned("ann", "bob", "cleo", per_input=2), manual("rita", "ray"))
    for who in ("ann", "bob", "cleo"):
        office.label(who, task_id)
    seen = {}
    for who in ("rita", "ray"):
        seen[who] = []
        while batch := office.to_review(who, task_id):
            seen[who] += office.review(who, task_id, "REVIEW_APPROVE", batch)
    assert sorted(len(set(inputs_of(some))) for some in seen.values()) == [12, 13]
    assert not set(inputs_of(seen["rita"])) & set(inputs_of(seen["ray"]))
    assert all(count == 2 for some in seen.values() for count in Counter(inputs_of(some)).values())
    assert office.metrics(task_id)["review"] == {
        "inputs_count_estimated": 25,
        "inputs_percent_estimated": 100,
        "inputs_count_estimated_per_reviewer": [13, 12],
        "inputs_reviewable_count_estimated_per_reviewer": [13, 12],
        "inputs_percent_estimated_per_reviewer": [100, 100],
    }


def test_a_sample_is_reviewed(office):
    office.add_inputs(75)
    task_id = office.create(dynamic("ann"), manual("rita", sample_percentage=0.2))
    expected = office.metrics(task_id)["review"]["inputs_reviewable_count_estimated_per_reviewer"]
    found = Counter(codes(office.label("ann", task_id)))
    assert found[AWAITING] == expected[0]
    assert abs(found[AWAITING] - 20) <= 3
    assert found[SUCCESS] == 100 - found[AWAITING]
    check_annotations_follow(office, task_id)


def test_all_reviewers_must_approve(office):
    task_id = office.create(dynamic("ann"), manual("rita", "ray", approval_threshold=-1))
    office.label("ann", task_id, most=3)
    a, b, c = office.to_review("rita", task_id)
    assert inputs_of(office.to_review("ray", task_id)) == inputs_of([a, b, c])
    assert codes(office.review("rita", task_id, "REVIEW_APPROVE", [a, b])) == [AWAITING] * 2
    assert codes(office.review("rita", task_id, "REVIEW_APPROVE", [a, b])) == [AWAITING] * 2
    assert codes(office.review("ray", task_id, "REVIEW_APPROVE", [a])) == [SUCCESS]
    assert codes(office.review("ray", task_id, "REVIEW_REJECT", [b])) == [REJECTED]
    assert codes(office.review("ray", task_id, "REVIEW_REJECT", [c])) == [REJECTED]
    assert office.to_review("rita", task_id) == office.to_review("ray", task_id) == []
    check_annotations_follow(office, task_id)


def test_changes_discard_earlier_approvals(office):
    task_id = office.create(dynamic("ann"), manual("rita", "ray", approval_threshold=-1))
    office.label("ann", task_id, most=1)
    work = office.to_review("rita", task_id)
    office.review("rita", task_id, "REVIEW_APPROVE", work)
    office.review("ray", task_id, "REVIEW_REQUEST_CHANGES", work)
    office.submit("ann", task_id, work)
    assert inputs_of(office.to_review("rita", task_id)) == inputs_of(work)
    office.review("ray", task_id, "REVIEW_APPROVE", work)
    assert codes(office.review("rita", task_id, "REVIEW_APPROVE", work)) == [SUCCESS]


# --- refusals ------------------------------------------------------------------------------------------------------


def test_only_reviewers_review(office):
    task_id = office.create(dynamic("ann"), manual("rita"))
    office.label("ann", task_id, most=1)
    for who in ("ann", "owner", "ray"):
        for action in ("REVIEW_START", "REVIEW_APPROVE"):
            refused = office.put(who, task_id, action, workers=users("ann"))
            assert (refused.http, refused.code) == (403, 54103)
            assert f"{who} is no reviewer of this task (those are rita)" in refused.details


def test_work_of_another_reviewer(office):
    task_id = office.create(dynamic("ann"), manual("rita", "ray"))
    office.label("ann", task_id, most=2)
    refused = office.put("ray", task_id, "REVIEW_APPROVE", task_assignments=named(office.to_review("rita", task_id)))
    assert (refused.http, refused.code) == (403, 54103)
    assert "Another reviewer has this assignment" in refused.details


def test_what_cannot_be_decided(office):
    task_id = office.create(full("ann"), manual("rita"))
    pending = office.start("ann", task_id)[:1]
    refused = office.put("rita", task_id, "REVIEW_APPROVE", task_assignments=pending)
    assert (refused.http, refused.code) == (409, 54100)
    assert "TASK_ASSIGNMENT_PENDING" in refused.details
    office.submit("ann", task_id, pending)
    office.review("rita", task_id, "REVIEW_REJECT", pending)
    refused = office.put("rita", task_id, "REVIEW_APPROVE", task_assignments=pending)
    assert (refused.http, refused.code) == (409, 54100)
    assert "TASK_ASSIGNMENT_REJECTED" in refused.details


def test_a_batch_is_all_or_nothing(office):
    task_id = office.create(full("ann"), manual("rita"))
    batch = office.start("ann", task_id)[:2]
    office.submit("ann", task_id, batch[:1])
    assert office.put("rita", task_id, "REVIEW_APPROVE", task_assignments=batch).code == 54100
    assert office.counts(task_id) == {"ann": {"pending": 24, "awaiting_review": 1}}


def test_either_ids_or_workers(office):
    task_id = office.create(full("ann"), manual("rita"))
    batch = named(office.label("ann", task_id, most=1))
    for config in ({}, {"task_assignments": batch, "workers": users("ann")}):
        refused = office.put("rita", task_id, "REVIEW_REJECT", **config)
        assert (refused.http, refused.code) == (400, 11102)
        assert refused.details.startswith("review_reject_config: Name either")


# --- CONSENSUS -----------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(office):
    """One input, labeled by ann and bob."""

    def make(**info):
        review = consensus("rita", "ray", **info)
        return office.create(full("ann", "bob", "cleo"), review, input_source={"type": "INPUT", "id": "0"})

    return make


def test_labelers_who_agree_approve_each_other(office, pair):
    task_id = pair(labelers=2)
    assert codes(office.label("ann", task_id, "cat")) == [AWAITING_CONSENSUS]
    assert codes(office.label("bob", task_id, "dog")) == [AWAITING_CONSENSUS]
    check_annotations_follow(office, task_id)
    assert office.to_review("rita", task_id) == []
    assert codes(office.label("cleo", task_id, "cat")) == [SUCCESS]
    assert statuses(office, task_id) == {("0", "ann"): SUCCESS, ("0", "bob"): AWAITING, ("0", "cleo"): SUCCESS}
    check_annotations_follow(office, task_id)
    info = {one["worker"]["user"]["id"]: one["consensus_info"] for one in office.annotations(task_id)}
    agreed = {"annotation_group": 1, "agreeing_labelers": 2, "labelers": 3}
    assert info == {
        "ann": agreed,
        "bob": {"annotation_group": 2, "agreeing_labelers": 1, "labelers": 3},
        "cleo": agreed,
    }
    assert [one["worker"]["user"]["id"] for one in office.to_review("rita", task_id)] == ["bob"]


def test_labelers_who_differ_go_to_the_reviewers(office, pair):
    task_id = pair(labelers=3)
    for who, concept in (("ann", "cat"), ("bob", "dog"), ("cleo", "cat")):
        office.label(who, task_id, concept)
    assert set(statuses(office, task_id).values()) == {AWAITING}
    office.review("rita", task_id, "REVIEW_APPROVE", office.to_review("rita", task_id))
    assert office.metrics(task_id)["review"]["inputs_percent_estimated"] == 100


def test_changed_labels_are_compared_again(office, pair):
    task_id = pair(labelers=2)
    for who, concept in (("ann", "cat"), ("bob", "dog"), ("cleo", "cat")):
        office.label(who, task_id, concept)
    office.review("rita", task_id, "REVIEW_REQUEST_CHANGES", office.to_review("rita", task_id))
    [annotation] = [one for one in office.annotations(task_id) if one["worker"]["user"]["id"] == "bob"]
    change = {"id": annotation["id"], "input_id": "0", "data": {"concepts": [{"id": "cat"}]}}
    office.people["bob"].ok("PATCH", "/annotations", {"annotations": [change], "action": "overwrite"})
    office.submit("bob", task_id, office.start("bob", task_id))
    assert set(statuses(office, task_id).values()) == {SUCCESS}
    assert office.to_review("rita", task_id) == []


def test_one_labeler_is_enough(office, pair):
    task_id = pair(labelers=1)
    assert codes(office.label("ann", task_id)) == [SUCCESS]


def test_consensus_turned_off(office, pair):
    task_id = pair(labelers=0)
    assert codes(office.label("ann", task_id)) == [AWAITING]


def test_two_who_found_nothing_agree(office, pair):
    task_id = pair(labelers=2)
    for who in ("ann", "bob"):
        office.submit(who, task_id, office.start(who, task_id))
    assert Counter(statuses(office, task_id).values()) == {SUCCESS: 2, PENDING: 1}


def box(left, concept="cat"):
    place = {"top_row": 0.1, "left_col": left, "bottom_row": 0.5, "right_col": left + 0.4}
    return {"region_info": {"bounding_box": place}, "data": {"concepts": [{"id": concept}]}}


def outline(left):
    points = [{"row": row, "col": left + col} for row, col in ((0.1, 0), (0.1, 0.4), (0.5, 0.4), (0.5, 0))]
    return {"region_info": {"polygon": {"points": points}}, "data": {"concepts": [{"id": "cat"}]}}


def span(start, concept="cat"):
    return {"region_info": {"span": {"char_start": start, "char_end": 9}}, "data": {"concepts": [{"id": concept}]}}


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ([box(0.1), box(0.5)], [box(0.5), box(0.15)], True),
        ([box(0.1)], [box(0.3)], False),
        ([box(0.1)], [box(0.1), box(0.1)], False),
        ([box(0.1)], [box(0.1, "dog")], False),
        ([outline(0.1)], [outline(0.15)], True),
        ([outline(0.1)], [outline(0.35)], False),
        ([outline(0.1)], [box(0.1)], True),
        ([span(2), span(4, "dog")], [span(4, "dog"), span(2)], True),
        ([span(2)], [span(3)], False),
    ],
)
def test_regions(office, pair, one, other, agree):
    task_id = pair(labelers=2)
    for who, regions in (("ann", one), ("bob", other)):
        work = office.start(who, task_id)
        made = [{"input_id": "0", "task_id": task_id, "data": {"regions": [region]}} for region in regions]
        office.people[who].ok("POST", "/annotations", {"annotations": made})
        office.submit(who, task_id, work)
    assert (statuses(office, task_id)["0", "ann"] == SUCCESS) is agree


# --- changing reviews and people -----------------------------------------------------------------------------------


def change(office, task_id, **fields):
    return office.patch({**office.get(task_id), **fields})


def test_another_review_waits_for_the_present_one(office):
    task_id = office.create(dynamic("ann"), manual("rita"))
    office.label("ann", task_id, most=1)
    refused = change(office, task_id, review={"strategy": "NONE"})
    assert (refused.http, refused.code) == (409, 54100)
    office.review("rita", task_id, "REVIEW_APPROVE", office.to_review("rita", task_id))
    assert change(office, task_id, review={"strategy": "NONE"}).code == 10000
    assert codes(office.label("ann", task_id, most=1)) == [SUCCESS]


def test_other_reviewers_take_over(office):
    task_id = office.create(dynamic("ann"), manual("rita", "ray"))
    office.label("ann", task_id, most=20)
    office.review("rita", task_id, "REVIEW_APPROVE", office.to_review("rita", task_id)[:4])
    assert change(office, task_id, review=manual("ray", "dan")).code == 10000
    assert office.put("rita", task_id, "REVIEW_START").code == 54103
    waiting = {who: office.metrics(task_id)["review"]["inputs_reviewable_count_estimated_per_reviewer"] for who in "x"}
    assert sum(waiting["x"]) == 21
    for who in ("ray", "dan"):
        done(office.put(who, task_id, "REVIEW_APPROVE", workers=users("ann")))
    assert office.counts(task_id) == {"ann": {"success": 20}}


def test_a_reviewer_who_leaves_holds_nothing_up(office):
    task_id = office.create(dynamic("ann"), manual("rita", "ray", approval_threshold=-1))
    office.label("ann", task_id, most=2)
    office.review("rita", task_id, "REVIEW_APPROVE", office.to_review("rita", task_id))
    assert change(office, task_id, review=manual("rita", approval_threshold=-1)).code == 10000
    assert office.counts(task_id) == {"ann": {"success": 2, "pending": 8}}


def test_labelers_who_leave_complete_the_consensus(office, pair):
    task_id = pair(labelers=2)
    office.label("ann", task_id, "cat")
    office.label("bob", task_id, "dog")
    assert change(office, task_id, worker=full("ann", "bob")).code == 10000
    assert set(statuses(office, task_id).values()) == {AWAITING}


def test_no_changes_from_a_labeler_who_left(office):
    task_id = office.create(full("ann", "bob"), manual("rita"))
    office.label("ann", task_id, most=1)
    assert change(office, task_id, worker=full("bob")).code == 10000
    work = office.to_review("rita", task_id)
    refused = office.put("rita", task_id, "REVIEW_REQUEST_CHANGES", task_assignments=work)
    assert (refused.http, refused.code) == (409, 54100)
    assert "ann works in this task no longer" in refused.details
    assert codes(office.review("rita", task_id, "REVIEW_APPROVE", work)) == [SUCCESS]


# --- PatchAnnotationsStatus ----------------------------------------------------------------------------------------


def test_the_status_of_annotations(office):
    task_id = office.create(full("ann", "bob"), manual("rita"))
    for who in ("ann", "bob"):
        office.label(who, task_id, most=3)
    path, body = f"/task/{task_id}/annotations/status", {"action": "overwrite", "status_code": "ANNOTATION_SUCCESS"}
    reply = office.people["rita"].ok("PATCH", path, {**body, "user_ids": ["ann"], "status_codes": [24157]})
    assert (reply["user_ids"], reply["updated_count"]) == (["ann"], 3)
    assert office.counts(task_id, "annotations") == {"ann": {"success": 3}, "bob": {"awaiting_review": 3}}
    assert office.people["rita"].ok("PATCH", path, body)["updated_count"] == 6
    assert office.people["ann"]("PATCH", path, body).code == 54103
    assert office.owner("PATCH", path, {**body, "status_code": 10000}).http == 400
    assert office.owner("PATCH", path, {**body, "action": "merge"}).http == 400
