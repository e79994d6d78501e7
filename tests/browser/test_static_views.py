"""Notebooks as files: exported by the README's commands, or shown by GitHub; read without a network and a kernel."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import bleach
import nbformat
import pytest
from playwright.sync_api import expect

import tasknb as tn
from tasknb.messages.data import Data, Input, Text
from tasknb.widgets import TaskBoard, TaskForm, TaskProgress

pytestmark = pytest.mark.browser

README = Path(__file__).parents[2] / "README.md"
CELLS = (
    """
import tasknb as tn
client = tn.demo.digits(inputs=40)
task = client.tasks.create(tn.Task(
    name="Digits", type="CONCEPTS_CLASSIFICATION", worker=tn.TaskWorker.dynamic("ann", "bob"),
    concepts=tn.TaskConcept.of(*"0123456789"), input_source=tn.InputSource.all_inputs(), review=tn.TaskReview.none(),
))
""",
    "form = tn.TaskForm(client, task)\nform",
    "progress = tn.TaskProgress(client, task)\nprogress",
    "board = tn.TaskBoard(client)\nboard",
    """
tn.demo.work(client, task, labels_per_second=1000, background=False)
progress.wait(timeout=60)
client.tasks.set_status(task, "TASK_DONE")
board.refresh()
changed = client.tasks.get(task)
changed.name = "More digits"
form.draft = changed
""",
)


def export(folder, kind):
    """Run the README's command for a kind of file on a notebook with every widget; the file it makes."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(cell.strip()) for cell in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "work.ipynb")
    [command] = re.findall(rf"^jupyter nbconvert --to {kind} .*$", README.read_text(), re.MULTILINE)
    arguments = [sys.executable, "-m", *shlex.split(command)]
    result = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    return folder / f"work.{ {'html': 'html', 'markdown': 'md'}[kind] }"


def test_html_shows_the_last_state_of_every_widget_without_a_network(page, tmp_path):
    path = export(tmp_path, "html")
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto(path.as_uri())
    tables = page.locator(".jp-OutputArea-output table")
    expect(tables).to_have_count(3)
    expect(tables.nth(0).get_by_role("row", name="Name")).to_contain_text("More digits")
    expect(tables.nth(1)).to_contain_text("40 of 40 inputs finished")
    expect(tables.nth(1).get_by_role("row", name="All")).to_contain_text("40")
    expect(tables.nth(2).get_by_role("row", name="Digits")).to_contain_text("Done")
    for table in tables.all():
        expect(table).to_be_visible()
    page.screenshot(path=tmp_path / "page.png", full_page=True)


def test_markdown_shows_the_last_state_of_every_widget(tmp_path):
    text = export(tmp_path, "markdown").read_text()
    assert text.count("<table>") == 3
    assert "40 of 40 inputs finished" in text
    assert "widget-view" not in text


# Of what the tables are made of, this passes GitHub's sanitizer: no style, no class.
GITHUB_TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
GITHUB_ATTRIBUTES = ["align", "dir", "scope", "title"]


def test_tables_read_well_where_styles_are_taken_out(page):
    with tn.Client.local() as client:
        client.collaborators.add("ann", "rita")
        client.concepts.create("cat")
        client.inputs.create([Input(id="one", data=Data(text=Text(raw="one")))])
        task = client.tasks.create(
            tn.Task(
                name="<b>Cats</b>",
                type="CONCEPTS_CLASSIFICATION",
                worker=tn.TaskWorker.full("ann"),
                concepts=tn.TaskConcept.of("cat"),
                input_source=tn.InputSource.all_inputs(),
                review=tn.TaskReview.manual("rita"),
            )
        )
        shown = [TaskForm(client, task), TaskProgress(client, task), TaskBoard(client)]
        html = "".join(bleach.clean(one.static_html(), GITHUB_TAGS, GITHUB_ATTRIBUTES, strip=True) for one in shown)
    assert "style" not in html
    page.set_content(html)
    assert page.locator("caption").count() == 4
    expect(page.get_by_role("row", name="Name <b>Cats</b>")).to_be_visible()
    for number in page.get_by_role("row", name=re.compile("^All ")).get_by_role("cell").all()[1:]:
        expect(number).to_have_css("text-align", re.compile("right$"))
