"""The labels of one task: all of them, or those of a random sample of its inputs where they are many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb import frames
from tasknb.frames.labels import LabelReader
from tasknb.messages.content_requests import ListAnnotationsRequest
from tasknb.messages.requests import MAX_PER_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasknb.api import Client

READ_WHOLE = 20_000
"""Annotations of a task up to which all are read."""

PAGES = 4
SAMPLE = 600
INPUTS_PER_REQUEST = 200
SEED = 0
"""Otherwise so many pages, evenly spread over time, and of the inputs on them so many in full, drawn by the seed."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What was said in one task.

    Attributes
    ----------
    frame : DataFrame
        The frame of labels that agreement and contested inputs are computed from; what is pending is left out.
    annotations : DataFrame or None
        The frame of annotations of the same inputs, where it was asked for.
    paced : DataFrame
        Columns ``worker`` and ``submitted_at``: the labels that tell of pace.
    times, ranks : array
        Handed in by that moment (UTC, ascending) were so many labels in all.
    sampled : bool
        Whether these are not all.
    """

    frame: pd.DataFrame
    annotations: pd.DataFrame | None
    paced: pd.DataFrame
    times: pd.DatetimeIndex
    ranks: np.ndarray[Any, np.dtype[np.float64]]
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task whose labels are asked for.

    Attributes
    ----------
    task_id : str
        Which task.
    handed_in : int
        How many of its assignments are no longer pending.
    regions : bool
        Whether the boxes and polygons are needed too.
    """

    task_id: str
    handed_in: int
    regions: bool = False


def read_labels(client: Client, wanted: Iterable[Wanted], *, whole: bool = False) -> Iterator[Labels]:
    """Ask for the labels of tasks, one after the other.

    Small tasks are read several at once, because making a frame takes longer than its rows do.

    Parameters
    ----------
    client : Client
        Where to ask.
    wanted : iterable of Wanted
        The tasks; what comes is in their order.
    whole : bool
        Read all labels of a task, however many they are.
    """
    batch: list[Wanted] = []
    size = 0
    for one in wanted:
        number = _annotations(client, one.task_id) if one.handed_in else 0
        if number > READ_WHOLE and not whole:
            yield from _whole(client, batch)
            yield _sample(client, one, number)
            batch, size = [], 0
            continue
        batch.append(one)
        size += number
        if size >= READ_WHOLE:
            yield from _whole(client, batch)
            batch, size = [], 0
    yield from _whole(client, batch)


def _annotations(client: Client, task_id: str) -> int:
    return sum(
        one.pending + one.awaiting_review + one.success + one.review_denied + one.awaiting_consensus_review
        for one in client.tasks.annotation_counts(task_id)
    )


def _whole(client: Client, batch: Sequence[Wanted]) -> Iterator[Labels]:
    reader = LabelReader()
    regions: dict[str, pd.DataFrame] = {}
    for one in batch:
        pages = list(_pages(client, one.task_id)) if one.handed_in else []
        reader.add_annotations(one.task_id, pages)
        if one.regions:
            regions[one.task_id] = frames.annotations_frame(pages)
    labels = _handed_in(reader.frame({}))
    parts = dict(iter(labels.groupby("task_id", observed=True)))
    for one in batch:
        frame = parts.get(one.task_id, labels.iloc[:0])
        times = _sorted(frame["submitted_at"])
        # Work that is handed in without a word has no annotation, and so no time: it counts from the beginning.
        ranks = np.arange(1, len(times) + 1, dtype=np.float64) + max(0, one.handed_in - len(times))
        yield Labels(frame, regions.get(one.task_id), frame[["worker", "submitted_at"]], times, ranks)


def _sample(client: Client, one: Wanted, number: int) -> Labels:
    last = -(-number // MAX_PER_PAGE)
    # The last page may hold a few only; with the one before it, those who are at work now are seen.
    spread = np.linspace(1, last, min(PAGES, last)).round()
    chosen = np.unique([*spread.astype(int), max(1, last - 1)]).tolist()
    said = frames.annotations_frame([next(_pages(client, one.task_id, page=page)) for page in chosen])
    said = said.drop_duplicates("annotation_id", ignore_index=True)
    # Annotations come oldest first, so a page's number tells how many came before it.
    page, place = np.divmod(np.arange(len(said)), MAX_PER_PAGE)
    ranks = ((np.asarray(chosen)[page] - 1) * MAX_PER_PAGE + place + 1) * one.handed_in / number
    paced = said[(said["status"] != "pending").to_numpy()]
    met = paced["task"].astype("str").unique()
    inputs = np.random.default_rng(SEED).permutation(met)[:SAMPLE].tolist()
    bodies = [
        body
        for first in range(0, len(inputs), INPUTS_PER_REQUEST)
        for body in _pages(client, one.task_id, inputs[first : first + INPUTS_PER_REQUEST])
    ]
    frame = _handed_in(frames.labels_frame(bodies, task_id=one.task_id))
    regions_said = frames.annotations_frame(bodies) if one.regions else None
    pace = paced[["worker", "created_at"]].rename(columns={"created_at": "submitted_at"})
    times = _sorted(pace["submitted_at"])
    return Labels(frame, regions_said, pace, times, np.sort(ranks[paced.index]), sampled=True)


def _handed_in(labels: pd.DataFrame) -> pd.DataFrame:
    return labels[labels["submitted_at"].notna() & labels["label"].notna()]


def _sorted(times: pd.Series[Any]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(times.sort_values())


def _pages(client: Client, task_id: str, inputs: Iterable[str] = (), page: int = 0) -> Iterator[bytes]:
    request = ListAnnotationsRequest(
        task_id=task_id, input_ids=list(inputs), list_all_annotations=True, page=page, per_page=MAX_PER_PAGE
    )
    return client.pages("ListAnnotations", request)
