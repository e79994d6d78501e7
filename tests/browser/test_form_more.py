"""The form's other kinds of task and of use: automatic tasks, editing, the preview, the keyboard, a screen reader."""

from __future__ import annotations

import pytest
from form_steps import button, field, fill_in, valid
from playwright.sync_api import expect
from stub import show, violations

import tasknb as tn
from tasknb.messages.data import Data, Input, Text
from tasknb.messages.people import Model, ModelVersion
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


def showed(page, form, **options):
    stub = show(page, form, **options)
    expect(field(page, "concepts").get_by_role("checkbox", name="cat")).to_be_visible()
    return stub


# --- automatic tasks ---


def test_an_automatic_task_is_filled_in_and_created(page, client):
    form = TaskForm(client)
    showed(page, form)
    fill_in(page)
    page.get_by_label("A model").check()
    expect(field(page, "workers")).to_be_hidden()
    expect(field(page, "type")).to_be_hidden()
    expect(page.get_by_role("group", name="Problems").get_by_role("button", name="Model")).to_be_visible()
    page.get_by_label("Model or workflow").select_option("guesser")
    page.get_by_role("checkbox", name="Tags").check()
    page.get_by_label("Lower threshold, as a number").fill("0.5")
    page.get_by_role("radio", name="Awaiting review").check()
    expect(button(page)).to_have_attribute("data-ready", "true")
    button(page).click()
    expect(page.get_by_text("Created Pets")).to_be_visible()
    stored = client.tasks.get(form.task)
    assert (stored.worker.workers[0].id, stored.worker.type) == ("guesser", "WORKER_AUTO")
    configs = [one.auto_annotation_config for one in stored.concepts]
    assert {(one.annotation_data_types, one.threshold_range.lower, one.status_code) for one in configs} == {
        (1, 0.5, 24157)
    }


def test_each_concept_may_have_its_own_thresholds(page, client):
    form = TaskForm(client)
    stub = showed(page, form)
    fill_in(page)
    page.get_by_label("A model").check()
    page.get_by_label("Lower threshold, as a number").fill("0.3")
    page.get_by_label("Each concept its own").check()
    expect(page.get_by_label("Lower threshold of cat, as a number")).to_have_value("0.3")
    page.get_by_label("Lower threshold of dog", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Lower threshold of dog, as a number")).to_have_value("0.33")
    stub.until(lambda: limits(form) == [(0.3, 1), (0.33, 1)])


def limits(form):
    """The thresholds of the draft's concepts, None for those without a rule."""
    configs = [one.auto_annotation_config for one in form.draft.concepts]
    return [one and (one.threshold_range.lower, one.threshold_range.upper) for one in configs]


def test_the_handles_of_a_slider_do_not_cross(page, client):
    form = TaskForm(client)
    stub = showed(page, form)
    fill_in(page)
    page.get_by_label("A model").check()
    page.get_by_label("Upper threshold, as a number").fill("0.4")
    track = page.locator(".tf-slider").bounding_box()
    row = track["y"] + track["height"] / 2
    page.mouse.move(track["x"], row)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] * 0.9, row, steps=5)
    page.mouse.up()
    stub.until(lambda: limits(form) == [(0.4, 0.4)] * 2)
    page.get_by_label("Lower threshold, as a number").fill("0.8")
    expect(field(page, "limits").locator(".tf-problems")).to_contain_text("above the upper")


def test_a_model_of_another_app_is_named_by_its_ids(page, client):
    form = TaskForm(client)
    stub = showed(page, form)
    page.get_by_label("A model").check()
    page.get_by_label("Model or workflow").select_option("other")
    field(page, "model").get_by_label("Kind").select_option("model")
    for name, value in (("Id", "general"), ("Version", "v2"), ("Owner, if of another app", "clarifai")):
        field(page, "model").get_by_label(name, exact=True).fill(value)
    wanted = Model(id="general", user_id="clarifai", model_version=ModelVersion(id="v2"))
    stub.until(lambda: [one.model for one in form.draft.worker.workers] == [wanted])


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
    page.wait_for_function("window.kept.at(-1)?.includes('<td style=\"text-align:left\">Kept</td>')")
