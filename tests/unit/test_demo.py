"""The demo: its pictures, what simulated workers say of them, and how they work through a task."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from tasknb import demo
from tasknb.demo import images
from tasknb.demo.opinion import Habits
from tasknb.errors import TasknbError
from tasknb.messages.task import InputSource, Task, TaskConcept, TaskReview, TaskWorker

ALL = Task(id="t", concepts=TaskConcept.of(*images.CONCEPTS), type="CONCEPTS_CLASSIFICATION")


def habits(worker_id="ann", error_rate=0.05, *, is_spammer=False, seed=0):
    return Habits(worker_id, error_rate, is_spammer, seed)


def label(one, input_id, task=ALL):
    return one.annotation(task, input_id).data.concepts[0].id


class TestImages:
    def test_every_digit_has_its_truth(self):
        assert len(demo.truth()) == 1797
        assert [demo.truth()[f"digit-{index:04d}"] for index in range(12)] == list("012345678901")

    def test_an_image_shows_the_scan_dark_on_white(self):
        picture = Image.open(io.BytesIO(demo.image("digit-0000")))
        assert (picture.format, picture.size, picture.mode) == ("PNG", (64, 64), "L")
        shrunk = np.asarray(picture.resize((8, 8), Image.Resampling.BOX)) / 255
        assert shrunk == pytest.approx(1 - images.load().ink[0] / 16, abs=0.2)

    def test_an_unknown_input_is_named_with_the_ids_there_are(self):
        with pytest.raises(KeyError, match=r"'cat' is no digit .* digit-0000 to digit-1796"):
            demo.image("cat")

    def test_difficulty_is_one_on_average_and_higher_for_what_looks_like_another(self):
        difficulty, lookalikes = images.resemblance()
        taken_for_another = lookalikes[:, 0] != images.load().target
        assert difficulty.mean() == pytest.approx(1)
        assert difficulty[taken_for_another].min() > difficulty[~taken_for_another].max()


class TestOpinion:
    def test_the_same_seed_says_the_same_in_any_order(self):
        forth = [label(habits(seed=7), input_id) for input_id in demo.truth()]
        back = [label(habits(seed=7), input_id) for input_id in reversed(demo.truth())]
        assert forth == back[::-1]
        assert forth != [label(habits(seed=8), input_id) for input_id in demo.truth()]

    @pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
    def test_the_share_of_errors_is_about_the_rate(self, rate):
        wrong = sum(label(habits(error_rate=rate), input_id) != true for input_id, true in demo.truth().items())
        assert wrong / len(demo.truth()) == pytest.approx(rate, rel=0.3)

    @pytest.mark.parametrize(("rate", "right"), [(0, 1797), (1, 0)])
    def test_never_and_always_wrong(self, rate, right):
        assert sum(label(habits(error_rate=rate), one) == true for one, true in demo.truth().items()) == right

    def test_errors_gather_on_hard_digits(self):
        pick = habits(error_rate=0.1)
        difficulty = images.resemblance().difficulty
        wrong = [images.index_of(one) for one, true in demo.truth().items() if label(pick, one) != true]
        assert np.median(difficulty[wrong]) > 2 * np.median(difficulty)

    def test_a_spammer_says_anything_of_everything(self):
        said = Counter(label(habits(is_spammer=True), input_id) for input_id in demo.truth())
        assert set(said) == set(images.CONCEPTS)
        assert max(said.values()) < 1.3 * min(said.values())

    def test_only_the_concepts_of_the_task_are_used(self):
        few = Task(id="t", concepts=TaskConcept.of("3", "8"), type="CONCEPTS_CLASSIFICATION")
        assert {label(habits(), input_id, few) for input_id in demo.truth()} == {"3", "8"}

    def test_a_stranger_among_the_inputs_gets_some_concept(self):
        assert label(habits(), "cat") in images.CONCEPTS

    def test_a_box_lies_around_the_ink(self):
        task = Task(id="t", concepts=TaskConcept.of(*images.CONCEPTS), type="BOUNDING_BOX_DETECTION")
        region = habits().annotation(task, "digit-0001").data.regions[0]
        box = region.region_info.bounding_box
        rows, columns = np.nonzero(images.load().ink[1] >= 4)
        assert (box.top_row, box.left_col) == pytest.approx((rows.min() / 8, columns.min() / 8), abs=0.02)
        assert (box.bottom_row, box.right_col) == pytest.approx(
            ((rows.max() + 1) / 8, (columns.max() + 1) / 8), abs=0.02
        )
        assert region.data.concepts[0].id == "1"

    def test_a_polygon_follows_the_ink_and_stays_in_the_picture(self):
        task = Task(id="t", concepts=TaskConcept.of(*images.CONCEPTS), type="POLYGON_DETECTION")
        for input_id in demo.truth():
            points = habits().annotation(task, input_id).data.regions[0].region_info.polygon.points
            assert len(points) >= 12
            assert all(0 <= point.row <= 1 and 0 <= point.col <= 1 for point in points)


@pytest.fixture
def client():
    with demo.digits(inputs=120) as opened:
        yield opened


def make(client, worker, review=None):
    return client.tasks.create(
        Task(
            name="Digits",
            type="CONCEPTS_CLASSIFICATION",
            concepts=TaskConcept.of(*images.CONCEPTS),
            input_source=InputSource.dataset("digits-100"),
            worker=worker,
            review=review or TaskReview.none(),
        )
    )


def said(client, task):
    return [
        (one.worker.id, one.input_id, one.data.concepts[0].id) for one in client.annotations.list(task, all=True).all()
    ]


class TestApp:
    def test_holds_digits_concepts_datasets_and_people(self, client):
        assert client.inputs.count().processed == 120
        assert {concept.id for concept in client.concepts.list()} == set(images.CONCEPTS)
        sizes = {one.id: len(client.datasets.list_inputs(one).all()) for one in client.datasets.list()}
        assert sizes == {"digits-100": 100, "digits-train": 120, "digits-test": 0}
        assert {one.user.id for one in client.collaborators.list()} == {*demo.WORKERS, demo.REVIEWER}

    def test_opening_it_again_adds_what_is_missing_and_nothing_twice(self, tmp_path):
        for inputs in (5, 5, 20, 10):
            demo.digits(tmp_path / "demo.db", inputs=inputs).close()
        with demo.digits(tmp_path / "demo.db", inputs=20) as client:
            assert [one.id for one in client.inputs.list()] == list(demo.truth())[:20]
            assert len(client.concepts.list().all()) == 10

    @pytest.mark.parametrize("inputs", [0, -1, 1798])
    def test_a_wrong_number_of_inputs_is_refused_before_anything_is_made(self, inputs, tmp_path):
        with pytest.raises(ValueError, match="1 to 1797"):
            demo.digits(tmp_path / "demo.db", inputs=inputs)
        assert list(tmp_path.iterdir()) == []


class TestSimulation:
    def test_everybody_labels_everything_and_says_the_same_each_time(self, client):
        worker = TaskWorker.full("ann", "bob")
        first, second = make(client, worker), make(client, worker)
        assert demo.work(client, first, labels_per_second=None, background=False).labels == 200
        demo.work(client, second.id, labels_per_second=None, background=True).wait(60)
        assert sorted(said(client, first)) == sorted(said(client, second))
        assert [(one.worker.id, one.success, one.pending) for one in client.tasks.input_counts(first)] == [
            ("ann", 100, 0),
            ("bob", 100, 0),
        ]

    def test_who_draws_what_follows_from_the_speeds(self, client):
        speeds = {"ann": 100, "bob": 300, "cleo": 0}
        shares = []
        for _ in range(2):
            task = make(client, TaskWorker.dynamic("ann", "bob", "cleo"))
            demo.work(client, task, labels_per_second=speeds).wait(60)
            shares.append(sorted(said(client, task)))
        assert shares[0] == shares[1]
        drawn = Counter(worker for worker, _, _ in shares[0])
        assert set(drawn) == {"ann", "bob"}
        assert drawn["bob"] > 2 * drawn["ann"]

    def test_progress_moves_at_the_chosen_speed_and_stops_when_told(self, client):
        task = make(client, TaskWorker.full("ann"))
        with demo.work(client, task, labels_per_second=10) as simulation:
            with pytest.raises(TimeoutError, match=r"handed in \d+ labels in 0.5 seconds and are not done"):
                simulation.wait(0.5)
            assert repr(simulation).endswith("labels, running>")
        assert not simulation.running
        assert 1 <= simulation.labels <= 20
        assert client.tasks.input_counts(task)[0].success == simulation.labels

    def test_reviewers_approve_what_is_right_and_reject_what_is_wrong(self, client):
        task = make(client, TaskWorker.full("ann", "bob"), TaskReview.manual("rita"))
        errors = {"ann": 0.1, "bob": 1.0, "rita": 0.0}
        simulation = demo.work(client, task, labels_per_second=None, error_rate=errors, background=False)
        wrong = sum(
            label != demo.truth()[input_id] for worker, input_id, label in said(client, task) if worker == "ann"
        )
        assert (simulation.labels, simulation.reviews) == (200, 200)
        assert repr(simulation) == "<Simulation of 3 people, 200 labels, 200 reviews, ended>"
        counts = {one.worker.id: (one.success, one.review_denied) for one in client.tasks.input_counts(task)}
        assert counts == {"ann": (100 - wrong, wrong), "bob": (0, 100)}

    def test_reviewers_see_only_what_labelers_do_not_agree_on(self, client):
        task = make(client, TaskWorker.full("ann", "bob"), TaskReview.consensus("rita", labelers=2))
        simulation = demo.work(client, task, labels_per_second=None, error_rate=0.2, background=False)
        labels = {}
        for _, input_id, label in said(client, task):
            labels.setdefault(input_id, set()).add(label)
        contested = sum(len(different) > 1 for different in labels.values())
        assert simulation.reviews == 2 * contested > 0

    def test_goes_home_when_the_task_is_deleted(self, client):
        task = make(client, TaskWorker.full("ann"))
        simulation = demo.work(client, task, labels_per_second=50)
        client.tasks.delete(task)
        simulation.wait(30)
        assert simulation.labels < 100

    def test_a_stranger_is_named(self, client):
        task = make(client, TaskWorker.full("ann", "bob"))
        with pytest.raises(ValueError, match="zoe not among the task's people: ann, bob"):
            demo.work(client, task, error_rate={"zoe": 0.1})
        with pytest.raises(ValueError, match="eve not among"):
            demo.work(client, task, spammers=["eve"])

    def test_what_goes_wrong_is_raised_to_whoever_waits(self, client):
        task = make(client, TaskWorker.full("ann"))
        simulation = demo.work(client, task, labels_per_second=50)
        client.close()
        with pytest.raises(TasknbError):
            simulation.wait(30)
