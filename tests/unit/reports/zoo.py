"""An app whose people disagree, whose names are hostile, and in which one task has not begun; its times are fixed."""

from __future__ import annotations

import io
import sqlite3
from datetime import UTC, datetime, timedelta

from PIL import Image as Pixels

import tasknb as tn
from tasknb.messages.data import (
    Annotation,
    BoundingBox,
    Concept,
    Data,
    Image,
    Input,
    Region,
    RegionInfo,
    Text,
)

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=12)
MINUTE = 60_000_000

HOSTILE = "<script>alert('x')</script> & <b onclick=\"evil()\">bold</b> | `code` ]](x)"
ARABIC = "ما هذا الحيوان؟"
LONG = "long name " * 30
TEXT = "</script><img src=x onerror=alert(1)> A sentence of an animal."
TEXTS, PICTURES = 10, 2


def png(shade):
    file = io.BytesIO()
    Pixels.new("RGB", (320, 200), (shade, 90, 200)).save(file, "PNG")
    return file.getvalue()


def task(name, worker, **fields):
    fields = {"type": "CONCEPTS_CLASSIFICATION", "review": tn.TaskReview.none(), **fields}
    source = fields.pop("source", tn.InputSource.all_inputs())
    return tn.Task(name=name, worker=worker, concepts=tn.TaskConcept.of("cat", "dog"), input_source=source, **fields)


def label(client, made, who, says, most=100):
    """Let somebody label what he has: `says` maps an input's number to what is in the annotation."""
    me = client.acting_as(who)
    while most > 0 and (got := me.assignments.start(made)[:most]):
        me.annotations.create(
            [Annotation(input_id=one.input.id, task_id=made.id, data=says(int(one.input.id[1:]))) for one in got]
        )
        me.assignments.submit(made, got)
        most -= len(got)


def concept(name):
    return Data(concepts=[Concept(id=name)])


def box(shift):
    place = BoundingBox(top_row=0.1, left_col=0.1 + shift, bottom_row=0.5, right_col=0.5 + shift)
    return Data(regions=[Region(region_info=RegionInfo(bounding_box=place), data=concept("cat"))])


def fill(path):
    """Make the app ``zoo``."""
    client = tn.Client.local(path, app_id="zoo")
    client.concepts.create("cat", "dog")
    client.collaborators.add("ann", "bob", "dan", "rita")
    client.datasets.create("pictures")
    client.inputs.create(
        [Input(id=f"i{n}", data=Data(text=Text(raw=f"{TEXT} {n}"))) for n in range(TEXTS)]
        + [
            Input(id=f"i{TEXTS + n}", data=Data(image=Image(base64=png(60 * n))), dataset_ids=["pictures"])
            for n in range(PICTURES)
        ]
    )
    agreed = client.tasks.create(task("Cats or dogs", tn.TaskWorker.full("ann", "bob")))
    label(client, agreed, "ann", lambda n: concept("cat" if n % 2 else "dog"))
    label(client, agreed, "bob", lambda n: concept("cat" if n % 2 or n > 7 else "dog"))
    client.tasks.set_status(agreed, "TASK_DONE")
    reviewed = client.tasks.create(
        task(HOSTILE, tn.TaskWorker.dynamic("ann", "dan"), review=tn.TaskReview.manual("rita"))
    )
    label(client, reviewed, "ann", lambda _: concept("cat"), most=6)
    rita = client.acting_as("rita")
    waiting = rita.assignments.review_start(reviewed)
    rita.assignments.approve(reviewed, waiting[:2])
    rita.assignments.reject(reviewed, waiting[2:3])
    client.tasks.create(task(ARABIC, tn.TaskWorker.full("dan")))
    drawn = task(
        LONG,
        tn.TaskWorker.full("ann", "bob"),
        type="BOUNDING_BOX_DETECTION",
        source=tn.InputSource.dataset("pictures"),
    )
    boxes = client.tasks.create(drawn)
    label(client, boxes, "ann", lambda _: box(0))
    label(client, boxes, "bob", lambda n: box(0.05 if n == TEXTS else 0.4))
    client.close()
    _fix_times(path)


def _fix_times(path):
    """An annotation every ten minutes from `BEGIN`, in the order in which they were made."""
    begin = int(BEGIN.timestamp() * 1e6)
    with sqlite3.connect(path) as db:
        for place, (pk,) in enumerate(db.execute("SELECT pk FROM annotations ORDER BY pk").fetchall()):
            when = begin + 10 * MINUTE * place
            db.execute("UPDATE annotations SET created_at = ?, modified_at = ? WHERE pk = ?", (when, when, pk))
        hour_before = (BEGIN - timedelta(hours=1)).isoformat()
        db.execute("UPDATE tasks SET body = json_set(body, '$.created_at', ?)", (hour_before,))
        db.execute("UPDATE assignments SET created_at = ?", (begin - 60 * MINUTE,))
    db.close()
