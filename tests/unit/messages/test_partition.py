from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasknb.messages import partition as module
from tasknb.messages.partition import loads, partition, partition_chunks


@st.composite
def sharings(draw):
    count = draw(st.integers(1, 12))
    per_input = draw(st.integers(1, count))
    number = st.one_of(st.integers(0, 50), st.floats(0, 10, allow_subnormal=False))
    weights = draw(st.lists(number, min_size=count, max_size=count))
    total = sum(map(Fraction, weights))
    if total <= 0 or max(map(Fraction, weights)) * per_input > total:
        weights = [1] * count
    return draw(st.integers(0, 400)), weights, per_input


@given(sharings())
def test_loads_are_within_one_of_the_proportion(sharing):
    n_inputs, weights, per_input = sharing
    found = loads(n_inputs, weights, per_input)
    total = sum(map(Fraction, weights))
    assert sum(found) == n_inputs * per_input
    assert max(found) <= n_inputs
    for load, weight in zip(found, weights, strict=True):
        assert abs(load - n_inputs * per_input * Fraction(weight) / total) < 1


@given(st.integers(0, 500), st.integers(1, 12), st.data())
def test_even_loads_differ_by_at_most_one(n_inputs, workers, data):
    found = loads(n_inputs, [1] * workers, data.draw(st.integers(1, workers)))
    assert max(found) - min(found) <= 1
    assert found == sorted(found, reverse=True)


@given(sharings(), st.integers(0, 2**63 - 1))
def test_each_input_has_different_workers_and_each_worker_his_load(sharing, seed):
    n_inputs, weights, per_input = sharing
    rows = partition(n_inputs, weights, per_input, seed)
    assert rows.shape == (n_inputs, per_input)
    ordered = np.sort(rows, axis=1)
    assert (ordered[:, 1:] != ordered[:, :-1]).all()
    assert np.bincount(rows.ravel(), minlength=len(weights)).tolist() == loads(n_inputs, weights, per_input)


@given(sharings(), st.integers(0, 2**63 - 1), st.integers(1, 60))
def test_small_chunks_keep_the_promises(sharing, seed, chunk):
    n_inputs, weights, per_input = sharing
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", chunk)
        rows = [row for piece in partition_chunks(n_inputs, weights, per_input, seed) for row in piece.tolist()]
    assert len(rows) == n_inputs
    assert all(len(set(row)) == per_input for row in rows)
    assert np.bincount(np.ravel(rows).astype(int), minlength=len(weights)).tolist() == loads(
        n_inputs, weights, per_input
    )


def test_the_same_seed_gives_the_same_rows():
    first, second = partition(1000, [2, 1, 1], 2, 7), partition(1000, [2, 1, 1], 2, 7)
    assert (first == second).all()
    assert (first != partition(1000, [2, 1, 1], 2, 8)).any()


@pytest.mark.parametrize(("n_inputs", "workers", "per_input"), [(10_000, 20, 3), (2_000, 5, 2), (300_000, 20, 3)])
def test_all_pairs_meet_about_equally_often(n_inputs, workers, per_input):
    rows = partition(n_inputs, [1] * workers, per_input, 0)
    seen = np.zeros((n_inputs, workers), np.int64)
    seen[np.arange(n_inputs)[:, None], rows] = 1
    meetings = (seen.T @ seen)[np.triu_indices(workers, 1)]
    mean = n_inputs * per_input * (per_input - 1) / (workers * (workers - 1))
    assert np.abs(meetings - mean).max() < 5 * np.sqrt(mean)  # independent draws stay within 5 deviations


def test_weighted_workers_meet_in_proportion():
    rows = partition(100_000, [3, 1, 1, 1, 1, 1], 2, 0)
    first = np.sort(rows, axis=1)
    with_the_heavy = first[first[:, 0] == 0, 1]
    counts = np.bincount(with_the_heavy, minlength=6)[1:]
    assert counts.max() < 1.1 * counts.min()


def test_neighbouring_inputs_go_to_different_workers():
    rows = partition(100_000, [1] * 20, 1, 0).ravel()
    assert (rows[1:] == rows[:-1]).mean() < 0.1


@pytest.mark.parametrize(
    ("weights", "per_input", "message"),
    [([0, 0], 1, "not all 0"), ([1, -1, 3], 1, "0 or more"), ([51, 25, 24], 2, "above 1/2"), ([1], 2, "above 1/2")],
)
def test_impossible_shares_are_refused(weights, per_input, message):
    with pytest.raises(ValueError, match=message):
        loads(10, weights, per_input)
