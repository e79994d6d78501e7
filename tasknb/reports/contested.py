"""Inputs whose labels differ: how many there are, and which are worth a look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasknb.frames.look_at import contested
from tasknb.reports.data import Contested, Vote

if TYPE_CHECKING:
    from tasknb.reports.data import TaskLine
    from tasknb.reports.reading import Labels

PER_TASK = 6
SHOWN = 24
"""How many inputs are shown of a task, and in all."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """What the labels of one task disagree on.

    Attributes
    ----------
    labeled, contested : int
        Inputs with labels, and those of them whose labels differ; scaled to the whole task where they are a sample.
    first : tuple of (float, str, list of Vote)
        The most contested inputs: the entropy of the votes in bits, the input's id, and the votes.
    """

    labeled: int
    contested: int
    first: tuple[tuple[float, str, list[Vote]], ...]


def dispute_of(labels: Labels, handed_in: int) -> Dispute | None:
    """What the labels of one task disagree on; None without labels.

    Parameters
    ----------
    labels : Labels
        As they were read.
    handed_in : int
        How many labels the task has in all.
    """
    if not len(labels.frame):
        return None
    sizes = labels.frame["task"].value_counts()
    sizes = sizes[sizes > 0]
    found = contested(labels.frame)
    labeled, differing = len(sizes), len(found)
    if labels.sampled:
        # The sample was drawn from annotations: an input came in the oftener, the more labels it has.
        weights = 1 / sizes
        labeled = round(handed_in * weights.mean())
        differing = round(labeled * weights.reindex(found.index).sum() / weights.sum())
    top = found.head(PER_TASK)
    rows = zip(top["entropy"], top.index, top["votes_by_label"], strict=True)
    first = tuple(
        (float(entropy), str(input_id), [Vote(label=label, workers=workers) for label, workers in votes])
        for entropy, input_id, votes in rows
    )
    return Dispute(labeled, differing, first)


@dataclass(slots=True)
class Disputes:
    """The most contested inputs of all tasks."""

    _found: list[tuple[float, Contested]] = field(default_factory=list)

    def add(self, line: TaskLine, found: Dispute | None) -> None:
        """Note one task's, and write the numbers into its line."""
        if found is None:
            return
        line.labeled, line.contested = found.labeled, found.contested
        for entropy, input_id, votes in found.first:
            one = Contested(task_id=line.id, task=line.title, input_id=input_id, votes=votes)
            self._found.append((entropy, one))

    def chosen(self) -> list[Contested]:
        """The most contested first, at most `SHOWN`."""
        ordered = sorted(self._found, key=lambda pair: -pair[0])
        return [one for _, one in ordered[:SHOWN]]
