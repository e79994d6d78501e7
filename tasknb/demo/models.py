"""Two real models to label with: a classifier of handwritten digits, and a detector of coins.

Each is a function that a service can be given: ``tasknb serve --model digits=tasknb.demo:digit_model``, or
``Client.local(models={"digits": digit_model})``.
"""

from __future__ import annotations

import io
import math
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tasknb.demo import images
from tasknb.errors import MissingExtraError
from tasknb.messages.data import BoundingBox, Concept, Data, Region, RegionInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tasknb.messages.models import ModelInput

TRAINED_ON = 898
"""The digits that `digit_model` learned from, counted from the first: the dataset ``digits-train``."""

COIN = "coin"
"""The concept that `coin_model` finds."""

_DARK, _BRIGHT = 30, 150
_SMALLEST = 100


def digit_model(batch: Sequence[ModelInput]) -> list[dict[str, float]]:
    """How probable each digit is, for images of dark ink on white.

    A support vector machine on the ink of 8 x 8 squares, with calibrated probabilities. It is trained on the first half
    of scikit-learn's digits when it is first asked, in about 0.2 s, always with the same result; of the other half,
    which other people wrote, it reads 97 % right.

    Parameters
    ----------
    batch : sequence of ModelInput
        Images of any size.

    Returns
    -------
    list of dict of float
        For each image, the concepts ``"0"`` to ``"9"`` with values from 0 to 1 that sum up to 1.
    """
    import numpy as np  # noqa: PLC0415  comes with scikit-learn

    if not batch:
        return []
    ink = np.stack([_ink(one.image) for one in batch])
    values = _classifier().predict_proba(ink.reshape(len(batch), -1))
    return [dict(zip(images.CONCEPTS, row.tolist(), strict=True)) for row in values]


def _ink(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How much ink each of 8 x 8 squares holds, 0 to 16, as in scikit-learn's file."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415  the extra that loaded the image

    small = Image.fromarray(pixels).convert("L").resize((8, 8), Image.Resampling.BOX)
    return (255 - np.asarray(small, dtype=np.float64)) * 16 / 255


@cache
def _classifier() -> Any:
    digits = images.load()
    from sklearn.calibration import (  # type: ignore[import-untyped]  # noqa: PLC0415  an extra, without stubs
        CalibratedClassifierCV,
    )
    from sklearn.svm import SVC  # type: ignore[import-untyped]  # noqa: PLC0415  likewise

    # One machine, calibrated on its own cross-validation; nothing in it is drawn at random.
    classifier = CalibratedClassifierCV(SVC(gamma=0.001, C=10), ensemble=False)
    return classifier.fit(digits.ink[:TRAINED_ON].reshape(TRAINED_ON, -1), digits.target[:TRAINED_ON])


def coin_model(batch: Sequence[ModelInput]) -> list[Data]:
    """Where the coins are, for pictures of bright coins on a dark ground.

    The outlines are the watersheds between what is surely ground and what is surely coin, over the edges of the picture
    (scikit-image). It finds the 24 coins of `coins_image`.

    Returns
    -------
    list of Data
        For each image, a region with a box for each coin; the value of its concept ``coin`` is how round it is, 0 to 1.
    """
    return [Data(regions=[_coin(*found) for found in _find_coins(one.image)]) for one in batch]


def _find_coins(pixels: NDArray[np.uint8]) -> list[tuple[BoundingBox, float]]:
    import numpy as np  # noqa: PLC0415  comes with scikit-image

    measure = _skimage("measure")
    grey = _skimage("util").img_as_ubyte(_skimage("color").rgb2gray(pixels))
    surely = np.where(grey > _BRIGHT, 2, np.where(grey < _DARK, 1, 0))
    edges = _skimage("filters").sobel(grey)
    coins = measure.label(_skimage("segmentation").watershed(edges, surely) == 2)
    rows, columns = grey.shape
    found = []
    for region in measure.regionprops(coins):
        if region.area_filled >= _SMALLEST:
            top, left, bottom, right = region.bbox
            box = BoundingBox(
                top_row=top / rows, left_col=left / columns, bottom_row=bottom / rows, right_col=right / columns
            )
            around = measure.perimeter(region.image_filled)
            found.append((box, min(1.0, 4 * math.pi * float(region.area_filled) / float(around) ** 2)))
    return found


def _skimage(part: str) -> Any:
    """A part of scikit-image, which takes a second to import."""
    try:
        return import_module(f"skimage.{part}")
    except ImportError:
        raise MissingExtraError("The demo on coins", "demo") from None


def _coin(box: BoundingBox, value: float) -> Region:
    return Region(region_info=RegionInfo(bounding_box=box), data=Data(concepts=[Concept(id=COIN, value=value)]))


@cache
def coins_image() -> bytes:
    """Scikit-image's picture of 24 Greek coins from Pompeii as a PNG file; 384 x 303 pixels.

    Raises
    ------
    MissingExtraError
        If scikit-image is not installed.
    """
    pixels = _skimage("data").coins()
    from PIL import Image  # noqa: PLC0415  comes with scikit-image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()
