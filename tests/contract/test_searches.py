"""Inputs and annotations found by what is said of them, through every door."""

from __future__ import annotations

import pytest

BOX = {"bounding_box": {"top_row": 0.1, "left_col": 0.2, "bottom_row": 0.5, "right_col": 0.6}}
SPAN = {"span": {"char_start": 0, "char_end": 1}}


def said(annotation_id, input_id, concept="cat", value=1, **more):
    data = {"concepts": [{"id": concept, "value": value}]}
    return {"id": annotation_id, "input_id": input_id, "data": data, **more}


def placed(annotation_id, input_id, info, concept="dog"):
    region = {"region_info": info, "data": {"concepts": [{"id": concept, "value": 1}]}}
    return {"id": annotation_id, "input_id": input_id, "data": {"regions": [region]}}


@pytest.fixture
def filled(api):
    """Three inputs of two kinds, two of them in datasets, and five annotations by two people."""
    image, link = {"image": {"url": "https://example.org/cat.jpg"}}, {"text": {"url": "https://example.org/cat.txt"}}
    inputs = [
        {"id": "a", "data": {"text": {"raw": "a"}, "metadata": {"n": 1, "site": "x", "sure": True}}},
        {"id": "b", "data": {**image, "metadata": {"n": 1, "site": "y", 'a "b"': "c"}}},
        {"id": "c", "data": link},
    ]
    api.ok("POST", "/concepts", {"concepts": [{"id": "cat", "name": "Cat"}, {"id": "dog"}]})
    api.ok("POST", "/inputs", {"inputs": inputs})
    api.ok("POST", "/datasets", {"datasets": [{"id": "d"}, {"id": "e"}]})
    api.ok("POST", "/datasets/d/inputs", {"dataset_inputs": [{"input": {"id": "a"}}, {"input": {"id": "c"}}]})
    api.ok("POST", "/datasets/e/inputs", {"dataset_inputs": [{"input": {"id": "b"}}]})
    mine = [
        said("cat-a", "a"),
        said("no-cat-b", "b", value=0, status={"code": 24151}),
        placed("box-b", "b", BOX),
        placed("span-a", "a", SPAN),
    ]
    level = said("level-c", "c", "dog", input_level=True)
    level["data"]["metadata"] = {"concepts": [{"id": "cat", "value": 1}], "round": 2}
    api.collaborator("ann").ok("POST", "/annotations", {"annotations": [level]})
    api.ok("POST", "/annotations", {"annotations": mine})
    return api


def search(api, what, *filters, pagination=None, **more):
    body = {"searches": [{"query": {"filters": list(filters)}}], **more}
    return api("POST", f"/{what}/searches", {**body, "pagination": pagination} if pagination else body)


def hits(reply, what):
    assert reply.code == 10000, reply.body
    return [one[what]["id"] for one in reply["hits"]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "abc"),
        ({"id": "b"}, "b"),
        ({"dataset_ids": ["d"]}, "ac"),
        ({"dataset_ids": ["d", "e"]}, "abc"),
        ({"dataset_ids": ["nope"]}, ""),
        ({"status": {"code": 30000}}, "abc"),
        ({"status": {"code": 30002}}, ""),
        ({"data": {"text": {}}}, "ac"),
        ({"data": {"image": {}}}, "b"),
        ({"data": {"image": {}, "text": {}}}, "abc"),
        ({"data": {"metadata": {"n": 1}}}, "ab"),
        ({"data": {"metadata": {"n": 1, "site": "y"}}}, "b"),
        ({"data": {"metadata": {"sure": True}}}, "a"),
        ({"data": {"metadata": {"sure": 1}}}, ""),
        ({"data": {"metadata": {"n": "1"}}}, ""),
        ({"data": {"metadata": {'a "b"': "c"}}}, "b"),
        ({"data": {"image": {}, "metadata": {"site": "x"}}}, ""),
    ],
)
def test_inputs_by_what_they_are(filled, wanted, found):
    assert hits(search(filled, "inputs", {"input": wanted}), "input") == list(found)
    others = [one for one in "abc" if one not in found]
    assert hits(search(filled, "inputs", {"input": wanted, "negate": True}), "input") == others


