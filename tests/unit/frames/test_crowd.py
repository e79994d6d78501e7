"""Consensus labels and trust, against Dawid and Skene's paper and the model written out."""

import numpy as np
import pandas as pd
import pytest
from reference_labels import DAWID_SKENE, assessed

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames
from tasknb.frames.coded import code
from tasknb.frames.em import fit


@pytest.fixture(scope="module")
def patients():
    return assessed(DAWID_SKENE)


@pytest.fixture(scope="module")
def simulated():
    """Workers w0 to w9 of rising skill label 1,500 inputs of four classes, three labels each, and the truth."""
    generator = np.random.default_rng(7)
    truth = pd.Series(generator.integers(0, 4, 1500), index=[f"i{number:04}" for number in range(1500)])
    skill = np.linspace(0.35, 0.95, 10)
    rows = []
    for task, right in truth.items():
        for worker in generator.choice(10, 3, replace=False):
            said = right if generator.random() < skill[worker] else (right + generator.integers(1, 4)) % 4
            rows.append((task, f"w{worker}", f"c{said}"))
    labels = pd.DataFrame(rows, columns=["task", "worker", "label"])
    return labels, truth.map("c{}".format), pd.Series(skill, [f"w{number}" for number in range(10)])


def test_dawid_and_skenes_published_fit(patients):
    found = frames.aggregate(patients, "dawid_skene", iterations=1000, tolerance=1e-9)
    assert found.converged
    assert found.posterior.mean().round(2).tolist() == [0.40, 0.42, 0.11, 0.07]
    first = found.confusion.loc["observer-1"].round(2)
    assert first.loc["1"].tolist() == [0.89, 0.11, 0, 0]
    assert first.loc["2"].tolist() == [0.07, 0.88, 0.05, 0]
    assert found.labels.loc["patient-03", "label"] == "2"


def test_probabilities_sum_to_one(patients):
    for method in ("majority", "one_coin", "dawid_skene"):
        found = frames.aggregate(patients, method)
        np.testing.assert_allclose(found.posterior.sum(axis=1), 1)
        np.testing.assert_allclose(found.confusion.sum(axis=1), 1)
        assert found.labels["entropy"].between(0, 2).all()
        assert found.workers["labels"].tolist() == [135, 45, 45, 45, 45]


@pytest.mark.parametrize("one_coin", [False, True])
def test_the_likelihood_never_falls(simulated, one_coin):
    history = fit(code(simulated[0], "this test"), one_coin=one_coin, iterations=40, tolerance=0).log_likelihood
    assert len(history) == 40
    assert (np.diff(history) > -1e-6).all()


def one_round(labels, posterior, *, one_coin):
    """One round of the paper's equations 2.3 to 2.5, written out label by label."""
    workers, classes = sorted(set(labels["worker"])), list(posterior.columns)
    together = {(worker, k, said): 1e-10 for worker in workers for k in classes for said in classes}
    for row in labels.itertuples():
        for k in classes:
            together[row.worker, k, row.label] += posterior.loc[row.task, k]
    rates = {}
    for worker in workers:
        total = {k: sum(together[worker, k, said] for said in classes) for k in classes}
        right = sum(together[worker, k, k] for k in classes) / sum(total.values())
        for k in classes:
            for said in classes:
                wrong = (1 - right) / (len(classes) - 1)
                coin = right if k == said else wrong
                rates[worker, k, said] = coin if one_coin else together[worker, k, said] / total[k]
    prior = posterior.mean()
    result = pd.DataFrame(0.0, index=posterior.index, columns=classes)
    for task, group in labels.groupby("task"):
        for k in classes:
            result.loc[task, k] = prior[k] * np.prod([rates[row.worker, k, row.label] for row in group.itertuples()])
    return result.div(result.sum(axis=1), axis=0)


@pytest.mark.parametrize("method", ["one_coin", "dawid_skene"])
def test_a_fit_is_the_papers_equations(simulated, method):
    labels = simulated[0].head(240)
    expected = frames.aggregate(labels, "majority").posterior
    for _ in range(3):
        expected = one_round(labels, expected, one_coin=method == "one_coin")
    found = frames.aggregate(labels, method, iterations=3, tolerance=0).posterior
    pd.testing.assert_frame_equal(found, expected, check_names=False, check_column_type=False, atol=1e-7)


