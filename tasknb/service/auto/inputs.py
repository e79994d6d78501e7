"""Inputs as models see them: stored ones, frames of videos, regions of images and texts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from tasknb.messages.data import Data
from tasknb.service.auto.pixels import MediaError, crop, decode_image, encode_png, extent

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasknb.messages.data import Input, Region
    from tasknb.service.auto.pixels import Pixels
    from tasknb.service.auto.video import VideoFrame

T = TypeVar("T")

FETCH_SECONDS = (5, 60)
MAX_FETCH = 512 * 2**20
"""The largest file that is fetched from an input's URL, in bytes."""


@dataclass(frozen=True)
class SeenInput:
    """One input, frame or region, with what costs time read when it is first asked for.

    The public promise is `tasknb.messages.models.ModelInput`.
    """

    id: str
    data: Data
    read_text: Callable[[], str] = field(repr=False)
    read_content: Callable[[], bytes] = field(repr=False)
    read_image: Callable[[], Pixels] = field(repr=False)
    previous: Data | None = None
    time_ms: int | None = None

    @cached_property
    def text(self) -> str:
        """The text; empty for an input that has none."""
        return self.read_text()

    @cached_property
    def content(self) -> bytes:
        """The bytes of the image, video or recording."""
        return self.read_content()

    @cached_property
    def image(self) -> Pixels:
        """The pixels; shape (rows, columns, 3)."""
        return self.read_image()

    @property
    def is_video(self) -> bool:
        """Whether it is a whole video, to be shown to models frame by frame."""
        return self.data.video is not None and self.time_ms is None

    def after(self, previous: Data) -> SeenInput:
        """The same input with what the nodes before said of it."""
        return replace(self, previous=previous)


def stored(item: Input, read: Callable[[], bytes | None]) -> SeenInput:
    """An input as it lies in the store.

    Parameters
    ----------
    item : Input
        Its message.
    read : callable
        Its stored bytes, or None where there are none; asked at most once.
    """
    data = item.data or Data()

    def content() -> bytes:
        found = next((one.base64 for one in (data.image, data.video, data.audio) if one and one.base64), b"")
        return found or read() or _fetch(_url(data))

    def text() -> str:
        if data.text is None:
            return ""
        return data.text.raw or _fetch(data.text.url).decode(errors="replace")

    seen: SeenInput = SeenInput(
        item.id,
        data,
        read_text=_naming(item.id, text),
        read_content=_naming(item.id, content),
        read_image=_naming(item.id, lambda: decode_image(seen.content)),
    )
    return seen


def _naming(input_id: str, read: Callable[[], T]) -> Callable[[], T]:
    """The same, with the input named where it cannot be read."""

    def named() -> T:
        try:
            return read()
        except MediaError as error:
            raise (error if error.input_id else MediaError(str(error), input_id)) from None

    return named


def frame_of(video: SeenInput, frame: VideoFrame) -> SeenInput:
    """One frame of a video."""
    return SeenInput(
        video.id,
        video.data,
        read_text=str,
        read_content=lambda: encode_png(frame.pixels),
        read_image=lambda: frame.pixels,
        time_ms=frame.time_ms,
    )


def region_of(whole: SeenInput, region: Region) -> SeenInput | None:
    """What a region shows: the crop of the image, or the stretch of the text; None for a region that has neither."""
    place, previous = region.region_info, Data(regions=[region])
    if place is not None and place.span is not None:
        span = place.span
        cut = span.raw_text or whole.text[span.char_start : span.char_end]
        return replace(whole, read_text=lambda: cut, previous=previous)
    box = extent(place)
    if box is None:
        return None
    part: SeenInput = replace(
        whole,
        read_content=lambda: encode_png(part.image),
        read_image=lambda: crop(whole.image, box),
        previous=previous,
    )
    return part


def _url(data: Data) -> str:
    urls = (one.url for one in (data.image, data.video, data.audio) if one is not None)
    url = next(urls, "")
    if not url:
        raise MediaError("it holds no bytes and no URL")
    return url


def _fetch(url: str) -> bytes:
    import requests  # noqa: PLC0415  only inputs by URL need it

    if not url.startswith(("http://", "https://")):
        raise MediaError(f"its URL {url!r} is none of http:// or https://")
    try:
        with requests.get(url, timeout=FETCH_SECONDS, stream=True) as response:
            if response.status_code != requests.codes.ok:
                raise MediaError(f"its URL answers with HTTP status {response.status_code}")
            content: bytes = response.raw.read(MAX_FETCH + 1, decode_content=True)
    except requests.RequestException as error:
        raise MediaError(f"its URL cannot be fetched: {type(error).__name__}") from None
    if len(content) > MAX_FETCH:
        raise MediaError(f"its file is larger than {MAX_FETCH / 2**20:g} MiB")
    return content
