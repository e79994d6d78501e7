"""The bytes of inputs: kept apart from their messages, and fetched by an address that nobody can guess.

A browser that shows a picture sends no key. So the address itself is the key, as with the presigned links of object
stores: whoever may read the input is told it.
"""

from __future__ import annotations

import secrets
import struct
from typing import TYPE_CHECKING

from sqlalchemy import select

from tasknb.messages.data import HostedURL, ImageInfo
from tasknb.service.schema import blobs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tasknb.service.store import Store

MEDIA_PATH = "/media/orig/"

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"BM", 0, "image/bmp"),
    (b"II*\x00", 0, "image/tiff"),
    (b"MM\x00*", 0, "image/tiff"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"AVI ", 8, "video/x-msvideo"),
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"OggS", 0, "audio/ogg"),
    (b"fLaC", 0, "audio/flac"),
)


def media_type(content: bytes) -> str:
    """The media type that the first bytes tell; ``application/octet-stream`` when they tell none."""
    for magic, start, name in _MAGIC:
        if content.startswith(magic, start):
            return name
    return "application/octet-stream"


def new_token() -> str:
    """The part of an address that nobody can guess."""
    return secrets.token_urlsafe(24)


def hosted(base_url: str, token: str) -> HostedURL:
    """Where stored bytes can be fetched."""
    return HostedURL(prefix=base_url + "/media", sizes=["orig"], suffix=token)


def hosted_url(base_url: str, token: str) -> str:
    """The same address in one piece."""
    return base_url + MEDIA_PATH + token


def read_media(store: Store, path: str) -> tuple[str, bytes] | None:
    """The media type and the bytes behind a path; None where there are none."""
    query = select(blobs.c.media_type, blobs.c.bytes).where(blobs.c.token == path.removeprefix(MEDIA_PATH))
    with store.read() as db:
        row = db.execute(query).first()
    return (row.media_type, row.bytes) if row else None


def read_bytes(db: Connection, input_pk: int) -> bytes | None:
    """The stored bytes of an input; None for an input by URL."""
    found: bytes | None = db.execute(select(blobs.c.bytes).where(blobs.c.input_pk == input_pk)).scalar()
    return found


def image_info(content: bytes) -> ImageInfo | None:
    """Width, height and format as the header of a PNG, GIF, JPEG or WebP file tells them; None for anything else."""
    kind = media_type(content)
    try:
        if kind == "image/png":
            width, height = struct.unpack(">II", content[16:24])
        elif kind == "image/gif":
            width, height = struct.unpack("<HH", content[6:10])
        elif kind == "image/jpeg":
            width, height = _jpeg_size(content)
        elif kind == "image/webp":
            width, height = _webp_size(content)
        else:
            return None
    except (struct.error, IndexError):
        return None
    return ImageInfo(width=width, height=height, format=kind.removeprefix("image/").upper())


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Walk over the segments to the start of a frame, which holds the size."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", content[at : at + 4])
        # SOF0 to SOF15, without the tables DHT, JPG and DAC that share the range.
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker < 0xFF00 or length < 2:
            raise IndexError
        at += 2 + length


def _webp_size(content: bytes) -> tuple[int, int]:
    chunk = content[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF
