"""Every door as a fixture: a test that takes `api` runs through each of them, in an app of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import postgres
import pytest
import remote_door
import three_doors
from doors import DOORS, Api, Entry
from grpc_door import over_grpc
from office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator


ENTRIES = ("remote",) if remote_door.wanted() else ("in-process", "http", "grpc", "postgres")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Against a service elsewhere, only what runs through a door; the other tests are about the embedded service."""
    if not remote_door.wanted():
        return
    chosen = [item for item in items if _entry_of(item) == "remote"]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what holds for the embedded service alone."""
    mark = item.get_closest_marker("embedded")
    if mark and _entry_of(item) == "remote":
        pytest.skip(mark.args[0])


def _entry_of(item: pytest.Item) -> str | None:
    call = getattr(item, "callspec", None)
    return call.params.get("entry") if call else None


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server, as a URL without a database; skips where PostgreSQL is not installed."""
    folder = postgres.binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    with postgres.server(folder) as url:
        yield url


@pytest.fixture(scope="session", params=ENTRIES)
def entry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entry]:
    """Each door in turn on a SQLite file of its own, and one on PostgreSQL."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        # Set up anew for each file where files are shared out among processes.
        yield from DOORS["in-process"](postgres.create_database(url, f"contract_{uuid4().hex}"))
    elif request.param == "remote":
        yield from remote_door.remote()
    elif request.param == "grpc":
        yield from over_grpc(str(tmp_path_factory.mktemp("store") / "labels.db"))
    else:
        yield from DOORS[request.param](str(tmp_path_factory.mktemp("store") / "labels.db"))


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[three_doors.Doors]:
    """One service for the official clients, behind all of its doors."""
    yield from three_doors.serve(tmp_path_factory.mktemp("doors"))


@pytest.fixture
def api(entry: Entry) -> Api:
    """A new app through each door, seen by its owner."""
    return entry.fresh()


@pytest.fixture
def office(api: Api) -> Office:
    """An app with 25 inputs and some people, through each door."""
    return Office(api)
