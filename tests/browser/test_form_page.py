"""The form on a stub page: filled in, corrected, refused and submitted as a person would, down to the real service."""

from __future__ import annotations

import re

import pytest
from form_steps import button, field, fill_in
from playwright.sync_api import expect
from stub import contrast, show

import tasknb as tn
from tasknb.messages.data import Concept, Data, Input, Text
from tasknb.widgets import TaskForm

pytestmark = pytest.mark.browser

EVIL = "<script>window.evil = true</script><img src=x onerror='window.evil = true'>"


@pytest.fixture
def client():
    with tn.Client.local(app_id="pets") as opened:
        opened.concepts.create("cat", "dog", Concept(id="evil", name=EVIL))
        opened.collaborators.add("ann", "bob", "cleo")
        opened.inputs.create([Input(id=f"i{at}", data=Data(text=Text(raw=str(at)))) for at in range(20)])
        opened.datasets.create("half", [f"i{at}" for at in range(10)])
        yield opened


@pytest.fixture
def form(client):
    return TaskForm(client)


@pytest.fixture
def stub(page, form):
    shown = show(page, form)
    expect(page.get_by_role("checkbox", name="cat")).to_be_visible()
    return shown


def test_a_form_is_filled_in_and_creates_the_task(page, stub, form, client):
    expect(page.get_by_text("Still needed: Name, Concepts, Dataset, Workers")).to_be_visible()
    fill_in(page)
    page.get_by_label("Partitioned").check()
    page.get_by_label("Workers per input").fill("2")
    expect(page.get_by_role("region", name="Plan")).to_contain_text("Labels in all20")
    expect(button(page)).to_have_attribute("data-ready", "true")
    button(page).click()
    expect(page.get_by_text("Created Pets")).to_be_visible()
    stored = client.tasks.get(form.task)
    assert [one.id for one in stored.worker.workers] == ["ann", "bob"]
    assert stored.worker.partitioned_strategy_info.workers_per_input == 2
    expect(page.get_by_label("Name", exact=True)).to_be_disabled()
    page.get_by_role("button", name="New task like this").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    assert stub.traits_used() <= set(form.keys)


@pytest.mark.parametrize("strategy", ["Dynamic", "Full"])
def test_fields_appear_only_when_they_mean_something(page, stub, strategy):
    fill_in(page)
    expect(page.get_by_label("Workers per input")).to_be_hidden()
    page.get_by_label("Partitioned").check()
    expect(page.get_by_label("Workers per input")).to_be_visible()
    expect(page.get_by_label("Weight of ann")).to_be_hidden()
    page.get_by_label("By weight").check()
    expect(page.get_by_label("Weight of ann")).to_be_visible()
    page.get_by_label(strategy, exact=False).first.check()
    expect(page.get_by_label("Workers per input")).to_be_hidden()
    expect(page.get_by_label("Weight of ann")).to_be_hidden()


def test_problems_show_beside_their_field_once_it_was_touched(page, stub, form):
    expect(page.locator(".tf-problems p")).to_have_count(0)
    fill_in(page)
    page.get_by_label("Partitioned").check()
    page.get_by_label("Workers per input").fill("3")
    expect(field(page, "workers_per_input").locator(".tn-error")).to_contain_text("more than the 2 there are")
    expect(page.get_by_label("Workers per input")).to_have_attribute("aria-invalid", "true")
    expect(button(page)).to_have_attribute("data-ready", "false")
    link = page.get_by_role("group", name="Problems").get_by_role("button", name="Workers per input")
    link.click()
    expect(page.get_by_label("Workers per input")).to_be_focused()
    page.get_by_label("Workers per input").fill("2")
    expect(page.locator(".tf-problems p")).to_have_count(0)
    expect(button(page)).to_have_attribute("data-ready", "true")
    assert form.problems == []


def test_a_submit_with_problems_shows_all_of_them_and_sends_nothing(page, stub, form, client):
    button(page).click()
    expect(page.get_by_role("group", name="Problems")).to_be_focused()
    expect(page.locator(".tf-problems p")).to_have_count(4)
    assert form.task is None
    assert client.tasks.list().all() == []


