from __future__ import annotations

import re

import pytest
from form_help import add_half, ask, submit, valid

import tasknb as tn
from tasknb.errors import InvalidRequestError, Problem
from tasknb.messages.normal import normalised
from tasknb.widgets import TaskForm
from tasknb.widgets.form import refusals


@pytest.fixture
def client(client):
    return add_half(client)


@pytest.fixture
def form(client):
    return TaskForm(client)


def test_a_new_form_has_a_draft_problems_code_and_no_task(form):
    assert form.draft.name == ""
    assert [problem.path for problem in form.problems] == ["name", "concepts", "input_source.id", "worker.workers"]
    assert form.task is None
    assert form.plan is None
    assert form.code.startswith("import tasknb as tn")


def test_filling_the_draft_fills_the_form(form):
    form.draft = valid()
    assert form._fields["name"] == "Pets"
    assert form._fields["workers"] == ["ann", "bob"]
    assert form.problems == []
    assert form.plan.labels == 20


def test_an_update_is_the_same_as_a_new_form(client, form):
    form.draft = valid()
    form.draft = valid(name="Other", worker=tn.TaskWorker.dynamic("ann"))
    again = TaskForm(client)
    again.draft = valid(name="Other", worker=tn.TaskWorker.dynamic("ann"))
    for name in ("draft", "problems", "code", "curl"):
        assert getattr(form, name) == getattr(again, name)
    assert {**form._fields, "revision": 0} == {**again._fields, "revision": 0}


def test_everything_is_observable(form):
    seen = []
    form.observe(lambda change: seen.append(change.name), ["draft", "problems", "plan", "code", "curl", "task"])
    form.draft = valid()
    assert {"draft", "problems", "plan", "code", "curl"} <= set(seen)
    submit(form)
    assert seen[-1] == "task"


def test_a_field_from_the_browser_reaches_the_draft(form):
    form.set_state({"_fields": {**form._fields, "name": "Typed", "revision": 7}})
    assert form.draft.name == "Typed"
    assert form._checked["revision"] == 7


def test_submit_creates_the_task(client, form):
    form.draft = valid()
    reply = submit(form)
    assert reply["result"] == {"id": form.task.id, "name": "Pets"}
    stored = client.tasks.get(form.task.id)
    assert normalised(stored).worker == normalised(form.draft).worker
    assert form._created == reply["result"]


def test_submit_with_problems_creates_nothing(client, form):
    form.draft = valid(name="")
    assert submit(form)["result"] is None
    assert client.tasks.list().all() == []
    assert form.task is None


def test_what_the_server_refuses_lands_at_its_field_and_keeps_the_draft(client, form):
    form.draft = valid(worker=tn.TaskWorker.dynamic("ann", "stranger"))
    assert form.problems == []
    assert submit(form)["result"] is None
    assert [problem.path for problem in form.problems] == ["worker.workers[1]"]
    assert "stranger" in form._checked["refused"][0]["message"]
    assert form._fields["workers"] == ["ann", "stranger"]
    form.set_state({"_fields": {**form._fields, "workers": ["ann"], "revision": 99}})
    assert form.problems == []
    assert submit(form)["result"]["id"] == form.task.id


def test_a_server_that_fails_is_told_in_place(client, form):
    form.draft = valid()
    client.close()
    reply = submit(form)
    assert "error" in reply
    assert form._fields["name"] == "Pets"


def test_the_code_makes_the_same_task(client, form):
    form.draft = valid()
    names = {"client": client}
    exec(form.code, names)
    assert normalised(names["task"]).worker == normalised(form.draft).worker


def test_the_choices_are_those_of_the_app(form):
    choices = ask(form, "choices")["result"]
    assert [one["id"] for one in choices["concepts"]] == ["cat", "dog"]
    assert [one["id"] for one in choices["people"]] == ["owner", "ann", "bob", "rita"]
    assert [one["id"] for one in choices["datasets"]] == ["half"]


def test_a_concept_and_a_worker_are_added_in_place(client, form):
    assert "cow" in [one["id"] for one in ask(form, "add_concept", id="cow")["result"]["concepts"]]
    assert "eve" in [one["id"] for one in ask(form, "add_person", id="eve")["result"]["people"]]
    assert client.concepts.get("cow").id == "cow"
    assert "error" in ask(form, "add_concept", id="cow")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 20])
def test_a_dataset_is_counted_exactly(client, form, count):
    client.datasets.create("some", [f"text-{at:02}" for at in range(count)])
    assert form._catalog.count(tn.InputSource.dataset("some")) == count


def test_a_dataset_that_is_gone_is_said_and_leaves_no_plan(form):
    form.draft = valid(input_source=tn.InputSource.dataset("gone"))
    assert form.plan is None
    assert "could not be counted" in form._checked["inputs_problem"]


def test_again_starts_the_next_task_from_the_same_fields(form):
    form.draft = valid()
    submit(form)
    ask(form, "again")
    assert form._created is None
    assert form.draft.name == "Pets"


def test_the_static_view_is_a_table_without_markup_from_the_data(form):
    form.draft = valid(name="<script>alert(1)</script>")
    html = form._repr_mimebundle_()[0]["text/html"]
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert repr(form) == "TaskForm(name='<script>alert(1)</script>')"


def test_a_misspelt_option_is_refused(client):
    with pytest.raises(TypeError, match="no option taks"):
        TaskForm(client, taks=None)


def test_places_are_read_from_a_refusal():
    error = InvalidRequestError("Invalid request", details="tasks[0].worker.workers[1]: eve: no.\nsomething else")
    assert refusals(error) == [Problem("worker.workers[1]", "eve: no.")]
    assert refusals(InvalidRequestError("Busy", details="try later")) == []


def test_the_browser_knows_only_traits_that_python_syncs(form):
    used = re.findall(r'model\.(?:get|set)\("(\w+)"|"change:(\w+)"', form._esm)
    names = {first or second for first, second in used}
    assert names == {"_fields", "_checked", "_created", "_edited", "_frozen", "_app"}
    assert names <= set(form.keys)
