"""The progress view and the board where they live: a kernel that is busy or restarted, a notebook that is saved."""

from __future__ import annotations

import re

import nbformat
import pytest
from notebook_page import Notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TASK = """
import time
import tasknb as tn
client = tn.demo.digits(inputs=40)
task = client.tasks.create(tn.Task(
    name="Digits", type="CONCEPTS_CLASSIFICATION", worker=tn.TaskWorker.dynamic("ann", "bob"),
    concepts=tn.TaskConcept.of(*"0123456789"), input_source=tn.InputSource.all_inputs(), review=tn.TaskReview.none(),
))
"""
# The kernel is busy all the while, so that whatever moves is moved by another thread.
WORK = """
work = tn.demo.work(client, task, labels_per_second=5)
while work.running:
    time.sleep(0.01)
"""
THREADS = "print([t.name for t in __import__('threading').enumerate() if t.name.startswith('tasknb-progress')])"
RESTART = """async () => {
  const { session } = window.jupyterapp.shell.currentWidget.context.sessionContext;
  await session.kernel.restart();
}"""

SHUT_DOWN = """async () => {
  await window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown();
}"""
DIE = """async () => {
  const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
  const restarted = new Promise((resolve) => {
    kernel.statusChanged.connect((_, status) => status === 'autorestarting' && resolve());
  });
  kernel.requestExecute({ code: 'import os; os._exit(1)' }).done.catch(() => {});
  await restarted;
}"""


@pytest.fixture
def notebook(lab, page, request):
    """Makes and opens a notebook of these cells."""

    def make(*cells):
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        code = [nbformat.v4.new_code_cell(cell.strip()) for cell in cells]
        name = f"{request.node.name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernel}), lab.root / name)
        return Notebook(page, lab.url, name).open()

    yield make
    lab.end_sessions()


def saved_html(lab, request, cell):
    read = nbformat.read(lab.root / f"{request.node.name}.ipynb", as_version=4)
    return "".join(output.get("data", {}).get("text/html", "") for output in read.cells[cell].outputs)


def test_progress_moves_while_the_kernel_is_busy_and_is_saved_as_it_ended(notebook, lab, request):
    opened = notebook(TASK, "progress = tn.TaskProgress(client, task)\nprogress", WORK)
    opened.run("import tasknb")
    shown = opened.run("TaskProgress").locator(".tn-far")
    expect(shown).to_contain_text("0 of about 40 inputs finished")
    opened.start("tn.demo.work")
    expect(shown).to_contain_text(re.compile(r"\b([1-9]|[123]\d) of (about )?40 inputs finished"))
    expect(shown).to_contain_text("40 of 40 inputs finished", timeout=30_000)
    opened.save()
    assert "40 of 40 inputs finished" in saved_html(lab, request, 1)


def test_the_thread_ends_with_the_view(notebook):
    opened = notebook(TASK, "progress = tn.TaskProgress(client, task)\nprogress")
    opened.run_all()
    expect(opened.page.locator(".tn-far")).to_be_visible()
    assert opened.ask(THREADS) != "[]"
    opened.command("notebook:clear-all-cell-outputs")
    expect(opened.page.locator(".tn-far")).to_have_count(0)
    assert opened.ask(f"progress._follower._thread and progress._follower._thread.join(10); {THREADS}") == "[]"


# A view speaks every 30 seconds; with these settings a second of silence tells. All of it in a thread: a cell that runs
# is a reason to go on.
LET_THEM_END = """
import pathlib, threading
from tasknb.widgets import follow, watchers
def let_them_end():
    watchers.SIGN_OF_LIFE, watchers.HIDDEN, follow.FASTEST, follow.SLOWEST = 1.0, 0.1, 0.1, 0.1
    for one in (progress, board):
        one._follower.now()
        one._follower._thread.join()
    watchers.SIGN_OF_LIFE = 100.0
    pathlib.Path("ended").touch()
threading.Thread(target=let_them_end, daemon=True).start()
"""


def test_the_threads_end_with_the_notebook_and_go_on_when_it_is_opened_again(notebook, lab):
    opened = notebook(TASK, "progress = tn.TaskProgress(client, task)\nprogress", "board = tn.TaskBoard(client)\nboard")
    opened.run_all()
    expect(opened.page.locator(".tn-board-row")).to_have_count(1)
    opened.save().close()
    expect(opened.page.locator(".tn-far")).to_have_count(0)
    opened.ask(LET_THEM_END)
    opened.wait_for(lab.root / "ended")
    assert opened.ask("print(progress.running, board.running)") == "False False"
    opened.reopen()
    expect(opened.page.locator(".tn-board-row")).to_have_count(1)
    opened.ask("tn.demo.work(client, task, labels_per_second=1000, background=False)")
    expect(opened.page.locator(".tn-far")).to_contain_text("40 of 40 inputs finished")
    assert opened.ask("print(progress.running, board.running)") == "True True"


