"""One small app for all tests of reports, and the report on it."""

from __future__ import annotations

import pytest
from zoo import NOW, fill

import tasknb as tn


@pytest.fixture(scope="session")
def zoo_path(tmp_path_factory):
    """The database; nothing may change it."""
    path = tmp_path_factory.mktemp("zoo") / "labels.db"
    fill(path)
    return path


@pytest.fixture(scope="session")
def zoo(zoo_path):
    with tn.Client.local(zoo_path, user_id="", app_id="", read_only=True) as client:
        yield client


@pytest.fixture(scope="session")
def made(zoo):
    return tn.report(zoo, now=NOW)
