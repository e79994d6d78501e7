"""Every notebook runs, and gives exactly the outputs that it was saved with."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from plain_environment import plain_environment

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 300_000

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module", autouse=True)
def runs():
    """Two processes that let nbval run the notebooks, every other one each, while the tests below go on."""
    nbval = ["--nbval", "--nbval-sanitize-with", "notebooks/sanitize.cfg"]
    command = [sys.executable, "-m", "pytest", *nbval, "-p", "no:cacheprovider", "-q", "--tb=short"]
    started = [
        subprocess.Popen(
            [*command, *map(str, NOTEBOOKS[place::2])],
            cwd=ROOT,
            env=plain_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for place in (0, 1)
    ]
    yield started
    for process in started:
        process.terminate()
        process.communicate()


@each_notebook
def test_is_saved_as_rebuilt(path):
    """Fresh outputs in order, a kernel that every machine has, and nothing that ties it to one machine or run."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata
    outputs = [output for cell in code for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []
    assert [output for output in outputs if "application/vnd.jupyter.widget-view+json" in output.get("data", {})] == []
    assert " at 0x" not in str([output.get("data", {}).get("text/plain", "") for output in outputs])
    assert path.stat().st_size < LARGEST


def test_the_index_leads_through_all_of_them_in_order():
    index = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(.+?)\]\(\1\.ipynb\)", index, re.MULTILINE) == [path.stem for path in NOTEBOOKS]


@each_notebook
def test_every_link_between_them_leads_somewhere(path):
    prose = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    links = [link for link in re.findall(r"\]\(([^)#]+)", prose) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("half", [0, 1])
def test_outputs_are_as_saved(runs, half):
    output, _ = runs[half].communicate(timeout=240)
    assert runs[half].returncode == 0, output
