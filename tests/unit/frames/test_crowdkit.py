"""Consensus labels against crowd-kit, which reads what `to_crowdkit` hands on."""

import numpy as np
import pandas as pd
import pytest

from tasknb import frames

aggregation = pytest.importorskip("crowdkit.aggregation", reason="`make test` installs it")

pytestmark = pytest.mark.filterwarnings("ignore:::crowdkit")  # it uses what pandas deprecates
ROUNDS = 20
CLOSE = 1e-9  # its fits write at least 1e-10 for each class


@pytest.fixture(scope="module")
def labels():
    """Three labels on each of 400 inputs, by twelve workers of unequal skill, in four classes."""
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 4, 400)
    skill = generator.uniform(0.4, 0.95, 12)
    rows = [
        (f"i{item}", f"w{worker}", f"c{truth[item] if generator.random() < skill[worker] else generator.integers(4)}")
        for item in range(400)
        for worker in generator.choice(12, 3, replace=False)
    ]
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def by_name(table, like):
    return table.reindex(index=like.index, columns=like.columns)


def test_the_majority_is_crowdkits(labels):
    theirs = aggregation.MajorityVote().fit(labels.labels.to_crowdkit())
    ours = frames.aggregate(labels, "majority")
    np.testing.assert_allclose(ours.posterior, by_name(theirs.probas_, ours.posterior), atol=CLOSE)
    decided = ours.labels["label"].dropna()
    assert (theirs.labels_.loc[decided.index] == decided.astype("str")).all()
    assert len(decided) + ours.labels["tied"].sum() == 400


@pytest.mark.parametrize(("method", "model"), [("dawid_skene", "DawidSkene"), ("one_coin", "OneCoinDawidSkene")])
def test_a_fit_is_crowdkits(labels, method, model):
    # Not tol=0: crowd-kit's loss counts the prior once a label, not once an input, and may fall before the fit rests.
    theirs = getattr(aggregation, model)(n_iter=ROUNDS, tol=-np.inf).fit(labels.labels.to_crowdkit())
    ours = frames.aggregate(labels, method, iterations=ROUNDS, tolerance=0)
    assert len(theirs.loss_history_) == ours.iterations == ROUNDS
    np.testing.assert_allclose(ours.posterior, by_name(theirs.probas_, ours.posterior), atol=CLOSE)


def test_crowdkits_one_coin_stops_before_the_likelihood_rests(labels):
    """With a tolerance of 0 it ends when its loss falls, whereas the likelihood never falls under this model."""
    theirs = aggregation.OneCoinDawidSkene(n_iter=ROUNDS, tol=0).fit(labels.labels.to_crowdkit())
    rounds = len(theirs.loss_history_)
    assert rounds < ROUNDS
    assert theirs.loss_history_[-1] < theirs.loss_history_[-2]
    ours = frames.aggregate(labels, "one_coin", iterations=rounds, tolerance=0)
    np.testing.assert_allclose(ours.posterior, by_name(theirs.probas_, ours.posterior), atol=CLOSE)
