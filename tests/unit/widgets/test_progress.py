"""TaskProgress against the real embedded service, without a browser."""

from __future__ import annotations

import re
import threading
from types import SimpleNamespace

import pandas as pd
import pytest
from small_app import INPUTS, label, new_task

import tasknb as tn
from tasknb import errors
from tasknb.messages.task import ReviewMetrics, TaskMetrics, TaskStatusCount
from tasknb.widgets import TaskProgress
from tasknb.widgets.reading import Reader, reading

LONG = 20


@pytest.fixture
def progress(client, task):
    shown = TaskProgress(client, task)
    yield shown
    shown.close()


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("tasknb-progress")]


class Cable:
    """Between a reader and its server; can be pulled."""

    def __init__(self, progress):
        self.read = progress._reader.read
        self.error = None
        progress._reader.read = self

    def __call__(self):
        if self.error:
            raise self.error
        return self.read()


def test_it_reads_the_task_when_it_is_made(progress):
    reading = progress.reading
    assert (reading.total, reading.finished, reading.estimated) == (INPUTS, 0, False)
    assert [worker.id for worker in reading.workers] == ["ann", "bob"]
    assert progress.running is False


def test_work_shows_at_the_next_look(client, task, progress):
    label(client, task, "ann", 4)
    reading = progress.refresh()
    assert reading.counts == (INPUTS - 4, 0, 0, 4, 0)
    assert reading.workers[0].counts == (INPUTS // 2 - 4, 0, 0, 4, 0)


def test_full_counts_each_label(client):
    task = client.tasks.create(new_task(worker=tn.TaskWorker.full("ann", "bob")))
    reading = Reader(client, task.id).read()
    assert (reading.total, reading.unit, reading.per_input) == (2 * INPUTS, "labels", 2)


def test_what_dynamic_has_not_handed_out_yet_is_pending_and_an_estimate(client):
    task = client.tasks.create(new_task(worker=tn.TaskWorker.dynamic("ann", "bob")))
    label(client, task, "ann", 4)
    reading = Reader(client, task.id).read()
    assert (reading.total, reading.estimated) == (INPUTS, True)
    assert reading.counts == (INPUTS - 4, 0, 0, 4, 0)
    for worker in ("ann", "bob"):
        label(client, task, worker)
    reading = Reader(client, task.id).read()
    assert (reading.complete, reading.estimated) == (True, False)


def test_an_unknown_task_is_refused_at_once(client):
    with pytest.raises(errors.NotFoundError):
        TaskProgress(client, "nothing")


def test_a_misspelt_option_is_refused(client, task):
    with pytest.raises(TypeError, match="no option intervall"):
        TaskProgress(client, task, intervall=3)


def test_history_is_a_frame_of_what_was_seen(client, task, progress):
    label(client, task, "ann", 4)
    progress.refresh()
    frame = progress.history
    assert list(frame["finished"]) == [0, 4]
    assert list(frame.columns)[:3] == ["taken", "total", "pending"]
    assert isinstance(frame["taken"].dtype, pd.DatetimeTZDtype)
    assert frame["taken"].is_monotonic_increasing


def test_wait_ends_when_it_is_done_and_leaves_no_thread(client, task, progress, capsys):
    for worker in ("ann", "bob"):
        label(client, task, worker)
    assert progress.wait(timeout=LONG).complete
    assert not progress.running
    assert f"Cats and dogs: 100\u202f% · {INPUTS} of {INPUTS} inputs finished" in capsys.readouterr().err


def test_wait_sees_what_happens_meanwhile(client, task, progress):
    worker = threading.Timer(0.05, label, (client, task, "ann", 10))
    worker.start()
    reading = progress.wait(until=0.5, timeout=LONG, line=False)
    worker.join()
    assert reading.finished == INPUTS // 2


def test_wait_leaves_the_last_state_in_a_notebook_that_a_program_runs(client, task, progress):
    saved, returned = [], threading.Event()

    def update(bundle, raw):
        if threading.current_thread() is not threading.main_thread():
            returned.wait(LONG)
        saved.append(bundle["text/html"])

    progress._watchers._displays.append(SimpleNamespace(update=update))
    for worker in ("ann", "bob"):
        label(client, task, worker)
    progress.wait(timeout=LONG, line=False)
    assert f"{INPUTS} of {INPUTS} inputs finished" in saved[-1]
    returned.set()


def test_wait_takes_a_function(client, task, progress):
    label(client, task, "bob", 3)
    assert progress.wait(lambda reading: reading.workers[1].counts[3] == 3, timeout=LONG).finished == 3


def test_wait_ends_with_the_task(client, task, progress):
    client.tasks.set_status(task, "TASK_WONT_DO")
    reading = progress.wait(timeout=LONG)
    assert (reading.ended, reading.complete) == (True, False)


def test_wait_gives_up(progress):
    with pytest.raises(TimeoutError, match=f"0 of {INPUTS} inputs finished"):
        progress.wait(timeout=0)


def test_wait_says_that_the_task_is_gone(client, task, progress):
    client.tasks.delete(task)
    with pytest.raises(errors.NotFoundError):
        progress.wait(timeout=LONG)


@pytest.mark.parametrize("until", [1.5, -1])
def test_a_share_beyond_the_whole_is_refused(progress, until):
    with pytest.raises(ValueError, match="Give a number from 0 to 1"):
        progress.wait(until)


def test_a_failed_look_is_told_and_the_next_one_recovers(progress):
    cable = Cable(progress)
    progress._watchers.hear("one", sees=True)
    cable.error = errors.ConnectionFailed("no answer")
    assert progress._step() == 2
    assert progress._step() == 4
    state = progress.get_state("_state")["_state"]
    assert state["failure"]["message"] == "no answer"
    assert state["total"] == INPUTS
    cable.error = None
    assert progress._step() <= 2
    assert progress.get_state("_state")["_state"]["failure"] is None


def test_a_task_that_is_gone_is_not_asked_for_again(client, task, progress):
    client.tasks.delete(task)
    assert progress._step() is None
    assert progress.get_state("_state")["_state"]["failure"]["retry"] is None


def test_a_server_that_is_away_at_the_start_is_no_error(client, task, monkeypatch):
    def away(_reader):
        raise errors.ConnectionFailed("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read", away)
        progress = TaskProgress(client, task)
    assert progress.reading is None
    assert "no answer" in progress.static_html()
    assert progress.refresh().total == INPUTS
    progress.close()


def test_views_start_and_end_the_following(progress):
    progress._answer_watch("one", sees=True, version=0)
    progress._answer_watch("two", sees=False, version=0)
    assert progress.running
    progress._answer_watch("one", sees=None, version=0)
    assert progress.running
    progress._answer_watch("two", sees=None, version=0)
    assert not progress.running


def test_a_view_that_missed_something_gets_everything(progress, monkeypatch):
    monkeypatch.setattr(progress._follower, "start", lambda: None)
    version = progress._tracker.version
    assert progress._answer_watch("one", sees=True, version=version - 1)["total"] == INPUTS
    assert progress._answer_watch("one", sees=True, version=progress._tracker.version) is None


def test_close_ends_the_thread(client, task):
    progress = TaskProgress(client, task)
    progress._answer_watch("one", sees=True, version=0)
    before = threads()
    assert before
    progress.close()
    for thread in before:
        thread.join(LONG)
    assert threads() == []


def test_the_static_view_is_a_table_of_escaped_text(client):
    task = client.tasks.create(new_task(name="<script>alert(1)</script>"))
    progress = TaskProgress(client, task)
    html = progress.static_html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert re.search(r"<td[^>]*>ann</td>", html)
    progress.close()


def test_the_repr_does_not_change_from_run_to_run(client, task, progress):
    assert repr(progress) == "TaskProgress('Cats and dogs')"
    label(client, task, "ann", 1)
    progress.refresh()
    assert repr(progress) == "TaskProgress('Cats and dogs')"


def test_reviewers_are_joined_with_their_positional_numbers():
    task = new_task(review=tn.TaskReview.manual("rita", "sam"))
    review = ReviewMetrics(
        inputs_count_estimated_per_reviewer=[3], inputs_reviewable_count_estimated_per_reviewer=[5, 7]
    )
    task.metrics = TaskMetrics(review=review)
    counts = [TaskStatusCount(user_id="ann", pending=1, awaiting_review=2, success=3, review_denied=4)]
    seen = reading(task, counts, {"rita": "Rita Moss"}, 1000.0)
    assert [(one.name, one.reviewed, one.reviewable) for one in seen.reviewers] == [("Rita Moss", 3, 5), ("", 0, 7)]
    assert seen.counts == (1, 2, 0, 3, 4)
    assert [worker.id for worker in seen.workers] == ["ann", "bob"]
