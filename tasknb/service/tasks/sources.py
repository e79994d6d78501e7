"""Where a task takes its inputs from, as a query that every strategy and every count shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from tasknb.messages.enums import InputSourceType
from tasknb.service.schema import dataset_inputs, datasets, inputs, tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasknb.messages.task import Task
    from tasknb.service.context import Context
    from tasknb.service.tasks.task_rows import TaskRow

_TABLES = {InputSourceType.DATASET: datasets, InputSourceType.INPUT: inputs}
_PKS = {
    kind: select(table.c.id, table.c.pk).where(
        table.c.app_pk == bindparam("app_pk"), table.c.id.in_(bindparam("ids", expanding=True))
    )
    for kind, table in _TABLES.items()
}


def source_inputs(ctx: Context, row: TaskRow) -> Select[Any]:
    """The task's inputs, with the columns ``place`` and ``input_pk``; not ordered.

    ``place`` grows with each input that is added later, so whoever has seen all up to a place finds the rest above.
    """
    if row.source_type == InputSourceType.DATASET.number:
        return select(dataset_inputs.c.pk.label("place"), dataset_inputs.c.input_pk).where(
            dataset_inputs.c.dataset_pk == row.source_pk
        )
    query = select(inputs.c.pk.label("place"), inputs.c.pk.label("input_pk")).where(inputs.c.app_pk == ctx.app_pk)
    return query.where(inputs.c.pk == row.source_pk) if row.source_type == InputSourceType.INPUT.number else query


def place_of(row: TaskRow) -> Any:
    """The column behind ``place``, to filter and order by."""
    return dataset_inputs.c.pk if row.source_type == InputSourceType.DATASET.number else inputs.c.pk


def count_source(ctx: Context, row: TaskRow) -> int:
    """How many inputs the source has now."""
    query = source_inputs(ctx, row).with_only_columns(func.count(), maintain_column_froms=True)
    return int(ctx.db.scalar(query) or 0)


def find_sources(ctx: Context, tasks: Iterable[Task]) -> dict[tuple[InputSourceType, str], int]:
    """The pks of the datasets and inputs that tasks take their inputs from, by type and id; without unknown ones."""
    named: dict[InputSourceType, set[str]] = {kind: set() for kind in _TABLES}
    for task in tasks:
        if task.input_source and task.input_source.type in named:
            named[task.input_source.type].add(task.input_source.id)
    found = {}
    for kind, ids in named.items():
        if ids:
            rows = ctx.db.execute(_PKS[kind], {"app_pk": ctx.app_pk, "ids": list(ids)})
            found.update({(kind, row.id): row.pk for row in rows})
    return found


def has_source(ctx: Context, ids: Sequence[str]) -> ColumnElement[bool]:
    """Whether a task takes its inputs from one of these datasets or inputs."""
    return or_(
        *(
            and_(
                tasks.c.source_type == kind.number,
                tasks.c.source_pk.in_(select(table.c.pk).where(table.c.app_pk == ctx.app_pk, table.c.id.in_(ids))),
            )
            for kind, table in _TABLES.items()
        )
    )
