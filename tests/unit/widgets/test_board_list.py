"""The list behind a board: what a query finds, in which order, and how rows are read from any form of the API."""

from __future__ import annotations

import msgspec
import pytest

from tasknb.messages.enums import ReviewStrategy
from tasknb.messages.task import InputSourceMetrics, ReviewMetrics, Task, TaskMetrics, TaskReview, WorkMetrics
from tasknb.widgets.board_lines import LineTask, Row, bar_of, row_of
from tasknb.widgets.board_list import BoardList, Query, wire


def row(name, state="TASK_IN_PROGRESS", people=("ann",), reviewers=(), created=0.0):
    text = " ".join((name, *people)).casefold()
    return Row(name, name, "Boxes", state, state, "Full", "No review", people, reviewers, created, text)


@pytest.fixture
def board():
    filled = BoardList("me")
    filled.replace(
        [
            row("Zebra", created=5),
            row("apple", "TASK_DONE", ("me", "bob"), created=4),
            row("Berry", people=("me",), created=4),
            row("cherry pie", people=("ann", "bob", "cleo"), reviewers=("me",), created=1),
        ]
    )
    return filled


def names(board, **query):
    return [found.name for found in board.find(Query.of(query))]


def test_the_newest_come_first_and_equals_keep_the_servers_order(board):
    assert names(board) == ["Zebra", "apple", "Berry", "cherry pie"]
    assert names(board, sort="created", down=False) == ["cherry pie", "apple", "Berry", "Zebra"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "  PIE cherry "}, ["cherry pie"]),
        ({"text": "bob"}, ["apple", "cherry pie"]),
        ({"text": "nothing"}, []),
        ({"states": ["TASK_DONE"]}, ["apple"]),
        ({"mine": "label"}, ["Berry"]),
        ({"mine": "review"}, ["cherry pie"]),
        ({"sort": "name", "down": False}, ["apple", "Berry", "cherry pie", "Zebra"]),
        ({"sort": "workers", "down": True}, ["cherry pie", "apple", "Zebra", "Berry"]),
        ({"sort": "__class__"}, ["Zebra", "apple", "Berry", "cherry pie"]),
    ],
)
def test_a_query_finds(board, query, found):
    assert names(board, **query) == found


def test_hidden_tasks_are_nowhere(board):
    board.hide({"apple"})
    assert board.size == 3
    assert "apple" not in names(board)
    assert [state for state, _, _ in board.states()] == ["TASK_IN_PROGRESS"]
    board.hide(())
    assert board.states() == [("TASK_IN_PROGRESS", "In progress", 3), ("TASK_DONE", "Done", 1)]


def test_the_same_tasks_are_no_change(board):
    assert board.replace(list(board.rows)) is False
    assert board.replace(board.rows[:2]) is True


def test_the_wire_names_a_few_people_only():
    people = tuple(f"w{i}" for i in range(50))
    sent = wire(row("many", people=people), selected=True)
    assert sent[6:8] == [50, ", ".join(people[:20]) + " …"]
    assert sent[-1] is True


@pytest.mark.parametrize(
    ("task", "facts"),
    [
        (
            {"id": "a", "name": "A", "type": 2, "status": {"code": "TASK_DONE"}, "worker": {"strategy": 4}},
            ("A", "Boxes", "Done", "Dynamic"),
        ),
        (
            {"id": "a", "type": "CONCEPTS_CLASSIFICATION", "status": {"code": 54001}, "worker": {"strategy": "FULL"}},
            ("a", "Classification", "In progress", "Full"),
        ),
        ({"id": "a", "worker": {"workers": [{"model": {"id": "m"}}]}}, ("a", "Automatic", "", "Not set")),
        ({"id": "a", "type": "NEW_TYPE", "status": {"code": 99}}, ("a", "New type", "", "Not set")),
    ],
)
def test_rows_are_read_from_names_and_numbers(task, facts):
    made = row_of(msgspec.convert(task, LineTask, strict=False))
    assert (made.name, made.type, made.status, made.strategy) == facts


def test_workers_are_also_read_from_the_deprecated_field():
    made = row_of(msgspec.convert({"id": "a", "worker": {"users": [{"id": "ann"}]}}, LineTask))
    assert made.people == ("ann",)


@pytest.mark.parametrize(
    ("strategy", "bar"),
    [(ReviewStrategy.MANUAL, [40, 20, 0, 40, 0]), (ReviewStrategy.CONSENSUS, [40, 0, 20, 40, 0])],
)
def test_a_bar_is_made_of_the_metrics(strategy, bar):
    metrics = TaskMetrics(
        work=WorkMetrics(inputs_count_estimated=60),
        review=ReviewMetrics(inputs_count_estimated=40),
        input_source=InputSourceMetrics(inputs_count_estimated=100),
    )
    assert bar_of(Task(metrics=metrics, review=TaskReview(strategy=strategy))) == bar
    assert bar_of(Task()) == []
