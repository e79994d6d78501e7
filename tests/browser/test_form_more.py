"""The form's other uses: editing, the preview, the keyboard, a screen reader."""

from __future__ import annotations

import pytest
from form_steps import button, field, fill_in, showed, valid
from playwright.sync_api import expect
from stub import violations

import tasknb as tn
from tasknb.messages.data import Data, Input, Text
from tasknb.widgets import TaskForm

pytestmark = pytest.mark.browser


def guess(inputs):
    return [{"cat": 0.9, "dog": 0.2} for _ in inputs]


@pytest.fixture
def client():
    with tn.Client.local(app_id="pets", models={"guesser": guess}) as opened:
        opened.concepts.create("cat", "dog")
        opened.collaborators.add("ann", "bob", "cleo")
        opened.inputs.create([Input(id=f"i{at}", data=Data(text=Text(raw=str(at)))) for at in range(10)])
        opened.datasets.create("half", [f"i{at}" for at in range(5)])
        yield opened


# --- editing ---


def test_an_edit_shows_what_changes_and_saves_it(page, client):
    task = client.tasks.create(valid())
    form = TaskForm(client, task)
    showed(page, form)
    expect(page.get_by_role("heading", name="Edit Pets")).to_be_visible()
    expect(page.get_by_text("Nothing has changed yet.")).to_be_visible()
    expect(button(page)).to_have_attribute("data-ready", "false")
    expect(page.get_by_label("Boxes").first).to_be_disabled()
    expect(page.get_by_label("Dataset", exact=True).and_(page.locator("select"))).to_be_disabled()
    page.get_by_label("Name", exact=True).fill("Cats")
    field(page, "workers").get_by_label("bob").uncheck()
    changes = page.get_by_role("region", name="Changes")
    expect(changes).to_contain_text("Workers removed: bob")
    expect(changes).to_contain_text("goes to the others")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("heading", name="Edit Cats")).to_be_visible()
    assert [one.worker.id for one in client.tasks.input_counts(task)] == ["ann"]


# --- the preview ---

MARKDOWN = """# Title
Some **bold**, *soft* and `code`.
Second line with [a link](https://example.org/a) and ![a picture](data:x).

- one
- two

1. first

> quoted

```
<b>as it is</b>
```
<img src=x onerror="window.evil = true"> [bad](javascript:window.evil=true)
"""


def test_the_preview_shows_markdown_and_never_markup(page, client):
    showed(page, TaskForm(client))
    page.get_by_role("textbox", name="Instructions").fill(MARKDOWN)
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("group", name="Preview of the instructions")
    expect(preview.get_by_role("heading", name="Title")).to_be_visible()
    expect(preview.locator("strong")).to_have_text("bold")
    expect(preview.locator("em")).to_have_text("soft")
    expect(preview.locator("p code")).to_have_text("code")
    expect(preview.get_by_role("link")).to_have_attribute("href", "https://example.org/a")
    expect(preview.get_by_role("link")).to_have_count(1)
    expect(preview.get_by_role("listitem")).to_have_text(["one", "two", "first"])
    expect(preview.locator("blockquote")).to_have_text("quoted")
    expect(preview.locator("pre")).to_have_text("<b>as it is</b>")
    expect(preview.locator("img")).to_have_count(0)
    expect(preview).to_contain_text("<img src=x")
    assert page.evaluate("window.evil") is None
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_role("textbox", name="Instructions")).to_have_value(MARKDOWN)


@pytest.mark.parametrize(
    "text", ["*" * 400, "[" * 400, "`" * 401, "_a" * 400, "# " * 400, "\n" * 400, "> " * 50 + "deep"]
)
def test_the_preview_takes_any_text(page, client, text):
    showed(page, TaskForm(client))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Write").click()
    page.get_by_role("textbox", name="Instructions").fill(text)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("group", name="Preview of the instructions")).to_be_visible()


# --- keyboard, screen reader, many ---


