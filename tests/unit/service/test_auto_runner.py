"""The runner: in the background, one process at a time, resumed after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from tasknb.messages.content_requests import PostConceptsRequest, PostInputsRequest
from tasknb.messages.data import Concept, Data, Input, Text
from tasknb.messages.people import Model, UserAppID
from tasknb.messages.requests import GetTaskRequest, PostTasksRequest
from tasknb.messages.status import StatusCode
from tasknb.messages.task import InputSource, Task, TaskConcept, TaskReview, TaskWorker
from tasknb.service.auto import leases, runner
from tasknb.service.context import now_micros
from tasknb.service.core import Service
from tasknb.service.people.users import ensure_app
from tasknb.service.schema import annotations, auto_runs

PATIENCE = 60
"""Seconds after which a test that waits for another thread gives up."""

MINE = Model(id="m")
APP = UserAppID(user_id="owner", app_id="main")


def label(batch):
    return [{"cat": 1.0} for _ in batch]


class Desk:
    """A service on a file, with an app, and requests in its owner's name."""

    def __init__(self, path, model=label, *, background=False):
        self.folder = Path(path).parent
        self.service = Service(path, background=background)
        with self.service.store.write() as db:
            self.caller, _ = ensure_app(db, "owner", "main")
        self.service.register_model("m", model)

    def call(self, name, request):
        request.user_app_id = APP
        response = self.service.call(name, request, self.caller)
        assert response.status.code == StatusCode.SUCCESS, response.status
        return response

    def fill(self, count, model=MINE):
        self.call("PostConcepts", PostConceptsRequest(concepts=[Concept(id="cat")]))
        self.add(range(count))
        return self.create(model)

    def add(self, numbers):
        inputs = [Input(id=f"{number}", data=Data(text=Text(raw=f"{number}"))) for number in numbers]
        for start in range(0, len(inputs), 128):
            self.call("PostInputs", PostInputsRequest(inputs=inputs[start : start + 128]))

    def create(self, model=MINE):
        task = Task(
            name="cats",
            worker=TaskWorker.automatic(model),
            concepts=TaskConcept.of("cat"),
            input_source=InputSource.all_inputs(),
            review=TaskReview.none(),
        )
        return self.call("PostTasks", PostTasksRequest(tasks=[task])).tasks[0].id

    def run(self):
        self.service.auto.runner.run_until_idle()

    def status(self, task_id):
        return self.call("GetTask", GetTaskRequest(task_id=task_id)).task.status.name

    def labels(self):
        """How many annotations there are, and of how many inputs."""
        query = select(func.count(), func.count(annotations.c.input_pk.distinct()))
        with self.service.store.read() as db:
            return tuple(db.execute(query).one())


