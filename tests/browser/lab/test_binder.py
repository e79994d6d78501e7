"""What a Binder gives its visitor: `postBuild` in a fresh environment, all notebooks, JupyterLab on the quickstart."""

from __future__ import annotations

import re

import fresh
import pytest
from lab import Lab
from notebook_page import Notebook
from playwright.sync_api import expect

# The first of these waits for the installation, which may have to share its processors with other tests.
pytestmark = [pytest.mark.browser, pytest.mark.last, pytest.mark.timeout(1200)]

# Where the README's badge leads.
DEEP_LINK = re.search(r"mybinder\.org/v2/gh/\S+\?urlpath=([^\s)]+)", (fresh.ROOT / "README.md").read_text("utf-8"))[1]


@pytest.fixture(scope="module")
def built():
    made, status = fresh.wait()
    if status and "Retrying (Retry(" in made.log:
        pytest.skip("the package index cannot be reached")
    assert status == 0, made.log[-20_000:]
    return made


class BinderLab(Lab):
    """The JupyterLab of the fresh environment, with nothing but what is installed there, and without a network."""

    def __init__(self, made, home):
        super().__init__(made.checkout, home)
        self._made = made

    def _command(self, settings):
        _, *options = super()._command(settings)
        ours = ("--LabApp.app_settings_dir", "--LabApp.extra_labextensions_path")
        return [str(self._made.python), *(one for one in options if not one.startswith(ours))]

    def _environment(self):
        private = {"JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
        folders = {name: str(self._home / folder) for name, folder in private.items()}
        return self._made.environment(PYTHONPATH=str(fresh.NO_NETWORK), **folders)


@pytest.fixture(scope="module")
def binder(built, tmp_path_factory):
    running = BinderLab(built, tmp_path_factory.mktemp("binder")).start()
    yield running
    running.stop()


def test_every_notebook_runs_there_without_a_network(built):
    assert sorted(path.stem for path in built.pages.glob("*.html")) == sorted(
        path.stem for path in (built.checkout / "notebooks").glob("*.ipynb")
    )
    assert "500 of 500 labels finished" in (built.pages / "01-quickstart.html").read_text(encoding="utf-8")
    assert set(built.seconds) == {"venv", "postBuild", "notebooks"}


def test_jupyterlab_opens_on_the_quickstart_with_live_widgets(binder, page):
    outside = []
    page.on(
        "request", lambda one: None if re.match(r"(http://127\.|data:|blob:)", one.url) else outside.append(one.url)
    )
    notebook = Notebook(page, binder.url, "")
    notebook._address = f"{binder.url}/{DEEP_LINK}"
    notebook.open()
    notebook.run("import tasknb")
    notebook.run("tn.TaskForm")
    form = page.get_by_role("form", name="Labeling task")
    expect(form.get_by_label("Name", exact=True)).to_have_value("Which digit is it?")
    expect(page.get_by_text("Would you like to get notified about official Jupyter news?")).to_have_count(0)
    assert outside == []
