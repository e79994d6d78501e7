"""The Chromium that the browser tests drive: found by importing this module, seen to by running it as a script."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

SECONDS = 20
"""How long to wait for what should happen at once: a loaded machine is no failure."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Without these the browser looks for updates and proxies, and renders differently from machine to machine.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
)


def find_chromium() -> str | None:
    """Path of this machine's Chromium or Chrome; None where only Playwright's own can serve.

    The environment variable CHROMIUM wins, then the programs on the PATH, then macOS's applications.
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            sys.exit(f"CHROMIUM={chosen} is no program. Correct it, or unset it to have one looked for.")
        return found
    on_path = (shutil.which(name) for name in NAMES)
    return next(filter(None, on_path), None) or next((path for path in MAC_APPS if Path(path).exists()), None)


def launch(playwright: Playwright) -> Browser:
    """Start the browser without a window.

    Raises
    ------
    FileNotFoundError
        If there is none; says which command installs it.
    """
    path = find_chromium() or playwright.chromium.executable_path
    if not Path(path).exists():
        raise FileNotFoundError(f"The browser tests need Chromium. Run: {sys.executable} {__file__}")
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


def install() -> None:
    """Install a Chromium: by apt-get on Debian as root, elsewhere (and where that fails) by Playwright."""
    if _is_debian_root() and _apt_get():
        return
    options = ["--with-deps"] if platform.system() == "Linux" and os.geteuid() == 0 else []
    subprocess.run([sys.executable, "-m", "playwright", "install", *options, "chromium"], check=False)


def describe() -> str | None:
    """Path and version of the browser that `launch` starts; None when there is none."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except FileNotFoundError:
            return None
        with browser:
            return f"{find_chromium() or playwright.chromium.executable_path} ({browser.version})"


def main() -> int:
    """See to a Chromium and say which one it is; 1 when there is none in the end."""
    found = describe()
    if found is None:
        sys.stdout.write("No Chromium on this machine; installing one for the browser tests.\n")
        install()
        found = describe()
    if found is None:
        sys.stderr.write(
            "Chromium could not be installed. Install Chromium or Chrome by hand, or name one: CHROMIUM=…\n"
        )
        return 1
    sys.stdout.write(f"Browser tests use {found}\n")
    return 0


def _is_debian_root() -> bool:
    # Ubuntu's chromium package only fetches a snap, which containers cannot run; Playwright serves it better.
    release = Path("/etc/os-release")
    is_debian = release.exists() and "ID=debian" in release.read_text().splitlines()
    return is_debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_get() -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation"]
    commands = (["apt-get", "update", "--quiet"], install)
    return all(subprocess.run(command, env=environment, check=False).returncode == 0 for command in commands)


if __name__ == "__main__":
    sys.exit(main())
