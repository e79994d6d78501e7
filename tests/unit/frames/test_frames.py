"""The public names of the room."""

from pathlib import Path

import pytest

import tasknb
from tasknb import frames


def test_every_public_name_loads():
    for name in frames.__all__:
        assert callable(getattr(frames, name))


def test_no_file_is_called_like_a_public_name():
    # Importing the file would put the module where the function was.
    files = {path.stem for path in Path(frames.__file__).parent.glob("*.py")}
    assert files & set(frames.__all__) == set()


def test_what_there_is_not_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        frames.frobnicate  # noqa: B018


def test_the_room_is_part_of_the_public_face():
    assert tasknb.frames is frames
    assert "labels_frame" in dir(frames)
