"""The form's fields for tasks that a model labels, and for inputs that are no dataset."""

from __future__ import annotations

import pytest
from form_steps import button, field, fill_in, showed
from playwright.sync_api import expect

import tasknb as tn
from tasknb.messages.data import Data, Input, Text
from tasknb.messages.people import Model, ModelVersion
from tasknb.messages.task import TimeOfDay
from tasknb.widgets import TaskForm

pytestmark = pytest.mark.browser


def guess(inputs):
    return [{"cat": 0.9, "dog": 0.2} for _ in inputs]


@pytest.fixture
def client():
    with tn.Client.local(app_id="pets", models={"guesser": guess}) as opened:
        opened.concepts.create("cat", "dog")
        opened.collaborators.add("ann", "bob")
        opened.inputs.create([Input(id=f"i{at}", data=Data(text=Text(raw=str(at)))) for at in range(5)])
        opened.datasets.create("half", ["i0", "i1"])
        yield opened


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
    page.get_by_label("Model or workflow").select_option("guesser")
    page.get_by_label("Upper threshold, as a number").fill("0.4")
    # Once Python has answered, nothing moves on the page any more: the mouse goes to places, not to elements.
    expect(button(page)).to_have_attribute("data-ready", "true")
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


def test_the_time_of_day_and_the_area_filter_predictions(page, client):
    form = TaskForm(client)
    showed(page, form)
    fill_in(page)
    page.get_by_text("More", exact=True).click()
    expect(field(page, "time_of_day")).to_be_hidden()
    page.get_by_label("A model").check()
    page.get_by_label("Model or workflow").select_option("guesser")
    field(page, "time_of_day").get_by_label("From").fill("22:00")
    field(page, "time_of_day").get_by_label("To").fill("06:30")
    page.get_by_label("Corners of the area").fill("0,0 0,1 here")
    expect(field(page, "outline").locator(".tf-problems p")).to_have_text(
        ["“here” is no corner. Write its row and column, each from 0 to 1, as 0.25,0.5."]
    )
    expect(button(page)).to_have_attribute("data-ready", "false")
    page.get_by_label("Corners of the area").fill("0,0 0,1")
    expect(field(page, "outline").locator(".tf-problems p")).to_have_text(["A polygon has at least three points."])
    page.get_by_label("Corners of the area").fill("0,0 0,1 0.5,1")
    expect(page.locator(".tf-area polygon")).to_have_attribute("points", "0,0 1,0 1,0.5")
    expect(button(page)).to_have_attribute("data-ready", "true")
    button(page).click()
    expect(page.get_by_text("Created Pets")).to_be_visible()
    config = client.tasks.get(form.task).concepts[1].auto_annotation_config
    assert (config.time_of_day_range.start, config.time_of_day_range.end.minutes) == (TimeOfDay(hours=22), 30)
    assert len(config.polygon.points) == 3


def test_an_area_is_asked_for_only_where_places_are_made(page, client):
    showed(page, TaskForm(client))
    page.get_by_label("A model").check()
    page.get_by_text("More", exact=True).click()
    expect(field(page, "outline")).to_be_visible()
    page.get_by_role("checkbox", name="Tags").check()
    expect(field(page, "outline")).to_be_hidden()
    page.get_by_role("checkbox", name="Boxes").check()
    expect(field(page, "outline")).to_be_visible()


def test_one_input_is_a_source(page, client):
    form = TaskForm(client)
    showed(page, form)
    fill_in(page)
    expect(page.get_by_role("radio", name="Saved search")).to_be_hidden()
    page.get_by_role("radio", name="One input").check()
    expect(page.get_by_label("Dataset", exact=True).and_(page.locator("select"))).to_be_hidden()
    page.get_by_label("Input id").fill("nothing")
    button(page).click()
    expect(field(page, "input").locator(".tf-problems")).to_contain_text("nothing")
    page.get_by_label("Input id").fill("i3")
    expect(field(page, "source").locator("xpath=..")).to_contain_text("1 input")
    button(page).click()
    expect(page.get_by_text("Created Pets")).to_be_visible()
    assert client.tasks.get(form.task).input_source.id == "i3"


def test_a_saved_search_is_offered_where_there_are_any(page, client, monkeypatch):
    form = TaskForm(client)
    monkeypatch.setattr(type(client), "is_local", False)
    stub = showed(page, form)
    page.get_by_role("radio", name="Saved search").check()
    page.get_by_label("Search id").fill("blurred")
    stub.until(lambda: form.draft.input_source.id == "blurred")
    monkeypatch.undo()
    button(page).click()
    expect(page.get_by_text("The number of inputs is not known yet.")).to_be_visible()
