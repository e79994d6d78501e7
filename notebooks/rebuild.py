"""Run notebooks and save them with fresh outputs: ``python notebooks/rebuild.py [notebooks]``.

What differs from run to run without meaning anything is left out: the times of execution, the version of Python, and
the link from an output to its live widget, so that a notebook opened without a kernel shows the widget's static view.
Pictures are saved with 256 colours, which is a third of the bytes.
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

HERE = Path(__file__).parent
LIVE_WIDGET = "application/vnd.jupyter.widget-view+json"


def rebuild(path: Path) -> None:
    """Run one notebook in its own folder and save it in place; an error in a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}, record_timing=False).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(LIVE_WIDGET, None)
            if "image/png" in data:
                data["image/png"] = smaller(data["image/png"])
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def smaller(png: str) -> str:
    """The same picture, in base64 too, with a palette of 256 colours."""
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    # The fast octree is the one method that keeps transparency; dithering would cost what the palette saves.
    palette = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    file = io.BytesIO()
    palette.save(file, format="PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode() + "\n"


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(HERE.glob("*.ipynb")):
        print(name)
        rebuild(Path(name))
