"""The same summary of many labels by pandas, Dask, DuckDB and Polars: time, and peak memory of a fresh process.

    python -m benchmarks.engines [--rows 10000000] [--engines pandas dask duckdb polars]

Progress by worker, labels an hour, and counts of labels by worker, read from one Parquet file, which is written a
million rows at a time and removed afterwards. Of more labels than fit into memory, ask the engines that can:

    python -m benchmarks.engines --rows 100_000_000 --engines duckdb
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tasknb import frames

ENGINES = ("pandas", "dask", "duckdb", "polars")
WORKERS, CLASSES, INPUTS_SHARE, CHUNK = 200, 10, 3, 1_000_000


def written(path, rows):
    """A Parquet file of labels, made and written a million rows at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    generator = np.random.default_rng(0)
    writer = None
    for first in range(0, rows, CHUNK):
        number = min(CHUNK, rows - first)
        seconds = np.sort(generator.integers(0, 86400 * 7, number))
        frame = pd.DataFrame(
            {
                "task": [f"input-{at // INPUTS_SHARE:09}" for at in range(first, first + number)],
                "worker": named("worker", generator.integers(0, WORKERS, number)),
                "label": named("class", generator.integers(0, CLASSES, number)),
                "status": np.array(["done", "pending"], dtype=object)[(generator.random(number) < 0.1).astype(int)],
                "task_id": "t1",
                "submitted_at": pd.Timestamp("2026-11-16", tz="UTC") + pd.to_timedelta(seconds, "s"),
            }
        )
        table = pa.Table.from_pandas(frame, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=CHUNK)
    writer.close()


def named(noun, codes):
    return np.array([f"{noun}-{code:03}" for code in range(codes.max() + 1)], dtype=object)[codes]


def held(engine, path):
    if engine == "pandas":
        return pd.read_parquet(path)
    if engine == "dask":
        import dask.dataframe as dd

        return dd.read_parquet(path, split_row_groups=True)
    if engine == "duckdb":
        import duckdb

        return duckdb.connect().read_parquet(path)
    import polars as pl

    return pl.scan_parquet(path)


def summary(engine, path):
    labels = held(engine, path)
    by_worker = frames.progress(labels, "worker")
    hourly = frames.throughput(labels, "h")
    counts = frames.label_counts(labels)
    return int(by_worker["done"].sum()), int(hourly.max()), int(counts.to_numpy().sum())


def measured(engine, path):
    before = peak_memory()
    start = time.perf_counter()
    found = summary(engine, path)
    return time.perf_counter() - start, peak_memory() - before, found


def peak_memory():
    """The most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would begin with the peak of the parent
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--engines", nargs="+", default=ENGINES, choices=ENGINES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "labels.parquet")
        written(path, options.rows)
        print(f"{options.rows:,} labels, {Path(path).stat().st_size / 1e6:.0f} MB of Parquet")
        answers = set()
        for engine in options.engines:
            if importlib.util.find_spec(engine) is None:
                continue
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, above, found = pool.apply(measured, (engine, path))
            answers.add(found)
            print(f"{engine:8} {seconds:7.1f} s   peak {above:7,.0f} MB   {found}", flush=True)
        if len(options.engines) > 1:
            print("all agree" if len(answers) == 1 else "THEY DIFFER")


if __name__ == "__main__":
    main()
