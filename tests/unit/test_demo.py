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
from tasknb.messages.task import Task, TaskConcept

ALL = Task(id="t", concepts=TaskConcept.of(*images.CONCEPTS), type="CONCEPTS_CLASSIFICATION")


def habits(worker_id="ann", error_rate=0.05, *, is_spammer=False, seed=0):
    return Habits(worker_id, error_rate, is_spammer, seed)


def label(one, input_id, task=ALL):
    return one.annotation(task, input_id).data.concepts[0].id


class TestImages:
    def test_every_digit_has_its_truth(self):
        assert len(demo.truth()) == 1797
        assert [demo.truth()[f"digit-{index:04d}"] for index in range(12)] == list("012345678901")

    def test_an_image_shows_each_pixel_of_the_scan_dark_on_white(self):
        picture = Image.open(io.BytesIO(demo.image("digit-0000")))
        assert (picture.format, picture.size, picture.mode) == ("PNG", (64, 64), "L")
        shade = np.asarray(picture)[4::8, 4::8]
        assert np.array_equal(shade, (255 - images.load().ink[0] * 255 / 16).round())

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
