"""What a report says, as data, page, Markdown and JSON."""

from __future__ import annotations

import hashlib
import json
from html.parser import HTMLParser

import msgspec
import pytest
from zoo import ARABIC, HOSTILE, LONG, NOW

import tasknb as tn
from tasknb.errors import ConnectionFailed, MessageError, NotFoundError
from tasknb.reports import reading
from tasknb.reports.data import ReportData
from tasknb.reports.figures import FIGURES


def line(made, name):
    [found] = [task for task in made.content.tasks if task.name == name]
    return found


def test_it_counts_what_the_service_counts(made):
    task = line(made, "Cats or dogs")
    assert (task.status, task.total, task.finished, task.unit) == ("TASK_DONE", 24, 24, "labels")
    reviewed = line(made, HOSTILE)
    assert reviewed.counts == {
        "pending": 6,
        "awaiting_review": 3,
        "awaiting_consensus": 0,
        "done": 2,
        "rejected": 1,
    }
    assert (reviewed.total, reviewed.finished, reviewed.handed_in, reviewed.estimated) == (12, 3, 6, True)
    assert line(made, ARABIC).counts["pending"] == 12


def test_it_tells_when_a_task_will_be_labeled_and_when_nothing_tells(made):
    ahead = line(made, HOSTILE).ahead
    assert NOW < ahead.low_at < ahead.expected_at < ahead.high_at
    assert line(made, ARABIC).ahead is None  # nobody has begun
    assert line(made, "Cats or dogs").ahead is None  # it is done
    assert made.content.ahead.expected_at == ahead.expected_at


def test_agreement_has_what_it_rests_on_or_the_reason_why_there_is_none(made):
    agreed = line(made, "Cats or dogs").agreement
    assert agreed.measure == "alpha"
    assert agreed.inputs == 12
    assert agreed.coverage == 1
    assert agreed.percent == pytest.approx(10 / 12)
    assert agreed.low < agreed.value < agreed.high <= 1
    assert line(made, HOSTILE).agreement.reason == "no input has labels of two workers"
    assert line(made, ARABIC).agreement.reason == "no label has been handed in"
    boxes = line(made, LONG).agreement
    assert (boxes.measure, boxes.value, boxes.inputs) == ("f1", 0.5, 2)


def test_contested_inputs_come_with_what_is_to_be_seen(made):
    first, second = sorted(made.content.contested, key=lambda one: one.kind)
    assert (first.input_id, first.kind, first.text) == ("i10", "image", "")
    assert (second.input_id, second.kind, second.task) == ("i8", "text", "Cats or dogs")
    assert {vote.label: vote.workers for vote in second.votes} == {"cat": 1, "dog": 1}
    assert second.text.startswith("</script><img")
    assert made.html.count('src="data:image/') == 1


def test_workers_and_reviewers_are_summed_over_tasks(made):
    workers = {worker.id: worker for worker in made.content.workers}
    assert {name: worker.tasks for name, worker in workers.items()} == {"ann": 3, "bob": 2, "dan": 2}
    assert workers["ann"].handed_in == 12 + 6 + 2
    assert workers["dan"].last_at is None
    assert workers["dan"].stalled  # his task was made thirteen hours ago
    assert workers["dan"].silent_seconds == pytest.approx(13 * 3600)
    [rita] = made.content.reviewers
    assert (rita.id, rita.tasks) == ("rita", 1)


def test_every_figure_is_there_and_follows_from_the_lines(made):
    figures = made.figures
    assert list(figures) == list(FIGURES)
    assert figures["tasks"] == 4
    assert figures["labels"] == 24 + 12 + 12 + 4
    assert figures["progress"] == pytest.approx((24 + 3 + 4) / 52)
    assert figures["stalled_workers"] == 2  # dan has not begun, ann has not gone on
    assert figures["contested_inputs"] == 2
    assert figures["new_labels"] is None


def test_data_is_plain_and_documented(made):
    assert json.loads(json.dumps(made.data)) == made.data
    assert made.data["tasks"][0]["counts"].keys() == {
        "pending",
        "awaiting_review",
        "awaiting_consensus",
        "done",
        "rejected",
    }
    assert msgspec.json.decode(made.json, type=ReportData) == made.content


class Elements(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.found, self.words = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_names_stay_text_on_the_page(made):
    page = Elements(made.html)
    tags = {tag for tag, _ in page.found}
    assert "b" not in {tag for tag, attributes in page.found if "onclick" in attributes}
    assert [attributes for tag, attributes in page.found if tag == "script"] == [
        {"type": "application/json", "id": "tasknb-report"}
    ]
    assert {"iframe", "object", "link", "base", "form"}.isdisjoint(tags)
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]
    assert any(HOSTILE in words for words in page.words)
    assert any(ARABIC in words for words in page.words)


