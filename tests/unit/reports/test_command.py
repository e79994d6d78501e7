"""``tasknb report``: exit statuses, one line on standard error, and files."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tasknb.cli import main
from tasknb.reports import command

RAN_WITH = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "CLARIFAI_PAT": "secret-key-of-mine"}


def run(*arguments):
    return main(["report", *map(str, arguments)])


def test_in_a_process_of_its_own(zoo_path, tmp_path):
    before = hashlib.sha256(zoo_path.read_bytes()).digest()
    command = [Path(sys.executable).with_name("tasknb"), "report", "--db", str(zoo_path), "-o", "out.html"]
    rule = ["--fail-if", "stalled_workers > 0"]
    done = subprocess.run(
        [*command, *rule], cwd=tmp_path, env=RAN_WITH, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    written, held = done.stderr.splitlines()
    assert written.startswith("tasknb report: out.html: html, ")
    assert "4 tasks of owner/zoo" in written
    assert held == "tasknb report: a rule holds: stalled_workers > 0 (stalled_workers is 2)"
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "secret-key-of-mine" not in page
    assert len(page) < 200_000
    assert hashlib.sha256(zoo_path.read_bytes()).digest() == before


def test_a_report_compares_itself_with_the_one_that_it_replaces(zoo_path, tmp_path, capsys):
    output = tmp_path / "out.md"
    assert run("--db", zoo_path, "-o", output) == 0
    assert "Since the last report" not in output.read_text()
    assert run("--db", zoo_path, "-o", output, "--fail-if", "new_labels > 0", "--fail-if", "report_age > 1d") == 0
    assert "Since the last report" in output.read_text()
    assert "+0 labels since" in capsys.readouterr().err
    assert run("--db", zoo_path, "-o", tmp_path / "b.json", "--since", output, "--no-pictures") == 0
    assert json.loads((tmp_path / "b.json").read_text())["changes"]["handed_in"] == 0
    output.write_text("my notes")
    assert run("--db", zoo_path, "-o", output) == 0
    assert "is no report of tasknb" in capsys.readouterr().err


def test_standard_output_is_the_report_alone(zoo_path, capfdbinary):
    assert run("--db", zoo_path, "-o", "-", "--format", "json", "--fail-if", "lowest_agreement < 0.1") == 0
    out, err = capfdbinary.readouterr()
    assert json.loads(out)["app"] == "owner/zoo"
    assert len(err.splitlines()) == 1


def test_a_rule_about_what_is_undefined_does_not_hold_and_says_so(zoo_path, tmp_path, capsys):
    assert run("--db", zoo_path, "-o", tmp_path / "a.md", "--fail-if", "new_labels < 5") == 0
    assert "new_labels is undefined at the moment" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--db", "missing.db", "-o", "a.html"], "There is no database missing.db"),
        (["--db", "DB", "-o", "a.txt"], "ends in none of html, md, json"),
        (["--db", "DB", "-o", "nowhere/a.html"], "nowhere/a.html cannot be written: No such file"),
        (["--db", "DB", "-o", "a.html", "--fail-if", "tasks >"], "expected a number"),
        (["--db", "DB", "-o", "a.html", "--since", "old.html"], "old.html cannot be read"),
        (["--db", "DB", "-o", "a.html", "--task", "nope"], "There is no task nope"),
        (["--db", "DB", "-o", "a.html", "--app-id", "farm"], "has no app farm. There are: owner/zoo"),
        (["--clarifai", "-o", "a.html"], "CLARIFAI_PAT"),
        (["--notebook", "missing.ipynb", "-o", "a.html"], "missing.ipynb cannot be read"),
        (["--notebook", "n.ipynb", "-o", "a.json"], "html or md"),
        (["--notebook", "n.ipynb", "-o", "a.html", "--fail-if", "tasks > 1"], "are about tasks"),
    ],
)
def test_what_cannot_be_made_leaves_nothing_behind(options, message, zoo_path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLARIFAI_PAT", raising=False)
    assert run(*[zoo_path if one == "DB" else one for one in options]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_of_ours_is_no_rule_that_held(zoo_path, tmp_path, monkeypatch, capsys):
    def mistaken(*_args, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(command, "report", mistaken)
    assert run("--db", zoo_path, "-o", tmp_path / "a.html") == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_options_that_are_none_end_with_status_2(capsys):
    for options in ([], ["-o", "a.html"], ["--db", "a", "--clarifai", "-o", "a.html"]):
        with pytest.raises(SystemExit) as caught:
            run(*options)
        assert caught.value.code == 2


def notebook(path, *cells):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = [nbformat.v4.new_markdown_cell("# Week 9")] + [nbformat.v4.new_code_cell(one) for one in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
    return path


def test_a_notebook_becomes_a_page_with_its_widgets_as_tables(tmp_path, capsys):
    cells = (
        "import tasknb as tn\nclient = tn.Client.local()",
        "tn.TaskBoard(client)",
        "tn.report(client)",
        "from IPython.display import HTML, Javascript\nHTML('<script>alert(1)</script><p>kept</p>')",
    )
    path = notebook(tmp_path / "week.ipynb", *cells)
    before = path.read_bytes()
    assert run("--notebook", path, "-o", tmp_path / "week.html") == 0
    page = (tmp_path / "week.html").read_text(encoding="utf-8")
    assert "Week 9" in page
    assert "<p>kept</p>" in page
    assert "<script" not in page
    assert "Client.local()" not in page  # the code is left out
    assert page.count("<table") >= 1
    assert "There are no tasks yet" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    assert path.read_bytes() == before
    [line] = capsys.readouterr().err.splitlines()
    assert "week.html: html, " in line


def test_a_notebook_that_fails_is_no_report(tmp_path, capsys):
    path = notebook(tmp_path / "bad.ipynb", "1 / 0")
    assert run("--notebook", path, "-o", tmp_path / "bad.html") == 2
    assert "a cell failed: ZeroDivisionError: division by zero" in capsys.readouterr().err
    (tmp_path / "bad.ipynb").write_text("{}")
    assert run("--notebook", path, "-o", tmp_path / "bad.html") == 2
    assert not (tmp_path / "bad.html").exists()
