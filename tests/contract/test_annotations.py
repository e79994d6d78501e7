"""Annotations: who may make and change them, and what is in them."""

from __future__ import annotations

import pytest

BOX = {"top_row": 0.1, "left_col": 0.2, "bottom_row": 0.5, "right_col": 0.6}


def region(box=BOX, **more):
    return {"region_info": {"bounding_box": box}, "data": {"concepts": [{"id": "cat"}]}, **more}


def tag(input_id="i", concept="cat", **more):
    return {"input_id": input_id, "data": {"concepts": [{"id": concept}]}, **more}


def ids(reply):
    return [one["id"] for one in reply["annotations"]]


@pytest.fixture
def filled(api):
    api.ok("POST", "/concepts", {"concepts": [{"id": "cat", "name": "Cat"}, {"id": "dog"}]})
    api.ok("POST", "/inputs", {"inputs": [{"id": one, "data": {"text": {"raw": one}}} for one in "ij"]})
    return api


@pytest.fixture
def labeled(filled):
    filled.collaborator("ann").ok("POST", "/annotations", {"annotations": [tag(id="by-ann"), tag("j", id="ann-too")]})
    filled.ok("POST", "/annotations", {"annotations": [tag(id="pending", status={"code": 24151}), tag(id="mine")]})
    return filled


def post(api, *annotations):
    return api("POST", "/annotations", {"annotations": list(annotations)})


def patch(api, *annotations, action="merge", **more):
    return api("PATCH", "/annotations", {"annotations": list(annotations), "action": action, **more})


def test_create(filled):
    made = post(filled, tag(id="a"))["annotations"][0]
    assert made["worker"] == {"user": {"id": "owner"}}
    assert made["status"]["code"] == 24150
    assert made["trusted"] is True
    assert made["data"] == {"concepts": [{"id": "cat", "name": "Cat", "value": 1.0}]}
    assert filled.ok("GET", "/inputs/i/annotations/a")["annotation"] == made


def test_a_concept_that_is_absent_keeps_its_zero(filled):
    made = post(filled, {"input_id": "i", "data": {"concepts": [{"id": "cat", "value": 0}]}})["annotations"][0]
    assert made["data"]["concepts"][0]["value"] == 0


def test_a_concept_by_its_name(filled):
    made = post(filled, {"input_id": "i", "data": {"concepts": [{"name": "Cat"}]}})["annotations"][0]
    assert made["data"]["concepts"][0]["id"] == "cat"


def test_regions_get_ids(filled):
    made = post(filled, {"input_id": "i", "data": {"regions": [region()]}})["annotations"][0]
    assert len(made["data"]["regions"][0]["id"]) == 32


@pytest.mark.parametrize(
    ("annotation", "code", "path"),
    [
        (tag(concept="ox"), 40003, "annotations[1].data.concepts[0]"),
        ({"input_id": "i", "data": {"concepts": [{}]}}, 40003, "annotations[1].data.concepts[0]"),
        (
            {"input_id": "i", "data": {"concepts": [{"id": "cat", "value": 1.5}]}},
            24155,
            "annotations[1].data.concepts[0]",
        ),
        (tag("nope"), 30102, "There is no input 'nope'"),
        (tag(task_id="nope"), 54102, "There is no task 'nope'"),
        (tag(annotation_info={"task_id": "nope"}), 54102, "There is no task 'nope'"),
        (tag(user_id="nobody"), 24155, "nobody is no collaborator"),
        (tag(status={"code": 54001}), 24155, "annotations[1].status.code"),
        ({"input_id": "i", "data": {"regions": [region(), region()]}}, 24155, "annotations[1].data.regions"),
        ({"input_id": "i", "data": {"regions": [{}]}}, 24155, "annotations[1].data.regions[0].region_info"),
        (
            {"input_id": "i", "data": {"regions": [region({**BOX, "right_col": 60})]}},
            24155,
            "annotations[1].data.regions[0]",
        ),
        (
            {"input_id": "i", "data": {"regions": [region({**BOX, "top_row": 0.9})]}},
            24155,
            "annotations[1].data.regions[0]",
        ),
        (
            {"input_id": "i", "data": {"regions": [{"region_info": {"polygon": {"points": [{"row": 0, "col": 0}]}}}]}},
            24155,
            "annotations[1].data.regions[0].region_info.polygon.points",
        ),
        (
            {"input_id": "i", "data": {"regions": [{"region_info": {"span": {"char_start": 4, "char_end": 2}}}]}},
            24155,
            "annotations[1].data.regions[0].region_info.span",
        ),
    ],
)
def test_one_bad_annotation_keeps_all_out(filled, annotation, code, path):
    reply = post(filled, tag(), annotation)
    assert reply.code == code
    assert reply.details.startswith(path)
    assert ids(filled.ok("GET", "/annotations", list_all_annotations="true")) == []


def test_too_many_and_none(filled):
    assert post(filled).http == 400
    assert post(filled, *[tag() for _ in range(129)]).code == 24155
    assert len(post(filled, *[tag() for _ in range(128)])["annotations"]) == 128


def test_a_collaborator_annotates_in_his_own_name_only(filled):
    ann = filled.collaborator("ann")
    assert post(ann, tag(worker={"user": {"id": "owner"}})).code == 24156
    assert post(ann, tag(user_id="ann")).code == 10000


