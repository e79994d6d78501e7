"""The runner: lets models and workflows label the inputs of their tasks, batch after batch, in the background.

Its state lies in the database alone: a task's inputs are rows of `assignments`, pending until their annotations are
saved in the same transaction that marks them done. So a process may be killed at any moment; the next one goes on with
what is still pending. No model is called inside a transaction.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from tasknb.errors import TasknbError
from tasknb.service.auto import jobs, leases
from tasknb.service.auto.findings import sort_out
from tasknb.service.auto.inputs import stored
from tasknb.service.auto.pixels import MediaError
from tasknb.service.auto.predictors import ModelFailure, look_at
from tasknb.service.content.media import read_bytes
from tasknb.service.context import AppRow, Caller, Context, Refusal, now_micros
from tasknb.service.store import is_busy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasknb.messages.people import Worker
    from tasknb.service.auto.findings import Finding
    from tasknb.service.auto.jobs import Batch, Job
    from tasknb.service.auto.predictors import Predictor
    from tasknb.service.store import Store

log = logging.getLogger("tasknb.service.auto")

T = TypeVar("T")

# What SQLite says at the start of a transaction comes as its own error.
DATABASE_ERRORS = (DBAPIError, sqlite3.Error)

POLL_SECONDS = 2.0
"""How often the runner looks for inputs and tasks that other processes have added."""

STOP_SECONDS = 5.0
"""How long closing waits for a model that is at work; what it says later is dropped, and asked anew next time."""


class Runner:
    """Works on the automatic tasks of a store whose models this process has.

    Parameters
    ----------
    store : Store
        The database.
    find : callable
        Gives the predictor that a worker is in an app, or None when this process does not have it.
    """

    def __init__(self, store: Store, find: Callable[[Worker, AppRow], Predictor | None]) -> None:
        self._store = store
        self._find = find
        self._holder = leases.new_holder()
        self._stopping = threading.Event()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._keeper: threading.Thread | None = None
        self._held: Job | None = None
        self._worked = False
        self._strange: set[int] = set()
        # One at a time: the background thread, or whoever runs until idle.
        self._turn = threading.Lock()

    def start(self) -> None:
        """Work in the background from now on; calling it again changes nothing."""
        if self._thread is None and not self._stopping.is_set():
            self._thread = threading.Thread(target=self._work, name="tasknb-auto", daemon=True)
            self._thread.start()
        self.wake()

    def wake(self) -> None:
        """Say that there may be something to do, so that the background thread need not wait for its next look."""
        self._wanted.set()

    def stop(self) -> None:
        """Stop after the batch at work, and give the leases back. The runner cannot be started again."""
        self._stopping.set()
        self._wanted.set()
        for thread in (self._thread, self._keeper):
            if thread not in (None, threading.current_thread()):
                thread.join(STOP_SECONDS)
        # Whoever never took a lease does not wait for other writers now.
        if self._worked and self._turn.acquire(blocking=False):
            try:
                self._write(lambda ctx: leases.release(ctx.db, self._holder))
            except DATABASE_ERRORS:
                log.warning("the leases of automatic tasks could not be given back; they expire by themselves")
            finally:
                self._turn.release()

    def run_until_idle(self) -> None:
        """Work in this thread until nothing is left to do: every task is idle, failed, or another process's."""
        while not self._stopping.is_set() and self._round():
            pass

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wanted.clear()
            if not self._round():
                self._wanted.wait(POLL_SECONDS)

    def _round(self) -> bool:
        """One batch of each task that has something to do; whether there was any."""
        worked = False
        with self._turn:
            try:
                with self._store.read() as db:
                    waiting = jobs.waiting(db)
            except DATABASE_ERRORS:
                log.exception("automatic tasks cannot be read; trying again later")
                return False
            for job in waiting:
                try:
                    worked |= not self._stopping.is_set() and self._advance(job)
                except Exception:
                    # Whatever it is, other tasks must not wait for it.
                    log.exception("task %s was interrupted; trying again later", job.row.id)
        return worked

    def _advance(self, job: Job) -> bool:
        predictor = self._find(job.worker, job.app)
        if predictor is None:
            self._say_once(job)
            return False
        self._worked = True
        batch = self._write(lambda ctx: jobs.take(ctx, job, self._holder), job)
        if batch is None:
            return False
        if not batch.items:
            return batch.changed
        with self._kept(job):
            try:
                found, unread = self._predict(job, batch, predictor)
            except ModelFailure as failure:
                self._fail(job, str(failure))
                return True
            except TasknbError as error:
                self._fail(job, f"What {predictor.name} said cannot be read: {error}")
                return True
        if not self._stopping.is_set():
            self._save(batch, found, unread)
        return True

    def _save(self, batch: Batch, found: list[list[Finding]], unread: dict[int, str]) -> None:
        job = batch.job
        try:
            self._write(lambda ctx: jobs.save(ctx, batch, found, unread, self._holder), job)
        except Refusal as refusal:
            reason = f"What the model found cannot be stored: {refusal.details}"
            self._fail(job, reason)

    def _fail(self, job: Job, reason: str) -> None:
        log.warning("task %s failed: %s", job.row.id, reason)
        self._write(lambda ctx: jobs.fail(ctx, job, self._holder, reason), job)

    def _predict(self, job: Job, batch: Batch, predictor: Predictor) -> tuple[list[list[Finding]], dict[int, str]]:
        """What the model says of each input, sorted out by the task's rules; and why some cannot be read."""
        seen = [stored(item.input, self._reader(item.input_pk)) for item in batch.items]
        found: list[list[Finding]] = [[] for _ in seen]
        unread: dict[int, str] = {}
        for index, frame, said in look_at(predictor, seen, batch.task.sample_ms):
            if isinstance(said, MediaError):
                unread[index] = str(said)
            else:
                found[index] += sort_out(batch.task, job.row.seed, batch.items[index], frame, said)
        return found, unread

    def _reader(self, input_pk: int) -> Callable[[], bytes | None]:
        def read() -> bytes | None:
            with self._store.read() as db:
                return read_bytes(db, input_pk)

        return read

    @contextmanager
    def _kept(self, job: Job) -> Iterator[None]:
        """Keep the lease on a task for as long as its model takes."""
        self._held = job
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep, name="tasknb-auto-lease", daemon=True)
            self._keeper.start()
        try:
            yield
        finally:
            self._held = None

    def _keep(self) -> None:
        while not self._stopping.wait(leases.LEASE_SECONDS / 3):
            if job := self._held:
                with suppress(*DATABASE_ERRORS):
                    self._renew(job)

    def _renew(self, job: Job) -> None:
        self._write(lambda ctx: leases.renew(ctx.db, job.row.pk, self._holder, ctx.now), job)

    def _say_once(self, job: Job) -> None:
        """Log that a task waits for a model that only another process may have."""
        if job.row.pk not in self._strange:
            self._strange.add(job.row.pk)
            log.warning("task %s waits for the %s %r, not registered here", job.row.id, job.worker.kind, job.worker.id)

    def _write(self, change: Callable[[Context], T], job: Job | None = None) -> T:
        """One short transaction that writes, run again while other writers are in its way."""
        app = job.app if job else AppRow(0, "", 0, "")
        while True:
            try:
                with self._store.write(lock=app.pk) as db:
                    return change(Context(db, Caller(app.owner_pk, app.owner_id), app, now_micros()))
            except DATABASE_ERRORS as error:
                if not is_busy(error) or self._stopping.is_set():
                    raise
                time.sleep(0.05)
