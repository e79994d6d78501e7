"""TaskBoard in Chromium on the embedded service: mouse, keyboard, thousands of rows, and nothing left behind."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from stub import lose_kernel, show, violations

import tasknb as tn
from tasknb.errors import ConnectionFailed
from tasknb.messages.data import Data, Input, Text
from tasknb.widgets import TaskBoard, board_feed

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.hacked = true</script>"


def new_task(name, **fields):
    return tn.Task(
        name=name,
        type="CONCEPTS_CLASSIFICATION",
        worker=tn.TaskWorker.dynamic("ann"),
        concepts=tn.TaskConcept.of("cat"),
        input_source=tn.InputSource.all_inputs(),
        review=tn.TaskReview.none(),
        **fields,
    )


@pytest.fixture
def client():
    opened = tn.Client.local(":memory:")
    opened.collaborators.add("ann")
    opened.concepts.create("cat")
    opened.inputs.create([Input(id=f"text-{i}", data=Data(text=Text(raw=str(i)))) for i in range(4)])
    yield opened
    opened.close()


@pytest.fixture
def board(client):
    """Make a board of tasks with these names, whose thread stands still."""
    boards = []

    def make(*names):
        if names:
            client.tasks.create([new_task(name) for name in names])
        made = TaskBoard(client)
        made._follower.start = lambda: None
        boards.append(made)
        return made

    yield make
    for one in boards:
        one.close()


def rows(page):
    return page.locator(".tn-board-row")


def row(page, name):
    return rows(page).filter(has=page.get_by_role("button", name=name, exact=True))


def names(page):
    return page.locator(".tn-name").all_text_contents()


def test_it_shows_one_line_a_task(page, board, client):
    widget = board("One")
    task = client.tasks.list().all()[0]
    given = client.acting_as("ann").assignments.start(task)
    client.acting_as("ann").assignments.submit(task, given[:2])
    show(page, widget)
    expect(rows(page)).to_have_count(1)
    widget._feed.step([task.id], 0)
    expect(row(page, "One")).to_contain_text("Classification")
    expect(row(page, "One")).to_contain_text("In progress")
    expect(page.get_by_role("img", name="Progress: Pending 2, Done 2")).to_be_visible()
    expect(row(page, "One")).to_contain_text("50\u202f%")


def test_an_empty_board_says_what_to_do(page, board):
    show(page, board())
    expect(page.get_by_text("There are no tasks yet.")).to_be_visible()
    page.get_by_role("button", name="Create one").click()
    expect(page.get_by_text("Display board.form in a cell to fill it in.")).to_be_visible()


def test_before_the_first_rows_it_says_what_is_waited_for(page, board):
    widget = board("a")
    widget.on_msg(widget._answer, remove=True)
    show(page, widget)
    expect(page.get_by_text("Loading the tasks…")).to_be_visible()
    widget.on_msg(widget._answer)
    widget._tell()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_text("Loading")).to_have_count(0)


def test_filters_find_and_are_cleared(page, board):
    show(page, board("Cats", "Dogs", "Cats and dogs"))
    expect(rows(page)).to_have_count(3)
    page.get_by_role("searchbox", name="Search tasks").fill("DOGS")
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_text("2 of 3")).to_be_visible()
    page.get_by_role("combobox", name="Whose work").select_option("Mine to label")
    page.get_by_role("button", name="Clear the filters").click()
    expect(rows(page)).to_have_count(3)


def test_headings_sort(page, board):
    show(page, board("b", "c", "a"))
    heading = page.get_by_role("columnheader", name="Name")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(page.locator(".tn-name")).to_have_text(["a", "b", "c"])
    heading.get_by_role("button").click()
    expect(page.locator(".tn-name")).to_have_text(["c", "b", "a"])


def test_selected_tasks_are_marked_as_done(page, board, client):
    widget = board("a", "b", "c")
    show(page, widget)
    done = page.get_by_role("button", name="Mark as done")
    expect(done).to_have_attribute("aria-disabled", "true")
    page.get_by_role("checkbox", name="Select b").check()
    row(page, "c").click()
    expect(page.get_by_text("2 selected")).to_be_visible()
    done.click()
    expect(row(page, "b")).to_contain_text("Done")
    expect(row(page, "a")).to_contain_text("In progress")
    assert sorted(widget.selection["name"]) == ["b", "c"]
    page.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_text("Select tasks to change them")).to_be_visible()


def test_a_selection_shows_at_once_and_old_rows_do_not_take_it_back(page, board):
    widget = board("a", "b")
    stub = show(page, widget)
    expect(rows(page)).to_have_count(2)
    stub.hold()
    widget._tell()
    stub.until(lambda: any(one["content"].get("ask") == "rows" for one in widget.comm.held))
    page.get_by_role("checkbox", name="Select a", exact=True).check()
    expect(row(page, "a")).to_have_attribute("aria-selected", "true")
    row(page, "a").evaluate(
        "row => new MutationObserver(() => (window.seen ??= []).push(row.ariaSelected))"
        ".observe(row, { attributes: true, attributeFilter: ['aria-selected'] })"
    )
    stub.release()
    expect(page.get_by_text("1 selected")).to_be_visible()
    stub.until(lambda: widget.selected)
    assert set(page.evaluate("window.seen")) == {"true"}


def test_deleting_can_be_undone(page, board, client):
    show(page, board("a", "b"))
    row(page, "a").click()
    page.get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_text("1 task deleted.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Undo")).click()
    expect(rows(page)).to_have_count(2)
    assert len(client.tasks.list().all()) == 2


def test_the_keyboard_does_everything(page, board, monkeypatch):
    monkeypatch.setattr(board_feed, "UNDO_SECONDS", 60.0)
    widget = board(*(f"task {i:02}" for i in range(30)))
    show(page, widget)
    expect(rows(page).first).to_be_visible()
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(page.locator(".tn-name").first).to_have_text("task 00")
    rows(page).first.focus()
    for key, chosen in (
        ("Space", ["task 00"]),
        ("Shift+ArrowDown", ["task 00", "task 01"]),
        ("Control+a", [f"task {i:02}" for i in range(30)]),
    ):
        page.keyboard.press(key)
        expect(page.get_by_text(f"{len(chosen)} selected")).to_be_visible()
        assert sorted(widget.selection["name"]) == chosen
    page.keyboard.press("End")
    expect(row(page, "task 29")).to_be_focused()
    page.keyboard.press("Home")
    expect(row(page, "task 00")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Display board.progress in a cell to see it.")).to_be_visible()
    assert widget.progress.reading.name == "task 00"
    page.keyboard.press("Escape")
    expect(page.locator(".tn-panel")).to_have_count(0)
    page.keyboard.press("Delete")
    expect(page.get_by_text("There are no tasks yet.")).to_be_visible()
    widget.undo()


def test_ten_thousand_tasks_are_a_few_rows(page, board, client):
    widget = board(*(f"task {i:05}" for i in range(100)))
    found = widget._feed.list.rows
    many = [
        type(found[0])(
            **{name: getattr(one, name) for name in one.__struct_fields__ if name != "id"}, id=f"{one.id}{k}"
        )
        for k in range(100)
        for one in found
    ]
    widget._feed.list.replace(many)
    show(page, widget)
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "10001")
    assert rows(page).count() < 60
    page.locator(".tn-board-rows").evaluate("list => { list.scrollTop = list.scrollHeight }")
    last = page.locator('.tn-board-row[aria-rowindex="10001"]')
    expect(last).to_be_visible()
    expect(last).not_to_have_class(re.compile("tn-waiting"))
    assert rows(page).count() < 60


def test_a_failure_is_told_and_forgotten(page, board, client, monkeypatch):
    def away(*_arguments, **_more):
        raise ConnectionFailed("No answer from the server")

    widget = board("a")
    show(page, widget)
    widget._feed._next_list = 0.0
    with monkeypatch.context() as patch:
        patch.setattr(client, "pages", away)
        widget._feed.step([], 0)
    expect(page.get_by_role("alert")).to_have_text(re.compile("failed since .* No answer from the server"))
    widget._feed.step([], 0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_names_are_text(page, board):
    show(page, board(HOSTILE, "مرحبا", "x" * 300))
    expect(page.get_by_role("button", name=HOSTILE)).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator(".tasknb").evaluate("el => el.scrollWidth <= el.clientWidth")


def test_two_views_share_the_selection_and_leave_nothing(page, board):
    widget = board("a", "b")
    stub = show(page, widget, views=2)
    page.get_by_role("checkbox", name="Select a", exact=True).first.check()
    expect(page.get_by_text("1 selected")).to_have_count(2)
    expect(page.get_by_role("checkbox", name="Select a", exact=True).nth(1)).to_be_checked()
    assert stub.traits_used() <= set(widget.keys)
    stub.end(0)
    assert stub.end(1) == {"model": 0, "page": 0, "timers": 0}
    stub.until(lambda: not widget._watchers.displayed)


def test_a_kernel_that_is_gone_is_told_at_once(page, board):
    show(page, board("a"))
    expect(rows(page)).to_have_count(1)
    lose_kernel(page)
    expect(page.get_by_text("is gone. Run this cell again.")).to_be_visible()
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, board, theme):
    widget = board("a", "b", HOSTILE)
    show(page, widget, theme=theme)
    expect(rows(page)).to_have_count(3)
    page.get_by_role("checkbox", name="Select b").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    row(page, "a").get_by_role("button").click()
    expect(page.get_by_text("Display board.progress in a cell to see it.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("searchbox", name="Search tasks").fill("nothing like it")
    expect(page.get_by_text("No task matches.")).to_be_visible()
    widget._feed._failed(ConnectionFailed("No answer from the server"))
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
