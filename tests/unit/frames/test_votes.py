"""The majority against the votes counted by hand, of few classes and of many."""

from collections import Counter
from math import log2

import numpy as np
import pandas as pd
import pytest

from tasknb.frames.coded import code
from tasknb.frames.votes import majority


def drawn(classes, inputs=3000, seed=0):
    """One to six labels an input, in no order."""
    generator = np.random.default_rng(seed)
    task = generator.permutation(np.repeat(np.arange(inputs), generator.integers(1, 7, inputs)))
    label = np.where(generator.random(len(task)) < 0.5, task % classes, generator.integers(0, classes, len(task)))
    return pd.DataFrame({"task": task, "worker": generator.integers(0, 9, len(task)), "label": label})


@pytest.mark.parametrize("classes", [1, 2, 5, 16, 17, 40, 2000])
def test_votes_are_those_counted_by_hand(classes):
    labels = drawn(classes)
    coded = code(labels, "this test")
    found = majority(coded)
    by_input = labels.groupby("task")["label"].agg(Counter).loc[coded.items]
    for at, votes in enumerate(by_input):
        shares = [count / votes.total() for count in votes.values()]
        leaders = [label for label, count in votes.items() if count == max(votes.values())]
        assert found.number[at] == votes.total()
        assert found.share[at] == max(shares)
        assert found.entropy[at] == pytest.approx(-sum(share * log2(share) for share in shares), abs=1e-12)
        assert found.leader[at] == (-1 if len(leaders) > 1 else coded.classes.get_loc(leaders[0]))


def test_where_all_agree_the_entropy_is_nought_itself():
    labels = pd.DataFrame({"task": 1, "worker": range(49), "label": "a"})
    assert majority(code(labels, "this test")).entropy.tolist() == [0.0]


def test_no_labels_have_no_majority():
    nothing = majority(code(drawn(3).iloc[:0], "this test"))
    assert [len(column) for column in (nothing.leader, nothing.share, nothing.entropy, nothing.number)] == [0] * 4
