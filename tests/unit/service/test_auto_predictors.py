"""Asking models: functions, chains of them, and videos frame by frame."""

from __future__ import annotations

import builtins

import numpy as np
import pytest
from auto_samples import SHADES, brightness, png, region, seen, seen_image, seen_text, video

from tasknb.errors import MissingExtraError
from tasknb.messages.data import Concept, Data, Image, Region, RegionInfo, Span, Video
from tasknb.messages.people import Model, NodeInput, Workflow, WorkflowNode
from tasknb.service.auto.pixels import MediaError, decode_image, mask_outlines
from tasknb.service.auto.predictors import FunctionModel, ModelFailure, look_at
from tasknb.service.auto.registry import ModelError, Registry, chain_of
from tasknb.service.auto.video import sample_frames


def model(function, model_id="m"):
    return FunctionModel(model_id, "v", function)


def without(monkeypatch, library):
    """As if a library were not installed."""
    real = builtins.__import__

    def fake(name, *args, **kwargs):
        if name.split(".")[0] == library:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fake)


def test_a_mapping_is_short_for_concepts():
    [data] = model(lambda batch: [{"cat": np.float32(0.5)} for _ in batch]).predict([seen_image()])
    assert data == Data(concepts=[Concept(id="cat", value=0.5)])
    assert type(data.concepts[0].value) is float


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda batch: [], "returned 0 predictions for 2 inputs ('a' … 'b' (2 inputs))"),
        (lambda batch: ["cat", "dog"], "no valid prediction for 'a': expected a Data message"),
        (lambda batch: [{"cat": float("nan")}] * 2, "the value of concept 'cat' is nan; a value lies between 0 and 1"),
        (lambda batch: 1 / 0, "failed on 'a' … 'b' (2 inputs): ZeroDivisionError"),
        (lambda batch: None, "failed on 'a' … 'b' (2 inputs): TypeError"),
    ],
)
def test_what_a_model_does_wrong_is_said(function, said):
    with pytest.raises(ModelFailure) as caught:
        model(function).predict([seen_image("a"), seen_image("b")])
    assert str(caught.value).startswith("model 'm' ")
    assert said in str(caught.value)


def test_an_input_that_cannot_be_shown_is_named():
    inputs = [seen_image("good"), seen(Data(image=Image()), "bad", b"no image")]
    with pytest.raises(MediaError, match="'bad' cannot be shown: its bytes are no image"):
        model(brightness).predict(inputs)
    with pytest.raises(MediaError, match="'empty' cannot be shown: it holds no bytes and no URL"):
        model(brightness).predict([seen(Data(image=Image()), "empty")])
    with pytest.raises(MediaError, match="none of http:// or https://"):
        model(brightness).predict([seen(Data(image=Image(url="file:///etc/passwd")))])


def test_the_others_are_looked_at_without_those_that_cannot_be_read():
    images = [
        seen(Data(image=Image()), name, b"no image" if "bad" in name else png()) for name in ("bad1", "a", "bad2")
    ]
    films = [seen(Data(video=Video()), name, content) for name, content in (("bad3", video()[:300]), ("film", video()))]
    found = list(look_at(model(brightness), [*films, *images]))
    said = {index: one for index, _, one in found}
    assert [str(said[index])[:6] for index in (0, 2, 4)] == ["'bad3'", "'bad1'", "'bad2'"]
    assert [index for index, _, one in found if isinstance(one, Data)] == [3, 1, 1, 1]


def test_an_error_about_another_input_is_the_models_own():
    def confused(batch):
        raise MediaError("lost", "elsewhere")

    with pytest.raises(ModelFailure, match="failed on 'one': MediaError: 'elsewhere' cannot be shown: lost"):
        list(look_at(model(confused), [seen_image()]))


def test_a_damaged_image_is_no_crash():
    with pytest.raises(MediaError, match="damaged"):
        decode_image(png(size=(200, 200))[:200])


