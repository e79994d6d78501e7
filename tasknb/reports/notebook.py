"""A notebook as a report: it is run from the top, and what it says becomes one page that asks for nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from importlib import import_module
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from tasknb.errors import MissingExtraError, NotebookError
from tasknb.reports.markup import element, raw
from tasknb.reports.page import shell

if TYPE_CHECKING:
    from nbformat import NotebookNode

# Widgets also say what they show as HTML; live views would need a kernel, or at least a network.
_SHOWN = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/latex", "text/plain"]
_SCRIPTS = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)


def export(path: str | Path, kind: str, *, title: str = "", with_code: bool = False, seconds: float = 600) -> str:
    """Run a notebook and return what it says.

    The notebook's own file stays as it was.

    Parameters
    ----------
    path : str or Path
        The notebook; it runs in its folder, by the kernel that it names.
    kind : {"html", "md"}
        The format.
    title : str
        The title of the page; the file's name when empty.
    with_code : bool
        Whether to show the code too.
    seconds : float
        The longest time for one cell.

    Raises
    ------
    NotebookError
        If it cannot be read, or a cell fails or takes too long.
    MissingExtraError
        If nbconvert or nbclient is not installed.
    ValueError
        If the format is another one.
    """
    if kind not in ("html", "md"):
        raise ValueError("a notebook is reported as html or md: its outputs are no data")
    notebook = _run(Path(path), seconds)
    return _markdown(notebook, with_code) if kind == "md" else _page(notebook, title or Path(path).stem, with_code)


def _run(path: Path, seconds: float) -> NotebookNode:
    try:
        nbformat: Any = import_module("nbformat")
        from nbclient import NotebookClient  # noqa: PLC0415
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("tasknb report --notebook", "report") from None
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}") from None
    except Exception as error:  # nbformat raises whatever its JSON reader and its schema do
        raise NotebookError(f"{path} is no notebook: {type(error).__name__}") from error
    try:
        client = NotebookClient(notebook, timeout=seconds, resources={"metadata": {"path": str(path.parent)}})
        client.execute(stderr=DEVNULL)  # the kernel's own remarks; what cells write there is among their outputs
    except CellExecutionError as error:
        raise NotebookError(f"{path}: a cell failed: {error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise NotebookError(f"{path}: a cell took longer than {seconds:g} seconds; --timeout sets the limit") from None
    except DeadKernelError:
        raise NotebookError(f"{path}: its kernel died") from None
    return notebook


def _exporter(name: str) -> Any:
    try:
        return getattr(import_module("nbconvert"), name)
    except ImportError:
        raise MissingExtraError("tasknb report --notebook", "report") from None


def _settings(with_code: bool) -> dict[str, Any]:
    return {"exclude_input": not with_code, "exclude_input_prompt": True, "exclude_output_prompt": True}


def _page(notebook: NotebookNode, title: str, with_code: bool) -> str:
    exporter = _exporter("HTMLExporter")(template_name="basic", embed_images=True, **_settings(with_code))
    exporter.config.NbConvertBase.display_data_priority = _SHOWN
    body, _ = exporter.from_notebook_node(notebook)
    # The page's policy would let no script run; without them it is smaller, and works in strict viewers too.
    return shell(title, element("main", raw(_SCRIPTS.sub("", body)), class_="tn-report tn-notebook"))


def _markdown(notebook: NotebookNode, with_code: bool) -> str:
    exporter = _exporter("MarkdownExporter")(**_settings(with_code))
    exporter.config.NbConvertBase.display_data_priority = _SHOWN
    text, resources = exporter.from_notebook_node(notebook)
    for name, content in resources.get("outputs", {}).items():
        text = text.replace(f"({name})", f"({_data_url(name, content)})")
    return str(text)


def _data_url(name: str, content: bytes) -> str:
    kind = {".svg": "svg+xml", ".jpeg": "jpeg"}.get(Path(name).suffix, "png")
    return f"data:image/{kind};base64,{b64encode(content).decode()}"
