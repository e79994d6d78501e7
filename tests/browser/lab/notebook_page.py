"""A notebook in JupyterLab, driven from outside: run it, look at it, ask its kernel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

START_MS = 60_000
RUN_MS = 60_000

_KERNEL_IS_IDLE = """() =>
  window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"""

# `void`: a command's promise may wait for a dialog, and evaluate() has no time-out.
_RUN_COMMAND = "([id, args]) => { void window.jupyterapp.commands.execute(id, args) }"

# The state of a run: nothing while it goes on, then "done", or the error at which it has stopped.
_ENDED = """(only) => {
  const { widgets } = window.jupyterapp.shell.currentWidget.content;
  const cells = (only === null ? widgets : [widgets[only]]).filter((cell) => cell.model.type === 'code');
  for (const { model } of cells) {
    for (const { ename, evalue } of model.sharedModel.outputs) if (ename) return `${ename}: ${evalue}`;
  }
  return cells.every(({ model }) => model.executionCount !== null && model.executionState === 'idle') && 'done';
}"""

_FIND = """(text) => window.jupyterapp.shell.currentWidget.content.widgets
  .findIndex((cell) => cell.model.type === 'code' && cell.model.sharedModel.getSource().includes(text))"""

_RUN_ONE = """(index) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.deselectAll();
  notebook.activeCellIndex = index;
  notebook.widgets[index].model.executionCount = null;
  void window.jupyterapp.commands.execute('notebook:run-cell');
}"""

_SAVE = """async () => {
  const { context } = window.jupyterapp.shell.currentWidget;
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('not saved')), 10000));
  await Promise.race([context.save(), late]);
}"""

_CLOSE = """() => {
  const { session } = window.jupyterapp.shell.currentWidget.context.sessionContext;
  window.outside = window.jupyterapp.serviceManager.kernels.connectTo({ model: session.kernel.model });
  window.jupyterapp.shell.currentWidget.dispose();
}"""

_ASK = """async ([code, limit]) => {
  const kernel = window.jupyterapp.shell.currentWidget?.context?.sessionContext?.session?.kernel ?? window.outside;
  let text = '';
  const future = kernel.requestExecute({ code, store_history: false });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream' && content.name === 'stdout') text += content.text;
    if (header.msg_type === 'error') text += `${content.ename}: ${content.evalue}`;
  };
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`no answer to ${code}`)), limit));
  await Promise.race([future.done, late]);
  return text.trim();
}"""


class Notebook:
    """One notebook, open in one page.

    Parameters
    ----------
    page : Page
        The page to open it in.
    lab_url : str
        The JupyterLab.
    path : str
        The notebook, seen from Lab's root.
    """

    def __init__(self, page: Page, lab_url: str, path: str) -> None:
        self.page = page
        self._path = path
        self._address = f"{lab_url}/doc/tree/{path}?reset"

    def open(self) -> Self:
        """Open it, also again, and wait for its kernel: cells run before that would ask which kernel to take."""
        self.page.goto(self._address, wait_until="domcontentloaded")
        self.page.wait_for_function(_KERNEL_IS_IDLE, timeout=START_MS)
        return self

    def close(self) -> Self:
        """Close its tab; its kernel lives on, and can still be asked."""
        self.page.evaluate(_CLOSE)
        return self

    def reopen(self) -> Self:
        """Open it again in the page in which it was closed, with the kernel that it had."""
        self.command("docmanager:open", path=self._path)
        self.page.wait_for_function(_KERNEL_IS_IDLE, timeout=START_MS)
        return self

    def command(self, name: str, **arguments: object) -> None:
        """Execute one of JupyterLab's commands, without waiting for it."""
        self.page.evaluate(_RUN_COMMAND, [name, arguments])

    def run_all(self) -> Self:
        """Run every cell and wait until the last one has ended; an error in a cell is an error here."""
        self.command("notebook:run-all-cells")
        self._wait(None)
        return self

    def run(self, text: str) -> Locator:
        """Run the first code cell that contains a text, wait until it has ended, and return the cell."""
        index = self.start(text)
        self._wait(index)
        return self.cells.nth(index)

    def start(self, text: str) -> int:
        """Run the first code cell that contains a text without waiting for its end; its index."""
        index: int = self.page.evaluate(_FIND, text)
        assert index >= 0, f"no cell contains {text!r}"
        self.page.evaluate(_RUN_ONE, index)
        return index

    def _wait(self, index: int | None) -> None:
        ended = self.page.wait_for_function(_ENDED, arg=index, timeout=RUN_MS).json_value()
        assert ended == "done", ended

    def save(self) -> Self:
        """Write it to its file, with its outputs."""
        self.page.evaluate(_SAVE)
        return self

    def ask(self, code: str) -> str:
        """What the kernel prints for a piece of code: the truth, whatever the page shows."""
        answer: str = self.page.evaluate(_ASK, [code, RUN_MS])
        return answer

    def wait_for(self, path: Path) -> None:
        """Wait until the kernel has made a file."""
        end = time.monotonic() + RUN_MS / 1000
        while not path.exists():
            assert time.monotonic() < end, f"the kernel has not made {path.name}"
            self.page.wait_for_timeout(20)

    def set_theme(self, name: str) -> None:
        """Change JupyterLab's theme: ``JupyterLab Light`` or ``JupyterLab Dark``."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)

    @property
    def cells(self) -> Locator:
        """Its cells, in order."""
        return self.page.locator(".jp-NotebookPanel:visible .jp-Cell")
