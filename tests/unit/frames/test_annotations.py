"""One row a concept, of an input or of a region."""

import pandas as pd

from tasknb import frames


def test_a_concept_is_a_row(annotation):
    frame = frames.annotations_frame([annotation("ann", "i1", {"water": 1.0, "land": 0.0})])
    assert frame["label"].tolist() == ["water", "land"]
    assert frame["value"].tolist() == [1.0, 0.0]
    assert (frame["shape"] == "concept").all()
    assert set(frame["annotation_id"]) == {"ann-i1-30"}
    assert frame.loc[0, "polygon"] == []


def test_a_box_brings_its_edges(annotation):
    row = frames.annotations_frame([annotation("ann", "i1", {"boat": 1.0}, box=(0.1, 0.2, 0.5, 0.6))]).iloc[0]
    assert row[["shape", "left", "top", "right", "bottom"]].tolist() == ["box", 0.1, 0.2, 0.5, 0.6]


def test_a_polygon_brings_its_outline_and_its_bounds(annotation):
    outline = [(0.1, 0.2), (0.5, 0.2), (0.3, 0.9)]
    row = frames.annotations_frame([annotation("ann", "i1", {"boat": 1.0}, polygon=outline)]).iloc[0]
    assert row["polygon"] == [0.1, 0.2, 0.5, 0.2, 0.3, 0.9]
    assert row[["shape", "left", "top", "right", "bottom"]].tolist() == ["polygon", 0.1, 0.2, 0.5, 0.9]


def test_what_says_nothing_is_kept_as_a_row_without_a_label():
    frame = frames.annotations_frame([{"id": "a", "input_id": "i1", "user_id": "ann"}])
    assert frame.loc[0, "worker"] == "ann"
    assert frame.loc[0, ["label", "shape"]].isna().all()


def test_a_region_without_a_concept_is_kept():
    region = {"id": "r", "region_info": {"point": {"row": 0.1, "col": 0.2}}}
    frame = frames.annotations_frame([{"id": "a", "input_id": "i1", "data": {"regions": [region]}}])
    assert frame.loc[0, "shape"] == "point"
    assert pd.isna(frame.loc[0, "label"])
