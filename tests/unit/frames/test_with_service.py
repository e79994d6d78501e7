"""Frames read from the embedded service, end to end."""

import pytest

import tasknb as tn
from tasknb import demo, frames
from tasknb.errors import NotFoundError


@pytest.fixture(scope="module")
def client():
    return demo.digits(inputs=30)


@pytest.fixture(scope="module")
def task(client):
    """Thirty digits, each labeled by two of three workers, and one task that nobody has begun."""
    client.tasks.create(digits("Untouched", tn.TaskWorker.dynamic("ann")))
    done = client.tasks.create(digits("Digits", tn.TaskWorker.partitioned("ann", "bob", "cleo", workers_per_input=2)))
    demo.work(client, done, labels_per_second=10_000, error_rate={"bob": 1.0}, seed=1, background=False)
    return done


def digits(name, worker):
    return tn.Task(
        name=name,
        type="CONCEPTS_CLASSIFICATION",
        worker=worker,
        input_source=tn.InputSource.all_inputs(),
        concepts=tn.TaskConcept.of(*"0123456789"),
        review=tn.TaskReview.none(),
    )


def test_the_frame_tells_of_every_task(client, task):
    frame = client.tasks.frame()
    assert set(frame["name"]) == {"Digits", "Untouched"}
    row = frame.set_index("task_id").loc[task.id]
    assert row[["inputs", "labeled", "labeled_percent"]].tolist() == [30, 30, 100]
    assert row["estimated"]


def test_filters_reach_the_server(client, task):
    assert client.tasks.frame(worker="bob")["task_id"].tolist() == [task.id]
    assert len(client.tasks.frame(ids=[])) == 2
    assert client.tasks.frame(ids=[task.id, "unknown"])["name"].tolist() == ["Digits"]


def test_counts_are_exact_once_a_client_has_counted(client, task):
    workers = client.tasks.frame(ids=task.id).tasks.workers(client)
    assert not workers["estimated"].any()
    assert workers["assigned"].sum() == 60
    assert (workers["submitted"] == workers["done"]).all()


def test_labels_come_with_status_and_times(client, task):
    labels = client.tasks.frame(ids=task.id).tasks.assignments(client)
    assert len(labels) == 60
    assert labels["label"].notna().all()
    assert (labels["status"] == "done").all()
    assert (labels["submitted_at"] >= labels["created_at"]).all()
    by_worker = labels.labels.by_worker()
    assert by_worker["labeled"].sum() == 60


def test_a_server_without_a_list_of_assignments_gives_the_same_labels(client, task):
    """Clarifai offers no ListTaskAssignments; the annotations tell the rest."""

    class Elsewhere:
        def pages(self, name, request):
            if name == "ListTaskAssignments":
                raise NotFoundError("Resource does not exist", code=11101, http_status=404)
            return client.pages(name, request)

    frame = client.tasks.frame(ids=task.id)
    there = frames.read_assignments(frame, Elsewhere())
    here = frames.read_assignments(frame, client)
    columns = ["task", "worker", "label", "status"]
    ours, theirs = (set(one[columns].astype("str").itertuples(index=False, name=None)) for one in (here, there))
    assert ours == theirs
    assert there["created_at"].isna().all()


def test_a_task_that_is_gone_is_an_error(client, task):
    frame = client.tasks.frame(ids=task.id)
    frame["task_id"] = "gone"
    with pytest.raises(NotFoundError):
        frame.tasks.assignments(client)


def test_annotations_are_one_row_a_concept(client, task):
    said = client.tasks.frame(ids=task.id).tasks.annotations(client)
    assert len(said) == 60
    assert (said["shape"] == "concept").all()
    assert said["label"].astype("str").isin(list("0123456789")).all()
