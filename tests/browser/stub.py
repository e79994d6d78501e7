"""A page that shows one real widget without JupyterLab: Python here, Chromium there, a strict model between them."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from chromium import SECONDS
from comm.base_comm import BaseComm

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Widget
    from playwright.sync_api import Locator, Page, Route

ORIGIN = "http://localhost:1"
STUB_MODEL = Path(__file__).with_name("stub_model.js")
CONTRAST = Path(__file__).with_name("contrast.js")
THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"

PAGE = """<!doctype html>
<html lang="en" HTML><head><meta charset="utf-8"><title>stub</title>
<link rel="stylesheet" href="/host.css"><link rel="stylesheet" href="/widget.css">
<style>body { margin: 0; padding: 12px; background: var(--jp-layout-color0, Canvas); }</style></head>
<body BODY><script type="module">
import { start } from "/stub_model.js";
import * as module from "/widget.js";
await start(module, STATE, VIEWS);
</script></body></html>"""


# What VS Code puts on the pages in which it shows outputs: its theme as variables and as a class.
VSCODE = {
    "light": "--vscode-editor-background:#fffffe;--vscode-editor-foreground:#3b3b3b",
    "dark": "--vscode-editor-background:#1f1f1f;--vscode-editor-foreground:#cccccc",
}


class RecordingComm(BaseComm):
    """Keeps what the widget sends until the page fetches it."""

    def __init__(self, **options: Any) -> None:
        self.outbox: list[dict[str, Any]] = []
        super().__init__(**options)
        self.held: list[dict[str, Any]] | None = None

    def receive(self, message: dict[str, Any]) -> None:
        """Hand a message of the page to the widget, or keep it while the kernel is busy."""
        if self.held is None:
            self.handle_msg({"content": {"data": message}, "buffers": []})
        else:
            self.held.append(message)

    def publish_msg(self, msg_type: str, data: Any = None, **_rest: Any) -> None:
        if msg_type == "comm_msg":
            self.outbox.append(data)

    def take(self) -> str:
        """The messages not fetched yet, as JSON."""
        messages, self.outbox = self.outbox, []
        return json.dumps(messages, default=str)


@dataclass
class Stub:
    """A widget on its page.

    Attributes
    ----------
    page : Page
        Playwright's page.
    widget : Widget
        The Python side; what the browser sends reaches it, what it sends reaches the browser.
    requests : list of str
        Every address that the page asked for.
    """

    page: Page
    widget: Widget
    requests: list[str] = field(default_factory=list)

    def hold(self) -> None:
        """Let no message reach Python, as while a cell runs."""
        self.widget.comm.held = []

    def release(self) -> None:
        """Deliver what has been held, in order."""
        messages, self.widget.comm.held = self.widget.comm.held, None
        for message in messages:
            self.widget.comm.receive(message)

    def end(self, view: int = 0) -> dict[str, int]:
        """Take a view away as the host would; how many listeners and timers are left."""
        self.page.evaluate("view => window.stub.end(view)", view)
        left: dict[str, int] = self.page.evaluate("window.stub.left()")
        return left

    def until(self, condition: Callable[[], object], seconds: float = SECONDS) -> None:
        """Let the page go on until Python has come to fulfil a condition."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "the condition was not fulfilled in time"
            self.page.wait_for_timeout(10)

    def traits_used(self) -> set[str]:
        """The names of the traits that the page has read or written so far."""
        return set(self.page.evaluate("[...window.stub.model.read]"))


def show(page: Page, widget: Widget, *, theme: str = "light", host: str = "lab", views: int = 1) -> Stub:
    """Show `widget` on `page` and wait until it is drawn.

    Parameters
    ----------
    page : Page
        A page of the ``page`` fixture.
    widget : Widget
        A real widget.
    theme : {"light", "dark"}
        The host's theme.
    host : {"lab", "plain", "vscode", "colab"}
        ``lab`` has JupyterLab's own theme variables and body attributes, ``vscode`` and ``colab`` have those of VS Code
        and Colab on a system of the other theme, ``plain`` has none.
    views : int, default 1
        How many views of the one model to draw.
    """
    stub = Stub(page, widget)
    page.set_default_timeout(1000 * SECONDS)
    comm = RecordingComm(target_name="jupyter.widget")
    widget.comm = comm
    state = json.loads(json.dumps(widget.get_state(), default=str))

    def to_python(message: str) -> str:
        comm.receive(json.loads(message))
        return comm.take()

    page.expose_function("toPython", to_python)
    page.expose_function("fromPython", comm.take)
    other = {"light": "dark", "dark": "light"}[theme]
    page.emulate_media(color_scheme=other if host in ("vscode", "colab") else theme, reduced_motion="reduce")
    files = _files(widget, state, theme=theme, host=host, views=views)

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        stub.requests.append(route.request.url)
        kind, body = files.get(path, ("text/plain", None))
        route.fulfill(status=200 if body is not None else 404, content_type=kind, body=body or "")

    page.route(f"{ORIGIN}/**", serve)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{ORIGIN}/")
    stub.until(lambda: errors or page.evaluate("Boolean(window.stub)"))
    assert not errors, errors
    return stub


def contrast(element: Locator, colour: str = "color") -> float:
    """The WCAG contrast, 1 to 21, of an element's colour (a CSS property) against what is behind it."""
    ratio: float = element.evaluate(CONTRAST.read_text(), colour)
    return ratio


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page for people who cannot see it or use a mouse: rule and element."""
    # The page itself is the stub's; a host has landmarks and a level-one heading of its own.
    options = {"rules": {name: {"enabled": False} for name in ("region", "page-has-heading-one", "landmark-one-main")}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def _files(widget: Widget, state: dict[str, Any], *, theme: str, host: str, views: int) -> dict[str, tuple[str, str]]:
    on_html, on_body = _marks(theme, host)
    theme_css = (THEMES / f"theme-{theme}-extension" / "index.css").read_text() if host == "lab" else ""
    # "<" is escaped so that no text in the state can end the script element.
    data = json.dumps({key: value for key, value in state.items() if key not in ("_esm", "_css")}).replace(
        "<", "\\u003c"
    )
    html = PAGE.replace("HTML", on_html).replace("BODY", on_body).replace("STATE", data).replace("VIEWS", str(views))
    return {
        "/": ("text/html", html),
        "/host.css": ("text/css", theme_css),
        "/widget.css": ("text/css", widget._css),
        "/widget.js": ("text/javascript", widget._esm),
        "/stub_model.js": ("text/javascript", STUB_MODEL.read_text()),
    }


def _marks(theme: str, host: str) -> tuple[str, str]:
    """How a host marks its theme on the elements ``html`` and ``body``."""
    match host:
        case "lab":
            return "", f'data-jp-theme-light="{str(theme == "light").lower()}"'
        case "vscode":
            return f'style="{VSCODE[theme]}"', f'class="vscode-{theme}"'
        case "colab":
            return f'theme="{theme}"', ""
    return "", ""


def lose_kernel(page: Page) -> None:
    """Let nothing be sent any more, and let the host say so, as JupyterLab does when a kernel goes."""
    page.evaluate("""() => {
      window.stub.model.send = () => { throw new Error('no kernel'); };
      document.dispatchEvent(new Event('tasknb-kernel'));
    }""")
