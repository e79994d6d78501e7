"""Inputs, datasets, concepts and people through the client."""

from __future__ import annotations

import pytest
from scripted import APP, OK, Reply

from tasknb import errors
from tasknb.messages.data import Concept, Data, Dataset, Image, Input
from tasknb.messages.people import User

MIXED = {"code": 10010, "description": "Mixed Success", "req_id": "r3"}


def echo(name):
    return lambda seen: Reply({"status": OK, name: seen.body[name]})


def test_inputs_go_in_batches(client, server):
    server.default = echo("inputs")
    inputs = [Input(id=f"i{number}", data=Data(image=Image(base64=b"\x89PNG"))) for number in range(200)]
    created = client.inputs.create(inputs)
    assert [one.id for one in created] == [f"i{number}" for number in range(200)]
    assert [len(seen.body["inputs"]) for seen in server.seen] == [128, 72]
    assert server.seen[0].path == APP + "/inputs"
    assert server.seen[0].body["inputs"][0]["data"] == {"image": {"base64": "iVBORw=="}}
    assert client.inputs.create(inputs[0]).id == "i0"


def test_large_inputs_go_in_smaller_batches(client, server):
    server.default = echo("inputs")
    sizes = [1, 9, 9, 20, 1, 1]
    inputs = [
        Input(id=f"i{number}", data=Data(image=Image(base64=bytes(size * 2**20)))) for number, size in enumerate(sizes)
    ]
    assert len(client.inputs.create(inputs)) == 6
    assert [[one["id"] for one in seen.body["inputs"]] for seen in server.seen] == [
        ["i0", "i1"],
        ["i2"],
        ["i3"],
        ["i4", "i5"],
    ]


def test_a_mixed_success_names_what_was_refused(client, server):
    bad = {"code": 30100, "description": "Duplicate input", "details": "exists already"}
    fine = {"code": 30000, "description": "Download complete"}
    server.default = Reply({"status": MIXED, "inputs": [{"id": "a", "status": bad}, {"id": "b", "status": fine}]}, 207)
    with pytest.raises(errors.InvalidRequestError, match="1 were refused, the others are done: a: exists already"):
        client.inputs.create([Input(id="a"), Input(id="b")])


def test_inputs_are_found_counted_and_deleted(client, server):
    server.says(
        Reply({"status": OK, "input": {"id": "i 1"}}),
        Reply({"status": OK, "counts": {"processed": 5, "errors": 1}}),
        Reply({"status": OK}),
    )
    assert client.inputs.get("i 1").id == "i 1"
    assert (client.inputs.count().processed, server.seen[1].path) == (5, APP + "/inputs/status")
    client.inputs.delete([Input(id="i1"), "i2"])
    assert (server.seen[2].verb, server.seen[2].body) == ("DELETE", {"ids": ["i1", "i2"]})
    assert server.seen[0].path == APP + "/inputs/i%201"


def test_a_dataset_is_created_with_its_inputs(client, server):
    server.says(
        Reply({"status": OK, "datasets": [{"id": "train", "description": "to learn from"}]}),
        Reply({"status": OK, "dataset_inputs": []}),
    )
    dataset = client.datasets.create("train", inputs=["i1", Input(id="i2")], description="to learn from")
    assert dataset.description == "to learn from"
    assert server.seen[0].body == {"datasets": [{"id": "train", "description": "to learn from"}]}
    assert server.seen[1].path == APP + "/datasets/train/inputs"
    assert server.seen[1].body == {"dataset_inputs": [{"input": {"id": "i1"}}, {"input": {"id": "i2"}}]}


def test_a_dataset_without_inputs_needs_one_request(client, server):
    server.says(Reply({"status": OK, "datasets": [{"id": "train"}]}))
    client.datasets.create(Dataset(id="train"))
    assert len(server.seen) == 1


def test_inputs_that_a_dataset_refuses_are_named(client, server):
    bad = {"id": "nope", "status": {"code": 30102, "description": "Input does not exist"}}
    server.default = Reply({"status": MIXED, "dataset_inputs": [{"input": bad}]}, 207)
    with pytest.raises(errors.InvalidRequestError, match="nope: Input does not exist"):
        client.datasets.add_inputs("train", ["nope"])


def test_a_dataset_is_counted_in_one_request(client, server):
    server.says(Reply({"status": OK, "hit_counts": [{"estimated_total": 1797}]}))
    assert client.datasets.count("train") == 1797
    assert server.seen[0].path == APP + "/inputs/searches"
    search = {"query": {"filters": [{"input": {"dataset_ids": ["train"]}}]}}
    assert server.seen[0].body == {"searches": [search], "only_count": True}


def test_datasets_are_listed_found_and_deleted(client, server):
    server.says(
        Reply({"status": OK, "datasets": [{"id": "train"}, {"id": "test"}]}),
        Reply({"status": OK, "dataset": {"id": "train"}}),
        Reply({"status": OK, "dataset_inputs": [{"input": {"id": "i1"}}]}),
        Reply({"status": OK}),
        Reply({"status": OK}),
    )
    assert [one.id for one in client.datasets.list()] == ["train", "test"]
    assert client.datasets.get("train").id == "train"
    assert [one.input.id for one in client.datasets.list_inputs("train")] == ["i1"]
    client.datasets.remove_inputs("train", ["i1"])
    client.datasets.delete("train")
    assert server.seen[3].body == {"input_ids": ["i1"]}
    assert server.seen[4].body == {"dataset_ids": ["train"]}


def test_concepts_are_created_by_name(client, server):
    server.default = echo("concepts")
    for given in (("0", Concept(id="one", name="1")), (["0", Concept(id="one", name="1")],)):
        assert [(one.id, one.name) for one in client.concepts.create(*given)] == [("0", "0"), ("one", "1")]
    assert client.concepts.create() == []
    assert len(server.seen) == 2


def test_concepts_are_searched(client, server):
    server.default = Reply({"status": OK, "concepts": [{"id": "7", "value": 0}]})
    assert [one.id for one in client.concepts.list(search="7")] == ["7"]
    assert server.seen[0].query["id"] == ["7"]


def test_collaborators(client, server):
    server.default = Reply({"status": OK, "collaborators": [{"user": {"id": "ann"}}], "app_owner": {"id": "clara"}})
    assert [one.user.id for one in client.collaborators.list()] == ["ann"]
    client.collaborators.add("ann", User(id="bob"))
    assert server.seen[1].body == {"collaborators": [{"user": {"id": "ann"}}, {"user": {"id": "bob"}}]}
    assert server.seen[1].path == APP + "/collaborators"


def test_users_need_no_app(client, server):
    server.default = Reply({"status": OK, "user": {"id": "clara"}})
    assert client.users.get().id == "clara"
    assert server.seen[0].path == "/v2/users/me"
    client.users.get("a/b")
    assert server.seen[1].path == "/v2/users/a%2Fb"
