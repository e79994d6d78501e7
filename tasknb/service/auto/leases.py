"""Leases: only one process works on an automatic task at a time, and a crash blocks nobody for long."""

from __future__ import annotations

import os
import secrets
import socket
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from tasknb.service.schema import auto_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEASE_SECONDS = 30
"""How long a lease lasts unless it is renewed; the longest that a task waits after another machine has crashed."""


def new_holder() -> str:
    """Who works, in a form that tells whether its process lives: host, process id and a random part."""
    return f"{socket.gethostname()}|{os.getpid()}|{secrets.token_hex(8)}"


def claim(db: Connection, task_pk: int, holder: str, now: int) -> bool:
    """Take or renew the lease of a task; False while somebody else holds it.

    Only for a transaction that writes: two who claim at once take turns there.
    """
    row = db.execute(select(auto_runs.c.holder, auto_runs.c.expires_at).where(auto_runs.c.task_pk == task_pk)).first()
    expires_at = now + LEASE_SECONDS * 1_000_000
    if row is None:
        db.execute(insert(auto_runs).values(task_pk=task_pk, holder=holder, expires_at=expires_at))
        return True
    if row.holder not in ("", holder) and row.expires_at > now and not has_died(row.holder):
        return False
    db.execute(update(auto_runs).where(auto_runs.c.task_pk == task_pk).values(holder=holder, expires_at=expires_at))
    return True


def holds(db: Connection, task_pk: int, holder: str) -> bool:
    """Whether nobody has taken the lease over; also after it has expired."""
    return db.scalar(select(auto_runs.c.holder).where(auto_runs.c.task_pk == task_pk)) == holder


def renew(db: Connection, task_pk: int, holder: str, now: int) -> None:
    """Make a lease last longer, if it is still held."""
    expires_at = now + LEASE_SECONDS * 1_000_000
    db.execute(
        update(auto_runs)
        .where(auto_runs.c.task_pk == task_pk, auto_runs.c.holder == holder)
        .values(expires_at=expires_at)
    )


def release(db: Connection, holder: str) -> None:
    """Give all leases of a holder back."""
    db.execute(update(auto_runs).where(auto_runs.c.holder == holder).values(holder="", expires_at=0))


def has_died(holder: str) -> bool:
    """Whether the process that holds a lease certainly lives no more: it ran on this machine, and is gone."""
    host, _, rest = holder.partition("|")
    pid = rest.partition("|")[0]
    # On Windows, signal 0 is not a question.
    if host != socket.gethostname() or os.name != "posix" or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
