"""What only a real JupyterLab can tell of the form: whose the keys are, and what stays in view."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def notebook(open_notebook):
    opened = open_notebook("01-quickstart.ipynb")
    opened.run("import tasknb")
    opened.run("tn.TaskForm")
    return opened


@pytest.fixture
def form(notebook):
    found = notebook.page.get_by_role("form", name="Labeling task")
    expect(found.get_by_role("searchbox").first).to_be_visible()
    return found


def test_command_mode_does_not_take_the_keys(notebook, form):
    sources = "window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.sharedModel.getSource())"
    before = notebook.page.evaluate(sources)
    for control in ("checkbox", "radio", "button"):
        form.get_by_role(control, disabled=False).locator("visible=true").first.focus()
        for key in "abxddmy":
            notebook.page.keyboard.press(key)
        assert notebook.page.evaluate(sources) == before, control


def test_the_notebook_can_be_saved_from_within_the_form(notebook, form):
    form.get_by_label("Name", exact=True).fill("Typed")
    dirty = "window.jupyterapp.shell.currentWidget.context.model.dirty"
    assert notebook.page.evaluate(dirty)
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function(f"!{dirty}")


def test_the_plan_stays_in_view_while_the_form_scrolls(notebook, form):
    notebook.page.set_viewport_size({"width": 1500, "height": 700})
    form.get_by_text("More", exact=True).scroll_into_view_if_needed()
    expect(form.get_by_role("heading", name="Task", exact=True)).not_to_be_in_viewport()
    expect(form.get_by_role("table", name="Inputs per worker")).to_be_in_viewport()
    expect(form.get_by_role("button", name="Create task")).to_be_in_viewport()
