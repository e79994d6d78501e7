"""Automatic tasks through every door: models that label, what becomes of it, and what is refused."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import av
import numpy as np
import pytest
from office import codes, manual

from tasknb.demo import coin_model, coins_image
from tasknb.messages.data import BoundingBox, Concept, Data, Image, Mask, Region, RegionInfo
from tasknb.service.auto.registry import chain_of

SUCCESS, PENDING, AWAITING, DENIED = 24150, 24151, 24157, 24158
IN_PROGRESS, DONE, FAILED, IDLE = 54001, 54002, 54005, 54006
TAG, BOX = 1, 2


def reading(batch):
    """A model: input 7 is a cat with 0.07 and a dog with 0.93."""
    return [{"cat": int(one.text) / 100, "dog": 1 - int(one.text) / 100} for one in batch]


def a_region(concept, top, left, bottom, right):
    box = BoundingBox(top_row=top, left_col=left, bottom_row=bottom, right_col=right)
    return Region(region_info=RegionInfo(bounding_box=box), data=Data(concepts=[concept]))


def by_model(model_id="reader", version_id=""):
    version = {"model_version": {"id": version_id}} if version_id else {}
    return {"workers": [{"model": {"id": model_id, **version}}], "type": "WORKER_AUTO"}


def by_workflow(workflow_id):
    return {"workers": [{"workflow": {"id": workflow_id}}], "type": "WORKER_AUTO"}


def rule(concept="cat", lower=0.0, upper=1.0, **config):
    limits = {"lower": lower, "upper": upper, "is_lower_inclusive": True, "is_upper_inclusive": upper == 1}
    return {"concept": {"id": concept}, "auto_annotation_config": {"threshold_range": limits, **config}}


@pytest.fixture
def automatic(office, monkeypatch):
    """An office whose service has the model ``reader``, and runs automatic tasks when it is told to."""
    auto = office.owner.entry.service.auto
    monkeypatch.setattr(auto, "_background", False)
    auto.registry.add_model("reader", reading, "reader-1")
    return office


def run(office):
    office.owner.entry.service.auto.runner.run_until_idle()


def video():
    """A real video of three seconds: black, grey, nearly white."""
    file = BytesIO()
    with av.open(file, mode="w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(30):
            shade = (0, 120, 240)[number // 10]
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), shade, dtype=np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def register(office, model_id, function, version_id=""):
    office.owner.entry.service.auto.registry.add_model(model_id, function, version_id)


def create(office, worker, concepts, review=None, **more):
    return office.create(worker, review or {"strategy": "NONE"}, type="TYPE_NOT_SET", concepts=concepts, **more)


def status(office, task_id):
    return office.get(task_id)["status"]


def count(office, task_id, of="inputs", **query):
    [one] = office.owner.ok("GET", f"/tasks/{task_id}/{of}/count", **query)["counts"]
    return {name: value for name, value in one.items() if value and name not in ("user_id", "worker")}


def said(office, task_id):
    """The annotations as (input, concept, status), in order."""
    found = [
        (int(one["input_id"]), concept["id"], one["status"]["code"])
        for one in office.annotations(task_id)
        for concept in one["data"].get("concepts", [])
    ]
    return sorted(found)


def test_a_model_labels_every_input_and_then_waits_for_more(automatic):
    task_id = create(automatic, by_model(), [rule("cat")])
    task = automatic.get(task_id, "all")
    assert task["status"]["code"] == IN_PROGRESS
    assert task["worker"]["workers"] == [{"model": {"id": "reader", "model_version": {"id": "reader-1"}}}]
    assert task["metrics"]["work"]["inputs_percent_estimated"] == 0
    run(automatic)
    assert status(automatic, task_id)["code"] == IDLE
    assert automatic.metrics(task_id)["work"] == {"inputs_count_estimated": 25, "inputs_percent_estimated": 100}
    assert count(automatic, task_id) == {"success": 25}
    assert count(automatic, task_id, "annotations", model_version_ids=["reader-1"]) == {"success": 25}
    assert said(automatic, task_id) == [(number, "cat", SUCCESS) for number in range(25)]
    automatic.add_inputs(5)
    assert automatic.metrics(task_id)["work"]["inputs_percent_estimated"] == 83
    run(automatic)
    assert automatic.metrics(task_id)["work"] == {"inputs_count_estimated": 30, "inputs_percent_estimated": 100}
    assert status(automatic, task_id)["code"] == IDLE


def test_annotations_are_the_models(automatic):
    task_id = create(automatic, by_model(), [rule("cat", 0.1)])
    run(automatic)
    one = automatic.annotations(task_id)[0]
    assert one["worker"] == {"model": {"id": "reader", "model_version": {"id": "reader-1"}}}
    assert one["task_id"] == task_id
    assert one["data"]["concepts"] == [{"id": "cat", "name": "cat", "value": 0.1}]
    listed = automatic.owner.ok("GET", "/annotations", model_version_ids=["reader-1"])["annotations"]
    assert len(listed) == 15


def test_two_bands_go_to_reviewers_or_straight_through(automatic):
    bands = [rule("cat", 0.05, 0.1, status_code=AWAITING), rule("cat", 0.1, 1, status_code=SUCCESS)]
    task_id = create(automatic, by_model(), bands, manual("rita", "ray"))
    run(automatic)
    expected = [(number, "cat", AWAITING if number < 10 else SUCCESS) for number in range(5, 25)]
    assert said(automatic, task_id) == expected
    assert count(automatic, task_id) == {"success": 20, "awaiting_review": 5}
    given = automatic.to_review("rita", task_id) + automatic.to_review("ray", task_id)
    assert sorted(int(one["input"]["id"]) for one in given) == [5, 6, 7, 8, 9]
    mine = automatic.to_review("rita", task_id)
    automatic.review("rita", task_id, "REVIEW_APPROVE", mine[:1])
    automatic.review("rita", task_id, "REVIEW_REJECT", mine[1:2])
    statuses = {number: code for number, _, code in said(automatic, task_id)}
    assert statuses[int(mine[0]["input"]["id"])] == SUCCESS
    assert statuses[int(mine[1]["input"]["id"])] == DENIED


def test_under_a_review_everything_awaits_it_unless_the_task_says_otherwise(automatic):
    task_id = create(automatic, by_model(), [rule("cat")], manual("rita"))
    run(automatic)
    assert count(automatic, task_id) == {"awaiting_review": 25}
    sampled = create(automatic, by_model(), [rule("cat")], manual("rita", sample_percentage=0.2))
    run(automatic)
    counts = count(automatic, sampled)
    assert 4 <= counts["awaiting_review"] <= 6
    assert count(automatic, sampled, "annotations") == counts


def test_what_a_reviewer_sends_back_is_looked_at_again(automatic):
    task_id = create(automatic, by_model(), [rule("cat")], manual("rita"))
    run(automatic)
    given = automatic.to_review("rita", task_id)
    automatic.review("rita", task_id, "REVIEW_REQUEST_CHANGES", given[:2])
    assert count(automatic, task_id) == {"pending": 2, "awaiting_review": 23}
    run(automatic)
    assert count(automatic, task_id) == {"awaiting_review": 25}
    assert count(automatic, task_id, "annotations") == {"awaiting_review": 25}


def test_filters_of_kind_time_and_place(automatic):
    tag = Concept(id="cat", value=0.9)
    both = Data(concepts=[tag], regions=[a_region(tag, 0.1, 0.1, 0.2, 0.2)])
    register(automatic, "boxes", lambda batch: [both for _ in batch])
    far = {"points": [{"row": 0.5, "col": 0.5}, {"row": 0.5, "col": 0.9}, {"row": 0.9, "col": 0.5}]}
    near = {"points": [{"row": 0.0, "col": 0.0}, {"row": 0.0, "col": 0.3}, {"row": 0.3, "col": 0.0}]}
    never = {"start": {"hours": 3}, "end": {"hours": 3, "nanos": 1}}
    expected = [
        (rule(annotation_data_types=TAG), (25, 0)),
        (rule(annotation_data_types=BOX), (0, 25)),
        (rule(annotation_data_types=TAG | BOX), (25, 25)),
        (rule(polygon=near), (25, 25)),
        (rule(polygon=far), (25, 0)),
        (rule(time_of_day_range=never), (0, 0)),
    ]
    ids = [create(automatic, by_model("boxes"), [one]) for one, _ in expected]
    run(automatic)
    for task_id, (_, (tags, regions)) in zip(ids, expected, strict=True):
        found = automatic.annotations(task_id)
        assert sum(bool(one["data"].get("concepts")) for one in found) == tags
        assert sum(bool(one["data"].get("regions")) for one in found) == regions
        assert count(automatic, task_id) == {"success": 25}


def test_a_failing_model_says_why_and_can_be_tried_again(automatic):
    broken = {"12"}

    def careful(batch):
        for one in batch:
            if one.text in broken:
                raise RuntimeError(f"cannot read {one.text}")
        return reading(batch)

    register(automatic, "careful", careful)
    automatic.add_inputs(35)
    broken.add("50")
    broken.discard("12")
    task_id = create(automatic, by_model("careful"), [rule("cat")])
    run(automatic)
    failed = status(automatic, task_id)
    assert failed["code"] == FAILED
    assert failed["details"] == "model 'careful' failed on '32' … '59' (28 inputs): RuntimeError: cannot read 50"
    assert count(automatic, task_id) == {"success": 32, "pending": 28}
    renamed = automatic.task(by_model("careful"), type="TYPE_NOT_SET", concepts=[rule("cat")], id=task_id, name="New")
    assert automatic.patch(renamed).code == 10000
    run(automatic)
    assert status(automatic, task_id) == failed
    broken.clear()
    again = automatic.patch({"id": task_id, "status": {"code": "TASK_IN_PROGRESS"}}, action="merge")
    assert again["tasks"][0]["status"].get("details", "") == ""
    run(automatic)
    assert status(automatic, task_id)["code"] == IDLE
    assert count(automatic, task_id, "annotations") == {"success": 60}


def test_inputs_that_cannot_be_read_do_not_stop_the_others(automatic):
    add_unreadable(automatic, "gone", "torn", "lost", "void")
    task_id = create(automatic, by_model(), [rule("cat")])
    run(automatic)
    assert status(automatic, task_id)["code"] == IDLE
    assert status(automatic, task_id)["details"] == (
        "4 of 29 inputs could not be read: 'gone', 'torn', 'lost', …. 'gone' cannot be shown: its URL "
        "'ftp://example.org/a.txt' is none of http:// or https://. Set the task to TASK_IN_PROGRESS to try them again."
    )
    assert count(automatic, task_id) == {"success": 25, "pending": 4}
    assert len(said(automatic, task_id)) == 25
    assert automatic.metrics(task_id)["work"] == {"inputs_count_estimated": 25, "inputs_percent_estimated": 86}


def test_inputs_that_could_not_be_read_are_tried_again_when_told(automatic):
    add_unreadable(automatic, "gone")
    broken = {"gone"}

    def choosy(batch):
        return [{"cat": 1.0} if one.id not in broken else {"cat": len(one.text)} for one in batch]

    register(automatic, "choosy", choosy)
    task_id = create(automatic, by_model("choosy"), [rule("cat")])
    run(automatic)
    broken.clear()
    automatic.add_inputs(1)
    run(automatic)
    assert count(automatic, task_id) == {"success": 26, "pending": 1}
    assert status(automatic, task_id)["details"].startswith("1 of 27 inputs could not be read: 'gone'.")
    automatic.patch({"id": task_id, "status": {"code": "TASK_IN_PROGRESS"}}, action="merge")
    run(automatic)
    assert count(automatic, task_id) == {"success": 27}
    assert status(automatic, task_id).get("details", "") == ""


def add_unreadable(office, *ids):
    """Texts whose URLs lead nowhere, and which nobody needs the network to find so."""
    inputs = [{"id": one, "data": {"text": {"url": "ftp://example.org/a.txt"}}, "dataset_ids": ["d"]} for one in ids]
    office.owner.ok("POST", "/inputs", {"inputs": inputs})


def test_what_cannot_be_stored_fails_the_task(automatic):
    outside = Data(regions=[a_region(Concept(id="cat"), 10, 20, 30, 40)])
    register(automatic, "outside", lambda batch: [outside for _ in batch])
    task_id = create(automatic, by_model("outside"), [rule("cat")])
    run(automatic)
    assert status(automatic, task_id)["code"] == FAILED
    assert "divide pixels by the picture's height" in status(automatic, task_id)["details"]
    assert automatic.annotations(task_id) == []


def test_a_mask_that_is_no_image_fails_the_task(automatic):
    broken = Region(region_info=RegionInfo(mask=Mask(image=Image(base64=b"no image"))))
    broken.data = Data(concepts=[Concept(id="cat")])
    register(automatic, "masks", lambda batch: [Data(regions=[broken]) for _ in batch])
    corner = {"points": [{"row": 0, "col": 0}, {"row": 0, "col": 0.1}, {"row": 0.1, "col": 0}]}
    task_id = create(automatic, by_model("masks"), [rule("cat", polygon=corner)])
    run(automatic)
    assert status(automatic, task_id)["code"] == FAILED
    assert status(automatic, task_id)["details"].endswith(
        "said cannot be read: its bytes are no image that can be read"
    )


def test_a_task_that_is_ended_or_deleted_is_left_alone(automatic):
    ended = create(automatic, by_model(), [rule("cat")])
    deleted = create(automatic, by_model(), [rule("cat")])
    assert automatic.patch({"id": ended, "status": {"code": DONE}}, action="merge").code == 10000
    automatic.owner.ok("DELETE", "/tasks", {"ids": [deleted]})
    run(automatic)
    assert count(automatic, ended) == {"pending": 25}
    assert automatic.annotations(ended) == []


def test_ending_a_task_while_its_model_works_drops_what_it_says(automatic):
    def ending(batch):
        automatic.patch({"id": task_id, "status": {"code": DONE}}, action="merge")
        return reading(batch)

    register(automatic, "ending", ending)
    task_id = create(automatic, by_model("ending"), [rule("cat")])
    run(automatic)
    assert status(automatic, task_id)["code"] == DONE
    assert automatic.annotations(task_id) == []


def test_inputs_deleted_while_the_model_works_are_no_matter(automatic):
    def deleting(batch):
        if any(one.id == "3" for one in batch):
            automatic.owner.ok("DELETE", "/inputs", {"ids": ["3"]})
        return reading(batch)

    register(automatic, "deleting", deleting)
    task_id = create(automatic, by_model("deleting"), [rule("cat")])
    run(automatic)
    assert [number for number, _, _ in said(automatic, task_id)] == [number for number in range(25) if number != 3]
    assert status(automatic, task_id)["code"] == IDLE


def test_earlier_work_of_the_same_model_is_deleted_where_the_task_asks_for_it(automatic):
    both = create(automatic, by_model(), [rule("cat"), rule("dog")])
    run(automatic)
    register(automatic, "other", reading)
    other = create(automatic, by_model("other"), [rule("cat")])
    run(automatic)
    mine = automatic.annotate("ann", automatic.create({"strategy": "FULL", "workers": [{"user": {"id": "ann"}}]}), "1")
    new = create(automatic, by_model(), [rule("cat", 0.2)], delete_previous_annotations=True)
    run(automatic)
    assert {concept for _, concept, _ in said(automatic, both)} == {"dog"}
    assert len(said(automatic, both)) == 25
    assert len(said(automatic, other)) == 25
    assert len(said(automatic, new)) == 5
    assert automatic.owner.ok("GET", f"/inputs/1/annotations/{mine['id']}")["annotation"]["id"] == mine["id"]
    automatic.add_inputs(1)
    later = create(automatic, by_model(), [rule("dog")])
    run(automatic)
    assert len(said(automatic, later)) == 26


def test_new_settings_are_for_inputs_to_come(automatic):
    task_id = create(automatic, by_model(), [rule("cat", 0.2)])
    run(automatic)
    changed = automatic.task(by_model(), type="TYPE_NOT_SET", concepts=[rule("dog", 0.5)], id=task_id)
    assert automatic.patch({**changed, "name": "Dogs"}).code == 10000
    automatic.add_inputs(2)
    run(automatic)
    assert [concept for number, concept, _ in said(automatic, task_id) if number >= 25] == ["dog", "dog"]
    assert len(said(automatic, task_id)) == 7


def test_a_workflow_chains_models(automatic):
    register(automatic, "halve", lambda batch: [{"dog": one.previous.concepts[0].value / 2} for one in batch])
    automatic.owner.entry.service.auto.registry.add_workflow(chain_of("both", "reader", "halve"))
    task_id = create(automatic, by_workflow("both"), [rule("dog", 0.1)])
    run(automatic)
    assert said(automatic, task_id) == [(number, "dog", SUCCESS) for number in range(20, 25)]
    [listed] = automatic.owner.ok("GET", "/workflows")["workflows"]
    assert [node["model"]["id"] for node in listed["nodes"]] == ["reader", "halve"]
    version = listed["version"]["id"]
    assert count(automatic, task_id, workflow_version_ids=[version]) == {"success": 25}
    assert automatic.owner.ok("GET", "/workflows/both")["workflow"] == listed


@pytest.mark.parametrize(
    ("worker", "code", "path"),
    [
        (by_model("stranger"), 21200, "tasks[0].worker.workers[0].model: There is no model 'stranger'"),
        (by_model("reader", "v9"), 21200, "tasks[0].worker.workers[0].model.model_version: The model 'reader'"),
        (by_workflow("stranger"), 22102, "tasks[0].worker.workers[0].workflow: There is no workflow 'stranger'"),
    ],
)
def test_an_unknown_model_or_workflow_is_refused_at_its_field(automatic, worker, code, path):
    task = automatic.task(worker, type="TYPE_NOT_SET", concepts=[rule("cat")])
    reply = automatic.owner("POST", "/tasks", {"tasks": [task]})
    assert (reply.http, reply.code) == (404, code)
    assert reply.details.startswith(path)
    assert automatic.owner.ok("GET", "/tasks")["tasks"] == []


def test_a_model_of_clarifai_needs_a_key(automatic, monkeypatch):
    monkeypatch.delenv("CLARIFAI_PAT", raising=False)
    model = {"id": "general", "user_id": "clarifai", "app_id": "main"}
    task = automatic.task({"workers": [{"model": model}]}, type="TYPE_NOT_SET", concepts=[rule("cat")])
    reply = automatic.owner("POST", "/tasks", {"tasks": [task]})
    assert reply.code == 21200
    assert "CLARIFAI_PAT" in reply.details


def test_models_are_listed_and_asked(automatic):
    reader = {"id": "reader", "name": "reader", "model_version": {"id": "reader-1"}}
    reader |= {"user_id": "owner", "app_id": automatic.owner.app.id}
    assert reader in automatic.owner.ok("GET", "/models")["models"]
    assert automatic.owner.ok("GET", "/models/reader")["model"] == reader
    assert automatic.owner.ok("GET", "/models/reader/versions/reader-1")["model"] == reader
    assert automatic.owner("GET", "/models/stranger").code == 21200
    assert automatic.owner("GET", "/models/reader/versions/9").code == 21200
    inputs = {"inputs": [{"data": {"text": {"raw": "30"}}}, {"data": {"text": {"raw": "40"}}}]}
    for path in ("/models/reader/outputs", "/models/reader/versions/reader-1/outputs"):
        outputs = automatic.people["ann"].ok("POST", path, inputs)["outputs"]
        assert [one["data"]["concepts"][0]["value"] for one in outputs] == [0.3, 0.4]
        assert outputs[0]["model"] == reader
        assert codes(outputs) == [10000, 10000]
    assert automatic.owner("POST", "/models/reader/outputs", {"inputs": []}).code == 11102
    failed = automatic.owner("POST", "/models/reader/outputs", {"inputs": [{"data": {"text": {"raw": "x"}}}]})
    assert (failed.code, "ValueError" in failed.details) == (10020, True)


def test_workflows_are_asked_node_by_node(automatic):
    register(automatic, "halve", lambda batch: [{"dog": one.previous.concepts[0].value / 2} for one in batch])
    automatic.owner.entry.service.auto.registry.add_workflow(chain_of("both", "reader", "halve"))
    inputs = {"inputs": [{"id": "x", "data": {"text": {"raw": "80"}}}]}
    [result] = automatic.owner.ok("POST", "/workflows/both/results", inputs)["results"]
    assert [one["model"]["id"] for one in result["outputs"]] == ["reader", "halve"]
    assert result["outputs"][1]["data"]["concepts"] == [{"id": "dog", "value": 0.4}]
    assert automatic.owner("POST", "/workflows/stranger/results", inputs).code == 22102


def test_boxes_of_real_coins(automatic):
    automatic.owner.ok("POST", "/concepts", {"concepts": [{"id": "coin"}]})
    register(automatic, "coins", coin_model)
    image = {"id": "coins", "data": {"image": {"base64": b64encode(coins_image()).decode()}}}
    automatic.owner.ok("POST", "/inputs", {"inputs": [image]})
    source = {"type": "INPUT", "id": "coins"}
    concepts = [rule("coin", 0.9, annotation_data_types=BOX), rule("coin", 0.1, 0.9, status_code=AWAITING)]
    task_id = create(automatic, by_model("coins"), concepts, manual("rita"), input_source=source)
    run(automatic)
    found = automatic.annotations(task_id)
    assert len(found) == 24
    assert all(one["data"]["regions"][0]["id"] for one in found)
    assert count(automatic, task_id) == {"awaiting_review": 1}


def test_a_video_is_labeled_frame_by_frame(automatic):
    seen = []

    def brightness(batch):
        seen.extend(one.time_ms for one in batch)
        return [{"cat": float(one.image.mean()) / 255} for one in batch]

    register(automatic, "brightness", brightness)
    clip = {"id": "clip", "data": {"video": {"base64": b64encode(video()).decode()}}}
    automatic.owner.ok("POST", "/inputs", {"inputs": [clip]})
    source = {"type": "INPUT", "id": "clip"}
    task_id = create(automatic, by_model("brightness"), [rule("cat", 0.3)], input_source=source, sample_ms=500)
    run(automatic)
    assert seen == [0, 500, 1000, 1500, 2000, 2500]
    frames = [one["data"]["frames"][0] for one in automatic.annotations(task_id)]
    assert [frame["frame_info"]["time"] for frame in frames] == [1000, 1500, 2000, 2500]
    assert [round(frame["data"]["concepts"][0]["value"], 1) for frame in frames] == [0.5, 0.5, 0.9, 0.9]
    assert count(automatic, task_id, "annotations") == {"success": 4}


def test_suggestions_come_with_the_inputs(automatic):
    automatic.owner.entry.service.auto.registry.add_workflow(chain_of("assistant", "reader"))
    assisted = automatic.task({"strategy": "DYNAMIC", "workers": [{"user": {"id": "ann"}}]})
    assisted["ai_assistant"] = {"workflow": {"id": "assistant"}}
    task_id = automatic.post(assisted)["tasks"][0]["id"]
    given = automatic.start("ann", task_id)
    assert len(given) == 10
    for one in given:
        value = int(one["input"]["id"]) / 100
        suggested = one["input"]["data"]["concepts"]
        assert [concept["id"] for concept in suggested] == ["dog", "cat"]
        assert suggested[1]["value"] == value
    assert automatic.start("ann", task_id) == given
    assert automatic.annotations(task_id) == []


def test_labeling_goes_on_without_suggestions(automatic):
    def failing(batch):
        raise RuntimeError("no luck today")

    register(automatic, "failing", failing)
    automatic.owner.entry.service.auto.registry.add_workflow(chain_of("unlucky", "failing"))
    assisted = automatic.task({"strategy": "DYNAMIC", "workers": [{"user": {"id": "ann"}}]})
    assisted["ai_assistant"] = {"workflow_id": "unlucky"}
    task_id = automatic.post(assisted)["tasks"][0]["id"]
    reply = automatic.put("ann", task_id, "LABEL_START")
    assert (reply.code, len(reply["task_assignments"])) == (10000, 10)
    assert "no luck today" in reply.details


def test_an_unknown_assistant_is_refused_at_its_field(automatic):
    assisted = automatic.task({"strategy": "DYNAMIC", "workers": [{"user": {"id": "ann"}}]})
    reply = automatic.owner("POST", "/tasks", {"tasks": [{**assisted, "ai_assistant": {"workflow": {"id": "x"}}}]})
    assert (reply.code, reply.details.partition(":")[0]) == (22102, "tasks[0].ai_assistant.workflow")
    relations = {**assisted, "ai_assist_params": {"concept_relation_ids": ["r"]}}
    assert automatic.owner("POST", "/tasks", {"tasks": [relations]}).code == 54101
