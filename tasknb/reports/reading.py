"""The labels of one task: all of them, or those of a random sample of its inputs where they are many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tasknb import frames
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
"""Otherwise so many pages are read, evenly spread over time, and of the inputs on them so many in full."""


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


def read_labels(
    client: Client, task_id: str, handed_in: int, *, regions: bool = False, whole: bool = False, seed: int = 0
) -> Labels:
    """Ask for the labels of a task.

    Parameters
    ----------
    client : Client
        Where to ask.
    task_id : str
        Which task.
    handed_in : int
        How many of its assignments are no longer pending.
    regions : bool
        Whether the boxes and polygons are needed too.
    whole : bool
        Read all, however many they are.
    seed : int
        Chooses the sample.
    """
    if not handed_in:
        return _labels([], task_id, handed_in, regions=regions)
    counts = client.tasks.annotation_counts(task_id)
    number = sum(
        one.pending + one.awaiting_review + one.success + one.review_denied + one.awaiting_consensus_review
        for one in counts
    )
    if whole or number <= READ_WHOLE:
        return _labels(list(_pages(client, task_id)), task_id, handed_in, regions=regions)
    return _sample(client, task_id, handed_in, number, regions=regions, seed=seed)


def _labels(pages: Sequence[bytes], task_id: str, handed_in: int, *, regions: bool) -> Labels:
    frame = _handed_in(frames.labels_frame(pages, task_id=task_id))
    times = _sorted(frame["submitted_at"])
    # Work that is handed in without a word has no annotation, and so no time: it counts from the beginning.
    ranks = np.arange(1, len(times) + 1, dtype=np.float64) + max(0, handed_in - len(times))
    said = frames.annotations_frame(pages) if regions else None
    return Labels(frame, said, frame[["worker", "submitted_at"]], times, ranks)


def _sample(client: Client, task_id: str, handed_in: int, number: int, *, regions: bool, seed: int) -> Labels:
    last = -(-number // MAX_PER_PAGE)
    # The last page may hold a few only; with the one before it, those who are at work now are seen.
    spread = np.linspace(1, last, min(PAGES, last)).round()
    chosen = np.unique([*spread.astype(int), max(1, last - 1)]).tolist()
    said = frames.annotations_frame([next(_pages(client, task_id, page=page)) for page in chosen])
    said = said.drop_duplicates("annotation_id", ignore_index=True)
    # Annotations come oldest first, so a page's number tells how many came before it.
    page, place = np.divmod(np.arange(len(said)), MAX_PER_PAGE)
    ranks = ((np.asarray(chosen)[page] - 1) * MAX_PER_PAGE + place + 1) * handed_in / number
    paced = said[(said["status"] != "pending").to_numpy()]
    met = paced["task"].astype("str").unique()
    inputs = np.random.default_rng(seed).permutation(met)[:SAMPLE].tolist()
    bodies = [
        body
        for first in range(0, len(inputs), INPUTS_PER_REQUEST)
        for body in _pages(client, task_id, inputs[first : first + INPUTS_PER_REQUEST])
    ]
    frame = _handed_in(frames.labels_frame(bodies, task_id=task_id))
    regions_said = frames.annotations_frame(bodies) if regions else None
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