def test_the_page_names_no_address_to_load(made):
    page = Elements(made.html)
    addresses = [
        attributes[name] for _, attributes in page.found for name in ("src", "href", "data") if name in attributes
    ]
    assert [one for one in addresses if not one.startswith(("data:image/", "#"))] == []
    assert "url(" not in made.html
    assert "@import" not in made.html
    policy = next(attributes["content"] for _, attributes in page.found if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none'")


def test_markdown_keeps_names_as_text(made):
    text = made.markdown.split("<!-- tasknb-report")[0]
    assert "<script" not in text.replace("\\<", "")
    rows = [row for row in text.splitlines() if row.startswith("| ") and "alert" in row]
    assert rows
    assert all(row.replace("\\|", "").count("|") == len(row_cells(row)) + 1 for row in rows)


def row_cells(row):
    return row.replace("\\|", "").strip("|").split("|")


def test_it_displays_in_a_notebook_without_ids_or_styles_that_leak(made):
    fragment = Elements(made._repr_html_())
    assert not [attributes["id"] for _, attributes in fragment.found if "id" in attributes]
    assert {"html", "head", "body", "meta", "main", "script"}.isdisjoint({tag for tag, _ in fragment.found})
    assert made._repr_markdown_() == made.markdown
    assert repr(made) == "<Report on owner/zoo: 4 tasks, 2026-03-02 20:00 UTC>"


def test_it_is_saved_in_the_format_that_the_path_ends_in(made, tmp_path):
    for name, text in (("a.html", made.html), ("a.MD", made.markdown), ("a.json", made.json)):
        assert made.save(tmp_path / name).read_text(encoding="utf-8") == text
    assert made.save(tmp_path / "plain", "md").read_text(encoding="utf-8") == made.markdown
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.MD", "a.html", "a.json", "plain"]
    with pytest.raises(ValueError, match="ends in none of html, md, json"):
        made.save(tmp_path / "a.pdf")


def test_nothing_is_written(zoo, zoo_path, made):
    before = hashlib.sha256(zoo_path.read_bytes()).digest()
    tn.report(zoo, now=NOW)
    assert hashlib.sha256(zoo_path.read_bytes()).digest() == before


def test_tasks_are_chosen_by_id(zoo, made):
    chosen = line(made, ARABIC)
    one = tn.report(zoo, chosen.id, now=NOW, pictures=False, title="Arabic")
    assert ([task.id for task in one.content.tasks], one.content.title) == ([chosen.id], "Arabic")
    with pytest.raises(NotFoundError, match="no task nope"):
        tn.report(zoo, ["nope"])


def test_an_app_without_tasks_says_what_to_do(tmp_path):
    with tn.Client.local() as client:
        empty = tn.report(client, now=NOW)
    assert empty.figures["progress"] is None
    assert "There are no tasks yet" in empty.html
    assert "There are no tasks yet" in empty.markdown
    assert empty.save(tmp_path / "empty.json").stat().st_size


def test_changes_since_the_last_report(made, zoo, tmp_path):
    before = msgspec.json.decode(made.json, type=ReportData)
    task = next(one for one in before.tasks if one.name == HOSTILE)
    task.counts["pending"] += 2
    task.finished -= 1
    before.tasks = [one for one in before.tasks if one.name != ARABIC]
    before.tasks[0].id = "gone"
    before.workers[0].counts["done"] -= 2
    old = tn.Report(before)
    for kind in ("html", "md", "json"):
        path = old.save(tmp_path / f"old.{kind}")
        changes = tn.report(zoo, since=path, now=NOW, pictures=False).content.changes
        moved = {one.title: one for one in changes.tasks}
        assert (moved[HOSTILE].handed_in, moved[HOSTILE].finished) == (2, 1)
        assert moved[ARABIC].before == ""
        assert [one.now for one in changes.tasks][-1] == ""
        assert changes.workers == {before.workers[0].id: 2}
    again = tn.report(zoo, since=made, now=NOW, pictures=False)
    assert again.figures["new_labels"] == 0
    assert "Nothing has changed" not in again.html or again.content.changes.tasks == []


def test_a_file_that_is_no_report_is_refused(zoo, tmp_path):
    for name, content in (("a.html", b"<html>"), ("a.json", b'{"tasks": 3}'), ("a.md", b"\xff\xfe")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(MessageError, match="is no report of tasknb"):
            tn.report(zoo, since=tmp_path / name)
    with pytest.raises(MessageError, match="cannot be read: No such file"):
        tn.report(zoo, since=tmp_path / "missing.html")


def test_another_app_is_not_compared(made, tmp_path):
    with tn.Client.local() as client:
        found = tn.report(client, since=made)
    assert found.content.changes is None
    assert any("owner/zoo" in note for note in found.content.notes)


def test_of_a_large_task_a_sample_is_read(zoo, made, monkeypatch):
    monkeypatch.setattr(reading, "READ_WHOLE", 5)
    monkeypatch.setattr(reading, "SAMPLE", 6)
    sampled = tn.report(zoo, now=NOW, pictures=False)
    task = line(sampled, "Cats or dogs")
    assert task.sampled
    assert task.agreement.inputs == 6
    assert task.labeled == 12  # scaled to the whole task
    assert task.counts == line(made, "Cats or dogs").counts
    assert "from a sample of its inputs" in sampled.html
    whole = tn.report(zoo, now=NOW, pictures=False, whole=True)
    assert whole.content.tasks == made.content.tasks


def test_a_lost_picture_is_noted_and_stops_nothing(zoo, monkeypatch):
    def lost(*_args, **_options):
        raise ConnectionFailed("the file cannot be fetched")

    monkeypatch.setattr(zoo.inputs, "get", lost)
    found = tn.report(zoo, now=NOW)
    assert found.content.notes == ["Some inputs could not be shown (2): the file cannot be fetched."]
