"""Agreement and aggregation: tasknb beside the packages, in one run.

    python -m benchmarks.agreement [--inputs 100000] [--workers 20] [--large]

Three labels an input, five classes. A package that is not installed, or would take minutes at that size, is left out.
Times are medians of nine runs (of one where a package takes seconds), in seconds of the processor (a busy machine does
not count), on the same labels with categorical columns. A package gets the form it asks for, made beforehand; where
that form is a table of its own, the second figure begins at the labels, as ours do. Results are compared, and must
agree. A majority of ours brings the shares, entropies and ties of the votes, and the packages know no intervals; so
each coefficient is timed with its interval and without.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import itertools
import resource
import statistics
import time
import warnings

import numpy as np
import pandas as pd

from tasknb import frames

LABELS, CLASSES = 3, 5


def simulated(inputs, workers, seed=0):
    """Labels of workers who are right with probabilities from 0.5 to 0.95."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, CLASSES, inputs)
    skill = generator.uniform(0.5, 0.95, workers)
    first = generator.integers(0, workers, inputs)
    # Three different workers an input, from any three distances.
    steps = np.stack([np.zeros(inputs, dtype=int), *np.sort(distinct(generator, inputs, workers - 1), axis=0) + 1])
    worker = (first + steps) % workers
    right = generator.random(worker.shape) < skill[worker]
    wrong = (truth + generator.integers(1, CLASSES, worker.shape)) % CLASSES
    label = np.where(right, truth, wrong)
    task = np.broadcast_to(np.arange(inputs), worker.shape)
    order = np.argsort(task.T.ravel(), kind="stable")
    columns = {
        "task": categorical(task.T.ravel()[order], [f"input-{number:07}" for number in range(inputs)]),
        "worker": categorical(worker.T.ravel()[order], [f"worker-{number:03}" for number in range(workers)]),
        "label": categorical(label.T.ravel()[order], [str(number) for number in range(CLASSES)]),
    }
    return pd.DataFrame(columns)


def distinct(generator, inputs, below):
    one = generator.integers(0, below, inputs)
    other = (one + generator.integers(1, below, inputs)) % below
    return np.stack([one, other])


def categorical(codes, names):
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names))


def timed(work, *arguments, repeats=9):
    times = []
    if repeats > 1:
        work(*arguments)  # what is loaded at first use is not what is measured
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        result = work(*arguments)
        times.append(time.process_time() - start)
    return statistics.median(times), result


def has(module):
    return importlib.util.find_spec(module) is not None


def report(name, ours, theirs):
    """One line: ours, each package with its ratio, and whether the results agree."""
    seconds, value = ours
    line = f"{name:34}{seconds * 1e3:10.1f} ms"
    for package, (their_seconds, their_value) in theirs.items():
        gap = float(np.nanmax(np.abs(np.asarray(value, dtype=float) - np.asarray(their_value, dtype=float))))
        line += f"   {package} {their_seconds * 1e3:,.0f} ms = {their_seconds / seconds:.1f} x (differs by {gap:.0e})"
    print(line, flush=True)


def coefficient(labels, measure, confidence=0.95):
    return frames.agreement(labels, measures=measure, confidence=confidence).loc[measure, "value"]


def measure(labels, *, large):
    codes = None if large else by_worker(labels)
    report("majority vote", shares(timed(frames.consensus, labels)), majority(labels, large))
    for measure, packages in (("fleiss_kappa", fleiss), ("krippendorff_alpha", krippendorff)):
        theirs = packages(labels, codes)
        report(f"{measure} alone", timed(coefficient, labels, measure, None), theirs)
        report(f"{measure} and its interval", timed(coefficient, labels, measure), theirs)
    seconds, found = timed(frames.agreement, labels)
    report("all four, with intervals", (seconds, found.loc["krippendorff_alpha", "value"]), theirs)
    pairwise = cohen(codes)
    report("Cohen's kappa, all pairs", values(timed(frames.kappa_matrix, labels)), pairwise)
    report("the same, with intervals", (timed(frames.worker_pairs, labels)[0], pairwise_of(labels)), pairwise)
    fitted = timed(lambda: frames.aggregate(labels, "dawid_skene", iterations=20, tolerance=0), repeats=1)
    report("Dawid-Skene, 20 iterations", (fitted[0], fitted[1].posterior.to_numpy()), dawid_skene(labels, large))


