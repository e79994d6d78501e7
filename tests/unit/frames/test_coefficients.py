"""Coefficients against published results, the libraries, and the definitions written out."""

import numpy as np
import pandas as pd
import pytest
from reference_labels import (
    DAWID_SKENE,
    FLEISS,
    KRIPPENDORFF,
    THREE_OBSERVERS,
    TWO_OBSERVERS,
    assessed,
    counted,
    observed,
)

from tasknb.frames.coded import code
from tasknb.frames.coefficients import coefficients


def of(labels, level="nominal"):
    return coefficients(code(labels, "this test", once=True), level)


@pytest.mark.parametrize(
    ("level", "published"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)],
)
def test_krippendorffs_example_with_missing_data(level, published):
    assert of(observed(KRIPPENDORFF), level)["krippendorff_alpha"].value == pytest.approx(published, abs=5e-4)


def test_krippendorffs_example_of_two_observers():
    assert of(observed(TWO_OBSERVERS))["krippendorff_alpha"].value == pytest.approx(0.692, abs=5e-4)


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.691), ("interval", 0.811)])
def test_the_known_example_of_three_observers(level, published):
    assert of(observed(THREE_OBSERVERS), level)["krippendorff_alpha"].value == pytest.approx(published, abs=5e-4)


def test_fleiss_psychiatrists():
    found = of(counted(FLEISS))
    assert found["fleiss_kappa"].value == pytest.approx(0.430, abs=5e-4)
    assert found["percent"].value == pytest.approx(0.5556, abs=5e-5)


@pytest.mark.parametrize(
    ("measure", "value", "error", "low"),
    [("gwet_ac1", 0.77544, 0.14295, 0.46081), ("fleiss_kappa", 0.76117, 0.15302, 0.42438)],
)
def test_gwets_results_with_standard_errors(measure, value, error, low):
    """The results of irrCAC, Gwet's own package, on the table it calls raw4raters."""
    found = of(observed(KRIPPENDORFF))[measure]
    assert found.value == pytest.approx(value, abs=5e-6)
    assert found.error == pytest.approx(error, abs=5e-6)
    assert found.interval(0.95) == (pytest.approx(low, abs=1e-4), 1.0)


@pytest.fixture(scope="module", params=range(5))
def random_table(request):
    """Workers x inputs, classes 0 to 4, about a third missing."""
    generator = np.random.default_rng(request.param)
    truth = generator.integers(0, 5, 60)
    table = np.where(generator.random((6, 60)) < 0.6, truth, generator.integers(0, 5, (6, 60))).astype(float)
    table[generator.random(table.shape) < 0.35] = np.nan
    return table


def long(table):
    worker, item = np.nonzero(~np.isnan(table))
    return pd.DataFrame({"task": item, "worker": worker, "label": table[worker, item].astype(int)})


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_is_that_of_the_krippendorff_package(random_table, level):
    oracle = pytest.importorskip("krippendorff")
    expected = oracle.alpha(reliability_data=random_table, level_of_measurement=level)
    assert of(long(random_table), level)["krippendorff_alpha"].value == pytest.approx(expected, abs=1e-12)


def test_fleiss_kappa_is_that_of_statsmodels(random_table):
    oracle = pytest.importorskip("statsmodels.stats.inter_rater")
    full = np.nan_to_num(random_table, nan=2)  # statsmodels knows no missing labels
    counts, _ = oracle.aggregate_raters(full.T.astype(int))
    assert of(long(full))["fleiss_kappa"].value == pytest.approx(oracle.fleiss_kappa(counts), abs=1e-12)


def test_percent_agreement_is_the_mean_over_inputs_of_agreeing_pairs(random_table):
    shares = []
    for column in random_table.T:
        given = column[~np.isnan(column)]
        pairs = [(a, b) for at, a in enumerate(given) for b in given[at + 1 :]]
        if pairs:
            shares.append(np.mean([a == b for a, b in pairs]))
    assert of(long(random_table))["percent"].value == pytest.approx(np.mean(shares), abs=1e-12)


@pytest.mark.parametrize("measure", ["percent", "fleiss_kappa", "gwet_ac1", "krippendorff_alpha"])
def test_standard_errors_are_near_those_of_the_bootstrap(measure):
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 3, 400)
    table = np.where(generator.random((4, 400)) < 0.7, truth, generator.integers(0, 3, (4, 400))).astype(float)
    table[generator.random(table.shape) < 0.2] = np.nan
    drawn = []
    for _ in range(300):
        resampled = table[:, generator.integers(0, 400, 400)]
        drawn.append(of(long(resampled))[measure].value)
    assert of(long(table))[measure].error == pytest.approx(np.std(drawn), rel=0.15)


@pytest.mark.parametrize("measure", ["fleiss_kappa", "gwet_ac1", "krippendorff_alpha"])
def test_one_class_alone_is_undefined_and_says_why(measure):
    labels = pd.DataFrame({"task": [1, 1, 2, 2], "worker": [1, 2, 1, 2], "label": "a"})
    found = of(labels)
    assert np.isnan(found[measure].value)
    assert "same class" in found[measure].reason
    assert found["percent"].value == 1


def test_without_pairs_all_are_undefined_and_say_why():
    found = of(pd.DataFrame({"task": [1, 2], "worker": [1, 2], "label": ["a", "b"]}))
    assert all(np.isnan(one.value) and one.reason == "no input has labels of two workers" for one in found.values())


def test_full_agreement_is_one():
    labels = pd.DataFrame({"task": [1, 1, 2, 2], "worker": [1, 2, 1, 2], "label": ["a", "a", "b", "b"]})
    assert {one.value for one in of(labels).values()} == {1.0}


def test_interval_agreement_needs_numbers():
    with pytest.raises(ValueError, match="needs labels that are numbers"):
        of(observed(TWO_OBSERVERS), "interval")


def test_ordinal_classes_follow_an_ordered_category():
    words = {"1": "poor", "2": "fair", "3": "good", "4": "fine", "5": "best"}
    labels = observed(KRIPPENDORFF)
    named = labels.assign(label=pd.Categorical(labels["label"].map(words), list(words.values()), ordered=True))
    assert of(named, "ordinal")["krippendorff_alpha"].value == of(labels, "ordinal")["krippendorff_alpha"].value


def test_large_numbers_keep_their_digits():
    labels = observed(KRIPPENDORFF)
    shifted = labels.assign(label=labels["label"].astype(int) + 10**9)
    expected = of(labels, "interval")["krippendorff_alpha"].value
    assert of(shifted, "interval")["krippendorff_alpha"].value == pytest.approx(expected, abs=1e-9)


def test_dawid_and_skenes_patients_have_no_missing_data():
    assert len(assessed(DAWID_SKENE)) == 45 * 7
