"""A Binder without Docker: ``binder/postBuild`` in a fresh virtual environment, then all notebooks in it, offline.

It takes a minute or two, of which most is waiting for disk and index. So it goes on in a process of its own while other
tests run, at the lowest priority, and who needs it waits for its end: `start`, then `wait`.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plain_environment import plain_environment

ROOT = Path(__file__).parents[2]
# What a Binder clones, as far as postBuild, the build of the package and the notebooks read it.
CLONED = ("tasknb", "notebooks", "binder", "pyproject.toml", "README.md", "LICENSE")
# On the path of a Python, it refuses connections to other machines.
NO_NETWORK = Path(__file__).with_name("no_network")


@dataclass(frozen=True)
class Fresh:
    """The folder in which everything is."""

    folder: Path

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    @property
    def pages(self) -> Path:
        """The notebooks after they have run, as HTML."""
        return self.folder / "pages"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def seconds(self) -> dict[str, float]:
        """How long each step has taken."""
        found: dict[str, float] = json.loads((self.folder / "seconds.json").read_text())
        return found

    def environment(self, **more: str) -> dict[str, str]:
        """Of the environment's own programs first, with a home of its own."""
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        return plain_environment(PATH=path, HOME=str(self.folder / "home"), **more)


@cache
def start() -> tuple[Fresh, subprocess.Popen[bytes]]:
    """Begin, if that has not been done; it is ended and removed with this process."""
    fresh = Fresh(Path(tempfile.mkdtemp(prefix="tasknb-fresh-")))
    with (fresh.folder / "log").open("wb") as log:
        command = [sys.executable, __file__, str(fresh.folder)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)

    def end() -> None:
        process.stdin.close()
        process.wait()
        # Some 30,000 files; nobody needs to wait for that.
        subprocess.Popen(["rm", "-rf", fresh.folder], start_new_session=True)

    atexit.register(end)
    return fresh, process


def wait() -> tuple[Fresh, int]:
    """Wait until it has ended; its exit status."""
    fresh, process = start()
    return fresh, process.wait()


def make(fresh: Fresh) -> None:
    """Do it, here and now."""
    os.nice(19)
    for name in CLONED:
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        if source.is_dir():
            shutil.copytree(source, fresh.checkout / name, ignore=ignored)
        else:
            shutil.copy(source, fresh.checkout / name)
    (fresh.folder / "home").mkdir()
    notebooks = [f"notebooks/{path.name}" for path in sorted((fresh.checkout / "notebooks").glob("*.ipynb"))]
    convert = ["jupyter", "nbconvert", "--config", "notebooks/offline.py", "--to", "html", "--execute"]
    steps = {
        "venv": ([sys.executable, "-m", "venv", str(fresh.folder / "venv")], {}),
        "postBuild": (["bash", "binder/postBuild"], {}),
        "notebooks": ([*convert, "--output-dir", str(fresh.pages), *notebooks], {"PYTHONPATH": str(NO_NETWORK)}),
    }
    seconds = {}
    for step, (command, variables) in steps.items():
        began = time.monotonic()
        subprocess.run(command, cwd=fresh.checkout, env=fresh.environment(**variables), check=True)
        seconds[step] = round(time.monotonic() - began, 1)
        (fresh.folder / "seconds.json").write_text(json.dumps(seconds))


def follow_starter() -> None:
    """End with whoever started this, however he goes: his end of the standard input closes then."""
    sys.stdin.read()
    os.killpg(os.getpgid(0), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=follow_starter, daemon=True).start()
    make(Fresh(Path(sys.argv[1])))