def test_skills_are_recovered_and_beat_the_majority(simulated):
    labels, truth, skill = simulated
    found = frames.aggregate(labels, "one_coin")
    assert (found.workers["skill"] - skill).abs().max() < 0.1
    right = {
        method: (frames.consensus(labels, method)["label"].astype("str") == truth).mean()
        for method in ("majority", "one_coin", "dawid_skene")
    }
    assert right["one_coin"] > right["majority"] + 0.03
    assert right["dawid_skene"] > right["majority"] + 0.03


def test_ties_have_no_label_and_say_so():
    labels = pd.DataFrame({"task": [1, 1, 2, 2, 2], "worker": [1, 2, 1, 2, 3], "label": list("abaab")})
    found = labels.labels.consensus()
    assert found["tied"].tolist() == [True, False]
    assert pd.isna(found.loc[1, "label"])
    assert found.loc[1, ["probability", "entropy", "votes"]].tolist() == [0.5, 1.0, 2]
    assert found.loc[2, "label"] == "a"


@pytest.mark.parametrize("method", ["majority", "one_coin", "dawid_skene"])
def test_degenerate_labels_do_no_harm(method):
    columns = ["task", "worker", "label"]
    empty = frames.consensus(pd.DataFrame(columns=columns), method)
    assert list(empty.columns) == ["label", "probability", "entropy", "votes", "tied"]
    assert len(empty) == 0
    one = frames.consensus(pd.DataFrame([["i", "ann", "a"]], columns=columns), method)
    assert one.loc["i", ["label", "probability", "entropy", "tied"]].tolist() == ["a", 1.0, 0.0, False]
    missing = pd.DataFrame([["i", "ann", None]], columns=columns)
    assert len(frames.consensus(missing, method)) == 0


def test_a_model_is_one_worker_more(simulated):
    labels, truth, _ = simulated
    model = pd.DataFrame({"task": truth.index, "worker": "model", "label": truth.to_numpy(), "kind": "model"})
    found = frames.aggregate(pd.concat([labels, model]), "dawid_skene")
    assert found.workers["skill"].idxmax() == "model"


def test_several_tasks_keep_their_inputs_apart():
    labels = pd.DataFrame({"task": ["i", "i"], "worker": ["ann", "ann"], "label": ["a", "b"], "task_id": ["t1", "t2"]})
    found = frames.consensus(labels)
    assert found.index.names == ["task_id", "task"]
    assert found["label"].tolist() == ["a", "b"]


def test_gold_agreement_counts_where_the_truth_is_known(simulated):
    labels, truth, _ = simulated
    found = labels.labels.gold_agreement(truth.head(200))
    known = labels[labels["task"].isin(truth.index[:200])]
    right = known["label"] == known["task"].map(truth)
    expected = right.groupby(known["worker"]).mean()
    pd.testing.assert_series_equal(found["accuracy"], expected, check_names=False, check_index_type=False)
    assert ((found["low"] < found["accuracy"]) & (found["accuracy"] <= found["high"])).all()
    assert found["inputs"].sum() == len(known)


def test_wilsons_interval_is_that_of_statsmodels():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    labels = pd.DataFrame({"task": range(20), "worker": "ann", "label": ["a"] * 17 + ["b"] * 3})
    found = frames.gold_agreement(labels, dict.fromkeys(range(20), "a")).loc["ann"]
    expected = proportion.proportion_confint(17, 20, method="wilson")
    assert (found["low"], found["high"]) == pytest.approx(expected)


def test_confusion_counts_what_workers_say(simulated):
    labels, truth, _ = simulated
    metrics = pytest.importorskip("sklearn.metrics")
    found = labels.labels.confusion(truth)
    mine = labels[labels["worker"] == "w3"]
    expected = metrics.confusion_matrix(mine["task"].map(truth), mine["label"])
    np.testing.assert_array_equal(found.loc["w3"], expected)
    assert labels.labels.confusion().to_numpy().sum() < len(labels)  # ties have no truth


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="no method 'glad'; there are majority, one_coin, dawid_skene"):
        frames.aggregate(pd.DataFrame(columns=["task", "worker", "label"]), "glad")
