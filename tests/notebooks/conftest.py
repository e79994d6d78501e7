"""Where the tests of a fresh environment are among those to run, it is begun here: they come last and wait for it."""

from __future__ import annotations

import fresh
import pytest


@pytest.fixture(scope="session", autouse=True)
def _begin_what_takes_long(request: pytest.FixtureRequest) -> None:
    if any(item.get_closest_marker("last") for item in request.session.items):
        fresh.start()
