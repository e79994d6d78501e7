"""The same answers from pandas, DuckDB, Dask and Polars, and from PySpark where Java is at hand."""

import shutil
import sys

import numpy as np
import pandas as pd
import pytest

from tasknb import frames
from tasknb.errors import MissingExtraError

pytest.importorskip("narwhals")
pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def labels():
    generator = np.random.default_rng(4)
    number = 3000
    status = pd.Categorical(generator.choice(["pending", "done", "awaiting_review", "rejected"], number))
    times = pd.Timestamp("2026-11-23 08:00", tz="UTC") + pd.to_timedelta(generator.integers(0, 36000, number), "s")
    frame = pd.DataFrame(
        {
            "task": pd.Categorical([f"input-{at}" for at in generator.integers(0, 800, number)]),
            "worker": pd.Categorical(generator.choice(["ann", "bob", "cleo"], number)),
            "label": pd.Categorical(generator.choice(["a", "b", "c"], number)),
            "status": status,
            "task_id": pd.Categorical(generator.choice(["t1", "t2"], number)),
            "submitted_at": pd.Series(times).dt.as_unit("us"),
        }
    )
    frame.loc[frame["status"] == "pending", ["label", "submitted_at"]] = None
    return frame


@pytest.fixture(scope="module")
def parquet(labels, tmp_path_factory):
    path = tmp_path_factory.mktemp("labels") / "labels.parquet"
    plain = labels.assign(**{name: labels[name].astype(object) for name in labels.select_dtypes("category")})
    plain.to_parquet(path, row_group_size=500)
    return path


@pytest.fixture(scope="module", params=["polars", "polars lazy", "duckdb", "dask", "pyspark"])
def held(request, parquet):
    """The labels, held by an engine."""
    if request.param.startswith("polars"):
        polars = pytest.importorskip("polars")
        return polars.scan_parquet(parquet) if "lazy" in request.param else polars.read_parquet(parquet)
    if request.param == "duckdb":
        return pytest.importorskip("duckdb").connect().read_parquet(str(parquet))
    if request.param == "dask":
        return pytest.importorskip("dask.dataframe").read_parquet(parquet, split_row_groups=True)
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    session = pytest.importorskip("pyspark.sql").SparkSession.builder.master("local[1]").getOrCreate()
    return session.read.parquet(str(parquet))


@pytest.mark.parametrize("by", ["worker", "task_id", "label"])
def test_progress_is_the_same(held, labels, by):
    expected = frames.progress(labels, by)
    expected.index = expected.index.astype("str")
    pd.testing.assert_frame_equal(frames.progress(held, by), expected.sort_index(), check_index_type=False)


def test_throughput_is_the_same(held, labels):
    expected = frames.throughput(labels, "h")
    found = frames.throughput(held, "h")
    pd.testing.assert_series_equal(found, expected[expected > 0], check_freq=False)


def test_throughput_by_worker_is_the_same(held, labels):
    expected = frames.throughput(labels, "h", by="worker")
    expected.columns = expected.columns.astype("str")
    found = frames.throughput(held, "h", by="worker")
    pd.testing.assert_frame_equal(found, expected[expected.any(axis=1)], check_freq=False, check_column_type=False)


def test_counts_are_the_same(held, labels):
    expected = pd.crosstab(labels["worker"].astype("str"), labels["label"].dropna().astype("str"))
    pd.testing.assert_frame_equal(frames.label_counts(held), expected, check_index_type=False, check_column_type=False)


def test_majority_is_the_same(held, labels):
    found = frames.consensus(held)
    for ask in ("df", "compute", "toPandas", "collect"):
        found = getattr(found, ask)() if hasattr(found, ask) else found
    table = found.to_pandas() if hasattr(found, "to_pandas") else found
    table = table.set_index(["task_id", "task"]).sort_index()
    expected = frames.consensus(labels)
    expected.index = expected.index.set_levels([level.astype("str") for level in expected.index.levels])
    expected = expected.sort_index()
    assert table.index.tolist() == expected.index.tolist()
    assert table["votes"].tolist() == expected["votes"].tolist()
    assert table["tied"].tolist() == expected["tied"].tolist()
    ours, theirs = expected["label"].astype(object), table["label"].astype(object)
    assert ours.where(ours.notna(), None).tolist() == theirs.where(theirs.notna(), None).tolist()


def test_the_answer_stays_with_the_engine(parquet):
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.connect().read_parquet(str(parquet))
    assert isinstance(frames.consensus(relation), duckdb.DuckDBPyRelation)


def test_votes_are_written_as_whole_numbers(parquet, tmp_path):
    relation = pytest.importorskip("duckdb").connect().read_parquet(str(parquet))
    frames.consensus(relation).write_parquet(str(tmp_path / "majority.parquet"))
    assert (
        pd.read_parquet(tmp_path / "majority.parquet")[["top", "votes"]].dtypes.astype("str").tolist() == ["int64"] * 2
    )


def test_missing_columns_are_named():
    polars = pytest.importorskip("polars")
    with pytest.raises(ValueError, match=r"progress\(by='reviewer'\) needs the columns reviewer"):
        frames.progress(polars.DataFrame({"status": ["done"]}), "reviewer")


def test_what_is_no_frame_is_refused():
    with pytest.raises(TypeError):
        frames.label_counts([1, 2])


def test_what_an_engine_cannot_do_is_refused(parquet):
    relation = pytest.importorskip("duckdb").connect().read_parquet(str(parquet))
    with pytest.raises(ValueError, match="dawid_skene needs a pandas DataFrame"):
        frames.consensus(relation, "dawid_skene")
    with pytest.raises(ValueError, match="cannot count by 'W'"):
        frames.throughput(relation, "W")
    with pytest.raises(ValueError, match="needs the columns reviewer"):
        frames.throughput(relation, by="reviewer")


def test_without_narwhals_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tasknb\[engines\]'"):
        frames.label_counts(object())
