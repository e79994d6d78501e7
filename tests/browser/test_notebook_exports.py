"""What nbconvert makes of each notebook is a page that shows its widgets as tables and asks nothing of any network."""

from __future__ import annotations

import re

import pytest
from exports import NOTEBOOKS, exported
from nbconvert import HTMLExporter
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# How many widgets each shows: forms, boards and progress views.
WIDGETS = {"01-quickstart": 2, "02-quality": 0, "03-report": 3, "04-auto-annotation": 3, "05-clarifai": 1}


@pytest.mark.parametrize("name", WIDGETS)
def test_the_page_needs_no_network(tmp_path, page, name):
    path = tmp_path / f"{name}.html"
    path.write_text(exported(NOTEBOOKS / f"{name}.ipynb", HTMLExporter), encoding="utf-8")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    expect(page.get_by_role("heading").first).to_be_visible()
    assert [url for url in asked if not url.startswith(("data:", path.as_uri()))] == []
    captions = page.locator("caption", has_text=re.compile(r"finished ·|^Tasks of|being filled in"))
    expect(captions).to_have_count(WIDGETS[name])
    assert page.locator("img").count() == page.locator("img[src^='data:image/png']").count() > 0


def test_every_notebook_is_among_them():
    assert sorted(WIDGETS) == sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
