"""Every notebook runs, and gives exactly the outputs that it was saved with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter, MarkdownExporter

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each_notebook
def test_outputs_are_as_saved(path):
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-q", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    assert result.returncode == 0, result.stdout + result.stderr


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


@pytest.mark.parametrize("exporter", [HTMLExporter, MarkdownExporter])
def test_the_quickstart_exports_its_widgets_as_tables(exporter):
    text, _ = exporter().from_filename(str(ROOT / "notebooks" / "01-quickstart.ipynb"))
    assert "A task being filled in" in text
    assert "500 of 500 labels finished" in text
    assert "widget-view" not in text
