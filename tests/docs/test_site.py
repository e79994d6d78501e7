"""The documentation's site: no broken link, nothing from elsewhere, and every public name."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

import tasknb as tn

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Built as ``make docs`` builds it, but for the examples, which have tests of their own."""
    folder = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--fail-on-warning", "--keep-going", "-b", "html", "-D", "run_examples=0"]
    command = [sys.executable, "-m", "sphinx", *options, "-d", folder / "doctrees", ROOT / "docs", folder / "html"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return folder / "html"


class Fetched(HTMLParser):
    """What a page loads by itself: scripts, styles, pictures. A link is followed only when it is clicked."""

    def __init__(self, text):
        super().__init__()
        self.addresses = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag in ("script", "img", "iframe", "source"):
            self.addresses.append(found.get("src"))
        elif tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload", "preconnect"):
            self.addresses.append(found.get("href"))


def test_the_pages_load_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 25
    for page in pages:
        loaded = [address for address in Fetched(page.read_text(encoding="utf-8")).addresses if address]
        assert [address for address in loaded if re.match(r"(\w+:)?//", address)] == []
    for style in site.rglob("*.css"):
        assert re.findall(r"url\(['\"]?(?:https?:)?//", style.read_text(encoding="utf-8")) == []


def test_every_public_name_is_in_the_reference(site):
    content = io.BytesIO((site / "objects.inv").read_bytes()).getvalue()
    known = {name for kind in InventoryFile.loads(content, uri="").data.values() for name in kind}
    public = {f"tasknb.frames.{name}" for name in tn.frames.__all__}
    public |= {f"tasknb.demo.{name}" for name in tn.demo.__all__}
    public |= {f"tasknb.errors.{name}" for name in tn.errors.__all__}
    public |= {f"tasknb.{name}" for name in tn.__all__ if isinstance(getattr(tn, name), type) and name != "Client"}
    public |= {"tasknb.api.Client", "tasknb.problems"}
    assert sorted(public - known) == []


def test_every_page_is_in_a_menu(site):
    menu = (site / "index.html").read_text(encoding="utf-8")
    pages = [page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")]
    assert [str(page) for page in pages if f'href="{page}"' not in menu and page.stem != "index"] == []
