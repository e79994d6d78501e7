"""The report notebook as it is meant to be used: papermill runs it on a database, nbconvert makes the page."""

from __future__ import annotations

import hashlib

import nbformat
import papermill
import pytest
from exports import NOTEBOOKS, exported
from nbconvert import HTMLExporter, MarkdownExporter

import tasknb as tn
from tasknb import demo


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Two tasks on twenty digits; the first is labeled by both of its workers."""
    path = tmp_path_factory.mktemp("report") / "labels.db"
    with demo.digits(path, inputs=20) as client:
        tasks = [
            client.tasks.create(
                tn.Task(
                    name=name,
                    type="CONCEPTS_CLASSIFICATION",
                    concepts=tn.TaskConcept.of(*"0123456789"),
                    input_source=tn.InputSource.dataset("digits-100"),
                    worker=tn.TaskWorker.full("ann", "bob"),
                    review=tn.TaskReview.none(),
                )
            )
            for name in ("Labeled", "Not begun")
        ]
        demo.work(client, tasks[0], error_rate={"bob": 0.9}, labels_per_second=None, background=False)
    return path


@pytest.fixture(scope="module")
def report(database):
    """The notebook as papermill leaves it."""
    before, path = digest(database), database.with_name("report.ipynb")
    parameters = {"database": str(database), "app_id": "digits", "since": "2099-01-01"}
    papermill.execute_notebook(NOTEBOOKS / "03-report.ipynb", path, parameters, progress_bar=False)
    assert digest(database) == before, "a report only reads"
    return path


@pytest.fixture(scope="module")
def exports(report):
    """The page and the Markdown that are sent around."""
    kinds = {".html": HTMLExporter, ".md": MarkdownExporter}
    return {kind: exported(report, exporter, exclude_input=True) for kind, exporter in kinds.items()}


def test_papermill_puts_its_parameters_after_the_cell_that_has_their_tag(report):
    cells = nbformat.read(report, as_version=4).cells
    tags = [cell.metadata.get("tags", []) for cell in cells]
    at = tags.index(["parameters"])
    assert tags[at + 1] == ["injected-parameters"]
    # Each is documented where it has its default.
    assert all("  # " in line for line in cells[at].source.splitlines())


@pytest.mark.parametrize("kind", [".html", ".md"])
def test_the_exports_say_how_things_stand(exports, kind):
    text = exports[kind]
    # The widgets' static views.
    assert "Tasks of digits: 2" in text
    assert "Labeled: 100\u202f% · 40 of 40 labels finished" in text
    assert "Not begun: 0\u202f% · 0 of 40 labels finished" in text
    # Frames: of 80 labels 40 are given, and none is new.
    rows = {row.split("</th>")[0]: row for row in text.replace(" ", "").replace("\n", "").split("<th>")[1:]}
    assert "<td>40</td>" in rows["Labelsgiven"]
    assert "<td>0</td>" in rows["…ofthemnew"]
    assert "krippendorff_alpha" in text
    # No live widgets, and no code.
    assert "widget-view" not in text
    assert "plt.show()" not in text


def test_the_page_holds_its_pictures(exports):
    assert exports[".html"].count("data:image/png;base64,") == 8
    assert 'src="http' not in exports[".html"]
