"""What nbconvert makes of a notebook with the settings of ``notebooks/offline.py``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config.loader import PyFileConfigLoader

if TYPE_CHECKING:
    from nbconvert import HTMLExporter, MarkdownExporter

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def exported(path: Path, exporter: type[HTMLExporter | MarkdownExporter], **options: object) -> str:
    """The page or the Markdown; `options` are the exporter's own, as ``exclude_input=True`` is ``--no-input``."""
    config = PyFileConfigLoader("offline.py", str(NOTEBOOKS)).load_config()
    text, _ = exporter(config=config, **options).from_filename(str(path))
    return text
