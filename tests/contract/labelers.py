"""A process of labelers, one thread each, who label and submit until nothing is left.

``labelers.py STORE APP TASK,TASK LABELER …`` prints, for each labeler and task, the inputs that he handed in, as JSON.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from tasknb.api.client import Client
from tasknb.messages.data import Annotation, Concept, Data


def label(client: Client, task_id: str) -> list[str]:
    """Work as one labeler and return the ids of the inputs that were handed in."""
    handed_in: list[str] = []
    while batch := client.assignments.start(task_id):
        ids = [one.input.id for one in batch if one.input]
        tag = Data(concepts=[Concept(id="cat")])
        client.annotations.create([Annotation(input_id=one, task_id=task_id, data=tag) for one in ids])
        client.assignments.submit(task_id, batch)
        handed_in += ids
    return handed_in


def main(store: str, app_id: str, task_ids: str, *labelers: str) -> None:
    with (
        Client.local(store, user_id=labelers[0], app_id=app_id) as client,
        ThreadPoolExecutor(len(labelers)) as threads,
    ):
        seen_by = {one: client.acting_as(one) for one in labelers}
        work = {
            (one, task_id): threads.submit(label, seen_by[one], task_id)
            for task_id in task_ids.split(",")
            for one in labelers
        }
        json.dump([(*key, done.result()) for key, done in work.items()], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
