"""TaskBoard against the real embedded service, without a browser."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from small_app import INPUTS, label, new_task

import tasknb as tn
from tasknb import errors
from tasknb.widgets import TaskBoard, board_feed

LONG = 20


@pytest.fixture
def tasks(client):
    return client.tasks.create([new_task(f"Task {i}") for i in range(5)])


@pytest.fixture
def board(client, tasks):
    shown = TaskBoard(client)
    yield shown
    shown.close()


@pytest.fixture
def idle(board, monkeypatch):
    """The board without its thread: its steps are taken by hand."""
    monkeypatch.setattr(board._follower, "start", lambda: None)
    return board


def ids(client):
    return {task.id for task in client.tasks.list()}


def names(board, **query):
    return [row[1] for row in board._answer_rows(query, 0, 100)["rows"]]


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "tasknb-board"]


def step(board):
    return board._feed.step([], 0)


def test_it_lists_all_tasks(board):
    assert sorted(names(board)) == [f"Task {i}" for i in range(5)]
    assert board._summary()["states"] == [("TASK_IN_PROGRESS", "In progress", 5)]


def test_rows_come_page_by_page(board):
    answer = board._answer_rows({"sort": "name", "down": False}, 3, 100)
    assert ([row[1] for row in answer["rows"]], answer["matched"]) == (["Task 3", "Task 4"], 5)


def test_mine_is_what_names_me(client, tasks):
    board = TaskBoard(client.acting_as("ann"))
    assert len(names(board, mine="label")) == 5
    assert names(board, mine="review") == []
    board.close()


def test_the_selection_is_a_frame(board, tasks):
    board._answer_select([tasks[0].id, tasks[2].id], on=True)
    assert sorted(board.selection["name"]) == ["Task 0", "Task 2"]
    board._answer_select([tasks[0].id], on=False)
    assert list(board.selection["name"]) == ["Task 2"]
    board._answer_select_all({"text": "task 1"})
    assert list(board.selection["name"]) == ["Task 1"]
    board.selected = ()
    assert (len(board.selection), "name" in board.selection) == (0, True)


def test_the_selection_can_be_observed(board, tasks):
    seen = []
    board.observe(lambda change: seen.append(change.new), "selected")
    board._answer_select([tasks[0].id], on=True)
    assert seen == [(tasks[0].id,)]


def test_tasks_are_ended_and_reopened(client, board, tasks):
    board.selected = (tasks[0].id, tasks[1].id)
    board._answer_act("done")
    assert client.tasks.get(tasks[0]).status.code == 54002
    assert [(name, count) for name, _, count in board._summary()["states"]] == [
        ("TASK_IN_PROGRESS", 3),
        ("TASK_DONE", 2),
    ]
    board._answer_act("reopen")
    assert client.tasks.get(tasks[1]).status.code == 54001


def test_deleting_waits_and_can_be_undone(client, idle, tasks):
    idle.selected = (tasks[0].id, tasks[1].id)
    idle._answer_act("delete")
    assert len(names(idle)) == 3
    assert idle.selected == ()
    assert idle._summary()["doomed"][0] == 2
    step(idle)
    assert len(ids(client)) == 5
    idle._answer_act("undo")
    assert len(names(idle)) == 5


def test_deleting_is_done_when_the_time_is_over(client, idle, tasks, monkeypatch):
    monkeypatch.setattr(board_feed, "UNDO_SECONDS", 0.0)
    idle.delete([tasks[0].id])
    step(idle)
    assert tasks[0].id not in ids(client)
    assert idle._summary()["doomed"] == (0, 0.0)


def test_the_board_deletes_by_itself(client, board, tasks, monkeypatch):
    monkeypatch.setattr(board_feed, "UNDO_SECONDS", 0.0)
    told = threading.Event()
    deleted = client.tasks.delete
    monkeypatch.setattr(client.tasks, "delete", lambda some: (deleted(some), told.set()))
    board.delete([tasks[0].id])
    assert told.wait(LONG)
    assert tasks[0].id not in ids(client)


def test_one_that_is_gone_already_does_not_keep_the_others(client, idle, tasks):
    idle.delete([tasks[0].id, tasks[1].id])
    client.tasks.delete(tasks[0])
    idle._feed.delete_due(everything=True)
    assert len(ids(client)) == 3


def test_what_cannot_be_deleted_comes_back(idle, client, tasks, monkeypatch):
    def refuse(_tasks):
        raise errors.ServerError("the server failed")

    idle.delete([tasks[0].id])
    with monkeypatch.context() as patch:
        patch.setattr(client.tasks, "delete", refuse)
        idle._feed.delete_due(everything=True)
    assert len(names(idle)) == 5
    assert idle._summary()["failure"]["message"] == "the server failed"


def test_closing_does_what_is_still_to_be_done(client, tasks):
    board = TaskBoard(client)
    board.delete([tasks[0].id])
    board.close()
    assert tasks[0].id not in ids(client)
    for thread in threads():
        thread.join(LONG)
    assert threads() == []


def test_what_happens_elsewhere_shows(client, idle, tasks):
    client.tasks.create(new_task("From elsewhere"))
    idle.refresh()
    assert "From elsewhere" in names(idle)


def test_progress_of_what_is_in_sight_is_measured(client, idle, tasks):
    label(client, tasks[0], "ann", 5)
    idle._feed.step([tasks[0].id], 0)
    assert idle._answer_rows({}, 0, 10)["bars"] == {tasks[0].id: [INPUTS - 5, 0, 0, 5, 0]}


def test_a_failure_is_told_and_forgotten(idle, client, monkeypatch):
    def away(*_arguments, **_more):
        raise errors.ConnectionFailed("no answer")

    idle._feed._next_list = 0.0
    with monkeypatch.context() as patch:
        patch.setattr(client, "pages", away)
        assert step(idle) == 2
    assert idle._summary()["failure"]["message"] == "no answer"
    step(idle)
    assert idle._summary()["failure"] is None


def test_a_task_opens_in_place_and_closes(board, tasks):
    widget = board._answer_open(tasks[0].id)
    assert (board.progress.task_id, board.progress.model_id) == (tasks[0].id, widget)
    opened = board.progress
    board._answer_shut()
    assert board.progress is None
    assert opened.comm is None


def test_a_copy_is_filled_into_a_form(client, board):
    source = client.tasks.create(new_task("Original", tn.TaskWorker.full("ann", "bob"), priority="HIGH"))
    board.selected = (source.id,)
    board._answer_form(copy=True)
    draft = board.form.draft
    assert (draft.name, draft.id, str(draft.worker.strategy)) == ("Copy of Original", "", "FULL")
    assert tn.problems(draft) == []
    board.form._answer_submit(board.form._fields)
    assert "Copy of Original" in names(board)


def test_views_start_and_end_the_following(board):
    board._answer_watch("one", sees=True, ids=[])
    assert board.running
    board._answer_watch("one", sees=None, ids=[])
    assert not board.running


def test_an_unknown_action_is_refused(board):
    with pytest.raises(errors.TasknbError, match="no action 'explode'"):
        board._answer_act("explode")


def test_static_views_are_stable_and_escaped(client, board):
    client.tasks.create(new_task("<script>alert(1)</script>"))
    board.refresh()
    assert repr(board) == "TaskBoard('main')"
    assert "&lt;script&gt;" in board.static_html()
    assert "<script>" not in board.static_html()


def test_an_empty_app_has_an_empty_board(client):
    board = TaskBoard(client)
    assert names(board) == []
    board.close()


def test_rejected_work_shows_in_the_bar(client, idle):
    task = client.tasks.create(new_task("Reviewed", review=tn.TaskReview.manual("rita")))
    label(client, task, "ann", 10)
    rita = client.acting_as("rita")
    given = rita.assignments.review_start(task)
    rita.assignments.reject(task, given[:3])
    rita.assignments.approve(task, given[3:5])
    idle.refresh()
    idle._feed.step([task.id], 0)
    assert idle._answer_rows({}, 0, 10)["bars"] == {task.id: [INPUTS - 10, 5, 0, 2, 3]}
    assert f"5 of {INPUTS}" in idle.static_html()


def test_rejected_work_is_counted_only_where_more_was_reviewed(client, idle, tasks, monkeypatch):
    asked = []
    monkeypatch.setattr(client.tasks, "input_counts", asked.append)
    label(client, tasks[0], "ann", 5)
    idle._feed.step([task.id for task in tasks], 0)
    assert asked == []


def test_what_a_program_saves_follows_the_board(client, board, tasks):
    saved = []
    board._watchers._displays.append(SimpleNamespace(update=lambda bundle, raw: saved.append(bundle["text/html"])))
    client.tasks.create(new_task("From elsewhere"))
    board.refresh()
    assert "From elsewhere" in saved[-1]


def test_a_board_that_nobody_sees_rests_once_nothing_waits(client, idle, tasks, monkeypatch):
    idle._watchers.hear("one", sees=True)
    assert idle._step() is not None
    monkeypatch.setattr(idle._watchers, "left_alone", lambda: True)
    idle.delete([tasks[0].id])
    assert idle._step() is not None
    idle.undo()
    assert idle._step() is None
