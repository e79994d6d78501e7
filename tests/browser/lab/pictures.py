"""Take the README's pictures from the quickstart in a real JupyterLab: ``python tests/browser/lab/pictures.py``."""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lab import Lab
from notebook_page import Notebook
from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
import chromium  # noqa: E402  one folder up, where only pytest looks by itself

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

THEMES = {"quickstart.png": "JupyterLab Light", "quickstart-dark.png": "JupyterLab Dark"}
HALFWAY = re.compile(r"2\d\d of 500 labels finished")
# Slower than in the notebook, so that there is time to take the picture.
WORK = 'demo.work(client, task, labels_per_second={"ann": 5, "bob": 7, "cleo": 8, "dan": 9, "eve": 14})'


def main() -> None:
    with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as home:
        shutil.copy(ROOT / "notebooks" / "01-quickstart.ipynb", root)
        lab = Lab(Path(root), Path(home)).start()
        try:
            with sync_playwright() as playwright, chromium.launch(playwright) as browser:
                for name, theme in THEMES.items():
                    save(quickstart(browser, lab.url, theme), ROOT / "docs" / "pictures" / name)
                    lab.end_sessions()
        finally:
            lab.stop()


def quickstart(browser: Browser, url: str, theme: str) -> Image.Image:
    """The form, and below it the progress view halfway."""
    with browser.new_page(viewport={"width": 1286, "height": 1500}) as page:
        notebook = Notebook(page, url, "01-quickstart.ipynb").open()
        notebook.set_theme(theme)
        notebook.run("import tasknb")
        form = output(notebook.run("tn.TaskForm"))
        expect(form).to_contain_text("10 of 10")
        pictures = [shot(form)]
        notebook.run("task = form.task or")
        progress = output(notebook.run("tn.TaskProgress"))
        notebook.ask(WORK)
        expect(progress).to_contain_text(HALFWAY, timeout=60_000)
        pictures.append(shot(progress))
    return below_each_other(pictures)


def output(cell: Locator) -> Locator:
    return cell.locator(".jp-OutputArea-output").first


def shot(element: Locator) -> Image.Image:
    return Image.open(io.BytesIO(element.screenshot())).convert("RGB")


def below_each_other(pictures: list[Image.Image], gap: int = 24) -> Image.Image:
    width = max(picture.width for picture in pictures)
    height = sum(picture.height for picture in pictures) + gap * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, height), pictures[0].getpixel((0, 0)))
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height + gap
    return sheet


def save(picture: Image.Image, path: Path) -> None:
    picture.quantize(256).save(path, optimize=True)
    sys.stdout.write(f"{path} {picture.size} {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
