"""Frames of a video, decoded one after the other and sampled by time."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from tasknb.errors import MissingExtraError
from tasknb.service.auto.pixels import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av.container
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_SAMPLE_MS = 1000
"""How far apart frames are sampled where a task does not say."""


class VideoFrame(NamedTuple):
    """One sampled frame."""

    time_ms: int
    """When it is shown, from the start of the video."""

    number: int
    """Which frame of the video it is, counted from 0."""

    pixels: NDArray[np.uint8]
    """Shape (rows, columns, 3), red, green, blue."""


def sample_frames(content: bytes, every_ms: int = DEFAULT_SAMPLE_MS) -> Iterator[VideoFrame]:
    """The first frame at or after each multiple of a time.

    Parameters
    ----------
    content : bytes
        A video file of any format that FFmpeg reads.
    every_ms : int, default 1000
        How far apart, in milliseconds, above 0. Where the video has fewer frames than that, each is given once.

    Yields
    ------
    VideoFrame
        In the order of time, decoded as they are asked for, so that a long video needs the memory of a few frames.

    Raises
    ------
    MediaError
        If it is no video, or damaged.
    MissingExtraError
        If PyAV is not installed.
    """
    try:
        import av  # noqa: PLC0415  an extra
    except ImportError:
        raise MissingExtraError("Showing a video to a model", "video") from None
    try:
        with av.open(io.BytesIO(content), mode="r") as container:
            if not container.streams.video:
                raise MediaError("it holds no moving picture")
            yield from _sampled(container, every_ms)
    except av.FFmpegError as error:
        raise MediaError(f"its video cannot be decoded: {error}") from None


def _sampled(container: av.container.InputContainer, every_ms: int) -> Iterator[VideoFrame]:
    import numpy as np  # noqa: PLC0415  only models need it

    start, due = None, 0
    for number, frame in enumerate(container.decode(video=0)):
        seconds = frame.time or 0.0
        # Some files begin later than 0; a viewer's clock does not.
        start = seconds if start is None else start
        time_ms = round((seconds - start) * 1000)
        if time_ms >= due:
            yield VideoFrame(time_ms, number, np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8))
            due = (time_ms // every_ms + 1) * every_ms