def test_the_owner_annotates_for_others(filled):
    filled.collaborator("ann")
    made = post(filled, tag(worker={"user": {"id": "ann"}}))["annotations"][0]
    assert made["user_id"] == "ann"


def test_list(labeled):
    def found(**query):
        return ids(labeled.ok("GET", "/annotations", **query))

    assert found() == ["by-ann", "ann-too", "mine"]
    assert found(list_all_annotations="True") == ["by-ann", "ann-too", "pending", "mine"]
    assert found(user_ids="owner") == ["pending", "mine"]
    assert found(user_ids=["owner", "ann"]) == ["by-ann", "ann-too", "pending", "mine"]
    assert found(user_ids="nobody") == []
    assert found(input_ids="j") == ["ann-too"]
    assert found(ids=["mine", "ann-too"], input_ids=["i", "j"]) == ["ann-too", "mine"]
    assert found(ids=["mine", "ann-too"], input_ids=["j", "j"]) == ["ann-too"]
    assert found(statuses='{"code": "ANNOTATION_PENDING"}') == ["pending"]
    assert found(task_id="nope") == []
    assert found(page=2, per_page=2) == ["mine"]
    assert labeled("GET", "/annotations", ids="mine").http == 400
    assert labeled("GET", "/annotations", page=9).code == 11105


def test_workers(labeled):
    workers = labeled.ok("GET", "/annotations/workers")["workers"]
    assert [one["user"]["id"] for one in workers] == ["ann", "owner"]


def test_others_annotations_are_not_changed(labeled):
    ann = labeled.collaborator("ann")
    assert patch(ann, {"id": "mine", "input_id": "i", "data": {}}).code == 24156
    assert ann("DELETE", "/inputs/i/annotations/mine").code == 24156
    assert ann("DELETE", "/inputs/annotations", {"input_ids": ["i"]}).code == 24156
    assert len(ids(labeled.ok("GET", "/annotations", list_all_annotations="true"))) == 4


def test_merge(labeled):
    changed = patch(labeled, {"id": "mine", "data": {"concepts": [{"id": "cat", "value": 0}, {"id": "dog"}]}})
    assert [(one["id"], one["value"]) for one in changed["annotations"][0]["data"]["concepts"]] == [
        ("cat", 0),
        ("dog", 1),
    ]
    done = patch(labeled, {"id": "pending", "input_id": "i", "status": {"code": "ANNOTATION_SUCCESS"}})
    assert done["annotations"][0]["status"]["code"] == 24150
    assert done["annotations"][0]["data"]["concepts"][0]["id"] == "cat"


def test_overwrite_moves_a_box(filled):
    made = post(filled, {"id": "a", "input_id": "i", "data": {"regions": [region()]}})["annotations"][0]
    moved = {**made["data"]["regions"][0], "region_info": {"bounding_box": {**BOX, "right_col": 0.9}}}
    changed = patch(filled, {"id": "a", "input_id": "i", "data": {"regions": [moved]}}, action="overwrite")
    assert changed["annotations"][0]["data"]["regions"] == [moved]


def test_remove(labeled):
    nothing = {"data": {"concepts": [{"id": "cat"}]}}
    emptied = patch(labeled, {"id": "mine", **nothing}, action="remove")
    assert emptied["annotations"][0].get("data", {}).get("concepts", []) == []
    gone = patch(labeled, {"id": "by-ann", **nothing}, action="remove", delete_if_empty_data=True)
    assert gone["annotations"] == []
    assert labeled("GET", "/inputs/i/annotations/by-ann").http == 404


@pytest.mark.parametrize(
    "change", [{"id": "nope"}, {"id": "mine", "input_id": "j"}, {"id": "mine", "data": {"concepts": [{"id": "ox"}]}}]
)
def test_one_bad_change_undoes_all(labeled, change):
    reply = patch(labeled, {"id": "by-ann", "data": {"concepts": [{"id": "dog"}]}}, change)
    assert reply.http in (400, 404)
    assert len(labeled.ok("GET", "/inputs/i/annotations/by-ann")["annotation"]["data"]["concepts"]) == 1


def test_delete(labeled):
    pairs = {"ids": ["mine", "by-ann"], "input_ids": ["i", "j"]}
    assert labeled("DELETE", "/inputs/annotations", pairs).code == 11101
    assert labeled("DELETE", "/annotations", {"ids": ["mine"], "input_ids": ["i", "j"]}).code == 11102
    labeled.ok("DELETE", "/inputs/annotations", {"ids": ["mine"], "input_ids": ["i"]})
    labeled.ok("DELETE", "/annotations", {"input_ids": ["j"]})
    labeled.ok("DELETE", "/inputs/i/annotations/by-ann")
    assert ids(labeled.ok("GET", "/annotations", list_all_annotations="true")) == ["pending"]


def test_input_level_annotations_stay_with_their_input(filled):
    post(filled, tag(id="level", input_level=True), tag(id="other"))
    filled.ok("DELETE", "/annotations", {"input_ids": ["i"]})
    assert ids(filled.ok("GET", "/annotations")) == ["level"]
