"""Tasks for the form, and the questions that a browser asks it."""

from __future__ import annotations

import tasknb as tn


def valid(**changes):
    """A valid task on the dataset ``half``, ten of the small app's inputs."""
    options = {
        "name": "Pets",
        "type": "CONCEPTS_CLASSIFICATION",
        "concepts": tn.TaskConcept.of("cat", "dog"),
        "input_source": tn.InputSource.dataset("half"),
        "worker": tn.TaskWorker.partitioned("ann", "bob", workers_per_input=2),
        "review": tn.TaskReview.none(),
    }
    return tn.Task(**{**options, **changes})


def add_half(client):
    client.datasets.create("half", [f"text-{at:02}" for at in range(10)])
    return client


def ask(form, name, **parameters):
    """What Python answers to the browser's question."""
    sent = []
    form.send = sent.append
    form._handle_custom_msg({"ask": name, "id": 1, "parameters": parameters}, [])
    return sent.pop()


def submit(form):
    return ask(form, "submit", fields=form._fields)
