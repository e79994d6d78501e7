"""What every layer shares: generated examples are the same in each run, however slow the machine is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For looking further by hand: TASKNB_HYPOTHESIS=new generates other examples in each run.
settings.register_profile("new", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("TASKNB_HYPOTHESIS", "same"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run those marked ``last`` after all others: they wait for something that is begun early and takes long."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
