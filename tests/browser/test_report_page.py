"""A report in a real browser: without a network, in both themes, narrow, on paper, and in a notebook's page."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from zoo import ARABIC, HOSTILE, NOW, fill

import tasknb as tn

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("zoo") / "labels.db"
    fill(path)
    with tn.Client.local(path, user_id="", app_id="", read_only=True) as client:
        before = tn.report(client, now=NOW, pictures=False)
        return tn.report(client, since=before, now=NOW)


@pytest.fixture(scope="module")
def saved(made, tmp_path_factory):
    return made.save(tmp_path_factory.mktemp("report") / "report.html")


def opened(page, path, **media):
    """The page as a file, with every request and every message of the console noted."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.emulate_media(**media)
    page.goto(path.as_uri())
    return asked, said


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_asks_for_nothing_and_is_accessible(page, saved, theme):
    asked, said = opened(page, saved, color_scheme=theme)
    expect(page.get_by_role("heading", level=1)).to_have_text("zoo")
    assert [url for url in asked if not url.startswith("data:")] == [saved.as_uri()]
    assert said == []
    assert (
        page.evaluate("performance.getEntriesByType('resource').filter(one => !one.name.startsWith('data:')).length")
        == 0
    )
    assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]] == []
    [picture] = page.locator("img").all()
    assert picture.evaluate("image => image.naturalWidth") == 192


def test_names_are_shown_as_they_are(page, saved):
    opened(page, saved)
    tasks = page.get_by_role("region", name="Table: Tasks")
    expect(tasks.get_by_role("rowheader").filter(has_text=HOSTILE)).to_have_count(1)
    expect(tasks.get_by_role("rowheader").filter(has_text=ARABIC)).to_have_count(1)
    assert page.locator("blockquote").inner_text().startswith("</script><img")


def test_a_script_would_not_run(page, saved, tmp_path):
    """The policy holds even if markup came through the escaping."""
    text = saved.read_text(encoding="utf-8")
    attack = "<script>document.title = 'evil'</script><img src='https://example.org/x.png' onerror='document.title=1'>"
    (tmp_path / "attacked.html").write_text(text.replace("<main", f"{attack}<main", 1), encoding="utf-8")
    failed = []
    page.on("requestfailed", lambda request: failed.append((request.url, request.failure)))
    _, said = opened(page, tmp_path / "attacked.html")
    assert "labeling report" in page.title()
    assert failed == [("https://example.org/x.png", "csp")]
    assert any("inline script" in one and "Content Security Policy" in one for one in said)


def test_the_theme_can_be_chosen_without_a_script(page, saved):
    opened(page, saved, color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_label("Dark").check()
    assert page.evaluate(colour) != light
    page.get_by_label("Light").check()
    assert page.evaluate(colour) == light


def test_it_fits_on_narrow_screens(page, saved):
    page.set_viewport_size({"width": 700, "height": 900})
    opened(page, saved)
    assert page.evaluate("document.documentElement.scrollWidth") == 700
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_it_prints_on_white_paper_without_controls(page, saved):
    opened(page, saved, color_scheme="dark", media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    expect(page.get_by_label("Dark")).to_be_hidden()
    sheets = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert 2 <= sheets <= 5


@pytest.mark.parametrize("light", [True, False])
def test_in_a_notebook_it_follows_the_theme_and_leaves_the_rest_alone(page, made, light):
    mark = str(light).lower()
    outside = "<h2 id='outside'>Mine</h2><table><tr><td class='note'>mine</td></tr></table>"
    page.set_content(f"<body data-jp-theme-light='{mark}'>{outside}{made._repr_html_()}</body>")
    scheme = page.locator(".tn-report").evaluate("element => getComputedStyle(element).colorScheme")
    assert scheme == ("light" if light else "dark")
    with_report = looks_of_the_rest(page)
    page.set_content(f"<body data-jp-theme-light='{mark}'>{outside}</body>")
    assert with_report == looks_of_the_rest(page)


def test_the_rules_of_a_host_do_not_win(page, made):
    rules = ".host .out tbody tr:nth-child(odd) { background: red } .host .out thead th { text-align: center }"
    more = ".host .out dl { float: left } .host .out ul:not(.x) { padding-left: 2em; list-style: disc }"
    page.set_content(
        f"<style>{rules} {more}</style><div class='host'><div class='out'>{made._repr_html_()}</div></div>"
    )
    for selector, name, value in (
        ("tbody tr", "background-color", "rgba(0, 0, 0, 0)"),
        ("thead th", "text-align", "start"),
        ("dl", "float", "none"),
        ("ul", "padding-left", "0px"),
        ("ul", "list-style-type", "none"),
    ):
        expect(page.locator(f".tn-report {selector}").first).to_have_css(name, value)


def looks_of_the_rest(page):
    """The computed styles of what is not the report's."""
    return page.evaluate(
        """["body", "#outside", "table", ".note"].map(one => {
          const style = getComputedStyle(document.querySelector(one));
          const kept = [...style].filter(name => !/size|width|origin|height/.test(name));
          return kept.map(name => style.getPropertyValue(name));
        })"""
    )