@pytest.fixture
def desk(tmp_path):
    opened = []

    def make(model=label, **options):
        opened.append(Desk(tmp_path / "labels.db", model, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.service.close()


def test_it_works_in_the_background_and_picks_up_what_comes_later(desk):
    counted = threading.Semaphore(0)

    def counting(batch):
        for _ in batch:
            counted.release()
        return label(batch)

    one = desk(counting, background=True)
    one.fill(40)
    for _ in range(40):
        assert counted.acquire(timeout=PATIENCE)
    one.add(range(40, 45))
    for _ in range(5):
        assert counted.acquire(timeout=PATIENCE)
    one.run()
    assert one.labels() == (45, 45)


def test_closing_stops_it_and_the_next_one_goes_on(desk):
    reached, going = threading.Event(), threading.Event()

    def slow(batch):
        if batch[0].id == "32":
            reached.set()
            assert going.wait(PATIENCE)
        return label(batch)

    one = desk(slow, background=True)
    task_id = one.fill(100)
    assert reached.wait(PATIENCE)
    assert one.status(task_id) == "TASK_IN_PROGRESS"
    closing = threading.Thread(target=one.service.close)
    closing.start()
    assert one.service.auto.runner._stopping.wait(PATIENCE)
    going.set()
    closing.join()
    other = desk()
    assert other.labels() == (32, 32)
    other.run()
    assert other.labels() == (100, 100)
    assert other.status(task_id) == "TASK_IDLE"


def test_a_model_that_hangs_does_not_keep_the_service_open(desk, monkeypatch):
    monkeypatch.setattr(runner, "STOP_SECONDS", 0.01)
    reached, going = threading.Event(), threading.Event()

    def hanging(batch):
        reached.set()
        assert going.wait(PATIENCE)
        return label(batch)

    one = desk(hanging, background=True)
    one.fill(5)
    assert reached.wait(PATIENCE)
    one.service.close()
    going.set()
    one.service.auto.runner._thread.join(PATIENCE)
    assert desk().labels() == (0, 0)


def test_only_one_works_on_a_task_at_a_time(desk):
    asked = []

    def first(batch):
        other.run()
        return label(batch)

    def second(batch):
        asked.append(batch)
        return label(batch)

    one, other = desk(first), desk(second)
    one.fill(40)
    one.run()
    assert asked == []
    assert one.labels() == (40, 40)
    one.service.auto.runner.stop()
    other.add([40])
    other.run()
    assert len(asked) == 1


def test_what_was_said_after_the_lease_was_lost_is_dropped(desk):
    def first(batch):
        with one.service.store.write() as db:
            db.execute(update(auto_runs).values(expires_at=0))
        other.run()
        return [{"cat": 0.5} for _ in batch]

    one, other = desk(first), desk()
    task_id = one.fill(40)
    one.run()
    assert one.labels() == (40, 40)
    with one.service.store.read() as db:
        assert all('"value":1.0' in body for body in db.scalars(select(annotations.c.body)))
    assert one.status(task_id) == "TASK_IDLE"


def test_a_lease_is_renewed_while_a_model_takes_its_time(desk, monkeypatch):
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.05)

    def expires_at():
        with one.service.store.read() as db:
            return db.scalar(select(auto_runs.c.expires_at))

    def slow(batch):
        before, tick = expires_at(), threading.Event()
        for _ in range(1000):
            if expires_at() > before:
                return label(batch)
            tick.wait(0.01)
        raise AssertionError("the lease was not renewed")

    one = desk(slow)
    task_id = one.fill(3)
    one.run()
    assert one.status(task_id) == "TASK_IDLE"


def test_leases_of_the_living_the_dead_and_other_machines(desk):
    one = desk()
    task_id = one.fill(1)
    with one.service.store.write() as db:
        pk, now = 1, now_micros()
        assert leases.claim(db, pk, "elsewhere|1|a", now)
        assert not leases.claim(db, pk, "mine", now)
        assert leases.claim(db, pk, "elsewhere|1|a", now)
        assert leases.claim(db, pk, "mine", now + leases.LEASE_SECONDS * 1_000_000 + 1)
        assert leases.holds(db, pk, "mine")
        leases.release(db, "mine")
        assert not leases.holds(db, pk, "mine")
        assert leases.claim(db, pk, dead_holder(), now)
        assert leases.claim(db, pk, leases.new_holder(), now)
        assert not leases.claim(db, pk, "third", now)
    assert one.status(task_id) == "TASK_IN_PROGRESS"


def dead_holder():
    """Who held a lease in a process that has ended."""
    code = "from tasknb.service.auto.leases import new_holder; print(new_holder())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_task_whose_model_this_process_has_not_is_left_to_others(desk, tmp_path):
    one = desk()
    task_id = one.fill(5)
    stranger = Service(tmp_path / "labels.db", background=False)
    stranger.auto.runner.run_until_idle()
    stranger.close()
    assert one.labels() == (0, 0)
    assert one.status(task_id) == "TASK_IN_PROGRESS"


KILLED = """
    import os, signal, sys
    sys.path.insert(0, {folder!r})
    from test_auto_runner import Desk, label

    def deadly(batch):
        if batch[0].id == "64":
            os.kill(os.getpid(), signal.SIGKILL)
        return label(batch)

    desk = Desk({path!r}, deadly)
    print(desk.fill(200), flush=True)
    desk.run()
"""


def test_after_kill_9_the_next_one_goes_on_at_once(desk, tmp_path, request):
    code = textwrap.dedent(KILLED).format(folder=str(request.path.parent), path=str(tmp_path / "labels.db"))
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    one = desk()
    assert one.labels() == (64, 64)
    assert one.status(killed.stdout.strip()) == "TASK_IN_PROGRESS"
    one.run()
    assert one.labels() == (200, 200)
    assert one.status(killed.stdout.strip()) == "TASK_IDLE"


def test_opening_a_database_goes_on_with_its_tasks(desk, tmp_path):
    one = desk()
    one.fill(5)
    one.service.close()
    done = threading.Event()

    def signalling(batch):
        done.set()
        return label(batch)

    other = Service(tmp_path / "labels.db")
    other.auto.open({"m": signalling})
    assert done.wait(PATIENCE)
    other.close()


def test_without_models_there_is_no_thread(tmp_path):
    service = Service(tmp_path / "labels.db")
    service.auto.open({})
    assert service.auto.runner._thread is None
    service.close()


def test_many_inputs_are_given_in_pieces(desk, monkeypatch):
    from tasknb.service.auto import jobs

    monkeypatch.setattr(jobs, "GIVEN_AT_ONCE", 7)
    one = desk()
    task_id = one.fill(5)
    one.run()
    one.add(range(5, 40))
    one.run()
    assert one.labels() == (40, 40)
    assert one.status(task_id) == "TASK_IDLE"


def test_earlier_annotations_are_cleaned_in_pieces(desk, monkeypatch):
    from tasknb.messages.task import Task as Message
    from tasknb.service.auto import cleaning

    monkeypatch.setattr(cleaning, "AT_ONCE", 7)
    one = desk()
    one.fill(30)
    one.run()
    task = Message(
        name="again",
        worker=TaskWorker.automatic(Model(id="m")),
        concepts=TaskConcept.of("cat"),
        input_source=InputSource.all_inputs(),
        review=TaskReview.none(),
        delete_previous_annotations=True,
    )
    one.call("PostTasks", PostTasksRequest(tasks=[task]))
    one.run()
    assert one.labels() == (30, 30)
