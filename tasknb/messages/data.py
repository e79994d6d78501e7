"""What is labeled and with what: inputs, their data, regions, concepts, datasets and annotations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tasknb.messages.people import Visibility, Worker
from tasknb.messages.status import Status
from tasknb.messages.wire import Message


def _present() -> float:
    return 1.0


class Concept(Message):
    """A class that an input can be labeled with.

    ``value`` is 1 for present and 0 for absent; it is always sent, because a missing value means 1 in JSON.
    """

    id: str = ""
    name: str = ""
    value: float = msgspec.field(default_factory=_present)
    created_at: datetime | None = None
    language: str = ""
    app_id: str = ""
    definition: str = ""
    user_id: str = ""
    metadata: dict[str, Any] = {}
    visibility: Visibility | None = None


class HostedURL(Message):
    """Where a stored copy of a file can be fetched: ``prefix/size/suffix``."""

    prefix: str = ""
    suffix: str = ""
    sizes: list[str] = []
    crossorigin: str = ""


class ImageInfo(Message):
    """Width and height in pixels, and the format."""

    width: int = 0
    height: int = 0
    format: str = ""
    color_mode: str = ""


class Image(Message):
    """An image by URL or by its bytes."""

    url: str = ""
    base64: bytes = b""
    allow_duplicate_url: bool = False
    hosted: HostedURL | None = None
    image_info: ImageInfo | None = None


class VideoInfo(Message):
    """Size in pixels, frames per second and length in seconds."""

    width: int = 0
    height: int = 0
    fps: float = 0.0
    video_format: str = ""
    frame_count: int = 0
    duration_seconds: float = 0.0


class Video(Message):
    """A video by URL or by its bytes."""

    url: str = ""
    base64: bytes = b""
    allow_duplicate_url: bool = False
    thumbnail_url: str = ""
    hosted: HostedURL | None = None
    video_info: VideoInfo | None = None


class Audio(Message):
    """A sound recording by URL or by its bytes."""

    url: str = ""
    base64: bytes = b""
    allow_duplicate_url: bool = False
    hosted: HostedURL | None = None


class Text(Message):
    """A text, as it is (``raw``) or by URL."""

    raw: str = ""
    url: str = ""
    allow_duplicate_url: bool = False
    hosted: HostedURL | None = None


class Point(Message):
    """A place in an image: row and column from 0 to 1, from the top left corner."""

    row: float = msgspec.field(default_factory=float)
    col: float = msgspec.field(default_factory=float)
    z: float = 0.0


class BoundingBox(Message):
    """A box in an image: edges from 0 to 1, from the top left corner."""

    top_row: float = msgspec.field(default_factory=float)
    left_col: float = msgspec.field(default_factory=float)
    bottom_row: float = msgspec.field(default_factory=float)
    right_col: float = msgspec.field(default_factory=float)


class Polygon(Message):
    """A closed outline; the last point joins the first."""

    points: list[Point] = []


class Span(Message):
    """A stretch of text: from character `char_start` up to, and without, `char_end`."""

    char_start: int = msgspec.field(default_factory=int)
    char_end: int = msgspec.field(default_factory=int)
    raw_text: str = ""


class Mask(Message):
    """A region as an image: white where the region is."""

    image: Image | None = None


class RegionInfo(Message):
    """Where a region is: one of these is set."""

    bounding_box: BoundingBox | None = None
    mask: Mask | None = None
    polygon: Polygon | None = None
    point: Point | None = None
    span: Span | None = None


class Region(Message):
    """A part of an input and the concepts it shows."""

    id: str = ""
    region_info: RegionInfo | None = None
    data: Data | None = None
    value: float = 0.0
    track_id: str = ""


class FrameInfo(Message):
    """The place of a frame in a video; `time` in milliseconds."""

    index: int = 0
    time: int = msgspec.field(default_factory=int)
    number: int = msgspec.field(default_factory=int)


class Frame(Message):
    """One frame of a video and what it shows."""

    frame_info: FrameInfo | None = None
    data: Data | None = None
    id: str = ""


class TimeInfo(Message):
    """A stretch of time in seconds."""

    num_frames: int = 0
    begin_time: float = 0.0
    end_time: float = 0.0


class TimeSegment(Message):
    """A stretch of a video or recording and what it shows."""

    id: str = ""
    data: Data | None = None
    time_info: TimeInfo | None = None


class Data(Message):
    """The content of an input, or what an annotation says of it."""

    image: Image | None = None
    video: Video | None = None
    concepts: list[Concept] = []
    metadata: dict[str, Any] = {}
    regions: list[Region] = []
    frames: list[Frame] = []
    text: Text | None = None
    audio: Audio | None = None
    time_segments: list[TimeSegment] = []


class Input(Message):
    """An image, text, video or recording to be labeled."""

    id: str = ""
    data: Data | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    status: Status | None = None
    dataset_ids: list[str] = []


class Dataset(Message):
    """A named set of inputs."""

    id: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    app_id: str = ""
    user_id: str = ""
    description: str = ""
    metadata: dict[str, Any] = {}
    visibility: Visibility | None = None
    notes: str = ""


class DatasetInput(Message):
    """An input's membership in a dataset."""

    created_at: datetime | None = None
    input: Input | None = None


class Annotation(Message):
    """What one worker says of one input.

    ``user_id``, ``model_version_id`` and ``trusted`` are deprecated on the wire; `worker` says the same.
    """

    id: str = ""
    input_id: str = ""
    data: Data | None = None
    annotation_info: dict[str, Any] = {}
    user_id: str = ""
    model_version_id: str = ""
    status: Status | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    trusted: bool = False
    input_level: bool = False
    consensus_info: dict[str, Any] = {}
    task_id: str = ""
    worker: Worker | None = None


class InputsAddJobProgress(Message):
    """How many inputs of an upload are in which state."""

    pending_count: int = 0
    in_progress_count: int = 0
    success_count: int = 0
    failed_count: int = 0


class InputsAddJob(Message):
    """What has become of the inputs that were sent under one ``inputs_add_job_id``."""

    id: str = ""
    progress: InputsAddJobProgress | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    status: Status | None = None


class InputCount(Message, omit_defaults=False):
    """How many inputs are in which state of processing."""

    processed: int = 0
    to_process: int = 0
    errors: int = 0
    processing: int = 0
    reindexed: int = 0
    to_reindex: int = 0
    reindex_errors: int = 0
    reindexing: int = 0
