"""Wheel and sdist hold what they should, and what is in the wheel runs without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = f"tasknb-{PROJECT['version']}"


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The sdist, and the wheel that is built from that sdist, as PyPI's users would; hatchling is here already."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="session")
def wheel(built):
    with zipfile.ZipFile(built / f"{NAME}-py3-none-any.whl") as archive:
        yield archive


@pytest.fixture(scope="session")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    wheel.extractall(folder)
    return folder


def files_in(folder):
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {str(path.relative_to(ROOT)) for path in found if "__pycache__" not in path.parts}


def test_the_wheel_is_the_package_and_what_it_shows(wheel):
    names = set(wheel.namelist())
    assert files_in("tasknb") <= names
    assert {"tasknb/py.typed", "tasknb/_notebooks/01-quickstart.ipynb"} <= names
    shared = f"{NAME}.data/data/share/jupyter/labextensions/tasknb"
    assert {f"{shared}/package.json", f"{shared}/static/remoteEntry.js"} <= names
    rest = {name for name in names if not name.startswith(("tasknb/", f"{NAME}.d"))}
    assert rest == set(), "tests, notebooks or settings would be installed beside the package"


def test_the_metadata_is_complete(wheel):
    metadata = message_from_bytes(wheel.read(f"{NAME}.dist-info/METADATA"))
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert set(metadata.get_all("Provides-Extra")) == set(PROJECT["optional-dependencies"])
    assert {line.split(",")[0] for line in metadata.get_all("Project-URL")} >= {"Changelog", "Documentation", "Source"}
    classifiers = set(metadata.get_all("Classifier"))
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)} <= classifiers
    assert "Typing :: Typed" in classifiers
    assert b"tasknb = tasknb.cli:main" in wheel.read(f"{NAME}.dist-info/entry_points.txt")


def test_the_sdist_has_all_that_a_checkout_has(built):
    with tarfile.open(built / f"{NAME}.tar.gz") as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    wanted = {name for name in tracked if not name.startswith(".") and (ROOT / name).exists()}
    assert sorted(wanted - names) == []
    assert {"docs/conf.py", "tests/packaging/test_wheel.py", "notebooks/01-quickstart.ipynb", "LICENSE"} <= names


def test_the_wheel_runs_without_the_checkout(unpacked, tmp_path):
    """A command, the quickstart that it would open, a table, and a widget with its scripts and styles."""
    script = """
import tasknb as tn
from pathlib import Path
from tasknb import cli

assert Path(tn.__file__).is_relative_to(PLACE), tn.__file__
folder, notebook = cli._quickstart()
assert (folder / notebook).exists() and folder == Path.cwd()
with tn.Client.local() as client:
    client.concepts.create("cat")
    form = tn.TaskForm(client)
    assert "export default" in form._esm and ".tasknb" in form._css
    assert client.tasks.frame().shape[0] == 0
    form.close()
try:
    cli.main(["--help"])
except SystemExit as end:
    assert end.code == 0
""".replace("PLACE", repr(str(unpacked)))
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "open JupyterLab on the quickstart" in result.stdout
