"""The quickstart as a new user meets it: a real JupyterLab, a real kernel, a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

QUICKSTART = "01-quickstart.ipynb"


@pytest.fixture
def quickstart(open_notebook):
    return open_notebook(QUICKSTART)


def fill_in(form, name):
    """What a person does with the form: another name, two labelers to each digit, and the button."""
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_role("radio", name="Partitioned").check()
    form.get_by_label("Workers per input").fill("2")
    form.get_by_role("button", name="Create task").click()


def test_a_task_goes_from_the_form_to_the_frame(quickstart):
    quickstart.run("import tasknb")
    form = quickstart.run("tn.TaskForm").get_by_role("form", name="Labeling task")
    fill_in(form, "Digits by hand")
    expect(quickstart.page.get_by_text("Created Digits by hand")).to_be_visible()
    assert quickstart.ask("print(form.task.name, form.task.worker.strategy)") == "Digits by hand PARTITIONED"

    quickstart.run("task = form.task or")
    progress = quickstart.run("tn.TaskProgress").locator(".jp-OutputArea")
    expect(progress.get_by_role("heading", name="Digits by hand")).to_be_visible()
    expect(progress).to_contain_text("0 of 200 labels finished")

    quickstart.run("simulation = demo.work")
    expect(progress).to_contain_text(re.compile(r"\b[1-9]\d{0,2} of 200 labels finished"))
    expect(progress).to_contain_text("200 of 200 labels finished", timeout=30_000)

    quickstart.run("client.tasks.frame()")
    quickstart.run("df.tasks.assignments(client)")
    assert quickstart.ask("print(df.name[0], len(labels), labels.task.nunique())") == "Digits by hand 200 100"


def test_runs_by_itself_and_survives_a_reload(quickstart):
    quickstart.run_all()
    assert (
        quickstart.ask("print(task.name, len(labels), labels['label'].notna().all())") == "Which digit is it? 500 True"
    )
    form = quickstart.page.get_by_role("form", name="Labeling task")
    name = form.get_by_label("Name", exact=True)
    name.fill("Half typed")
    # Once every cell has run the saved notebook is trusted, so that its widgets live again when it is opened.
    quickstart.save().open()
    expect(name).to_have_value("Half typed")
    expect(quickstart.page.get_by_text("500 of 500 labels finished")).to_be_visible()
    name.fill("Typed to the end")
    form.get_by_role("button", name="Create task").click()
    expect(quickstart.page.get_by_text("Created Typed to the end")).to_be_visible()
    assert quickstart.ask("print(form.task.name)") == "Typed to the end"
