"""The official high-level SDK, unchanged, against `tasknb serve`: inputs, datasets, annotations, searches."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from clarifai.client.app import App
from clarifai.client.dataset import Dataset
from clarifai.client.input import Inputs
from clarifai.client.search import Search
from clarifai_grpc.grpc.api.status import status_code_pb2 as codes
from PIL import Image

RUN = "import sys; from tasknb.cli import main; sys.exit(main(sys.argv[1:]))"
KEY = "the-key-of-the-tests"


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    """What every class of the SDK is given: a key, an app, and where the service speaks gRPC."""
    folder = tmp_path_factory.mktemp("sdk")
    options = ("--db", str(folder / "labels.db"), "--port", "0", "--grpc-port", "0", "--key", KEY)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "serve", *options, "--user-id", "owner", "--app-id", "birds"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = re.search(r"gRPC at (\S+)", process.stdout.readline())[1]
        yield {"user_id": "owner", "app_id": "birds", "pat": KEY, "base_url": f"http://{address}"}
    finally:
        process.terminate()
        process.communicate()


def picture(colour):
    buffer = io.BytesIO()
    Image.new("RGB", (31, 17), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def app(account):
    """The app with two concepts and nothing else."""
    app = App(**account)
    if not list(app.list_concepts()):
        app.create_concepts(["cat", "dog"])
    yield app
    if left := list(app.inputs().list_inputs()):
        app.inputs().delete_inputs(left)
    for dataset in list(app.list_datasets()):
        app.delete_dataset(dataset.id)


@pytest.fixture
def inputs(account, app):
    """Two pictures and two texts, of which one of each is in the dataset `half`."""
    app.create_dataset("half")
    inputs = Inputs(**account)
    for number, colour in enumerate(("red", "blue")):
        named = {"dataset_id": "half"} if number == 0 else {}
        _, answer = inputs.upload_from_bytes(f"image-{number}", image_bytes=picture(colour), **named)
        assert answer.status.code == codes.SUCCESS, answer
        _, answer = inputs.upload_text(f"text-{number}", f"This is {colour}.", **named)
        assert answer.status.code == codes.SUCCESS, answer
    return inputs


def ids(some):
    return [one.id for one in some]


def test_inputs_are_uploaded_listed_counted_and_deleted(app, inputs):
    assert ids(inputs.list_inputs()) == ["image-0", "text-0", "image-1", "text-1"]
    assert ids(inputs.list_inputs(input_type="text")) == ["text-0", "text-1"]
    assert ids(inputs.list_inputs(page_no=2, per_page=3)) == ["text-1"]
    assert inputs.get_input("image-0").data.image.image_info.width == 31
    assert app.get_input_count() == 4
    inputs.delete_inputs([inputs.get_input("text-0")])
    assert app.get_input_count() == 3


def test_a_folder_is_uploaded_and_its_jobs_are_followed_to_their_end(account, inputs, tmp_path, monkeypatch):
    for number in range(3):
        (tmp_path / f"word-{number}.txt").write_text("word")
    asked = []
    wait = Inputs._wait_for_inputs
    monkeypatch.setattr(Inputs, "_wait_for_inputs", lambda self, job: asked.append(wait(self, job)))
    Dataset(dataset_id="half", **account).upload_from_folder(str(tmp_path), input_type="text", batch_size=2)
    assert sorted(one for one in ids(inputs.list_inputs()) if one.startswith("word")) == ["word-0", "word-1", "word-2"]
    assert asked == [True, True]


def test_datasets_hold_what_was_uploaded_into_them(account, app, inputs):
    dataset = Dataset(dataset_id="half", **account)
    assert ids(dataset.list_inputs()) == ["image-0", "text-0"]
    assert ids(app.list_datasets()) == ["half"]
    app.patch_dataset("half", description="one of each")
    assert [one.description for one in app.list_datasets()] == ["one of each"]
    app.delete_dataset("half")
    assert not list(app.list_datasets())
    assert app.get_input_count() == 4


def test_a_folder_is_uploaded_in_batches(account, app, tmp_path):
    for colour in ("red", "green", "blue"):
        (tmp_path / f"{colour}.png").write_bytes(picture(colour))
    app.create_dataset("folder")
    Dataset(dataset_id="folder", **account).upload_from_folder(str(tmp_path), "image")
    assert sorted(ids(Dataset(dataset_id="folder", **account).list_inputs())) == ["blue", "green", "red"]


def test_annotations_are_made_listed_changed_and_deleted(inputs):
    box = Inputs.get_bbox_proto("image-0", "cat", [0.1, 0.2, 0.5, 0.6], annot_id="box")
    assert inputs.upload_annotations([box]) == []
    [listed] = inputs.list_annotations(batch_input=[inputs.get_input("image-0")])
    assert listed.id == "box"
    assert listed.data.regions[0].region_info.bounding_box.right_col == pytest.approx(0.5)
    assert listed.data.regions[0].data.concepts[0].id == "cat"
    moved = Inputs.get_bbox_proto("image-0", "dog", [0.1, 0.2, 0.9, 0.6], annot_id="box")
    inputs.patch_annotations([moved], action="overwrite")
    [changed] = inputs.list_annotations()
    assert changed.data.regions[0].data.concepts[0].id == "dog"
    inputs.delete_annotations(["image-0"], ["box"])
    assert not list(inputs.list_annotations())


def test_inputs_are_searched_by_filters(account, inputs):
    assert inputs.upload_annotations([Inputs.get_bbox_proto("image-1", "cat", [0.1, 0.2, 0.5, 0.6])]) == []

    def found(**wanted):
        pages = Search(**account, pagination=True, metric="euclidean").query(filters=[wanted])
        return [hit.input.id for page in pages for hit in page.hits]

    assert found(input_types=["image"]) == ["image-0", "image-1"]
    assert found(input_types=["image", "text"], input_dataset_ids=["half"]) == ["image-0", "text-0"]
    assert found(concepts=[{"id": "cat", "value": 1}]) == ["image-1"]


def test_what_is_not_offered_is_said(account, inputs):
    likeness = Search(**account, top_k=2, metric="euclidean").query(ranks=[{"text_raw": "blue"}])
    with pytest.raises(Exception, match="does not offer ranking"):
        next(likeness)
