"""What every layer shares: generated examples are the same in each run, however slow the machine is."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For looking further by hand: TASKNB_HYPOTHESIS=new generates other examples in each run.
settings.register_profile("new", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("TASKNB_HYPOTHESIS", "same"))
