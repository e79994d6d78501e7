from __future__ import annotations

import pytest
from form_help import add_half, ask, submit, valid
from small_app import label

import tasknb as tn
from tasknb.messages.people import User, Worker
from tasknb.messages.task import TaskStatusCount
from tasknb.widgets import TaskForm
from tasknb.widgets.changes import Change, Work, changes

WORK = Work(pending={"ann": 4, "bob": 6}, finished={"ann": 5, "bob": 3}, waiting=2)


def told(before, after, work=WORK):
    return [(one.what, one.effect) for one in changes(before, after, work)]


def test_nothing_changed_is_nothing_told():
    assert told(valid(), valid()) == []


def test_deprecated_forms_are_no_change():
    old = valid(worker=tn.TaskWorker.full("ann", "bob"))
    new = valid(worker=tn.TaskWorker(strategy="FULL", user_ids=["ann", "bob"]))
    assert told(old, new) == []


@pytest.mark.parametrize(
    ("make", "effect"),
    [
        (tn.TaskWorker.dynamic, "They draw from the inputs that nobody has yet."),
        (tn.TaskWorker.partitioned, "They get their share of the open work; finished work stays."),
        (tn.TaskWorker.full, "They get every input of the task."),
    ],
)
def test_who_joins(make, effect):
    assert told(valid(worker=make("ann")), valid(worker=make("ann", "eve"))) == [("Workers added: eve", effect)]


def test_who_leaves():
    open_goes = "Their open work (6) goes to the others; what they finished (3) stays."
    open_drops = "Their open work (6) is dropped; what they finished (3) stays."
    for make, effect in ((tn.TaskWorker.dynamic, open_goes), (tn.TaskWorker.full, open_drops)):
        assert told(valid(worker=make("ann", "bob")), valid(worker=make("ann"))) == [("Workers removed: bob", effect)]


def test_shares_anew():
    def weighted(bob, each=1):
        weights = {"ann": 1, "bob": bob}
        return valid(worker=tn.TaskWorker.partitioned("ann", "bob", workers_per_input=each, weights=weights))

    effect = "Open work (10) is shared anew; finished work (8) stays with whom it is."
    assert told(weighted(1), weighted(3)) == [("Weights", effect)]
    assert told(weighted(1), weighted(1, each=2)) == [("Workers per input: 1 becomes 2", effect)]


def test_another_review_waits_for_the_present_one():
    pair = valid(), valid(review=tn.TaskReview.manual("rita"))
    assert told(*pair) == [
        ("Review: No review becomes Manual, by rita", "Not while work waits for the present review, and 2 inputs do.")
    ]
    idle = Work(pending={}, finished={}, waiting=0)
    assert told(*pair, idle)[0][1] == "It holds for work that is submitted from now on."


def test_other_reviewers_share_what_waits():
    pair = valid(review=tn.TaskReview.manual("rita")), valid(review=tn.TaskReview.manual("sam"))
    assert told(*pair) == [("Reviewers: rita become sam", "The work that waits (2) is shared among them anew.")]


def test_texts_and_concepts():
    after = valid(name="Cats", description="Look", priority="HIGH", concepts=tn.TaskConcept.of("cat", "cow"))
    assert [what for what, _ in told(valid(), after)] == [
        "Name: “Pets” becomes “Cats”",
        "Instructions",
        "Priority: Not set becomes High",
        "Concepts added: cow",
        "Concepts removed: dog",
    ]


def test_work_is_read_off_the_counts():
    rows = [
        TaskStatusCount(worker=Worker(user=User(id="ann")), pending=3, success=2, awaiting_review=1),
        TaskStatusCount(user_id="bob", pending=1, review_denied=4, awaiting_consensus_review=2),
    ]
    assert Work.of(rows) == Work(pending={"ann": 3, "bob": 1}, finished={"ann": 3, "bob": 6}, waiting=3)


# --- the form that edits ---------------------------------------------------------------------------------------------


@pytest.fixture
def client(client):
    return add_half(client)


@pytest.fixture
def task(client):
    return client.tasks.create(valid(worker=tn.TaskWorker.partitioned("ann", "bob")))


def test_a_form_on_a_task_shows_it_and_no_change(client, task):
    form = TaskForm(client, task)
    assert form.draft.id == task.id
    assert (form._edited, form.problems, form.changes) == ("Pets", [], [])
    assert TaskForm(client, task.id).draft == form.draft


def test_an_edit_tells_what_it_does_and_does_it(client, task):
    label(client, task, "ann", 3)
    form = TaskForm(client, task)
    form.draft = valid(name="Cats", worker=tn.TaskWorker.partitioned("ann"))
    assert Change("Workers removed: bob", "Their open work (5) goes to the others; what they finished (0) stays.") in (
        form.changes
    )
    assert form.code.count("client.tasks.update(") == 1
    assert "-X PATCH" in form.curl
    assert submit(form)["result"]["id"] == task.id
    assert form.task.name == client.tasks.get(task).name == "Cats"
    [ann] = client.tasks.input_counts(task)
    assert (ann.success, ann.pending) == (3, 7)
    assert form.changes == []
    assert form._edited == "Cats"


def test_what_cannot_change_is_said_at_its_field(client, task):
    form = TaskForm(client, task)
    form.draft = valid(type="BOUNDING_BOX_DETECTION", worker=tn.TaskWorker.partitioned("ann", "bob"))
    assert submit(form)["result"] is None
    assert [problem.path for problem in form.problems] == ["type"]
    assert client.tasks.get(task).type == "CONCEPTS_CLASSIFICATION"


def test_a_copy_of_a_task_is_a_new_task(client, task):
    form = TaskForm(client)
    form.draft = client.tasks.get(task)
    assert (form.draft.id, form.draft.status, form.draft.created_at) == ("", None, None)
    assert submit(form)["result"]["id"] != task.id
    assert ask(form, "again")["result"] is None
