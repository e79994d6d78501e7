"""One JupyterLab for all its tests; for each test a fresh copy of the notebook, and a kernel of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab import Lab
from notebook_page import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    running = Lab(root=tmp_path_factory.mktemp("root"), home=tmp_path_factory.mktemp("home")).start()
    yield running
    running.stop()


@pytest.fixture
def open_notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Notebook]]:
    """Opens a copy of one of the project's notebooks by its file name."""

    def copy_and_open(name: str) -> Notebook:
        copy = f"{request.node.name}.ipynb"
        shutil.copy(NOTEBOOKS / name, lab.root / copy)
        return Notebook(page, lab.url, copy).open()

    yield copy_and_open
    lab.end_sessions()