ALL = ["level-c", "cat-a", "no-cat-b", "box-b", "span-a"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ALL),
        ({"id": "box-b"}, ["box-b"]),
        ({"input_id": "a"}, ["cat-a", "span-a"]),
        ({"user_id": "ann"}, ["level-c"]),
        ({"worker": {"user": {"id": "ann"}}}, ["level-c"]),
        ({"user_id": "ann", "worker": {"user": {"id": "owner"}}}, []),
        ({"model_version_id": "v"}, []),
        ({"status": {"code": 24151}}, ["no-cat-b"]),
        ({"trusted": True}, ["level-c", "cat-a", "box-b", "span-a"]),
        ({"input_level": True}, ["level-c"]),
        ({"task_id": "nope"}, []),
        ({"data": {"concepts": [{"id": "cat", "value": 1}]}}, ["cat-a"]),
        ({"data": {"concepts": [{"name": "Cat", "value": 0}]}}, ["no-cat-b"]),
        ({"data": {"concepts": [{"id": "dog", "value": 1}]}}, ["level-c", "box-b", "span-a"]),
        (
            {"data": {"concepts": [{"id": "cat", "value": 1}, {"id": "dog", "value": 1}]}},
            ["level-c", "cat-a", "box-b", "span-a"],
        ),
        ({"data": {"metadata": {"round": 2}}}, ["level-c"]),
        ({"data": {"metadata": {"round": 2, "other": "x"}}}, ["level-c"]),
        ({"data": {"regions": [{"region_info": {"bounding_box": {}}}]}}, ["box-b"]),
        ({"data": {"regions": [{"region_info": {"span": {}}}]}}, ["span-a"]),
        ({"data": {"frames": [{"frame_info": {}}]}}, []),
        ({"data": {}}, ["level-c", "cat-a", "no-cat-b"]),
    ],
)
def test_annotations_by_what_they_say(filled, wanted, found):
    assert hits(search(filled, "annotations", {"annotation": wanted}), "annotation") == found
    others = [one for one in ALL if one not in found]
    assert hits(search(filled, "annotations", {"annotation": wanted, "negate": True}), "annotation") == others
    marked = {one.rsplit("-", 1)[1] for one in found}
    assert hits(search(filled, "inputs", {"annotation": wanted}), "input") == sorted(marked)
    unmarked = [one for one in "abc" if one not in marked]
    assert hits(search(filled, "inputs", {"annotation": wanted, "negate": True}), "input") == unmarked


def test_filters_add_up(filled):
    cat = {"annotation": {"data": {"concepts": [{"id": "cat", "value": 1}]}}}
    dog = {"annotation": {"data": {"concepts": [{"id": "dog", "value": 1}]}}}
    assert hits(search(filled, "inputs", cat, dog), "input") == ["a"]
    assert hits(search(filled, "inputs", dog, {**cat, "negate": True}), "input") == ["b", "c"]
    assert hits(search(filled, "annotations", dog, {"input": {"dataset_ids": ["e"]}}), "annotation") == ["box-b"]
    assert hits(search(filled, "annotations", cat, dog), "annotation") == []


def test_what_came_with_an_input_is_said_of_it(filled):
    own = {"text": {"raw": "d"}, "concepts": [{"id": "cat", "value": 1}], "metadata": {"round": 2}}
    filled.ok("POST", "/inputs", {"inputs": [{"id": "d", "data": own}]})
    cat = {"data": {"concepts": [{"id": "cat", "value": 1}]}}
    assert hits(search(filled, "inputs", {"annotation": cat}), "input") == ["a", "d"]
    assert hits(search(filled, "inputs", {"annotation": {"data": {"metadata": {"round": 2}}}}), "input") == ["c", "d"]
    assert hits(search(filled, "inputs", {"annotation": {**cat, "user_id": "owner"}}), "input") == ["a"]


