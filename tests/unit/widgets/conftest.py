"""A real embedded service with a few people and inputs, for every widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_app import INPUTS, new_task

import tasknb as tn
from tasknb.messages.data import Data, Input, Text

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client() -> Iterator[tn.Client]:
    opened = tn.Client.local(":memory:")
    for name in ("ann", "bob", "rita"):
        opened.collaborators.add(name)
    opened.concepts.create("cat", "dog")
    opened.inputs.create([Input(id=f"text-{i:02}", data=Data(text=Text(raw=f"text {i}"))) for i in range(INPUTS)])
    yield opened
    opened.close()


@pytest.fixture
def task(client: tn.Client) -> tn.Task:
    return client.tasks.create(new_task())
