"""The documented commands do what the README says of them; nothing is run, only asked what would be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def would_run(*arguments):
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_lab_passes_options_on():
    assert "tasknb lab --no-browser --port 8899" in would_run("lab", "LAB_ARGS=--no-browser --port 8899")


def test_test_sees_to_a_browser_before_it_runs_every_test():
    lines = would_run("test").splitlines()
    browser = next(number for number, line in enumerate(lines) if "tests/browser/chromium.py" in line)
    tests = next(number for number, line in enumerate(lines) if "-m pytest" in line)
    assert browser < tests
    assert (ROOT / "tests" / "browser" / "chromium.py").exists()


def test_test_names_the_node_client_that_it_installs():
    lines = would_run("test").splitlines()
    node = next(number for number, line in enumerate(lines) if "clarifai-nodejs-grpc" in line)
    tests = next(number for number, line in enumerate(lines) if "-m pytest" in line)
    assert node < tests
    assert f'NODE_PATH="{ROOT}/.venv/node/node_modules' in lines[tests]


def test_a_broken_link_fails_the_documentation():
    assert "--fail-on-warning" in next(line for line in would_run("docs").splitlines() if "-m sphinx" in line)


def test_the_python_can_be_chosen():
    assert "python3.12 -m venv .venv" in would_run("lab", "PYTHON=python3.12")


def test_help_names_every_target():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in listed.splitlines()} >= {"lab", "test", "lint", "bench", "docs", "clean"}
