"""How long a report takes, what it weighs and how much memory it needs: many tasks, and many labels.

    python -m benchmarks.report [--tasks 100] [--labels 1000000] [--whole]

Each report is made by `tasknb report` in a process of its own, so that start-up and peak memory count. Goals: below
2 MB for 100 tasks with pictures; a million labels in a few seconds and in bounded memory.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from PIL import Image, ImageDraw
from sqlalchemy import select

import tasknb as tn
from tasknb.messages import data
from tasknb.service.bulk import insert_rows
from tasknb.service.core import Service
from tasknb.service.people.users import ensure_app
from tasknb.service.schema import annotations, assignments, inputs, tasks, workers

CONCEPTS = ("cat", "dog", "bird", "fish", "horse")
PEOPLE = [f"worker-{number:02}" for number in range(20)]
PER_INPUT = 3
PICTURES = 60
ASSIGNMENT_SUCCESS, ANNOTATION_SUCCESS = 54200, 24150
DAY = 86_400 * 1_000_000
BATCH = 50_000
COLUMNS = (
    "app_pk",
    "id",
    "input_pk",
    "task_pk",
    "task_id",
    "worker_pk",
    "status_code",
    "input_level",
    "created_at",
    "modified_at",
    "body",
)
BODIES = [f'{{"data":{{"concepts":[{{"id":"{name}","value":1.0}}]}}}}' for name in CONCEPTS]
DONE = f"UPDATE assignments SET status_code = {ASSIGNMENT_SUCCESS}, modified_at = created_at + 1 WHERE pk = ?"


def picture(number):
    """A photograph's worth of noise, so that thumbnails weigh what they do in life."""
    rng = random.Random(number)
    image = Image.effect_noise((640, 480), 60).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = rng.randrange(640), rng.randrange(480)
        draw.ellipse((x - 80, y - 80, x + 80, y + 80), fill=tuple(rng.randrange(256) for _ in range(3)))
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def task(name):
    return tn.Task(
        name=name,
        type="CONCEPTS_CLASSIFICATION",
        concepts=tn.TaskConcept.of(*CONCEPTS),
        worker=tn.TaskWorker.partitioned(*PEOPLE, workers_per_input=PER_INPUT),
        input_source=tn.InputSource.all_inputs(),
        review=tn.TaskReview.none(),
    )


def app_of(path, texts=0, pictures=0):
    """An app with so many inputs: pictures by the API, texts past it, which is faster."""
    client = tn.Client.local(path)
    client.collaborators.add(*PEOPLE)
    client.concepts.create(*CONCEPTS)
    client.inputs.create(
        [data.Input(id=f"p{n}", data=data.Data(image=data.Image(base64=picture(n)))) for n in range(pictures)]
    )
    service = Service(path)
    columns = ("app_pk", "id", "status_code", "created_at", "modified_at", "body")
    with service.store.write() as db:
        _, app = ensure_app(db, "owner", "main")
        for first in range(0, texts, BATCH):
            ids = range(first, min(first + BATCH, texts))
            rows = ((app.pk, f"t{n}", 30000, 1, 1, f'{{"data":{{"text":{{"raw":"Text {n}"}}}}}}') for n in ids)
            insert_rows(db, inputs, columns, rows)
    return client, service


def label(service, task_id, share, days=5.0, seed=0):
    """Do a share of a task's work past the API: one annotation for each assignment, spread over so many days."""
    rng = random.Random(seed)
    with service.store.read() as db:
        task_pk = db.scalar(select(tasks.c.pk).where(tasks.c.id == task_id))
        app_pk = db.scalar(select(workers.c.app_pk).limit(1))
        query = select(assignments.c.pk, assignments.c.input_pk, assignments.c.worker_pk)
        rows = db.execute(query.where(assignments.c.task_pk == task_pk)).all()
    rng.shuffle(rows)
    done = rows[: round(len(rows) * share)]
    start, step = time.time_ns() // 1000 - int(days * DAY), days * DAY / max(1, len(done))

    def said(row):
        return BODIES[row.input_pk % len(CONCEPTS) if rng.random() < 0.9 else rng.randrange(len(CONCEPTS))]

    def annotation(number, row):
        when, name = int(start + step * number), uuid.UUID(int=rng.getrandbits(128)).hex
        place = (row.input_pk, task_pk, task_id, row.worker_pk)
        return (app_pk, name, *place, ANNOTATION_SUCCESS, True, when, when, said(row))

    with service.store.write() as db:
        for first in range(0, len(done), BATCH):
            batch = done[first : first + BATCH]
            insert_rows(db, annotations, COLUMNS, (annotation(n, row) for n, row in enumerate(batch, first)))
            db.exec_driver_sql(DONE, [(row.pk,) for row in batch])


def many_tasks(path, number):
    """Tasks over the same pictures, each some way through."""
    client, service = app_of(path, pictures=PICTURES)
    for n in range(number):
        made = client.tasks.create(task(f"Animals, batch {n}"))
        label(service, made.id, (n % 11) / 10, seed=n)
    client.close()


def many_labels(path, number):
    """Ten tasks with so many labels among them, every other one finished."""
    client, service = app_of(path, texts=number // (10 * PER_INPUT) + 1)
    for n in range(10):
        made = client.tasks.create(task(f"Texts {n}"))
        label(service, made.id, 1.0 if n % 2 else 0.7, seed=n)
    client.close()


def report(what, path, output, *options):
    """Make it in a process of its own; what it took."""
    command = ["report", "--db", str(path), "-o", str(output), *options]
    script = f"import sys; from tasknb.cli import main; sys.exit(main({command!r}))"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    seconds, size = time.perf_counter() - start, output.stat().st_size
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # The largest of all children so far; of a later, smaller one nothing is known.
    peak = f"{after.ru_maxrss / 1024:.0f} MB" if after.ru_maxrss > before.ru_maxrss else "less"
    print(f"{what:<34}{seconds:8.1f} s{busy:8.1f} s{size / 1e6:10.2f} MB{peak:>10}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--whole", action="store_true", help="read every label too, which a report does not by itself")
    options = parser.parse_args()
    print(f"{'':<34}{'wall':>10}{'processor':>10}{'file':>13}{'memory':>10}")
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "tasks.db", Path(folder) / "labels.db"
        many_tasks(few, options.tasks)
        report(f"{options.tasks} tasks, {PICTURES} pictures", few, Path(folder) / "tasks.html")
        report("  the same as JSON", few, Path(folder) / "tasks.json")
        many_labels(many, options.labels)
        report(f"{options.labels:,} labels in 10 tasks", many, Path(folder) / "labels.html")
        if options.whole:
            report("  every label read", many, Path(folder) / "labels.html", "--whole")


if __name__ == "__main__":
    main()
