"""What contested inputs look like: small pictures that lie in the page itself, and the beginnings of texts."""

from __future__ import annotations

import base64
import io
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from tasknb.errors import ApiError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.Image import Image

    from tasknb.api import Client
    from tasknb.messages.data import Data, HostedURL, Input
    from tasknb.reports.data import Contested

SIDE = 192
"""The longer side of a picture in pixels: twice what it is shown at, for fine screens and print."""

LARGEST = 20 * 2**20
MOST_PIXELS = 60_000_000
MOST_BYTES = 800_000
MOST_SECONDS = 30.0
"""A file larger than these is not read; pictures together weigh no more, and take no longer to fetch."""

TEXT_LENGTH = 280

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


@dataclass(slots=True)
class Pictures:
    """Fetches what there is to see of inputs.

    Attributes
    ----------
    found : dict of str to str
        Pictures by the input's id, as ``data:`` URLs of PNG or JPEG files that were made here, whatever came in.
    problems : dict of str to int
        Why some could not be shown, and how often.
    """

    client: Client
    found: dict[str, str] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)

    def look_at(self, inputs: Iterable[Contested]) -> None:
        """Find out what kind of input each is, with its picture or the beginning of its text."""
        end = time.monotonic() + MOST_SECONDS
        for one in inputs:
            try:
                item = self.client.inputs.get(one.input_id)
                one.kind = _kind(item)
                one.text = _excerpt(item)
                if one.kind == "image" and one.input_id not in self.found and self._may_go_on(end):
                    self.found[one.input_id] = thumbnail(_content(self.client, item))
            except MissingExtraError as error:
                self._note(str(error))
            except (ApiError, PictureError) as error:
                self._note(error.description if isinstance(error, ApiError) else str(error))

    def _may_go_on(self, end: float) -> bool:
        if time.monotonic() > end:
            self._note("fetching them took too long")
            return False
        return sum(map(len, self.found.values())) < MOST_BYTES

    def _note(self, problem: str) -> None:
        self.problems[problem] = self.problems.get(problem, 0) + 1


class PictureError(Exception):
    """A file is no picture that can be shown."""


def thumbnail(content: bytes) -> str:
    """A picture made small, as a ``data:`` URL.

    It is drawn anew from its pixels, so that nothing else that a file may hold comes along.

    Raises
    ------
    PictureError
        If it is no picture, or far too large.
    MissingExtraError
        If Pillow is not installed.
    """
    try:
        from PIL import Image, ImageOps  # noqa: PLC0415  an extra
    except ImportError:
        raise MissingExtraError("Pictures in a report", "report") from None
    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
        if image.width * image.height > MOST_PIXELS:
            _too_large()
        image.draft("RGB", (SIDE, SIDE))  # a JPEG need not be decoded in full
        small = ImageOps.exif_transpose(image)
        small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        return _shorter(small.convert("RGB") if small.mode not in ("L", "RGB") else small)
    except PictureError:
        raise
    except Exception as error:  # Pillow's readers raise whatever a broken file makes of them
        raise PictureError("a file is no picture that can be read") from error


def _too_large() -> NoReturn:
    raise PictureError(f"a picture has more than {MOST_PIXELS // 10**6} million pixels")


def _shorter(image: Image) -> str:
    """The picture as PNG or JPEG, whichever is smaller: drawings and scans are PNGs, photographs JPEGs."""
    files = []
    for kind, options in (("png", {"optimize": True}), ("jpeg", {"quality": 78, "optimize": True})):
        file = io.BytesIO()
        image.save(file, format=kind, **options)
        files.append((len(file.getvalue()), kind, file.getvalue()))
    _, kind, content = min(files)
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _kind(item: Input) -> str:
    data = item.data
    if data is None:
        return ""
    found = {"image": data.image, "text": data.text, "video": data.video, "audio": data.audio}
    return next((name for name, value in found.items() if value is not None), "")


def _excerpt(item: Input) -> str:
    raw = item.data.text.raw if item.data and item.data.text else ""
    text = " ".join(raw[: 4 * TEXT_LENGTH].split())
    return text if len(text) <= TEXT_LENGTH else f"{text[: TEXT_LENGTH - 1].rstrip()}…"


def _content(client: Client, item: Input) -> bytes:
    data: Data | None = item.data
    assert data is not None
    assert data.image is not None
    if data.image.base64:
        return data.image.base64
    url = _hosted(data.image.hosted) or data.image.url
    if not url:
        raise PictureError("an input has neither bytes nor a URL")
    return client.fetch(url, most=LARGEST)


def _hosted(hosted: HostedURL | None) -> str:
    """The smallest stored copy that is large enough; Clarifai keeps several, the embedded service only the original."""
    if hosted is None or not hosted.prefix or not hosted.sizes:
        return ""
    size = "small" if "small" in hosted.sizes else hosted.sizes[0]
    return f"{hosted.prefix}/{size}/{hosted.suffix}"
