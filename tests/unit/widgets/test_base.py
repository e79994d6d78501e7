from __future__ import annotations

from types import SimpleNamespace

import pytest
import traitlets

from tasknb.errors import TasknbError
from tasknb.messages.task import Task
from tasknb.widgets import TaskForm, base


class Echo(base.Widget):
    """A widget with one trait and three answers."""

    _esm = "export default { render() {} }"
    word = traitlets.Unicode("").tag(sync=True)

    def _answer_twice(self, text):
        return text * 2

    def _answer_refuse(self):
        raise TasknbError("No, because.")

    def _answer_fail(self):
        raise ZeroDivisionError("oops")

    def static_html(self):
        return base.html_table("Echo", [("word", self.word)])

    def static_text(self):
        return f"Echo(word={self.word!r})"


@pytest.fixture
def echo(monkeypatch):
    widget = Echo(word="<script>")
    widget.sent = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: widget.sent.append(content))
    return widget


def ask(widget, name, **parameters):
    widget._handle_custom_msg({"ask": name, "id": "7", "parameters": parameters}, [])
    return widget.sent.pop()


def test_an_answer_goes_back_with_the_id_of_the_question(echo):
    assert ask(echo, "twice", text="ab") == {"id": "7", "result": "abab"}


def test_what_is_raised_goes_back_to_the_one_who_asked(echo):
    assert ask(echo, "refuse") == {"id": "7", "error": "No, because."}
    assert ask(echo, "fail") == {"id": "7", "error": "ZeroDivisionError: oops"}
    assert ask(echo, "nothing") == {"id": "7", "error": "Echo has no answer to 'nothing'."}
    assert "unexpected keyword" in ask(echo, "twice", txt="ab")["error"]


def test_messages_of_others_are_left_alone(echo):
    echo._handle_custom_msg({"event": "click"}, [])
    echo._handle_custom_msg("text", [])
    assert echo.sent == []


def test_a_misspelt_keyword_is_refused_and_the_right_ones_are_named():
    with pytest.raises(TypeError, match=r"Echo has no option wrd\. It has: word\."):
        Echo(wrd="a")


def test_the_repr_has_no_address(echo):
    assert repr(echo) == "Echo(word='<script>')"


def test_the_static_view_stands_beside_the_widget_and_escapes(echo):
    data, _ = echo._repr_mimebundle_()
    assert data["text/plain"] == "Echo(word='<script>')"
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "&lt;script&gt;" in data["text/html"]
    assert "<script>" not in data["text/html"]


def test_html_table_aligns_numbers_and_marks_headings():
    table = base.html_table("Workers", [("ann", 3)], head=("Worker", "Inputs"), numeric=(1,))
    left, right = (f'align="{side}" style="text-align:{side}"' for side in ("left", "right"))
    assert table == (
        f"<table><caption {left}>Workers</caption>"
        f"<tr><th {left}>Worker</th><th {right}>Inputs</th></tr>"
        f"<tr><td {left}>ann</td><td {right}>3</td></tr></table>"
    )


def test_a_script_holds_each_imported_file_once_and_before_its_user(tmp_path, monkeypatch):
    monkeypatch.setattr(base, "STATIC", tmp_path)
    (tmp_path / "a.js").write_text("export const a = 1;\nexport function f() {}\n")
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport class B {}\n')
    (tmp_path / "main.js").write_text(
        'import {\n  a,\n  f,\n} from "./a.js";\nimport { B } from "./b.js";\nexport default { render() {} };\n'
    )
    assert base.script("main.js") == (
        "const a = 1;\nfunction f() {}\n\nclass B {}\n\nexport default { render() {} };\n"
    )


def test_what_a_notebook_saves_follows_until_a_browser_sees_to_it(client):
    form = TaskForm(client)
    saved = []
    form._watchers._displays.append(SimpleNamespace(update=lambda bundle, raw: saved.append(bundle)))
    form.draft = Task(name="From Python")
    assert "From Python" in saved[-1]["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in saved[-1]
    form._answer(form, {"ask": "listening", "id": "1"}, [])
    form.draft = Task(name="Seen by a view")
    assert "Seen by a view" not in saved[-1]["text/html"]
    form.close()
    assert set(saved[-1]) == {"text/plain", "text/html"}
    assert "Seen by a view" in saved[-1]["text/html"]
