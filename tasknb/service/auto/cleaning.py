"""Deleting what other automatic tasks said before, where a task asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, select, update

from tasknb.messages.data import Annotation, Data
from tasknb.messages.wire import decode, encode
from tasknb.service.schema import annotations as annotation_rows
from tasknb.service.schema import auto_runs, workers

if TYPE_CHECKING:
    from collections.abc import Collection

    from tasknb.messages.people import Worker
    from tasknb.messages.task import Task
    from tasknb.service.context import Context

AT_ONCE = 1000
"""How many annotations are looked at in one transaction."""


def is_clean(ctx: Context, task_pk: int) -> bool:
    """Whether all earlier annotations have been looked at."""
    return ctx.db.scalar(select(auto_runs.c.cleaned_to).where(auto_runs.c.task_pk == task_pk)) is None


def clean(ctx: Context, task_pk: int, worker: Worker, task: Task) -> None:
    """Look at the next thousand annotations that this model or workflow made for other tasks.

    The task's concepts are taken out of them, and those with nothing left are deleted. Where it stops is noted, so that
    after a restart it goes on there.
    """
    seen = ctx.db.scalar(select(auto_runs.c.cleaned_to).where(auto_runs.c.task_pk == task_pk)) or 0
    same = select(workers.c.pk).where(
        workers.c.app_pk == ctx.app_pk, workers.c.kind == worker.kind, workers.c.id == worker.id
    )
    query = (
        select(annotation_rows.c.pk, annotation_rows.c.body)
        .where(annotation_rows.c.pk > seen, annotation_rows.c.worker_pk.in_(same), annotation_rows.c.task_id != task.id)
        .order_by(annotation_rows.c.pk)
        .limit(AT_ONCE)
    )
    rows = ctx.db.execute(query).all()
    ids = {one.concept.id for one in task.concepts if one.concept}
    empty = []
    for row in rows:
        annotation = decode(row.body, Annotation)
        left = without(annotation.data or Data(), ids)
        if left is None:
            empty.append(row.pk)
        elif left != annotation.data:
            body = encode(msgspec.structs.replace(annotation, data=left)).decode()
            ctx.db.execute(
                update(annotation_rows).where(annotation_rows.c.pk == row.pk).values(body=body, modified_at=ctx.now)
            )
    ctx.db.execute(delete(annotation_rows).where(annotation_rows.c.pk.in_(empty)))
    done = len(rows) < AT_ONCE
    ctx.db.execute(
        update(auto_runs).where(auto_runs.c.task_pk == task_pk).values(cleaned_to=None if done else rows[-1].pk)
    )


def without(data: Data, concept_ids: Collection[str]) -> Data | None:
    """The data without some concepts, in regions and frames too; None when no concept is left."""
    concepts = [one for one in data.concepts if one.id not in concept_ids]
    regions, frames = [], []
    for region in data.regions:
        inner = without(region.data or Data(), concept_ids)
        if inner is not None:
            regions.append(msgspec.structs.replace(region, data=inner))
    for frame in data.frames:
        inner = without(frame.data or Data(), concept_ids)
        if inner is not None:
            frames.append(msgspec.structs.replace(frame, data=inner))
    if not (concepts or regions or frames):
        return None
    return msgspec.structs.replace(data, concepts=concepts, regions=regions, frames=frames)
