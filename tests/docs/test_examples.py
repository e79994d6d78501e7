"""Every Python block of the README and of the guide runs, page by page, as a reader would run them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from examples import ExampleError, run, shown

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "```python\n" in page.read_text(encoding="utf-8")
]
LANGUAGES = {"python", "console", "text", "{include}", "{toctree}", "{eval-rst}", "{columns}", "{status-codes}"}
LANGUAGES |= {"{command}", "{figures}", "{notebooks}"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_run(page):
    text = page.read_text(encoding="utf-8")
    results = list(run(text, str(page)))
    assert len(results) == text.count("```python\n")


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_every_block_says_what_it_is(page):
    """A block in a language that is not known here, or in none, would escape from being run."""
    opened = re.findall(r"^```+(\S*)", page.read_text(encoding="utf-8"), re.MULTILINE)[::2]
    assert set(opened) <= LANGUAGES


def test_blocks_share_a_namespace_and_only_the_last_line_is_shown():
    page = '```python\na = 20\nprint("said")\na + 1\n```\n\n```python\na + 2\n```\n\n```text\n1 / 0\n```\n'
    results = list(run(page, "page.md"))
    assert [result.value for result in results] == [21, 22]
    assert shown(results[0]) == '<div class="output"><pre>said\n</pre><pre>21</pre></div>'


def test_an_error_names_the_line_of_the_page():
    with pytest.raises(ExampleError, match=r'File "page.md", line 4'):
        list(run("# Heading\n\n```python\n1 / 0\n```\n", "page.md"))
