"""What simulated people say of a digit: mostly the truth, and where the picture is ambiguous sometimes not."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tasknb.demo import images
from tasknb.messages.data import (
    Annotation,
    BoundingBox,
    Concept,
    Data,
    Point,
    Polygon,
    Region,
    RegionInfo,
)
from tasknb.messages.enums import TaskType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasknb.messages.task import Task

_INK = 4  # of 16: what is darker belongs to the stroke
_JITTER = 0.02  # how far, as a share of the picture, a hand draws beside the edge


@dataclass(frozen=True, slots=True)
class Habits:
    """How one person labels or reviews.

    Attributes
    ----------
    user_id : str
        Who it is.
    error_rate : float
        The share of wrong labels or decisions, 0 to 1: about, since hard digits are mistaken more often than easy ones.
    is_spammer : bool
        Whether the person answers without looking.
    seed : int
        The same seed gives the same answers, in whatever order they are asked for.
    """

    user_id: str
    error_rate: float
    is_spammer: bool
    seed: int

    def annotation(self, task: Task, input_id: str) -> Annotation:
        """What the worker says of one input: a concept, and in a box or polygon where the task asks for one."""
        random = Random(f"{self.seed}/{self.user_id}/{input_id}")  # noqa: S311  play, not secrets
        choices = [one.concept.id for one in task.concepts if one.concept]
        concept = Concept(id=self._concept(input_id, choices, random))
        area = _area(task.type, input_id, random)
        data = (
            Data(regions=[Region(region_info=area, data=Data(concepts=[concept]))])
            if area
            else Data(concepts=[concept])
        )
        return Annotation(task_id=task.id, input_id=input_id, data=data)

    def approves(self, worker_id: str, input_id: str, said: Sequence[Annotation]) -> bool:
        """Whether the person approves what a worker says of an input; nothing at all, or what is wrong, is rejected."""
        random = Random(f"{self.seed}/{self.user_id}/{worker_id}/{input_id}")  # noqa: S311  play, not secrets
        if self.is_spammer:
            return random.random() < 0.5
        true = images.truth().get(input_id)
        concepts = [concept.id for one in said if one.data for concept in _concepts(one.data)]
        right = bool(concepts) and (true is None or all(concept == true for concept in concepts))
        difficulty = 1.0 if true is None else float(images.resemblance().difficulty[images.index_of(input_id)])
        return right if random.random() >= _chance(self.error_rate, difficulty) else not right

    def _concept(self, input_id: str, choices: Sequence[str], random: Random) -> str:
        true = images.truth().get(input_id)
        if true is None or self.is_spammer:
            return random.choice(choices)
        digits = images.resemblance()
        index = images.index_of(input_id)
        alike = [images.CONCEPTS[digit] for digit in digits.lookalikes[index]]
        wrong = [concept for concept in alike if concept in choices and concept != true]
        if true in choices and random.random() >= _chance(self.error_rate, float(digits.difficulty[index])):
            return true
        # Each further lookalike is half as likely; a task without any digit among its concepts gets just one of those.
        return random.choices(wrong, [0.5**rank for rank in range(len(wrong))])[0] if wrong else random.choice(choices)


def _concepts(data: Data) -> list[Concept]:
    regions = [concept for region in data.regions if region.data for concept in region.data.concepts]
    return [*data.concepts, *regions]


def _chance(rate: float, difficulty: float) -> float:
    """The rate with its odds multiplied by the difficulty, so that it stays between 0 and 1."""
    return rate * difficulty / (1 - rate + rate * difficulty) if rate < 1 else 1.0


def _area(kind: TaskType, input_id: str, random: Random) -> RegionInfo | None:
    if kind not in {TaskType.BOUNDING_BOX_DETECTION, TaskType.POLYGON_DETECTION}:
        return None
    edges = _edges(input_id)
    if kind is TaskType.BOUNDING_BOX_DETECTION:
        return RegionInfo(bounding_box=_box(edges, random))
    return RegionInfo(polygon=_outline(edges, random))


def _edges(input_id: str) -> list[tuple[int, int, int]]:
    """Row, first and last inked column of each inked row; of an image that is no digit, the whole of it."""
    import numpy as np  # noqa: PLC0415  comes with scikit-learn

    if input_id not in images.truth():
        return [(row, 0, 7) for row in range(8)]
    ink = images.load().ink[images.index_of(input_id)] >= _INK
    rows = np.flatnonzero(ink.any(axis=1))
    first = ink[rows].argmax(axis=1)
    last = ink.shape[1] - 1 - ink[rows, ::-1].argmax(axis=1)
    return list(zip(rows.tolist(), first.tolist(), last.tolist(), strict=True))


def _near(pixels: float, random: Random) -> float:
    return min(1.0, max(0.0, pixels / 8 + random.uniform(-_JITTER, _JITTER)))


def _box(edges: Sequence[tuple[int, int, int]], random: Random) -> BoundingBox:
    return BoundingBox(
        top_row=_near(edges[0][0], random),
        left_col=_near(min(first for _, first, _ in edges), random),
        bottom_row=_near(edges[-1][0] + 1, random),
        right_col=_near(max(last for _, _, last in edges) + 1, random),
    )


def _outline(edges: Sequence[tuple[int, int, int]], random: Random) -> Polygon:
    """Down the right edge of the stroke and up the left one."""
    corners = [(row + down, last + 1) for row, _, last in edges for down in (0, 1)]
    corners += [(row + down, first) for row, first, _ in edges[::-1] for down in (1, 0)]
    return Polygon(points=[Point(row=_near(row, random), col=_near(col, random)) for row, col in corners])