def test_weights_show_the_share_of_the_work(page, stub, form):
    fill_in(page)
    page.get_by_label("Partitioned").check()
    page.get_by_label("By weight").check()
    page.get_by_label("Weight of ann").fill("3")
    expect(field(page, "weights").get_by_role("row", name="ann")).to_contain_text("75")
    page.get_by_label("Workers per input").fill("2")
    expect(field(page, "weights").locator(".tf-problems")).to_contain_text("nobody may hold more than 50%")
    page.get_by_label("Weight of ann").fill("")
    expect(field(page, "weights").locator(".tf-problems")).to_contain_text("ann has none")
    page.get_by_label("Weight of ann").fill("1")
    expect(field(page, "weights").locator(".tf-problems p")).to_have_count(0)
    assert form.draft.worker.partitioned_strategy_info.weights == {"ann": 1, "bob": 1}


def test_reviews_ask_for_what_they_need(page, stub, form):
    fill_in(page)
    page.get_by_role("radio", name="Manual").check()
    button(page).click()
    expect(field(page, "reviewers").locator(".tf-problems")).to_contain_text("at least one reviewer")
    field(page, "reviewers").get_by_label("cleo").check()
    expect(page.get_by_role("table", name="To review")).to_contain_text("cleo10")
    page.get_by_role("radio", name="Consensus").check()
    expect(field(page, "agreement").locator(".tf-problems")).to_contain_text("only 1")
    page.get_by_label("Full").check()
    page.get_by_label("All reviewers must approve").check()
    expect(page.get_by_role("table", name="To review, at most")).to_be_visible()
    expect(button(page)).to_have_attribute("data-ready", "true")
    info = form.draft.review.consensus_strategy_info
    assert (info.approval_threshold_labelers, info.approval_threshold_reviewers) == (2, -1)


def test_search_select_all_and_add_in_place(page, stub, form, client):
    concepts = field(page, "concepts")
    concepts.get_by_role("searchbox").fill("dog")
    expect(concepts.get_by_role("checkbox")).to_have_count(1)
    concepts.get_by_role("searchbox").fill("cow")
    concepts.get_by_role("button", name="Add “cow” as a new concept").click()
    expect(concepts.get_by_role("checkbox", name="cow")).to_be_checked()
    concepts.get_by_role("button", name="Select all").click()
    expect(concepts.get_by_role("checkbox", checked=True)).to_have_count(4)
    workers = field(page, "workers")
    workers.get_by_role("searchbox").fill("eve")
    workers.get_by_role("searchbox").press("Enter")
    expect(workers.get_by_role("checkbox", name="eve")).to_be_checked()
    assert client.concepts.get("cow").id == "cow"
    assert "eve" in [one.user.id for one in client.collaborators.list()]
    stub.until(lambda: [one.concept.id for one in form.draft.concepts][:1] == ["cow"])


def test_what_the_server_refuses_lands_at_its_field_and_nothing_is_lost(page, form):
    form.draft = tn.Task(
        name="Pets",
        type="CONCEPTS_CLASSIFICATION",
        concepts=tn.TaskConcept.of("cat"),
        input_source=tn.InputSource.dataset("half"),
        worker=tn.TaskWorker.dynamic("ann", "stranger"),
        review=tn.TaskReview.none(),
    )
    show(page, form)
    button(page).click()
    expect(field(page, "workers").locator(".tf-problems")).to_contain_text("stranger")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Pets")
    field(page, "workers").get_by_label("stranger").uncheck()
    expect(field(page, "workers").locator(".tf-problems p")).to_have_count(0)
    button(page).click()
    expect(page.get_by_text("Created Pets")).to_be_visible()


def test_a_server_that_is_gone_is_told_above_the_button(page, stub, form, client):
    fill_in(page)
    expect(button(page)).to_have_attribute("data-ready", "true")
    client.close()
    button(page).click()
    expect(page.get_by_role("alert").filter(has_text="The task was not created.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Pets")
    expect(button(page)).to_have_attribute("data-ready", "true")


def test_choices_that_do_not_load_say_so_and_can_be_tried_again(page, client, monkeypatch):
    form = TaskForm(client)
    monkeypatch.setattr(form._catalog, "choices", lambda: 1 / 0)
    show(page, form)
    expect(page.get_by_role("alert").filter(has_text="could not be loaded")).to_be_visible()
    monkeypatch.undo()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("checkbox", name="cat")).to_be_visible()


