"""Take the documentation's pictures from a real JupyterLab: ``python tests/browser/lab/pictures.py``."""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import nbformat
from lab import Lab
from notebook_page import Notebook
from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
import chromium  # noqa: E402  one folder up, where only pytest looks by itself

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

THEMES = {"": "JupyterLab Light", "-dark": "JupyterLab Dark"}
HALFWAY = re.compile(r"2\d\d of 500 labels finished")
# Slower than in the notebook, so that there is time to take the picture.
WORK = 'demo.work(client, task, labels_per_second={"ann": 2, "bob": 3, "cleo": 3, "dan": 4, "eve": 6})'
# A week in an app, so that the board has something to show: each task with its people's speeds, stopped after so many
# labels. A reviewer who is slower leaves work waiting.
WEEK = """
import time
import tasknb as tn
from tasknb import demo

client = demo.digits(inputs=400)
everybody = dict.fromkeys(["ann", "bob", "cleo", "dan", "eve"], 100)
pair = {"ann": 100, "bob": 100}
three = {"cleo": 60, "dan": 60, "eve": 60}
rita = {"rita": 15}
full, dynamic, partitioned = tn.TaskWorker.full, tn.TaskWorker.dynamic, tn.TaskWorker.partitioned
none, manual, consensus = tn.TaskReview.none(), tn.TaskReview.manual("rita"), tn.TaskReview.consensus("rita")
plans = [
    ("Which digit is it?", full(*everybody), none, everybody, 500),
    ("Ones and sevens", partitioned(*pair, workers_per_input=2), consensus, pair | {"rita": 4}, 200),
    ("Training set, first part", dynamic(*everybody), manual, everybody | rita, 100),
    ("Blurred digits", partitioned(*three), manual, three | rita, 70),
    ("Test set", partitioned(*everybody, workers_per_input=3), none, everybody, 90),
    ("Once more, by rita", full(*rita), none, rita, 0),
]
for name, worker, review, speeds, labels in plans:
    task = client.tasks.create(
        tn.Task(
            name=name,
            type="CONCEPTS_CLASSIFICATION",
            concepts=tn.TaskConcept.of(*"0123456789"),
            input_source=tn.InputSource.dataset("digits-100"),
            worker=worker,
            review=review,
        )
    )
    with demo.work(client, task, labels_per_second=speeds, error_rate=0.15) as simulation:
        while simulation.labels < labels:
            time.sleep(0.01)
client.tasks.set_status(client.tasks.list().all()[-1], "TASK_DONE").status.name
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as home:
        shutil.copy(ROOT / "notebooks" / "01-quickstart.ipynb", root)
        cells = [nbformat.v4.new_code_cell(text) for text in (WEEK, "tn.TaskBoard(client)")]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), Path(root) / "week.ipynb")
        lab = Lab(Path(root), Path(home)).start()
        try:
            with sync_playwright() as playwright, chromium.launch(playwright) as browser:
                for suffix, theme in THEMES.items():
                    for name, picture in pictures(browser, lab.url, theme).items():
                        save(picture, ROOT / "docs" / "pictures" / f"{name}{suffix}.png")
                    lab.end_sessions()
        finally:
            lab.stop()


def pictures(browser: Browser, url: str, theme: str) -> dict[str, Image.Image]:
    """Every picture in one theme, by its name."""
    form, progress = quickstart(browser, url, theme)
    return {
        "quickstart": below_each_other([form, progress]),
        "form": form,
        "progress": progress,
        "board": board(browser, url, theme),
        "report": report(browser, url, theme),
    }


def quickstart(browser: Browser, url: str, theme: str) -> tuple[Image.Image, Image.Image]:
    """The form, and the progress view halfway."""
    with browser.new_page(viewport={"width": 1286, "height": 1500}) as page:
        notebook = Notebook(page, url, "01-quickstart.ipynb").open()
        notebook.set_theme(theme)
        notebook.run("import tasknb")
        form = output(notebook.run("tn.TaskForm"))
        expect(form).to_contain_text("10 of 10")
        filled = shot(form)
        notebook.run("task = form.task or")
        progress = output(notebook.run("tn.TaskProgress"))
        notebook.ask(WORK)
        expect(progress).to_contain_text(HALFWAY, timeout=60_000)
        return filled, shot(progress)


def board(browser: Browser, url: str, theme: str) -> Image.Image:
    """The board of an app after a week."""
    with browser.new_page(viewport={"width": 1286, "height": 900}) as page:
        notebook = Notebook(page, url, "week.ipynb").open()
        notebook.set_theme(theme)
        notebook.run("client.tasks.create")
        shown = output(notebook.run("tn.TaskBoard"))
        expect(shown).to_contain_text("Which digit is it?")
        expect(shown).to_contain_text("100 %")
        return shot(shown)


def report(browser: Browser, url: str, theme: str) -> Image.Image:
    """The first screen of a report on the same week."""
    scheme: Literal["light", "dark"] = "dark" if "Dark" in theme else "light"
    with browser.new_page(viewport={"width": 1118, "height": 1000}, color_scheme=scheme) as page:
        notebook = Notebook(page, url, "week.ipynb").open()
        notebook.run("client.tasks.create")
        text = notebook.ask("print(tn.report(client, title='This week').html)")
        page.set_content(text)
        expect(page.locator("h1")).to_be_visible()
        return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


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
