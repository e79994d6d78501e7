"""A JupyterLab of its own for the tests: free port, private settings, nothing fetched, nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

LABEXTENSION = Path(__file__).parents[3] / "tasknb/widgets/labextension"

START_SECONDS = 60
STOP_SECONDS = 20

OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/extensionmanager-extension:plugin": {"enabled": False},
    # A test that fails must not leave a half-run notebook to the next one.
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


class Lab:
    """JupyterLab on the files of one folder.

    Parameters
    ----------
    root : Path
        What the file browser shows.
    home : Path
        An empty folder for settings, workspaces, run-time files and the log.
    """

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.url = ""
        self._home = home
        self._log = home / "lab.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it and wait until it answers.

        Raises
        ------
        RuntimeError
            If it ends or does not answer in time; carries its log.
        """
        settings = self._home / "app_settings"
        settings.mkdir(parents=True)
        (settings / "overrides.json").write_text(json.dumps(OVERRIDES))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(settings),
                cwd=self._home,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text(errors='replace')}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """End it and its kernels."""
        if self._process is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def end_sessions(self) -> None:
        """Shut down every kernel."""
        for session in json.loads(self._ask("api/sessions")):
            self._ask(f"api/sessions/{session['id']}", method="DELETE")

    def _ask(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(f"{self.url}/{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def _answers(self) -> bool:
        # With port 0 the server picks a free port itself, and writes down which.
        notes = list((self._home / "runtime").glob("jpserver-*.json"))
        if not notes:
            return False
        try:
            self.url = f"http://127.0.0.1:{json.loads(notes[0].read_text())['port']}"
            self._ask("api/status")
        except (OSError, ValueError, KeyError):
            return False
        return True

    def _command(self, settings: Path) -> list[str]:
        return [
            sys.executable,
            str(Path(__file__).with_name("serve_lab.py")),
            "--no-browser",
            "--ip=127.0.0.1",
            "--port=0",
            f"--ServerApp.root_dir={self.root}",
            "--IdentityProvider.token=",  # loopback only, and only while the tests run
            "--ServerApp.disable_check_xsrf=True",
            "--allow-root",
            "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            f"--LabApp.app_settings_dir={settings}",
            # Where it stands once tasknb is installed, an editable install that is older than it has no copy.
            f"--LabApp.extra_labextensions_path={LABEXTENSION}",
            "--expose-app-in-browser",
        ]

    def _environment(self) -> dict[str, str]:
        private = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        return {**os.environ, **{name: str(self._home / folder) for name, folder in private.items()}}
