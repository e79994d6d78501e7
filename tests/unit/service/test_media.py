from __future__ import annotations

import io

import pytest
from PIL import Image

from tasknb.service.content.media import image_info, media_type


def picture(kind, size, **options):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("size", [(1, 1), (640, 480), (3, 5000)])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0"}),
    ],
)
def test_size_as_pillow_wrote_it(kind, options, size):
    info = image_info(picture(kind, size, **options))
    assert (info.width, info.height, info.format) == (*size, kind)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG", "WEBP"])
def test_any_cut_is_survived(kind):
    content = picture(kind, (64, 64))
    for end in range(min(len(content), 400)):
        image_info(content[:end])


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff" + b"\0" * 100, b"\xff\xd8\xff\xe0\0\0" * 9, b"text"])
def test_what_is_no_picture(content):
    assert image_info(content) is None


def test_media_types():
    assert media_type(picture("TIFF", (2, 2))) == "image/tiff"
    assert media_type(b"RIFF\0\0\0\0WAVEfmt ") == "audio/wav"
    assert media_type(b"\0\0\0\x18ftypmp42") == "video/mp4"
    assert media_type(b"<svg onload='alert(1)'>") == "application/octet-stream"
