"""Every door as a fixture: a test that takes `api` runs through each of them, in an app of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doors import DOORS, Api, Entry
from office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=DOORS)
def entry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entry]:
    """Each door in turn, on a database of its own."""
    yield from DOORS[request.param](str(tmp_path_factory.mktemp("store") / "labels.db"))


@pytest.fixture
def api(entry: Entry) -> Api:
    """A new app through each door, seen by its owner."""
    return entry.fresh()


@pytest.fixture
def office(api: Api) -> Office:
    """An app with 25 inputs and some people, through each door."""
    return Office(api)
