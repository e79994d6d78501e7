"""JSON to DataFrame: tasknb beside what people do without it, in one run.

    python -m benchmarks.frames [--rows 1000 10000 100000] [--assignments 1000000]

Times are medians of several runs, in microseconds of the processor a row (a busy machine does not count); peaks are
taken in a process of their own, above what the process held before.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import orjson
import pandas as pd

from tasknb import frames
from tasknb.messages.data import Input
from tasknb.messages.people import User, Worker
from tasknb.messages.requests import MultiTaskAssignmentResponse, MultiTaskResponse
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.task import (
    InputSource,
    InputSourceMetrics,
    ReviewMetrics,
    Task,
    TaskAssignment,
    TaskConcept,
    TaskMetrics,
    TaskReview,
    TaskWorker,
    WorkMetrics,
)
from tasknb.messages.wire import encode

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = 1000


def tasks_json(number):
    """One answer with `number` realistic tasks."""
    return encode(MultiTaskResponse(status=Status.of(StatusCode.SUCCESS), tasks=[a_task(at) for at in range(number)]))


def a_task(at):
    return Task(
        id=f"{at:032x}",
        name=f"Annotate water, part {at}",
        description="Say what you see. " * 12,
        type="CONCEPTS_CLASSIFICATION",
        status=Status.of(StatusCode.TASK_IN_PROGRESS),
        worker=TaskWorker.partitioned("ann", "bob", "cleo", "dan", "eve", workers_per_input=3),
        input_source=InputSource.dataset(f"lakes-{at % 50}"),
        review=TaskReview.consensus("rita", labelers=2),
        concepts=TaskConcept.of(*(f"concept-{number}" for number in range(8))),
        metrics=TaskMetrics(
            input_source=InputSourceMetrics(inputs_count_estimated=1000),
            work=WorkMetrics(inputs_count_estimated=at % 1000, inputs_percent_estimated=at % 100),
            review=ReviewMetrics(inputs_count_estimated_per_reviewer=[at % 7]),
        ),
        user_id="owner",
        app_id="main",
        created_at=NOON + timedelta(seconds=at),
        modified_at=NOON + timedelta(seconds=2 * at, microseconds=at % 1000000),
    )


def assignment_pages(number):
    """Pages of 1,000 assignments, as the wire brings them; made one at a time."""
    for first in range(0, number, PAGE):
        yield encode(
            MultiTaskAssignmentResponse(task_assignments=[an_assignment(at) for at in range(first, first + PAGE)])
        )


def an_assignment(at):
    return TaskAssignment(
        id=f"{at:032x}",
        worker=Worker(user=User(id=f"worker-{at % 20}")),
        input=Input(id=f"input-{at // 3:08d}"),
        status=Status.of(StatusCode.TASK_ASSIGNMENT_SUCCESS),
        created_at=NOON + timedelta(seconds=at),
        modified_at=NOON + timedelta(seconds=2 * at, microseconds=at % 1000000),
    )


def official(text):
    """What a user of the official client does today."""
    from clarifai_grpc.grpc.api import service_pb2
    from google.protobuf.json_format import MessageToDict, Parse

    answer = Parse(text, service_pb2.MultiTaskResponse())
    frame = pd.json_normalize([MessageToDict(task, preserving_proto_field_name=True) for task in answer.tasks])
    return typed(frame)


def plain(text):
    """`requests` and pandas alone."""
    return typed(pd.json_normalize(json.loads(text)["tasks"]))


def typed(frame):
    for name in ("created_at", "modified_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    for name in ("type", "worker.strategy", "input_source.type", "review.strategy"):
        frame[name] = frame[name].astype("category")
    return frame


def floor(text):
    return orjson.loads(text)


def median(work, argument, repeats):
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        result = work(argument)
        times.append(time.process_time() - start)
        del result
    return statistics.median(times)


def compare_tasks(sizes):
    ways = {
        "official client + MessageToDict + json_normalize": official,
        "json + json_normalize": plain,
        "orjson.loads alone": floor,
        "tasknb": frames.tasks_frame,
    }
    print(f"ListTasks -> DataFrame, {len(tasks_json(100)) / 100:,.0f} bytes a task, µs a task")
    print(f"{'':50}" + "".join(f"{size:>10,}" for size in sizes))
    times = {}
    for name, way in ways.items():
        for size in sizes:
            if way is official and size > 10_000:
                continue  # minutes and gigabytes
            times[name, size] = median(way, tasks_json(size), 5 if size <= 10_000 else 3)
        cells = [f"{times[name, size] / size * 1e6:10.1f}" if (name, size) in times else f"{'-':>10}" for size in sizes]
        print(f"{name:50}{''.join(cells)}")
    for size in sizes:
        ours = times["tasknb", size]
        ratios = [
            f"{times[name, size] / ours:.1f} x {name}" for name in ways if (name, size) in times and name != "tasknb"
        ]
        print(f"at {size:,}: {'; '.join(ratios)}")


def assignments_ours(pages):
    return frames.labels_frame([], pages, task_id="t")


def assignments_msgspec(pages):
    """The measured best: msgspec structs, page by page, to Arrow; without pyarrow, to lists of a DataFrame."""
    import contextlib

    from tasknb.frames.slim import AssignmentPage

    pa = None
    with contextlib.suppress(ImportError):
        import pyarrow as pa
    decoder = msgspec.json.Decoder(AssignmentPage)
    collected = []
    gc.disable()
    for page in pages:
        rows = decoder.decode(page).task_assignments
        columns = {
            "id": [row.id for row in rows],
            "worker": [row.worker.user.id for row in rows],
            "input": [row.input.id for row in rows],
            "code": [row.status.code for row in rows],
            "created_at": [row.created_at for row in rows],
            "modified_at": [row.modified_at for row in rows],
        }
        collected.append(pa.table(columns) if pa else pd.DataFrame(columns))
    gc.enable()
    if pa is None:
        return pd.concat(collected, ignore_index=True)
    table = pa.concat_tables(collected)
    for name in ("worker", "input"):
        table = table.set_column(table.schema.get_field_index(name), name, table[name].dictionary_encode())
    for name in ("created_at", "modified_at"):
        times = table[name].cast(pa.timestamp("us", "UTC"))
        table = table.set_column(table.schema.get_field_index(name), name, times)
    return table.to_pandas()


def compare_assignments(number):
    size = sum(len(page) for page in assignment_pages(PAGE)) / PAGE
    print(f"\nListTaskAssignments -> DataFrame, {number:,} rows of {size:.0f} bytes")
    times = {}
    for name, way in (("msgspec page by page to Arrow", assignments_msgspec), ("tasknb", assignments_ours)):
        seconds, above, held = peak(way, number)
        times[name] = seconds
        print(f"{name:50}{seconds / number * 1e6:8.2f} µs a row, peak {above:6.0f} MB, frame {held:6.0f} MB")
    print(f"tasknb takes {times['tasknb'] / times['msgspec page by page to Arrow']:.2f} times as long")


def peak(way, number):
    """Seconds, peak above the start and the frame's size in MB, measured in a fresh process.

    The pages are read from a file, one at a time, as they would come over the wire.
    """
    with tempfile.NamedTemporaryFile() as file:
        for page in assignment_pages(number):
            file.write(page + b"\n")
        file.flush()
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(measured, (way, file.name))


def measured(way, path):
    with Path(path).open("rb") as file:
        way([file.readline()])  # imports and first-use costs are not what is measured
        file.seek(0)
        before = peak_memory()
        start = time.process_time()
        frame = way(file)
        seconds = time.process_time() - start
    return seconds, peak_memory() - before, frame.memory_usage(deep=True).sum() / 2**20


def peak_memory():
    """The most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would begin with the peak of the parent
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--assignments", type=int, default=1_000_000)
    options = parser.parse_args()
    compare_tasks(options.rows)
    compare_assignments(options.assignments)


if __name__ == "__main__":
    main()
