"""The Binder files agree with the project: nothing else runs them, so they would rot."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"
POST_BUILD = (BINDER / "postBuild").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_there_is_one_binder_folder_and_one_list_of_packages():
    assert not (ROOT / ".binder").exists()
    assert {path.name for path in BINDER.iterdir()} == {"environment.yml", "postBuild", "overrides.json"}


def test_the_python_is_one_that_tasknb_supports():
    pinned = re.search(r"python=([\d.]+)", (BINDER / "environment.yml").read_text(encoding="utf-8")).group(1)
    assert pinned in SpecifierSet(PROJECT["requires-python"])
    assert f"Programming Language :: Python :: {pinned}" in PROJECT["classifiers"]


def test_post_build_runs_and_fails_loudly():
    assert os.access(BINDER / "postBuild", os.X_OK)
    assert POST_BUILD.startswith("#!/bin/bash\n")
    assert "set -euo pipefail" in POST_BUILD
    subprocess.run(["bash", "-n", BINDER / "postBuild"], check=True)


def test_every_extra_that_post_build_installs_exists():
    extras = re.findall(r'"\.\[([\w,]+)\]"', POST_BUILD)
    assert extras
    assert set(",".join(extras).split(",")) <= set(PROJECT["optional-dependencies"])


def test_what_post_build_warms_comes_with_those_extras():
    extras = {extra for found in re.findall(r'"\.\[([\w,]+)\]"', POST_BUILD) for extra in found.split(",")}
    names = set()
    while extras:
        for line in PROJECT["optional-dependencies"][extras.pop()]:
            requirement = Requirement(line)
            names.add(requirement.name)
            extras |= requirement.extras if requirement.name == PROJECT["name"] else set()
    assert {"jupyterlab", "matplotlib", "scikit-learn", "pillow"} <= names


def test_the_settings_are_json_without_a_question_about_news():
    settings = json.loads((BINDER / "overrides.json").read_text(encoding="utf-8"))
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


@pytest.mark.parametrize("path", ["README.md", "notebooks/README.md"])
def test_every_notebook_that_a_binder_link_opens_exists(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    for notebook in re.findall(r"mybinder\.org/v2/gh/\S+?urlpath=lab/tree/(\S+?\.ipynb)", text):
        assert (ROOT / notebook).exists()
