"""The environment of kernels that tests start: of whoever runs the tests nothing but the machine."""

from __future__ import annotations

import os


def plain_environment(**more: str) -> dict[str, str]:
    """The variables of this process without those that name a Clarifai account, and with `more`."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("CLARIFAI_")}, **more}
