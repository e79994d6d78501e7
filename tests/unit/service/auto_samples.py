"""What the tests of automatic annotation look at: pictures, a video, inputs."""

from __future__ import annotations

import io

import av
import numpy as np
from PIL import Image

from tasknb.messages import data as d
from tasknb.service.auto.inputs import stored

SHADES = (0, 120, 240)


def png(shade=200, size=(8, 8)):
    """A grey picture."""
    file = io.BytesIO()
    Image.fromarray(np.full((*size, 3), shade, dtype=np.uint8)).save(file, format="PNG")
    return file.getvalue()


def video(seconds=3, fps=10, shades=SHADES):
    """A real video: each second is of one shade."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(seconds * fps):
            shade = shades[number // fps % len(shades)]
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), shade, dtype=np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def seen(data, input_id="one", content=None):
    """An input as a model sees it, whose bytes lie in the store."""
    return stored(d.Input(id=input_id, data=data), lambda: content)


def seen_image(input_id="one", content=None):
    return seen(d.Data(image=d.Image()), input_id, content or png())


def seen_text(text, input_id="one"):
    return seen(d.Data(text=d.Text(raw=text)), input_id)


def brightness(batch):
    """A model: how bright a picture is on average."""
    return [{"bright": float(one.image.mean()) / 255} for one in batch]


def region(concept_id="thing", value=1.0, box=(0.0, 0.0, 0.5, 0.5)):
    top, left, bottom, right = box
    place = d.BoundingBox(top_row=top, left_col=left, bottom_row=bottom, right_col=right)
    return d.Region(
        region_info=d.RegionInfo(bounding_box=place), data=d.Data(concepts=[d.Concept(id=concept_id, value=value)])
    )