def test_an_empty_annotation_says_nothing(filled):
    filled.ok("POST", "/inputs", {"inputs": [{"id": "d", "data": {"text": {"raw": "d"}}}]})
    text = {"input": {"data": {"text": {}}}, "annotation": {}}
    assert hits(search(filled, "inputs", text), "input") == ["a", "c", "d"]


def test_a_hit_is_whole(filled):
    [hit] = search(filled, "annotations", {"annotation": {"id": "cat-a"}})["hits"]
    assert hit["score"] == 1
    assert hit["annotation"] == filled.ok("GET", "/inputs/a/annotations/cat-a")["annotation"]
    assert hit["input"] == filled.ok("GET", "/inputs/a")["input"]


def test_pages_and_counts(filled):
    assert hits(search(filled, "inputs", pagination={"page": 2, "per_page": 2}), "input") == ["c"]
    assert hits(search(filled, "annotations", pagination={"page": 3, "per_page": 2}), "annotation") == ["span-a"]
    assert search(filled, "inputs", pagination={"page": 9, "per_page": 2}).code == 11105
    assert search(filled, "inputs", pagination={"per_page": 1001}).http == 400
    counted = search(filled, "inputs", {"input": {"dataset_ids": ["d"]}}, only_count=True)
    assert (counted["hits"], counted["hit_counts"]) == ([], [{"estimated_total": 2}])


def test_a_task_is_searched_also_when_it_is_gone(office):
    task_id = office.create({"strategy": "DYNAMIC", "workers": [{"user": {"id": "ann"}}]})
    made = office.annotate("ann", task_id, "3")["id"]
    by_task = {"annotation": {"task_id": task_id}}
    assert hits(search(office.owner, "annotations", by_task), "annotation") == [made]
    assert hits(search(office.owner, "inputs", by_task), "input") == ["3"]
    office.owner.ok("DELETE", "/tasks", {"ids": [task_id]})
    assert hits(search(office.owner, "annotations", by_task), "annotation") == [made]


@pytest.mark.parametrize("what", ["inputs", "annotations"])
def test_what_cannot_be_searched_by_is_refused(filled, what):
    def refused(query, **more):
        reply = filled("POST", f"/{what}/searches", {"searches": [{"query": query, **more}]})
        assert reply.body.get("hits", []) == []
        return reply.code, reply.details.split(":")[0]

    likeness = {"annotation": {"data": {"image": {"url": "https://example.org/cat.jpg"}}}}
    assert refused({"ranks": [likeness]}) == (10040, "searches[0].query.ranks[0]")
    assert refused({}, save=True) == (10040, "searches[0].save")
    assert refused({}, id="saved") == (10040, "searches[0].id")
    concepts = {"input": {"data": {"concepts": [{"id": "cat"}]}}}
    assert refused({"filters": [concepts]}) == (10040, "searches[0].query.filters[0].input.data.concepts")
    nested = {"input": {"data": {"metadata": {"n": [1]}}}}
    assert refused({"filters": [nested]}) == (10040, "searches[0].query.filters[0].input.data.metadata.n")
    assert refused({"filters": [{}] * 101}) == (11102, "searches[0].query.filters")
    assert filled("POST", f"/{what}/searches", {"searches": []}).code == 11102


def test_an_empty_rank_says_nothing(filled):
    reply = filled("POST", "/inputs/searches", {"searches": [{"query": {"ranks": [{"annotation": {}}]}}]})
    assert hits(reply, "input") == ["a", "b", "c"]


def test_a_filter_that_is_not_known_finds_nothing_by_mistake(filled):
    for query in ({"ands": []}, {"filters": [{"annotation": {"data": {"geo": {}}}}]}):
        reply = filled("POST", "/inputs/searches", {"searches": [{"query": query}]})
        assert reply.http == 400
