"""The notebook for a Clarifai account, on a server that it meets as it would meet Clarifai: over HTTP, by a key."""

from __future__ import annotations

import nbformat
import pytest
from doors import over_http
from exports import NOTEBOOKS
from nbclient import NotebookClient
from plain_environment import plain_environment

import tasknb as tn
from tasknb.messages.data import Data, Input, Text
from tasknb.service.people.users import add_key, ensure_app, ensure_user

NOTEBOOK = NOTEBOOKS / "05-clarifai.ipynb"
OTHERS = "precious"


@pytest.fixture(scope="module")
def server():
    """An account with a key, and with an app of its owner's that is nobody else's business."""
    for door in over_http(":memory:"):
        with door.service.store.write() as db:
            ensure_app(db, "owner", OTHERS)
            key = add_key(db, ensure_user(db, "owner"))
        with tn.Client(key, app_id=OTHERS, base_url=door.url) as client:
            client.concepts.create("cat")
            client.inputs.create(Input(id="mine", data=Data(text=Text(raw="mine"))))
        yield door.url, key


@pytest.fixture(scope="module")
def executed(server):
    """The notebook after it has run, with the account's variables in its environment alone."""
    url, key = server
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=120)
    client.execute(env=plain_environment(CLARIFAI_PAT=key, CLARIFAI_API_BASE=url, CLARIFAI_APP_ID=OTHERS))
    return notebook


def said(notebook):
    """What the cells say, but for the ones whose output is a picture or changes."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not cell.metadata.get("tags")]
    outputs = [output for cell in cells for output in cell.outputs]
    return [output.get("text") or output.data["text/plain"] for output in outputs]


def test_it_says_where_it_is_and_goes_on_as_it_does_without_an_account(server, executed):
    where, *there = said(executed)
    nowhere, *here = said(nbformat.read(NOTEBOOK, as_version=4))
    assert where == f"Clarifai at {server[0]}, as owner\n"
    assert nowhere == "CLARIFAI_PAT is not set: this runs on the embedded service, in this kernel's memory.\n"
    assert there == here


def test_it_leaves_nothing_behind_but_what_it_says(server, executed):
    url, key = server
    with tn.Client(key, app_id="tasknb-demo", base_url=url) as client:
        left = [client.tasks.list(), client.datasets.list(), client.inputs.list(), client.annotations.list()]
        assert [one.all() for one in left] == [[], [], [], []]
        assert sorted(concept.id for concept in client.concepts.list()) == list("0123456789")
    with tn.Client(key, app_id=OTHERS, base_url=url) as client:
        assert [one.id for one in client.inputs.list()] == ["mine"]
        assert [one.id for one in client.concepts.list()] == ["cat"]
        assert [one.all() for one in (client.tasks.list(), client.datasets.list())] == [[], []]


def test_the_key_is_nowhere_in_it(server, executed):
    assert server[1] not in nbformat.writes(executed)
