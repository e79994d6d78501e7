"""A Binder without Docker: ``binder/postBuild`` in a fresh virtual environment, then all notebooks in it, offline.

It takes a minute or two, of which most is waiting for disk and index. So it goes on in a process of its own while other
tests run, at the lowest priority, and who needs it waits for its end: `start`, then `wait`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from plain_environment import plain_environment

ROOT = Path(__file__).parents[2]
# What a Binder clones, as far as postBuild, the build of the package and the notebooks read it.
CLONED = ("tasknb", "notebooks", "binder", "pyproject.toml", "README.md", "LICENSE")
# On the path of a Python, it refuses connections to other machines.
NO_NETWORK = Path(__file__).with_name("no_network")

POLL_SECONDS = 0.5


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
    def status(self) -> Path:
        """The exit status, once it has ended."""
        return self.folder / "status"

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


def start() -> Fresh:
    """Begin, unless another process of this run of the tests has; when the run is over, it is ended and removed."""
    shared = "PYTEST_XDIST_WORKER" in os.environ
    run = os.environ["PYTEST_XDIST_TESTRUNUID"] if shared else str(os.getpid())
    fresh = Fresh(Path(tempfile.gettempdir()) / f"tasknb-fresh-{run}")
    try:
        fresh.folder.mkdir(mode=0o700)
    except FileExistsError:
        return fresh
    command = [sys.executable, __file__, str(fresh.folder), str(os.getppid() if shared else os.getpid())]
    with (fresh.folder / "log").open("wb") as log:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    return fresh


def wait() -> tuple[Fresh, int]:
    """Wait until it has ended; its exit status."""
    fresh = start()
    while not fresh.status.exists():
        time.sleep(POLL_SECONDS)
    return fresh, int(fresh.status.read_text())


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


def follow(run: int, fresh: Fresh) -> None:
    """End and leave nothing behind when the run of the tests is over, however it ended."""
    while _is_alive(run):
        time.sleep(POLL_SECONDS)
    shutil.rmtree(fresh.folder, ignore_errors=True)
    os.killpg(os.getpgid(0), signal.SIGTERM)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def main(folder: str, run: str) -> None:
    """Make it, say how that ended, and keep it as long as the run of the tests lasts."""
    fresh = Fresh(Path(folder))
    following = threading.Thread(target=follow, args=(int(run), fresh))
    following.start()
    status = 1
    try:
        make(fresh)
        status = 0
    except (OSError, subprocess.CalledProcessError):
        traceback.print_exc()
    finally:
        # Renamed, so that whoever finds it finds all of it.
        (fresh.folder / "status.new").write_text(str(status))
        (fresh.folder / "status.new").rename(fresh.status)
    following.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