def test_a_reload_of_the_page_keeps_everything(page, context, stub, form):
    fill_in(page)
    page.get_by_role("textbox", name="Instructions").fill("Look *closely*")
    expect(button(page)).to_have_attribute("data-ready", "true")
    again = context.new_page()
    show(again, form)
    expect(again.get_by_label("Name", exact=True)).to_have_value("Pets")
    expect(again.get_by_role("textbox", name="Instructions")).to_have_value("Look *closely*")
    expect(field(again, "workers").get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(button(again)).to_have_attribute("data-ready", "true")


def test_what_was_typed_last_is_sent_when_the_view_goes(page, stub, form):
    page.get_by_label("Name", exact=True).fill("Typed just now")
    stub.end()
    stub.until(lambda: form.draft.name == "Typed just now")


def test_two_views_show_the_same_and_end_clean(page, form):
    stub = show(page, form, views=2)
    page.get_by_label("Name", exact=True).first.fill("Both")
    expect(page.get_by_label("Name", exact=True).nth(1)).to_have_value("Both")
    form.draft = tn.Task(name="From Python")
    expect(page.get_by_label("Name", exact=True).first).to_have_value("From Python")
    stub.end(0)
    assert stub.end(1) == {"model": 0, "page": 0, "timers": 0}


def test_text_from_data_is_never_markup(page, stub, form):
    page.get_by_label("Name", exact=True).fill(EVIL)
    field(page, "concepts").get_by_role("button", name="Select all").click()
    field(page, "workers").get_by_role("searchbox").fill(EVIL)
    expect(page.get_by_role("button", name="as a new worker")).to_contain_text("<script>")
    expect(page.locator(".tf-label").first).to_be_visible()
    assert page.evaluate("window.evil") is None


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("host", ["lab", "plain"])
def test_text_is_readable_in_both_themes(page, form, theme, host):
    show(page, form, theme=theme, host=host)
    button(page).click()
    for text in (".tf-label", ".tf-help", ".tf-problems .tn-error", ".tn-link", ".tn-primary", ".tn-muted"):
        assert contrast(page.locator(text).locator("visible=true").first) >= 4.5
    assert contrast(page.get_by_label("Name", exact=True), "borderTopColor") >= 3
    button(page).hover()
    assert contrast(button(page)) >= 4.5


@pytest.mark.parametrize(("width", "beside"), [(1200, True), (700, False)])
def test_the_plan_stands_beside_a_wide_form_and_follows_a_narrow_one(page, form, width, beside):
    page.set_viewport_size({"width": width, "height": 900})
    show(page, form)
    main, side = (page.locator(name).bounding_box() for name in (".tf-main", ".tf-side"))
    assert (side["x"] >= main["x"] + main["width"]) == beside
    assert (side["y"] >= main["y"] + main["height"]) == (not beside)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_code_is_shown_and_copied(page, context, stub, form):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill_in(page)
    expect(button(page)).to_have_attribute("data-ready", "true")
    page.get_by_text("Code", exact=True).click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == form.code
    page.get_by_role("button", name="cURL").click()
    expect(page.locator(".tf-code")).to_contain_text(re.compile("^# The embedded|^curl"))


def test_no_address_outside_the_page_is_asked_for(page, stub):
    fill_in(page)
    assert all(address.startswith("http://localhost:1/") for address in stub.requests)


def test_a_kernel_that_does_not_answer_is_told_after_a_moment(page, form):
    stub = show(page, form)
    expect(page.get_by_role("checkbox", name="cat")).to_be_visible()
    stub.hold()
    fill_in(page)
    button(page).click()
    expect(page.get_by_text("Creating the task…")).to_be_visible()
    expect(page.get_by_text("it is busy with a cell, or it is gone")).to_be_visible()
    stub.release()
    expect(page.get_by_text("Created Pets")).to_be_visible()
    assert len(form.task.worker.workers) == 2
