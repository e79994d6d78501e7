"""The demo's models do what they say: on digits they have not seen, and on the coins."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from tasknb.demo import coin_model, coins_image, digit_model, image, truth
from tasknb.demo.models import TRAINED_ON
from tasknb.service.auto.pixels import decode_image


def shown(content):
    return SimpleNamespace(image=decode_image(content))


def test_the_classifier_reads_97_of_100_digits_it_has_not_seen():
    unseen = list(truth().items())[TRAINED_ON:]
    said = digit_model([shown(image(input_id)) for input_id, _ in unseen])
    right = [max(values, key=values.get) == digit for values, (_, digit) in zip(said, unseen, strict=True)]
    assert np.mean(right) >= 0.965
    assert all(abs(sum(values.values()) - 1) < 1e-9 for values in said)
    assert digit_model([]) == []


def test_the_detector_finds_the_24_coins():
    [data] = coin_model([shown(coins_image())])
    boxes = [one.region_info.bounding_box for one in data.regions]
    assert len(boxes) == 24
    assert all(one.data.concepts[0].id == "coin" and 0.5 < one.data.concepts[0].value <= 1 for one in data.regions)
    assert all(0 <= box.top_row < box.bottom_row <= 1 and 0 <= box.left_col < box.right_col <= 1 for box in boxes)
    # Four rows of six.
    rows = np.sort([(box.top_row + box.bottom_row) / 2 for box in boxes]).reshape(4, 6)
    assert np.ptp(rows, axis=1).max() < 0.12


def test_where_there_are_no_coins_none_are_found():
    [data] = coin_model([SimpleNamespace(image=np.zeros((40, 40, 3), dtype=np.uint8))])
    assert data.regions == []