def test_text_and_pixels_are_read_when_asked_for():
    reads = []
    data = Data(image=Image())
    from tasknb.messages.data import Input
    from tasknb.service.auto.inputs import stored

    one = stored(Input(id="x", data=data), lambda: reads.append(1) or png())
    assert reads == []
    assert one.image.shape == (8, 8, 3)
    assert one.image is one.image
    assert reads == [1]
    assert seen_text("hello").text == "hello"


def test_a_chain_shows_each_region_by_itself():
    registry = Registry()
    registry.add_model("halves", lambda batch: [Data(regions=[region(), region(box=(0, 0.5, 1, 1))]) for _ in batch])
    registry.add_model("bright", brightness)
    registry.add_workflow(chain_of("both", "halves", "bright"))
    picture = np.full((8, 8, 3), 255, dtype=np.uint8)
    picture[:, 4:] = 51
    from tasknb.service.auto.pixels import encode_png

    [data] = registry.workflow("both").predict([seen_image(content=encode_png(picture))])
    assert [one.data.concepts for one in data.regions] == [
        [Concept(id="bright", value=1.0)],
        [Concept(id="bright", value=0.2)],
    ]
    assert data.concepts == []


def test_a_chain_without_regions_hands_on_what_was_said():
    registry = Registry()
    registry.add_model("first", lambda batch: [{"a": 0.25} for _ in batch])
    registry.add_model("twice", lambda batch: [{"b": 2 * one.previous.concepts[0].value} for one in batch])
    registry.add_workflow(chain_of("w", "first", "twice"))
    assert registry.workflow("w").predict([seen_text("x")]) == [Data(concepts=[Concept(id="b", value=0.5)])]


def test_stretches_of_text_are_handed_on():
    registry = Registry()
    spans = [Region(region_info=RegionInfo(span=Span(char_start=0, char_end=5)))]
    registry.add_model("words", lambda batch: [Data(regions=spans) for _ in batch])
    registry.add_model("length", lambda batch: [{one.text: len(one.text) / 10} for one in batch])
    registry.add_workflow(chain_of("w", "words", "length"))
    [data] = registry.workflow("w").predict([seen_text("hello world")])
    assert data.regions[0].data.concepts == [Concept(id="hello", value=0.5)]


def test_the_last_nodes_of_a_fork_are_merged():
    registry = Registry()
    for name in ("a", "b", "c"):
        registry.add_model(name, lambda batch, name=name: [{name: 1.0} for _ in batch])
    after_a = [NodeInput(node_id="a")]
    nodes = [
        WorkflowNode(id="c", model=Model(id="c"), node_inputs=after_a),
        WorkflowNode(id="b", model=Model(id="b"), node_inputs=after_a),
        WorkflowNode(id="a", model=Model(id="a")),
    ]
    registry.add_workflow(Workflow(id="fork", nodes=nodes))
    [data] = registry.workflow("fork").predict([seen_text("x")])
    assert sorted(one.id for one in data.concepts) == ["b", "c"]
    assert list(registry.workflow("fork").trace([seen_text("x")])) == ["a", "c", "b"]


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([], "at least one node"),
        ([WorkflowNode(id="n", model=Model(id="stranger"))], "names the model 'stranger', which is not registered"),
        ([WorkflowNode(id="n", model=Model(id="m"), node_inputs=[NodeInput(node_id="x")])], "no node 'x'"),
        ([WorkflowNode(id="n", model=Model(id="m"), node_inputs=[NodeInput(node_id="n")])], "go in a circle"),
        ([WorkflowNode(id="n", model=Model(id="m"))] * 2, "an id of its own"),
    ],
)
def test_a_workflow_that_is_no_chain_is_refused(nodes, said):
    registry = Registry()
    registry.add_model("m", brightness)
    with pytest.raises(ModelError, match=said):
        registry.add_workflow(Workflow(id="w", nodes=nodes))


def test_the_version_registered_last_is_the_present_one():
    registry = Registry()
    registry.add_model("m", brightness, "1")
    registry.add_model("m", brightness, "2")
    assert registry.model("m").version_id == "2"
    assert registry.model("m", "1").version_id == "1"
    assert registry.model("m", "3") is None
    registry.add_model("m", brightness, "1")
    assert registry.model("m").version_id == "1"
    registry.add_model("other", brightness)
    assert len(registry.model("other").version_id) == 32
    assert [one.id for one in registry.describe_models()] == ["m", "other"]


