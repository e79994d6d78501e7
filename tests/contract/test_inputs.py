"""Inputs, with their bytes, and datasets."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image


def picture(kind="PNG", size=(31, 17)):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return buffer.getvalue()


def by_bytes(content):
    return {"image": {"base64": base64.b64encode(content).decode()}}


def text(input_id, **more):
    return {"id": input_id, "data": {"text": {"raw": "hello"}}, **more}


def ids(reply, name="inputs"):
    return [one["id"] for one in reply[name]]


@pytest.fixture
def filled(api):
    api.ok("POST", "/inputs", {"inputs": [text("a"), text("b"), text("c")]})
    return api


@pytest.mark.parametrize(
    "data",
    [
        {"image": {"url": "https://example.org/cat.jpg"}},
        {"video": {"url": "https://example.org/cat.mp4"}},
        {"audio": {"url": "https://example.org/cat.wav"}},
        {"text": {"url": "https://example.org/cat.txt"}},
        {"text": {"raw": "a cat"}},
    ],
)
def test_kinds_of_input(api, data):
    made = api.ok("POST", "/inputs", {"inputs": [{"data": {**data, "metadata": {"n": [1]}}}]})["inputs"][0]
    assert made["status"]["code"] == 30000
    read = api.ok("GET", f"/inputs/{made['id']}")["input"]
    assert read == made
    assert read["data"] == {**data, "metadata": {"n": [1]}}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_by_its_bytes_can_be_shown(api, kind):
    content = picture(kind)
    made = api.ok("POST", "/inputs", {"inputs": [{"id": "pic", "data": by_bytes(content)}]})["inputs"][0]
    image = made["data"]["image"]
    assert image["image_info"] == {"width": 31, "height": 17, "format": kind}
    assert "base64" not in image
    hosted = image["hosted"]
    assert image["url"] == f"{hosted['prefix']}/{hosted['sizes'][0]}/{hosted['suffix']}"
    fetched = api.entry.session("stranger", api.app).get(image["url"], headers={"Authorization": ""}, timeout=30)
    assert fetched.content == content
    assert fetched.headers["content-type"] == f"image/{kind.lower()}"
    assert fetched.headers["x-content-type-options"] == "nosniff"


@pytest.mark.embedded("where the embedded service keeps files")
def test_an_address_is_not_guessed(api):
    assert api("GET", "/media/orig/guess").http == 404
    fetched = api.session.get(api.entry.url + "/media/orig/guess", timeout=30)
    assert fetched.status_code == 404


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, 30104),
        (None, 30104),
        ({"image": {}}, 30104),
        ({"image": {"url": "https://e.org/a"}, "text": {"raw": "b"}}, 30104),
        ({"image": {"url": "cat.jpg"}}, 30106),
        ({"image": {"url": "javascript:alert(1)"}}, 30106),
        (by_bytes(b"no picture"), 30101),
    ],
)
def test_inputs_that_are_none_keep_all_out(api, data, code):
    reply = api("POST", "/inputs", {"inputs": [text("good"), {"id": "bad", "data": data}]})
    assert (reply.http, reply.code) == (400, code)
    assert reply.details.startswith("inputs[1].data")
    assert ids(api.ok("GET", "/inputs")) == []


def test_too_many(api):
    reply = api("POST", "/inputs", {"inputs": [text(str(number)) for number in range(129)]})
    assert (reply.http, reply.code) == (400, 30105)
    assert "128" in reply.details


def test_an_id_that_exists(filled):
    reply = filled("POST", "/inputs", {"inputs": [text("new"), text("a")]})
    assert (reply.http, reply.code) == (409, 30100)
    assert ids(filled.ok("GET", "/inputs")) == ["a", "b", "c"]


def test_skip(filled):
    body = {"inputs": [text("a"), text("new")], "input_id_conflict_resolution": "SKIP"}
    reply = filled("POST", "/inputs", body)
    assert (reply.http, reply.code) == (207, 10010)
    assert [(one["id"], one["status"]["code"]) for one in reply["inputs"]] == [("a", 30100), ("new", 30000)]
    assert filled("POST", "/inputs", body).code == 10020


def test_suffix(filled):
    body = {"inputs": [text("a")], "input_id_conflict_resolution": 2}
    made = [ids(filled.ok("POST", "/inputs", body))[0] for _ in range(10)]
    assert made[:9] == [f"a-{number}" for number in range(1, 10)]
    assert made[9].startswith("a-")


def test_list(filled):
    assert ids(filled.ok("GET", "/inputs")) == ["a", "b", "c"]
    assert ids(filled.ok("GET", "/inputs?ids=c&ids=a&ids=zzz")) == ["a", "c"]


def test_stream(filled):
    assert ids(filled.ok("GET", "/inputs/stream", per_page=2)) == ["a", "b"]
    assert ids(filled.ok("GET", "/inputs/stream", per_page=2, last_id="b")) == ["c"]
    assert ids(filled.ok("GET", "/inputs/stream", last_id="b", order_by_id="True", descending="True")) == ["a"]


def test_count(filled):
    counts = filled.ok("GET", "/inputs/status")["counts"]
    assert counts["processed"] == 3
    assert counts["to_process"] == counts["errors"] == 0


def test_patch(filled):
    def patch(metadata, action):
        body = {"inputs": [{"id": "a", "data": {"metadata": metadata}}], "action": action}
        return filled.ok("PATCH", "/inputs", body)["inputs"][0]["data"]

    assert patch({"x": {"y": 1}}, "merge")["metadata"] == {"x": {"y": 1}}
    assert patch({"x": {"z": 2}}, "merge")["metadata"] == {"x": {"y": 1, "z": 2}}
    assert patch({"x": {"y": True}}, "remove")["metadata"] == {"x": {"z": 2}}
    assert patch({"w": 3}, "overwrite") == {"text": {"raw": "hello"}, "metadata": {"w": 3}}


def test_delete(filled):
    assert filled("DELETE", "/inputs", {"ids": ["a", "zzz"]}).code == 30102
    assert ids(filled.ok("GET", "/inputs")) == ["a", "b", "c"]
    filled.ok("DELETE", "/inputs", {"ids": ["a", "b"]})
    filled.ok("DELETE", "/inputs/c")
    assert ids(filled.ok("GET", "/inputs")) == []
    assert filled("GET", "/inputs/c").http == 404


def test_deleting_an_input_deletes_its_annotations(filled):
    filled.ok("POST", "/annotations", {"annotations": [{"input_id": "a"}, {"input_id": "b"}]})
    filled.ok("DELETE", "/inputs", {"ids": ["a"]})
    assert [one["input_id"] for one in filled.ok("GET", "/annotations")["annotations"]] == ["b"]


def test_datasets(filled):
    made = filled.ok("POST", "/datasets", {"datasets": [{"id": "d1"}, {"id": "d2", "description": "two"}]})
    assert ids(made, "datasets") == ["d1", "d2"]
    assert ids(filled.ok("GET", "/datasets"), "datasets") == ["d2", "d1"]
    assert ids(filled.ok("GET", "/datasets", search="1"), "datasets") == ["d1"]
    again = filled("POST", "/datasets", {"datasets": [{"id": "d3"}, {"id": "d1"}]})
    assert again.code == 40010
    assert filled("GET", "/datasets/d3").http == 404


def test_patch_datasets(filled):
    filled.ok("POST", "/datasets", {"datasets": [{"id": "d", "description": "old", "metadata": {"a": 1}}]})
    body = {"datasets": [{"id": "d", "metadata": {"b": 2}}], "action": "merge"}
    changed = filled.ok("PATCH", "/datasets", body)["datasets"][0]
    assert (changed["description"], changed["metadata"]) == ("old", {"a": 1, "b": 2})


def test_dataset_inputs_have_a_status_each(filled):
    filled.ok("POST", "/datasets", {"datasets": [{"id": "d"}]})
    members = [{"input": {"id": one}} for one in ("b", "zzz", "a")]
    reply = filled("POST", "/datasets/d/inputs", {"dataset_inputs": members})
    assert (reply.http, reply.code) == (207, 10010)
    assert [one["input"]["status"]["code"] for one in reply["dataset_inputs"]] == [64100, 30102, 64100]
    listed = filled.ok("GET", "/datasets/d/inputs")["dataset_inputs"]
    assert [one["input"]["id"] for one in listed] == ["b", "a"]
    none = filled("POST", "/datasets/d/inputs", {"dataset_inputs": [{"input": {"id": "zzz"}}]})
    assert none.code == 10020


def test_leaving_a_dataset_keeps_the_input(filled):
    filled.ok("POST", "/datasets", {"datasets": [{"id": "d"}]})
    filled.ok("POST", "/inputs", {"inputs": [text("e", dataset_ids=["d"])]})
    assert len(filled.ok("GET", "/datasets/d/inputs")["dataset_inputs"]) == 1
    filled.ok("DELETE", "/datasets/d/inputs", {"input_ids": ["e"]})
    assert filled.ok("GET", "/datasets/d/inputs")["dataset_inputs"] == []
    filled.ok("DELETE", "/datasets", {"dataset_ids": ["d"]})
    filled.ok("GET", "/inputs/e")


def test_an_input_for_a_dataset_that_does_not_exist(api):
    assert api("POST", "/inputs", {"inputs": [text("a", dataset_ids=["nope"])]}).code == 11101
    assert ids(api.ok("GET", "/inputs")) == []


def test_the_job_of_an_upload_counts_what_was_added_and_what_was_not(api):
    def post(*names, **more):
        return api("POST", "/inputs", {"inputs": [text(one) for one in names], "inputs_add_job_id": "job", **more})

    job = post("a", "b")["inputs_add_job"]
    assert (job["id"], job["status"]["code"], job["progress"]) == ("job", 64002, {"success_count": 2})
    assert post("b").code == 30100
    post("b", "c", input_id_conflict_resolution="SKIP")
    found = api.ok("GET", "/inputs/jobs/add/job")["inputs_add_job"]
    assert found["progress"] == {"success_count": 3, "failed_count": 1}
    missing = api("GET", "/inputs/jobs/add/none")
    assert (missing.code, "'none'" in missing.details) == (11101, True)
    assert "inputs_add_job" not in api.ok("POST", "/inputs", {"inputs": [text("d")]}).body
