"""Agreement as frames: by concept, by task, and pair by pair."""

import numpy as np
import pandas as pd
import pytest
from reference_labels import KRIPPENDORFF, observed

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames


@pytest.fixture
def labels():
    return observed(KRIPPENDORFF)


def test_agreement_brings_coverage_and_intervals(labels):
    found = labels.labels.agreement()
    assert found.index.tolist() == ["percent", "fleiss_kappa", "gwet_ac1", "krippendorff_alpha"]
    assert (found["inputs"] == 11).all()
    assert found["coverage"].tolist() == pytest.approx([11 / 12] * 4)
    assert (found["labels"] == 41).all()
    assert (found["workers"] == 4).all()
    assert ((found["low"] < found["value"]) & (found["value"] <= found["high"])).all()
    assert (found["reason"] == "").all()


def test_a_higher_confidence_widens_the_interval(labels):
    wide, narrow = frames.agreement(labels, confidence=0.99), frames.agreement(labels, confidence=0.8)
    assert (wide["low"] < narrow["low"]).all()


def test_single_measures_without_intervals_are_the_same_numbers(labels):
    every = frames.agreement(labels)
    alone = frames.agreement(labels, measures="krippendorff_alpha", confidence=None)
    assert alone.index.tolist() == ["krippendorff_alpha"]
    assert alone[["low", "high"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(
        alone.drop(columns=["low", "high"]), every.loc[alone.index, alone.columns.drop(["low", "high"])]
    )
    plain = frames.agreement(labels, confidence=None)
    assert plain["value"].equals(every["value"])
    assert plain["high"].isna().all()


def test_an_unknown_measure_is_refused(labels):
    with pytest.raises(ValueError, match="no measure 'scott_pi'; there are percent, fleiss_kappa"):
        labels.labels.agreement(measures=["percent", "scott_pi"])


def test_labels_in_any_order_agree_the_same(labels):
    shuffled = labels.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(frames.agreement(shuffled), frames.agreement(labels))
    matrix = frames.kappa_matrix(shuffled).loc[frames.kappa_matrix(labels).index, frames.kappa_matrix(labels).columns]
    pd.testing.assert_frame_equal(matrix, frames.kappa_matrix(labels))


def test_by_label_asks_each_class_against_the_rest(labels):
    by_label = frames.agreement(labels, by="label")
    fives = labels.assign(label=np.where(labels["label"] == "5", "yes", "no"))
    assert by_label.index.get_level_values("label").unique().tolist() == list("12345")
    pd.testing.assert_frame_equal(by_label.loc["5"], frames.agreement(fives))


def test_by_any_column_groups_the_rows(labels):
    both = pd.concat([labels.assign(task_id="t1"), labels.assign(task_id="t2", label="1")])
    found = frames.agreement(both, by="task_id")
    pd.testing.assert_frame_equal(found.loc["t1"], frames.agreement(labels))
    assert found.loc[("t2", "fleiss_kappa"), "reason"].startswith("all labels are the same class")


def test_the_same_input_in_two_tasks_is_two_questions(labels):
    other = labels.assign(label=labels["label"].map(lambda label: f"other-{label}"))
    both = pd.concat([labels.assign(task_id="t1"), other.assign(task_id="t2")])
    assert frames.agreement(both).loc["percent", "value"] == frames.agreement(labels).loc["percent", "value"]


def test_of_two_labels_of_a_worker_the_last_counts(labels):
    again = pd.concat([labels.assign(label="9"), labels])
    pd.testing.assert_frame_equal(frames.agreement(again), frames.agreement(labels))


def test_without_labels_there_is_no_agreement(labels):
    nothing = frames.agreement(labels.iloc[:0])
    assert nothing["value"].isna().all()
    assert (nothing["reason"] == "no input has labels of two workers").all()
    assert len(frames.agreement(labels.iloc[:0], by="label")) == 0


def test_rows_without_a_label_are_left_out(labels):
    pending = pd.DataFrame({"task": ["unit-00"], "worker": ["late"], "label": [None]})
    pd.testing.assert_frame_equal(frames.agreement(pd.concat([labels, pending])), frames.agreement(labels))


def test_an_unknown_level_or_column_is_refused(labels):
    with pytest.raises(ValueError, match="no level 'ratio'; there are nominal"):
        frames.agreement(labels, level="ratio")
    with pytest.raises(ValueError, match="needs the columns task_id"):
        frames.agreement(labels, by="task_id")


def test_cohens_kappa_is_that_of_scikit_learn(labels):
    metrics = pytest.importorskip("sklearn.metrics")
    table = labels.pivot(index="task", columns="worker", values="label")  # noqa: PD010  a check of its own
    pairs = frames.worker_pairs(labels)
    assert len(pairs) == 6
    for row in pairs.itertuples():
        both = table[[row.worker_a, row.worker_b]].dropna()
        assert row.inputs == len(both)
        expected = metrics.cohen_kappa_score(both.iloc[:, 0], both.iloc[:, 1])
        assert row.kappa == pytest.approx(expected, abs=1e-12)
        assert row.agreement == pytest.approx((both.iloc[:, 0] == both.iloc[:, 1]).mean())


def test_cohens_interval_is_the_one_of_his_paper(labels):
    row = frames.worker_pairs(labels).iloc[1]
    chance = (row["agreement"] - row["kappa"]) / (1 - row["kappa"])
    error = np.sqrt(row["agreement"] * (1 - row["agreement"]) / row["inputs"]) / (1 - chance)
    assert row["high"] - row["kappa"] == pytest.approx(1.959964 * error, rel=1e-6)


def test_pairs_that_share_nothing_or_say_one_thing_are_undefined_and_say_why():
    labels = pd.DataFrame({"task": [1, 1, 2], "worker": ["ann", "bob", "cleo"], "label": ["a", "a", "b"]})
    pairs = labels.labels.worker_pairs()
    assert pairs["kappa"].isna().all()
    assert pairs["reason"].tolist() == [
        "both always say the same class, so that chance alone would agree fully",
        "no input in common",
        "no input in common",
    ]


def test_the_matrix_is_symmetric_with_ones_on_the_diagonal(labels):
    matrix = labels.labels.kappa_matrix()
    assert (np.diag(matrix) == 1).all()
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix.index.tolist() == matrix.columns.tolist() == [f"observer-{number}" for number in range(4)]


def test_one_worker_alone_has_no_pairs():
    labels = pd.DataFrame({"task": [1, 2], "worker": "ann", "label": ["a", "b"]})
    assert len(frames.worker_pairs(labels)) == 0
    assert frames.kappa_matrix(labels).shape == (1, 1)
