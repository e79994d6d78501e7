"""What an exception tells, and that it survives a trip through pickle."""

from __future__ import annotations

import pickle

from tasknb.errors import ApiError, ConflictError, InvalidTaskError, NotFoundError, Problem


def test_an_api_error_tells_what_was_asked_and_what_came_back():
    error = NotFoundError(
        "Task does not exist",
        code=54102,
        details="There is no task t1.",
        req_id="r1",
        request="GET /v2/users/u/apps/a/tasks/t1",
        http_status=404,
    )
    expected = "Task does not exist: There is no task t1. (code 54102, GET /v2/users/u/apps/a/tasks/t1, req_id r1)"
    assert str(error) == expected
    assert str(ApiError("Lost", details="Lost")) == "Lost"


def test_errors_keep_their_facts_through_pickle():
    error = pickle.loads(pickle.dumps(ConflictError("No", code=54100, req_id="r")))
    assert (type(error), error.code, error.req_id, str(error)) == (
        ConflictError,
        54100,
        "r",
        "No (code 54100, req_id r)",
    )


def test_an_invalid_task_lists_its_problems():
    error = InvalidTaskError([Problem("name", "Missing.").under("tasks[0]"), Problem("", "Odd.").under("tasks[1]")])
    assert str(error) == "tasks[0].name: Missing.\ntasks[1]: Odd."
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