def by_worker(labels):
    """A table workers x inputs of the labels' codes, NaN where there is none."""
    table = labels.pivot(index="task", columns="worker", values="label")  # noqa: PD010  nothing is aggregated
    codes = np.stack([table[name].cat.codes.to_numpy().astype(float) for name in table])
    codes[codes < 0] = np.nan
    return codes


def pairwise_of(labels):
    return frames.kappa_matrix(labels).to_numpy()


def shares(found):
    seconds, frame = found
    return seconds, frame["label"].cat.codes.where(~frame["tied"], np.nan).to_numpy()


def values(found):
    return found[0], found[1].to_numpy()


def crowdkit():
    """crowd-kit's aggregation, or None; transformers, which it imports and these parts do not use, may be absent."""
    try:
        import crowdkit.aggregation
    except ImportError:
        return None
    return crowdkit.aggregation


def majority(labels, large):
    package = crowdkit()
    if package is None or large:
        return {}
    seconds, found = timed(package.MajorityVote().fit_predict, labels.astype("str"), repeats=1)
    ours = frames.consensus(labels)
    codes = found.reindex(ours.index).astype(float).where(~ours["tied"].to_numpy(), np.nan)
    return {"crowd-kit": (seconds, codes.to_numpy())}


def fleiss(labels, codes):
    if codes is None or not has("statsmodels"):
        return {}
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    raters = labels["label"].cat.codes.to_numpy().reshape(-1, LABELS)  # labels lie in the order of the inputs
    return {"statsmodels": timed(lambda: fleiss_kappa(aggregate_raters(raters)[0]))}


def krippendorff(labels, codes):
    found = {}
    if has("krippendorff") and codes is not None:
        import krippendorff as package

        def alpha(table):
            return package.alpha(reliability_data=table, level_of_measurement="nominal")

        found["krippendorff"] = timed(alpha, codes)
        found["from the labels"] = timed(lambda: alpha(by_worker(labels)), repeats=3)
    if codes is not None and crowdkit() is not None:
        from crowdkit.metrics.data import alpha_krippendorff

        found["crowd-kit"] = timed(alpha_krippendorff, labels.astype("str"), repeats=1)
    return found


def cohen(codes):
    if codes is None or not has("sklearn"):
        return {}
    from sklearn.metrics import cohen_kappa_score

    def loop():
        matrix = np.eye(len(codes))
        for one, other in itertools.combinations(range(len(codes)), 2):
            both = ~np.isnan(codes[one]) & ~np.isnan(codes[other])
            kappa = cohen_kappa_score(codes[one][both], codes[other][both])
            matrix[one, other] = matrix[other, one] = kappa
        return matrix

    return {"a loop over scikit-learn": timed(loop, repeats=1)}


def dawid_skene(labels, large):
    package = crowdkit()
    if package is None or large:
        return {}
    plain = labels.astype("str")
    seconds, fitted = timed(lambda: package.DawidSkene(n_iter=20, tol=0).fit(plain), repeats=1)
    return {"crowd-kit": (seconds, fitted.probas_.sort_index(axis=0).sort_index(axis=1).to_numpy())}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=20)
    parser.add_argument("--large", action="store_true", help="leave the packages out")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=FutureWarning)
    labels = simulated(options.inputs, options.workers)
    print(f"{options.inputs:,} inputs, {LABELS} labels each, {options.workers} workers, {CLASSES} classes")
    measure(labels, large=options.large)
    print(f"peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
