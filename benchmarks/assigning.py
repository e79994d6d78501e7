"""Giving out inputs beside the bare INSERT of the same rows, and labelers at once: in one run.

    python -m benchmarks.assigning [--inputs 1000000] [--runs 3] [--postgres | --db postgresql://…] [--labelers 50]

The baseline inserts the rows that the service made, ready as plain tuples, into the same table with the same indexes:
`executemany` of the driver on SQLite, COPY on PostgreSQL. `--postgres` starts a server of its own, where PostgreSQL is
installed, with its usual settings (fsync on).
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

import tasknb as tn
from tasknb.messages.data import Annotation, Concept, Data
from tasknb.messages.partition import partition
from tasknb.messages.requests import GetTaskCountRequest, ListTaskAssignmentsRequest
from tasknb.service.bulk import insert_rows
from tasknb.service.core import Service
from tasknb.service.people.users import ensure_app
from tasknb.service.schema import assignments, inputs, tasks
from tasknb.service.work.assigning import COLUMNS

WORKERS = [f"worker-{number}" for number in range(20)]
PER_INPUT = 3
LABELS = 6000


def timed(function, *args):
    start = time.perf_counter()
    answer = function(*args)
    return answer, time.perf_counter() - start


def row(what, seconds, note=""):
    print(f"{what:<52}{seconds * 1000:>12,.1f} ms  {note}")


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sharing(count, runs):
    """The pure function: who labels which input."""
    weights = [1 + number % 4 for number in range(len(WORKERS))]
    for name, shares in (("evenly", [1] * len(WORKERS)), ("weighted", weights)):
        seconds = statistics.median(timed(partition, count, shares, PER_INPUT, 7)[1] for _ in range(runs))
        row(f"partition(), {count:,} inputs x {PER_INPUT}, {name}", seconds)


def fill(location, app_id, count):
    """An app with so many inputs, written past the API."""
    client = tn.Client.local(location, app_id=app_id)
    client.collaborators.add(*WORKERS)
    client.concepts.create("cat")
    service = Service(location)
    columns = ("app_pk", "id", "status_code", "created_at", "modified_at", "body")
    with service.store.write() as db:
        _, app = ensure_app(db, "owner", app_id)
        for first in range(0, count, 10_000):
            ids = range(first, min(first + 10_000, count))
            insert_rows(db, inputs, columns, ((app.pk, str(one), 30000, 1, 1, '{"data":{}}') for one in ids))
    return client, service


def task(worker):
    return tn.Task(
        name="Cats",
        type="CONCEPTS_CLASSIFICATION",
        concepts=tn.TaskConcept.of("cat"),
        worker=worker,
        input_source=tn.InputSource.all_inputs(),
        review=tn.TaskReview.none(),
    )


def creating(client, service, runs):
    """A PARTITIONED task beside the bare INSERT of its rows, in turn; returns the last task."""
    ours, bare, made = [], [], None
    dummy = client.tasks.create(task(tn.TaskWorker.dynamic(WORKERS[0])))
    with service.store.read() as db:
        dummy_pk = db.scalar(select(tasks.c.pk).where(tasks.c.id == dummy.id))
    before = peak_mb()
    for _ in range(runs):
        if made:
            client.tasks.delete(made)
        made, seconds = timed(
            client.tasks.create, task(tn.TaskWorker.partitioned(*WORKERS, workers_per_input=PER_INPUT))
        )
        ours.append(seconds)
        if len(ours) == 1:
            print(f"{'memory for the first one':<52}{peak_mb() - before:>12,.1f} MB")
        bare.append(bare_insert(service, made.id, dummy_pk))
    client.tasks.delete(dummy)
    row("bare INSERT of the same rows", statistics.median(bare))
    ratio = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    row("create a PARTITIONED task", statistics.median(ours), f"{ratio:.2f} times")
    return made


def bare_insert(service, task_id, as_task):
    """Seconds for inserting the rows of a task once more, as another task's."""
    with service.store.read() as db:
        query = select(*(assignments.c[name] for name in COLUMNS)).join(tasks).where(tasks.c.id == task_id)
        rows = [(as_task, *one[1:]) for one in db.execute(query)]

    def insert():
        with service.store.write() as db:
            insert_rows(db, assignments, COLUMNS, rows)

    seconds = timed(insert)[1]
    with service.store.write() as db:
        db.execute(assignments.delete().where(assignments.c.task_pk == as_task))
    return seconds


