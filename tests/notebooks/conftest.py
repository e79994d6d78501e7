"""Where the tests of a fresh environment are among those to run, it is begun before all others: they come last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fresh

if TYPE_CHECKING:
    import pytest


def pytest_collection_finish(session: pytest.Session) -> None:
    if not session.config.option.collectonly and any(item.get_closest_marker("last") for item in session.items):
        fresh.start()
