"""What README and its like promise: files that exist, extras that exist, one address of the repository."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TEXTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "notebooks/README.md"]


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_to_a_file_leads_to_one(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    here = [target for target in targets if "://" not in target]
    assert [target for target in here if not (ROOT / name).parent.joinpath(target).exists()] == []


def test_the_table_of_extras_is_that_of_the_package():
    table = README.partition("<!-- extras -->")[2].partition("<!-- /extras -->")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(PROJECT["optional-dependencies"])


def test_the_repository_has_one_address():
    repository = PROJECT["urls"]["Source"].removeprefix("https://github.com/")
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", repository)
    assert {url.removeprefix("https://github.com/").startswith(repository) for url in PROJECT["urls"].values()} == {
        True
    }
    for name in TEXTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        links = re.findall(r"(?:mybinder\.org/v2/gh|security advisory\]\(https://github\.com)/([\w.-]+/[\w.-]+)", text)
        assert set(links) <= {repository}
    assert f"mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/notebooks/01-quickstart.ipynb" in README


def test_every_notebook_is_in_the_list():
    listed = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "notebooks").glob("*.ipynb") if f"({path.name})" not in listed] == []


def test_every_room_is_on_the_map():
    rooms = [path for path in (ROOT / "tasknb").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = [path.name if path.suffix == ".py" else f"{path.name}/" for path in rooms]
    assert [name for name in names if f"  {name} " not in text] == []


def test_the_changelog_speaks_of_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(PROJECT['version'])}\b", text, re.MULTILINE)