def test_a_restarted_kernel_leaves_the_last_state(notebook):
    opened = notebook(TASK, "tn.TaskProgress(client, task)", "tn.TaskBoard(client)")
    opened.run_all()
    expect(opened.page.locator(".tn-board-row")).to_have_count(1)
    opened.page.evaluate(RESTART)
    expect(opened.page.get_by_text("is gone. Run this cell again. What was seen last stays here.")).to_be_visible()
    expect(opened.page.locator(".tn-far")).to_contain_text("0 of about 40 inputs finished")
    expect(opened.page.locator(".tn-board-row")).to_have_count(1)
    opened.run_all()
    expect(opened.page.locator(".tn-board-row")).to_have_count(1)


@pytest.fixture
def console(page):
    """The errors in the browser's console."""
    errors = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    return errors


@pytest.mark.parametrize("end", [RESTART, SHUT_DOWN, DIE], ids=["restart", "shut down", "die"])
def test_a_form_whose_kernel_is_gone_says_so_and_keeps_what_was_typed(notebook, console, end):
    opened = notebook(TASK, "tn.TaskForm(client)", "# nothing")
    opened.run_all()
    form = opened.page.get_by_role("form", name="Labeling task")
    name = form.get_by_label("Name", exact=True)
    expect(form.get_by_role("checkbox", name="ann")).to_be_visible()
    name.fill("Half typed")
    name.scroll_into_view_if_needed()
    opened.page.evaluate(end)
    expect(form.get_by_text("is gone. Run this cell again. What is filled in stays readable")).to_be_in_viewport()
    form.get_by_role("textbox", name="Instructions").fill("and more")
    expect(name).to_have_value("Half typed")
    expect(form.locator(".tf-problems .tn-error")).to_have_count(0)
    expect(form.get_by_role("button", name="Create task")).to_have_attribute("aria-disabled", "true")
    assert console == []


# What the notebook would save of a cell's output.
KEPT = """([cell, text]) => window.jupyterapp.shell.currentWidget.content.widgets[cell].model.sharedModel.outputs
  .some((output) => String(output.data?.['text/html']).includes(text))"""


def wait_until_kept(opened, cell, text):
    opened.page.wait_for_function(KEPT, arg=[cell, text])


def test_a_notebook_opened_with_a_new_kernel_shows_the_last_state_as_tables(notebook, lab, request):
    opened = notebook(TASK, "tn.TaskForm(client)", "tn.TaskProgress(client, task)", "tn.TaskBoard(client)")
    opened.run_all()
    expect(opened.page.locator(".tn-board-row")).to_have_count(1)
    name = opened.page.get_by_role("form", name="Labeling task").get_by_label("Name", exact=True)
    name.fill("Half typed")
    wait_until_kept(opened, 1, "Half typed")
    expect(name).to_be_focused()
    opened.ask("tn.demo.work(client, task, labels_per_second=1000, background=False)")
    opened.ask("client.tasks.set_status(task, 'TASK_DONE')")
    opened.page.locator(".tasknb-board").get_by_role("button", name="Refresh").click()
    wait_until_kept(opened, 2, "40 of 40 inputs finished")
    wait_until_kept(opened, 3, ">Done</td>")
    expect(opened.page.locator(".tn-board-row")).to_contain_text("Done")
    opened.save()
    for is_trusted in (True, False):
        if not is_trusted:  # a file that has been changed since is not the one that was trusted
            path = lab.root / f"{request.node.name}.ipynb"
            path.write_text(path.read_text().replace("Tasks of digits", "Saved tasks of digits"))
        lab.end_sessions()
        opened.open()
        outputs = opened.page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output")
        expect(outputs.locator("caption")).to_contain_text(
            [
                "A task being filled in",
                "40 of 40 inputs finished",
                "Tasks of digits: 1" if is_trusted else "Saved tasks",
            ]
        )
        for row in ("Name Half typed", "Digits Classification Done"):
            expect(outputs.get_by_role("row", name=row)).to_be_visible()
        expect(outputs.get_by_text("model not found")).to_have_count(0)


def test_the_board_opens_a_task_in_place_and_copies_it_into_a_form(notebook):
    opened = notebook(TASK, "board = tn.TaskBoard(client)\nboard")
    opened.run_all()
    board = opened.page.locator(".tasknb-board")
    board.get_by_role("button", name="Digits", exact=True).click()
    expect(board.get_by_text("0 of about 40 inputs finished")).to_be_visible()
    board.get_by_role("button", name="Close").click()
    expect(board.locator(".tasknb-progress")).to_have_count(0)
    board.get_by_role("checkbox", name="Select Digits").check()
    board.get_by_role("button", name="Duplicate").click()
    form = board.get_by_role("form", name="Labeling task")
    expect(form.get_by_label("Name", exact=True)).to_have_value("Copy of Digits")
    form.get_by_role("button", name="Create task").click()
    expect(board.get_by_role("button", name="Copy of Digits", exact=True)).to_be_visible()
    assert opened.ask("print(board.progress, len(client.tasks.list().all()))") == "None 2"
