"""What is handed on loads in the libraries it is for."""

import json

import numpy as np
import pandas as pd
import pytest
from reference_labels import KRIPPENDORFF, observed

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames


@pytest.fixture
def labels():
    return observed(KRIPPENDORFF)


@pytest.fixture
def regions(annotation):
    return frames.annotations_frame(
        [
            annotation("ann", "lake", {"boat": 1.0}, box=(0.1, 0.2, 0.5, 0.6)),
            annotation("bob", "lake", {"shore": 1.0}, polygon=[(0.0, 0.0), (0.5, 0.0), (0.5, 0.5)]),
            annotation("bob", "sea", {"boat": 1.0}, box=(0.0, 0.0, 1.0, 1.0)),
            annotation("cleo", "sea", {"calm": 1.0}),
        ]
    )


def test_crowdkit_gets_three_columns_of_text(labels):
    pending = pd.concat([labels, pd.DataFrame([["x", "y", None]], columns=labels.columns)])
    found = pending.labels.to_crowdkit()
    assert list(found.columns) == ["task", "worker", "label"]
    pd.testing.assert_frame_equal(found, labels.astype("str"))


def test_several_tasks_stay_apart_for_crowdkit(labels):
    both = pd.concat([labels.assign(task_id="t1"), labels.assign(task_id="t2")])
    assert frames.to_crowdkit(both)["task"].nunique() == 24
    assert frames.to_crowdkit(both)["task"].iloc[0] == "t1/unit-00"


def test_cleanlab_reads_the_table(labels):
    multiannotator = pytest.importorskip("cleanlab.multiannotator")
    table, classes = labels.labels.to_cleanlab()
    assert table.shape == (12, 4)
    assert classes == list("12345")
    found = multiannotator.get_majority_vote_label(table)
    ours = labels.labels.consensus()["label"].dropna()
    theirs = pd.Series([classes[int(code)] for code in found], index=table.index)
    assert (theirs.loc[ours.index] == ours.astype("str")).all()


def test_coco_loads_and_masks_have_the_area(regions, tmp_path):
    coco = pytest.importorskip("pycocotools.coco")
    found = regions.labels.to_coco({"lake": (200, 100), "sea": (64, 64)})
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(found))
    loaded = coco.COCO(str(path))
    assert {one["name"] for one in loaded.loadCats(loaded.getCatIds())} == {"boat", "shore"}
    box, polygon, whole = loaded.loadAnns(loaded.getAnnIds())
    assert box["bbox"] == pytest.approx([20, 20, 80, 40])
    assert box["area"] == pytest.approx(3200)
    assert polygon["area"] == pytest.approx(2500)
    assert loaded.annToMask(polygon).sum() == pytest.approx(2500, rel=0.05)
    assert whole["worker"] == "bob"


def test_coco_needs_the_sizes(regions):
    with pytest.raises(ValueError, match="needs the size of every input; sea have none"):
        frames.to_coco(regions, {"lake": (200, 100)})


def test_hugging_face_reads_the_columns(regions):
    datasets = pytest.importorskip("datasets")
    loaded = datasets.Dataset.from_dict(frames.to_columns(regions))
    assert loaded.num_rows == 4
    assert loaded["label"][:] == ["boat", "shore", "boat", "calm"]
    assert loaded["polygon"][1] == [0.0, 0.0, 0.5, 0.0, 0.5, 0.5]
    assert loaded["created_at"][0].endswith("Z")


def test_columns_hold_plain_values(regions):
    found = frames.to_columns(regions)
    assert json.loads(json.dumps(found)) == found
    assert found["left"][3] is None


def test_csv_brings_back_what_was_said(assignment, annotation, tmp_path):
    said = [annotation("ann", "i1", {'a "quoted", odd\nname': 1.0})]
    labels = frames.labels_frame(
        said, [assignment("ann", "i1", "SUCCESS"), assignment("ann", "i2", "PENDING")], task_id="t1"
    )
    labels.labels.to_csv(tmp_path / "labels.csv")
    again = pd.read_csv(tmp_path / "labels.csv", parse_dates=["created_at", "submitted_at"])
    assert again["label"].tolist()[0] == labels["label"].tolist()[0]
    assert again["submitted_at"].iloc[0] == labels["submitted_at"].iloc[0]
    assert again["label"].isna().tolist() == [False, True]
    assert np.isnan(again["value"].iloc[1])
