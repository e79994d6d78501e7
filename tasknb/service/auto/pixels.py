"""Pictures as arrays: decoded, cropped, and the outlines of a mask."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from tasknb.errors import MissingExtraError, TasknbError
from tasknb.messages.data import BoundingBox
from tasknb.service.auto.geometry import box_outline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tasknb.messages.data import RegionInfo
    from tasknb.service.auto.geometry import Place

    Pixels = NDArray[np.uint8]


class MediaError(TasknbError):
    """An input that a model cannot be shown: no image, damaged, or not to be fetched."""

    def __init__(self, message: str, input_id: str = "") -> None:
        super().__init__(f"{input_id!r} cannot be shown: {message}" if input_id else message)
        self.input_id = input_id


def decode_image(content: bytes, mode: str = "RGB") -> Pixels:
    """The pixels of an image file.

    Parameters
    ----------
    content : bytes
        PNG, JPEG, WebP, GIF, BMP or TIFF.
    mode : str, default "RGB"
        Pillow's name of the colours: "RGB" gives shape (rows, columns, 3), "L" gives (rows, columns).

    Raises
    ------
    MediaError
        If it is no image, or damaged.
    MissingExtraError
        If Pillow is not installed.
    """
    try:
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  an extra
    except ImportError:
        raise MissingExtraError("Showing an image to a model", "images") from None
    import numpy as np  # noqa: PLC0415  only models need it

    try:
        with Image.open(io.BytesIO(content)) as picture:
            return np.asarray(picture.convert(mode), dtype=np.uint8)
    except UnidentifiedImageError:
        raise MediaError("its bytes are no image that can be read") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise MediaError(f"its image is damaged: {error}") from None


def encode_png(pixels: Pixels) -> bytes:
    """Pixels, shape (rows, columns, 3), as a PNG file."""
    try:
        from PIL import Image  # noqa: PLC0415  an extra
    except ImportError:
        raise MissingExtraError("Sending an image to a model", "images") from None
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


def crop(pixels: Pixels, box: BoundingBox) -> Pixels:
    """The part of a picture in a box; at least one pixel, also where the box lies at or beyond an edge."""
    rows, columns = pixels.shape[:2]
    top, bottom = _range(box.top_row, box.bottom_row, rows)
    left, right = _range(box.left_col, box.right_col, columns)
    return pixels[top:bottom, left:right]


def _range(low: float, high: float, size: int) -> tuple[int, int]:
    low, high = min(low, high), max(low, high)
    start = min(max(int(low * size), 0), size - 1)
    return start, min(max(round(high * size), start + 1), size)


def extent(place: RegionInfo | None) -> BoundingBox | None:
    """The box round a region; None where it has no extent in an image."""
    if place is None:
        return None
    if place.polygon is not None and place.polygon.points:
        rows = [point.row for point in place.polygon.points]
        columns = [point.col for point in place.polygon.points]
        return BoundingBox(top_row=min(rows), left_col=min(columns), bottom_row=max(rows), right_col=max(columns))
    return place.bounding_box


def mask_outlines(content: bytes) -> list[list[Place]]:
    """The white pixels of a mask as boxes from 0 to 1, one for each run of them in a row."""
    import numpy as np  # noqa: PLC0415  only models need it

    white = decode_image(content, "L") > 127
    rows, columns = white.shape
    edges = np.diff(np.pad(white, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    # Both lists are in the order of the rows, so that the runs' starts and ends pair up.
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return [
        box_outline(row / rows, left / columns, (row + 1) / rows, right / columns)
        for (row, left), (_, right) in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