def using(client, made, runs):
    """What people ask of a big task."""
    me = client.acting_as(WORKERS[0])

    def median(function, *args):
        return statistics.median(timed(function, *args)[1] for _ in range(5 * runs))

    row("LABEL_START", median(me.assignments.start, made))
    row("LABEL_SUBMIT of ten", median(lambda: me.assignments.submit(made, me.assignments.start(made))))
    row("GetTaskInputCount", median(client.call, "GetTaskInputCount", GetTaskCountRequest(task_id=made.id)))
    row("GetTask with all metrics", timed(client.tasks.get, made.id, "all")[1])

    def page(**place):
        request = ListTaskAssignmentsRequest(task_id=made.id, per_page=1000, **place)
        return client.call("ListTaskAssignments", request).task_assignments

    row("ListTaskAssignments, first 1000", median(page))
    middle = page(page=max(client_rows(client, made) // 2000, 1))[-1].id
    row("ListTaskAssignments, 1000 from the middle, last_id", median(lambda: page(last_id=middle)))


def client_rows(client, made):
    counts = client.call("GetTaskInputCount", GetTaskCountRequest(task_id=made.id)).counts
    return sum(one.pending + one.success for one in counts)


def labeler(client, task_id):
    """Label until nothing is left; seconds of every start and submit."""
    seconds = []
    while True:
        batch, spent = timed(client.assignments.start, task_id)
        seconds.append(spent)
        if not batch:
            return seconds
        tag = Data(concepts=[Concept(id="cat")])
        client.annotations.create([Annotation(input_id=one.input.id, task_id=task_id, data=tag) for one in batch])
        seconds.append(timed(client.assignments.submit, task_id, batch)[1])


def several(args):
    """The labelers of one process, once all are there; when they began and ended, and the seconds of each call."""
    location, app_id, task_id, names, ready = args
    ready.wait()
    start = time.time()
    with (
        tn.Client.local(location, user_id=names[0], app_id=app_id) as client,
        ThreadPoolExecutor(len(names)) as threads,
    ):
        done = [threads.submit(labeler, client.acting_as(one), task_id) for one in names]
        seconds = [second for one in done for second in one.result()]
    return start, time.time(), seconds


def at_once(location, labelers, processes=5):
    """Labelers in several processes on one database, as fast as they can."""
    app_id = f"app-{uuid.uuid4().hex[:8]}"
    client, _ = fill(location, app_id, LABELS)
    names = [f"labeler-{number}" for number in range(labelers)]
    client.collaborators.add(*names)
    made = client.tasks.create(task(tn.TaskWorker.dynamic(*names)))
    groups = [(location, app_id, made.id, names[first::processes]) for first in range(processes)]
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(processes) as pool:
        ready = manager.Barrier(processes)
        found = pool.map(several, [(*group, ready) for group in groups], chunksize=1)
    spent = max(end for _, end, _ in found) - min(start for start, _, _ in found)
    seconds = sorted(second for _, _, some in found for second in some)
    counts = client.tasks.input_counts(made)
    assert sum(one.success for one in counts) == LABELS
    print(f"{labelers} labelers in {processes} processes: {LABELS / spent:,.0f} labels/s")
    row("  start and submit, median", statistics.median(seconds))
    row("  start and submit, p99", seconds[int(0.99 * len(seconds))])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--labelers", type=int, default=50)
    parser.add_argument("--db", help="a PostgreSQL URL in place of a new SQLite file")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    args = parser.parse_args()
    with database(args) as location:
        if args.inputs:
            sharing(args.inputs, args.runs)
            client, service = fill(location, f"app-{uuid.uuid4().hex[:8]}", args.inputs)
            using(client, creating(client, service, args.runs), args.runs)
        if args.labelers:
            at_once(location, args.labelers)


@contextmanager
def database(args):
    """Where the data lie: the URL that was given, a server of its own, or a new file."""
    if args.db:
        yield args.db
    elif args.postgres:
        from tests.contract import postgres

        folder = postgres.binaries()
        if folder is None:
            raise SystemExit("PostgreSQL is not installed. On Debian: apt-get install postgresql")
        with postgres.server(folder, fsync="on") as url:
            yield postgres.create_database(url, "benchmark")
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "labels.db")


if __name__ == "__main__":
    main()