def test_a_task_is_created_by_keyboard_alone(page, client):
    form = TaskForm(client)
    showed(page, form)
    keys = page.keyboard

    def tab_to(name):
        """Tab on until the focus is on what has this accessible name."""
        for _ in range(60):
            keys.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused.startswith(name):
                return
        raise AssertionError(f"no Tab reaches {name}")

    tab_to("Name")
    keys.type("By hand")
    tab_to("Search concepts")
    keys.press("ArrowDown")
    keys.press("Space")
    keys.press("ArrowDown")
    keys.press("Space")
    tab_to("Dataset")  # the radio button
    tab_to("Dataset")  # the list of datasets
    keys.type("half")
    tab_to("Search workers")
    keys.type("ann")
    keys.press("ArrowDown")
    keys.press("Space")
    tab_to("Dynamic")
    keys.press("ArrowDown")
    tab_to("Workers per input")
    expect(button(page)).to_have_attribute("data-ready", "true")
    tab_to("Create task")
    keys.press("Enter")
    expect(page.get_by_text("Created By hand")).to_be_visible()
    assert [one.concept.id for one in form.task.concepts] == ["cat", "dog"]
    assert form.task.worker.strategy == "PARTITIONED"


FOCUSED = """() => {
  const at = document.activeElement;
  return at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent;
}"""


def test_the_host_does_not_take_the_keys(page, client):
    showed(page, TaskForm(client))
    for control in ("textbox", "searchbox", "checkbox", "radio", "combobox", "button"):
        first = page.get_by_role(control).locator("visible=true").first
        first.focus()
        expect(first).to_have_attribute("data-lm-suppress-shortcuts", "true")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", ["empty", "full", "automatic", "wrong", "edit", "created"])
def test_axe_finds_nothing(page, client, state, theme):
    form = TaskForm(client, client.tasks.create(valid())) if state == "edit" else TaskForm(client)
    showed(page, form, theme=theme)
    if state in ("full", "automatic", "created"):
        fill_in(page)
    if state == "full":
        page.get_by_label("Partitioned").check()
        page.get_by_label("By weight").check()
        page.get_by_role("radio", name="Consensus").check()
        page.get_by_role("button", name="Preview").click()
        for fold in page.locator("summary").all():
            fold.click()
    elif state == "automatic":
        page.get_by_label("A model").check()
        page.get_by_label("Each concept its own").check()
        page.get_by_label("Model or workflow").select_option("other")
        page.get_by_text("More", exact=True).click()
        page.get_by_label("Corners of the area").fill("nowhere")
    elif state == "wrong":
        button(page).click()
    elif state == "created":
        expect(button(page)).to_have_attribute("data-ready", "true")
        button(page).click()
        expect(page.get_by_text("Created Pets")).to_be_visible()
    assert violations(page) == []


def test_two_hundred_workers_are_one_step_for_the_keyboard(page, client):
    client.collaborators.add(*[f"labeler-{at:03}" for at in range(200)])
    form = TaskForm(client)
    stub = showed(page, form)
    fill_in(page)
    workers = field(page, "workers")
    workers.get_by_role("button", name="Select all").click()
    page.get_by_label("Full").check()
    page.get_by_label("Labels an hour").fill("60")
    stub.until(lambda: form.plan is not None and len(form.plan.workers) == 204)
    expect(page.get_by_role("group", name="Inputs per worker")).to_be_visible()
    assert workers.locator("input[tabindex='0']").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


KEEP = """() => {
  document.body.dataset.tasknbKeeps = '';
  window.kept = [];
  document.body.addEventListener('tasknb-keep', ({ detail }) => window.kept.push(detail));
}"""


def test_the_view_hands_its_table_to_a_host_that_keeps_it(page, client):
    showed(page, TaskForm(client))
    page.get_by_label("Name", exact=True).fill("Before there is such a host")
    page.evaluate(KEEP)
    page.get_by_label("Name", exact=True).fill("Kept")
    page.wait_for_function("window.kept.at(-1)?.includes('>Kept</td>')")