def test_a_model_is_named_by_its_place():
    registry = Registry()
    registry.add_model("digits", "tasknb.demo:digit_model")
    from tasknb.demo import digit_model

    assert registry.model("digits").function is digit_model


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("digit_model", "Write package.module:function"),
        ("no_such_package.models:f", "cannot be imported"),
        ("tasknb.demo:stranger", "has no 'stranger'"),
        ("tasknb.demo:WORKERS", "a model is a function"),
    ],
)
def test_a_place_without_a_function_is_refused(place, said):
    with pytest.raises(ModelError, match=said):
        Registry().add_model("m", place)


def test_packages_offer_models_as_entry_points(monkeypatch, tmp_path):
    info = tmp_path / "offering-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: offering\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tasknb.models]\nlength = offering_models:length\n")
    (tmp_path / "offering_models.py").write_text("def length(batch):\n    return [{'long': 1.0} for _ in batch]\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = Registry()
    assert [one.id for one in registry.describe_models()] == ["length"]
    assert registry.model("length").predict([seen_text("x")]) == [Data(concepts=[Concept(id="long", value=1.0)])]
    assert registry.model("width") is None


@pytest.mark.parametrize(("every_ms", "times"), [(1000, [0, 1000, 2000]), (500, [0, 500, 1000, 1500, 2000, 2500])])
def test_a_video_is_sampled_by_time(every_ms, times):
    frames = list(sample_frames(video(), every_ms))
    assert [frame.time_ms for frame in frames] == times
    assert [frame.number for frame in frames] == [time // 100 for time in times]
    for frame in frames:
        assert frame.pixels.shape == (48, 64, 3)
        assert abs(float(frame.pixels.mean()) - SHADES[frame.time_ms // 1000]) < 10


def test_finer_than_the_frames_gives_each_once():
    assert [frame.number for frame in sample_frames(video(seconds=1), 7)] == list(range(10))


@pytest.mark.parametrize("content", [b"no video", video()[:300], png()[:20]])
def test_what_is_no_video_is_said_to_be_none(content):
    with pytest.raises(MediaError, match=r"cannot be decoded|no moving picture"):
        list(sample_frames(content))


def test_models_see_videos_frame_by_frame_and_the_rest_in_one_batch():
    sizes = []

    def watching(batch):
        sizes.append([(one.id, one.time_ms) for one in batch])
        return brightness(batch)

    inputs = [seen_image("a"), seen(Data(video=Video()), "film", video()), seen_image("b")]
    found = list(look_at(model(watching), inputs, sample_ms=1000))
    assert sizes == [[("a", None), ("b", None)], [("film", 0), ("film", 1000), ("film", 2000)]]
    assert [(index, info.time if info else None) for index, info, _ in found] == [
        (0, None),
        (2, None),
        (1, 0),
        (1, 1000),
        (1, 2000),
    ]


def test_without_its_decoder_a_video_says_what_to_install(monkeypatch):
    content = video()
    without(monkeypatch, "av")
    with pytest.raises(MissingExtraError, match=r"pip install 'tasknb\[video\]'"):
        list(sample_frames(content))
    with pytest.raises(ModelFailure, match=r"failed on 'film'.*pip install 'tasknb\[video\]'"):
        list(look_at(model(brightness), [seen(Data(video=Video()), "film", content)]))


def test_the_runs_of_a_mask_are_its_outlines():
    picture = np.zeros((2, 4, 3), dtype=np.uint8)
    picture[0, 1:3] = 255
    picture[1, 0] = picture[1, 3] = 255
    from tasknb.service.auto.pixels import encode_png

    outlines = mask_outlines(encode_png(picture))
    assert [(one[0], one[2]) for one in outlines] == [
        ((0.25, 0.0), (0.75, 0.5)),
        ((0.0, 0.5), (0.25, 1.0)),
        ((0.75, 0.5), (1.0, 1.0)),
    ]
