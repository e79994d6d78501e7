"""Which tasks stand on a page, without going through all those before it.

Tasks are listed newest first, and pages are numbered. Blocks of keys with their numbers of tasks tell in a few rows in
which block a page begins; from there on tasks are counted one by one.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from tasknb.service.schema import task_blocks, tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasknb.service.context import Context

BLOCK = 1024
"""How many keys a block has."""

_FIRST = (
    select(tasks.c.pk)
    .where(tasks.c.app_pk == bindparam("app_pk"), tasks.c.pk < bindparam("below"))
    .order_by(tasks.c.pk.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_BLOCKS = (
    select(task_blocks.c.block, task_blocks.c.number)
    .where(task_blocks.c.app_pk == bindparam("app_pk"))
    .order_by(task_blocks.c.block.desc())
)
_ADD = (
    update(task_blocks)
    .where(task_blocks.c.app_pk == bindparam("of_app"), task_blocks.c.block == bindparam("of_block"))
    .values(number=task_blocks.c.number + bindparam("more"))
)


def newest(ctx: Context, most: int, skip: int) -> Sequence[int]:
    """The pks of `most` tasks of the app, newest first, after the `skip` newest ones."""
    below = 2**62
    if skip > BLOCK:
        for block, number in ctx.db.execute(_BLOCKS, {"app_pk": ctx.app_pk}).all():
            if number > skip:
                break
            skip -= number
            below = block * BLOCK
    return ctx.db.scalars(_FIRST, {"app_pk": ctx.app_pk, "below": below, "most": most, "skip": skip}).all()


def count_tasks(ctx: Context) -> int:
    """How many tasks the app has."""
    query = select(func.sum(task_blocks.c.number)).where(task_blocks.c.app_pk == ctx.app_pk)
    return int(ctx.db.scalar(query) or 0)


def count_blocks(ctx: Context, pks: Iterable[int], by: int) -> None:
    """Note that tasks have come (`by` is 1) or gone (-1)."""
    for block, number in Counter(pk // BLOCK for pk in pks).items():
        place = {"of_app": ctx.app_pk, "of_block": block}
        if not ctx.db.execute(_ADD, {**place, "more": by * number}).rowcount:
            ctx.db.execute(insert(task_blocks).values(app_pk=ctx.app_pk, block=block, number=by * number))
