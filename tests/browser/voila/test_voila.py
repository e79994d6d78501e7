"""The widgets as an application: real Voilà, a real browser, and no network but this machine's own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
START_SECONDS = 120
# The kernel starts, imports and creates when the page is asked for.
READY_MS = 60_000
# Voilà's own icons, which tasknb does not use; everything else comes from this machine.
ICONS = re.compile(r"https://cdn\.jsdelivr\.net/npm/@fortawesome/fontawesome-free@[^/]+/css/.*\.css")


@pytest.fixture
def app_url(tmp_path):
    """Voilà on the cells of ``app.py``."""
    cells = [nbformat.v4.new_code_cell(part) for part in (HERE / "app.py").read_text(encoding="utf-8").split("# %%\n")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells[1:], metadata=kernel), tmp_path / "app.ipynb")
    process, url = started(tmp_path)
    yield url
    process.stdin.close()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def started(folder):
    """A Voilà that answers, and its address."""
    private = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    environment = {**os.environ, **private, "IPYTHONDIR": str(folder / "ipython")}
    log = folder / "voila.log"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        # It takes no port of its own choice; one that is free now may be another's when it asks for it, and it ends.
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        options = ["--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}", "--Voila.port_retries=0"]
        command = [sys.executable, str(HERE / "serve_voila.py"), "app.ipynb", *options]
        with log.open("ab") as written:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=written, stderr=written
            )
        while process.poll() is None and time.monotonic() < deadline:
            if answers(f"http://127.0.0.1:{port}"):
                return process, f"http://127.0.0.1:{port}"
            time.sleep(0.05)
        process.kill()
        process.wait()
    raise RuntimeError(f"Voilà did not start:\n{log.read_text(errors='replace')}")


def answers(url):
    try:
        urllib.request.urlopen(f"{url}/voila/static/nothing", timeout=10).close()
    except urllib.error.HTTPError:
        return True  # it says that there is no such file
    except (OSError, HTTPException):
        return False
    return True


@pytest.fixture
def outside(context):
    """The addresses of other machines that the page asks for; none is answered."""
    asked = []

    def only_here(route):
        if re.match(r"(http|ws)://127\.0\.0\.1[:/]|data:|blob:", route.request.url):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    return asked


def test_voila_shows_live_widgets_without_a_network(app_url, outside, page):
    page.goto(app_url, wait_until="domcontentloaded")
    expect(page.get_by_text("0 of 3 inputs finished", exact=True)).to_be_visible(timeout=READY_MS)
    form = page.get_by_role("form", name="Labeling task")
    expect(form.get_by_label("Name", exact=True)).to_have_value("Filled in")
    expect(form.get_by_role("table", name="Inputs per worker")).to_contain_text("3")

    # What the form creates is worked on by the kernel, and the other widget shows it.
    form.get_by_label("Name", exact=True).fill("Named in Voilà")
    form.get_by_role("button", name="Create task").click()
    expect(form).to_contain_text("Created Named in Voilà")
    expect(page.get_by_text("3 of 3 inputs finished", exact=True)).to_be_visible()
    assert [address for address in outside if not ICONS.fullmatch(address)] == []
