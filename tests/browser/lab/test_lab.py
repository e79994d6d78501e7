"""The harness itself: it drives a notebook, says why it could not start, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lab import Lab
from notebook_page import Notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

START_AND_WAIT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from lab import Lab
lab = Lab(Path(sys.argv[2]), Path(sys.argv[3])).start()
print(lab.url, flush=True)
time.sleep(300)
"""


def test_runs_a_notebook_and_asks_its_kernel(lab, page):
    cells = [nbformat.v4.new_code_cell("answer = 6 * 7"), nbformat.v4.new_code_cell("print('done', answer)")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(content, lab.root / "answer.ipynb")
    notebook = Notebook(page, lab.url, "answer.ipynb").open().run_all()
    expect(notebook.cells.nth(1)).to_contain_text("done 42")
    assert notebook.ask("print(answer)") == "42"
    assert notebook.ask("answer / 0") == "ZeroDivisionError: division by zero"
    lab.end_sessions()


def test_says_why_it_did_not_start(tmp_path):
    with pytest.raises(RuntimeError, match="JupyterLab did not start"):
        Lab(root=tmp_path / "missing", home=tmp_path / "home").start()


def test_ends_with_whoever_started_it_even_when_killed(tmp_path):
    arguments = [str(Path(__file__).parent), str(tmp_path), str(tmp_path / "home")]
    starter = subprocess.Popen([sys.executable, "-c", START_AND_WAIT, *arguments], stdout=subprocess.PIPE, text=True)
    url = starter.stdout.readline().strip()
    server = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=30)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    with server, contextlib.suppress(ConnectionResetError):
        assert server.recv(1) == b"", "the server has ended, and the connection with it"
