"""Boxes and polygons, matched by overlap."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from tasknb import frames

SQUARE = (0.0, 0.0, 0.4, 0.4)


@pytest.fixture
def regions(annotation):
    """Makes a frame of annotations from (worker, input, concept, box) with one annotation each."""

    def make(*rows):
        made = [
            annotation(worker, task, {label: 1.0} if label else {}, seconds=at, box=box)
            for at, (worker, task, label, box) in enumerate(rows)
        ]
        return frames.annotations_frame(made)

    return make


def test_boxes_are_matched_by_overlap(regions):
    frame = regions(
        ("ann", "i1", "boat", SQUARE),
        ("ann", "i1", "boat", (0.6, 0.6, 0.9, 0.9)),
        ("bob", "i1", "boat", (0.0, 0.0, 0.4, 0.3)),  # three quarters of ann's first
        ("bob", "i1", "buoy", (0.6, 0.6, 0.9, 0.9)),  # the right place, another concept
    )
    row = frame.labels.region_agreement().loc[("ann", "bob")]
    assert row[["regions_a", "regions_b", "matched", "inputs"]].tolist() == [2, 2, 1, 1]
    assert row["f1"] == pytest.approx(0.5)
    assert row["overlap"] == pytest.approx(0.75)


def test_the_matching_is_the_best_and_not_the_first(regions):
    """Taken greedily, ann's first box would take bob's first, and leave nothing for her second."""
    frame = regions(
        ("ann", "i1", "boat", (0.0, 0.0, 0.4, 1.0)),
        ("ann", "i1", "boat", (0.1, 0.0, 0.6, 1.0)),
        ("bob", "i1", "boat", (0.05, 0.0, 0.45, 1.0)),
        ("bob", "i1", "boat", (0.0, 0.0, 0.25, 1.0)),
    )
    assert frames.region_agreement(frame).loc[("ann", "bob"), "matched"] == 2


def test_a_higher_bar_leaves_fewer_matches(regions):
    frame = regions(("ann", "i1", "boat", SQUARE), ("bob", "i1", "boat", (0.0, 0.0, 0.4, 0.3)))
    assert frames.region_agreement(frame, min_overlap=0.8).loc[("ann", "bob"), "f1"] == 0


def test_polygons_are_compared_by_their_exact_area(annotation):
    triangle = [(0.0, 0.0), (0.4, 0.0), (0.0, 0.4)]
    frame = frames.annotations_frame(
        [
            annotation("ann", "i1", {"boat": 1.0}, polygon=triangle),
            annotation("bob", "i1", {"boat": 1.0}, box=SQUARE),
        ]
    )
    assert frames.region_agreement(frame).loc[("ann", "bob"), "overlap"] == pytest.approx(0.5)


def test_finding_nothing_counts_against_who_found_something(regions):
    frame = regions(
        ("ann", "i1", "boat", SQUARE),
        ("bob", "i1", "boat", SQUARE),
        ("ann", "i2", "boat", SQUARE),
        ("bob", "i2", "", None),
        ("ann", "i3", "boat", SQUARE),  # bob has not annotated it: not compared
    )
    row = frames.region_agreement(frame).loc[("ann", "bob")]
    assert row[["inputs", "regions_a", "regions_b"]].tolist() == [2, 2, 1]
    assert row["f1"] == pytest.approx(2 / 3)
    assert row["low"] < row["f1"] < row["high"]


def test_by_label_adds_up_all_pairs(regions):
    rows = [(worker, "i1", "boat", SQUARE) for worker in ("ann", "bob", "cleo")]
    frame = regions(*rows, ("ann", "i1", "buoy", (0.5, 0.5, 0.7, 0.7)))
    found = frame.labels.region_agreement(by="label")
    assert found.index.tolist() == ["boat", "buoy"]
    assert found["f1"].tolist() == [1.0, 0.0]


def test_both_finding_nothing_is_undefined_and_says_why(regions):
    found = frames.region_agreement(regions(("ann", "i1", "", None), ("bob", "i1", "", None)))
    assert np.isnan(found.loc[("ann", "bob"), "f1"])
    assert found.loc[("ann", "bob"), "reason"] == "neither has found a box or polygon"


@pytest.mark.parametrize("by", ["pair", "label"])
def test_one_worker_alone_has_no_pairs(regions, by):
    frame = regions(("ann", "i1", "boat", SQUARE))
    found = frames.region_agreement(frame, by=by)
    assert len(found) == 0
    assert list(found.columns) == frames.columns("region_agreement").index.tolist()
    assert isinstance(found, pd.DataFrame)


def test_an_unknown_by_is_refused(regions):
    with pytest.raises(ValueError, match="no by='worker'; there are pair, label and all"):
        frames.region_agreement(regions(("ann", "i1", "boat", SQUARE)), by="worker")


@pytest.mark.parametrize("seed", range(4))
def test_crowded_boxes_are_matched_as_well_as_trying_everything_does(seed):
    """Up to four boxes of each of two workers on each of eight inputs, most of which overlap with several others."""
    generator = np.random.default_rng(seed)
    rows = [(task, worker) for task in range(8) for worker in ("ann", "bob") for _ in range(generator.integers(1, 5))]
    frame = pd.DataFrame(rows, columns=["task", "worker"]).assign(label="boat", shape="box", polygon=[[]] * len(rows))
    frame[["left", "top"]] = generator.uniform(0, 0.3, (len(rows), 2))
    frame[["right", "bottom"]] = frame[["left", "top"]].to_numpy() + generator.uniform(0.3, 0.6, (len(rows), 2))
    expected = 0.0
    for _, group in frame.groupby("task"):
        ours, theirs = (list(group[group["worker"] == name].itertuples()) for name in ("ann", "bob"))
        table = np.array([[iou(one, other) for other in theirs] for one in ours])
        table[table < 0.3] = 0
        small, large = sorted(table.shape)
        wide = table if table.shape[1] == large else table.T
        expected += max(wide[range(small), list(columns)].sum() for columns in permutations(range(large), small))
    found = frames.region_agreement(frame, min_overlap=0.3).loc[("ann", "bob")]
    assert found["overlap"] * found["matched"] == pytest.approx(expected)


def iou(one, other):
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    common = max(width, 0) * max(height, 0)
    areas = [(box.right - box.left) * (box.bottom - box.top) for box in (one, other)]
    return common / (sum(areas) - common)
