"""The base and the stub page themselves: a small real widget, from click to Python and back."""

from __future__ import annotations

import pytest
import traitlets
from playwright.sync_api import expect
from stub import contrast, show

from tasknb.errors import TasknbError
from tasknb.widgets import base

pytestmark = pytest.mark.browser

CODE = """
function render({ model, el }) {
  const life = lifetime();
  const ask = asker(model, life);
  const place = root(el, "counter");
  const text = h("output", {}, "");
  const draw = () => fill(text, counted(model.get("count"), "click"));
  const button = h("button", {
    onclick: async () => {
      try { await ask("click", { by: 1 }); } catch (error) { fill(text, error.message); }
    },
  }, model.get("label"));
  life.on(model, "change:count", draw);
  life.listen(document, "keydown", () => {});
  life.every(1000, () => {});
  place.append(button, text);
  draw();
  return life.end;
}
export default { render };
"""


class Counter(base.Widget):
    _esm = base.script("shared.js").replace("export ", "") + CODE
    _css = base.style()
    count = traitlets.Int(0).tag(sync=True)
    label = traitlets.Unicode("<b>Click</b>").tag(sync=True)

    def _answer_click(self, by):
        if self.count == 2:
            raise TasknbError("Two are enough.")
        self.count += by


def test_a_click_reaches_python_and_its_error_comes_back(page):
    stub = show(page, Counter())
    button = page.get_by_role("button", name="<b>Click</b>")
    for expected in ("1 click", "2 clicks", "Two are enough."):
        button.click()
        expect(page.get_by_role("status")).to_have_text(expected)
    assert stub.widget.count == 2
    assert stub.traits_used() <= set(stub.widget.keys)


def test_two_views_follow_python_and_an_ended_one_leaves_nothing_behind(page):
    stub = show(page, Counter(), views=2)
    stub.widget.count = 1797
    expect(page.get_by_role("status")).to_have_text(["1\u202f797 clicks"] * 2)
    assert stub.end(0) == {"model": 2, "page": 1, "timers": 1}
    assert stub.end(1) == {"model": 0, "page": 0, "timers": 0}


def test_the_model_is_strict(page):
    show(page, Counter())
    for expression in ("get('nothing')", "set('nothing', 1)", "on('change:nothing', () => {})"):
        with pytest.raises(Exception, match="no synced trait nothing"):
            page.evaluate(f"window.stub.model.{expression}")


@pytest.mark.parametrize(
    ("host", "theme", "background"),
    [
        ("lab", "light", "rgb(255, 255, 255)"),
        ("lab", "dark", "rgb(33, 33, 33)"),
        ("plain", "light", "rgb(255, 255, 255)"),
        ("plain", "dark", "rgb(28, 28, 28)"),
        ("vscode", "light", "rgb(255, 255, 254)"),
        ("vscode", "dark", "rgb(31, 31, 31)"),
        ("colab", "light", "rgb(255, 255, 255)"),
        ("colab", "dark", "rgb(28, 28, 28)"),
    ],
)
def test_the_theme_of_the_host_wins(page, host, theme, background):
    stub = show(page, Counter(), theme=theme, host=host)
    place = page.locator(".tasknb")
    expect(place).to_have_css("background-color", background)
    expect(place).to_have_css("color-scheme", "light dark" if host == "plain" else theme)
    assert contrast(page.get_by_role("button")) >= 4.5
    assert all(address.startswith("http://localhost") for address in stub.requests)
