"""The handwritten digits of scikit-learn: as pictures, with the truth, and how easily each is taken for another."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tasknb.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COUNT = 1797
CONCEPTS = tuple("0123456789")

_MAX_INK = 16
_SIDE = 64  # the scans have 8 x 8 pixels; enlarged smoothly they look like handwriting


class Digits(NamedTuple):
    """The digits in the order of scikit-learn's file."""

    ink: NDArray[np.float64]
    """How dark each pixel is, 0 to 16; shape (1797, 8, 8)."""

    target: NDArray[np.int64]
    """Which digit the writer meant, 0 to 9; shape (1797,)."""


def input_id(index: int) -> str:
    """The id of the digit at `index`, counted from 0: ``digit-0000``."""
    return f"digit-{index:04d}"


def index_of(input_id: str) -> int:
    """The place of a digit in the file; the inverse of `input_id`.

    Raises
    ------
    KeyError
        If the demo has no input of that id.
    """
    if input_id not in truth():
        raise KeyError(f"{input_id!r} is no digit of the demo; their ids run from digit-0000 to digit-{COUNT - 1}")
    return int(input_id.removeprefix("digit-"))


@cache
def load() -> Digits:
    """The digits, read once.

    Raises
    ------
    MissingExtraError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # noqa: PLC0415  an extra, without stubs
    except ImportError:
        raise MissingExtraError("The demo on handwritten digits", "demo") from None
    bunch = load_digits()
    return Digits(ink=bunch.images, target=bunch.target)


@cache
def truth() -> dict[str, str]:
    """What each digit really is: input id to concept id, ``{"digit-0000": "0", …}``.

    Raises
    ------
    MissingExtraError
        If scikit-learn is not installed.
    """
    return {input_id(index): str(digit) for index, digit in enumerate(load().target)}


def image(input_id: str) -> bytes:
    """One digit as a PNG file: dark ink on white, 64 by 64 pixels.

    Raises
    ------
    KeyError
        If the demo has no input of that id.
    MissingExtraError
        If scikit-learn or Pillow is not installed.
    """
    return png(load().ink[index_of(input_id)])


def png(ink: NDArray[np.float64]) -> bytes:
    """One digit's ink, shape (8, 8), as a PNG file."""
    try:
        from PIL import Image  # noqa: PLC0415  an extra
    except ImportError:
        raise MissingExtraError("The demo on handwritten digits", "demo") from None
    shade = (255 - ink * 255 / _MAX_INK).round().astype("uint8")
    picture = Image.fromarray(shade).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, format="PNG", compress_level=1)  # half as long for a tenth more bytes
    return file.getvalue()


class Resemblance(NamedTuple):
    """How each digit looks to somebody in a hurry."""

    difficulty: NDArray[np.float64]
    """How much harder than the average a digit is to read, 1 on average; shape (1797,)."""

    lookalikes: NDArray[np.int64]
    """The ten digits from the most to the least alike, the truth among them; shape (1797, 10)."""


@cache
def resemblance() -> Resemblance:
    """Measured on the pictures themselves, so that simulated workers fail where people would hesitate.

    A digit is hard when it is nearly as far from the mean picture of its own kind as from that of another kind.
    """
    import numpy as np  # noqa: PLC0415  comes with scikit-learn

    ink, target = load()
    means = np.stack([ink[target == digit].mean(axis=0) for digit in range(len(CONCEPTS))])
    distances = np.sqrt(((ink[:, None] - means) ** 2).sum(axis=(2, 3)))
    own = np.take_along_axis(distances, target[:, None], axis=1)[:, 0]
    others = distances.copy()
    np.put_along_axis(others, target[:, None], np.inf, axis=1)
    difficulty = (own / others.min(axis=1)) ** 4
    return Resemblance(difficulty / difficulty.mean(), distances.argsort(axis=1))
