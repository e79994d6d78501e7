"""Whatever predicts: a Python function, or a chain of predictors; and the rules for what they may return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from tasknb.errors import TasknbError
from tasknb.messages.data import Concept, Data, FrameInfo
from tasknb.service.auto.inputs import frame_of, region_of
from tasknb.service.auto.pixels import MediaError
from tasknb.service.auto.video import DEFAULT_SAMPLE_MS, sample_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasknb.messages.data import Region
    from tasknb.messages.models import ModelFunction, Prediction
    from tasknb.messages.people import Model
    from tasknb.service.auto.inputs import SeenInput
    from tasknb.service.auto.video import VideoFrame

FRAMES_AT_ONCE = 16

MARGIN = 1e-6
"""How far a value may lie outside 0 to 1, as sums of rounded numbers do; it is brought inside."""


class ModelFailure(TasknbError):  # noqa: N818  what happened to a task, as its status tells it
    """A model did not answer, or not as it must. The message is for the task's status: it holds no secret."""


class Predictor(Protocol):
    """A model or workflow that can be asked."""

    @property
    def name(self) -> str:
        """What it is, for messages: ``model 'digits'``."""

    @property
    def version_id(self) -> str:
        """Its version; empty where it is not known."""

    def predict(self, inputs: Sequence[SeenInput]) -> list[Data]:
        """One prediction for each input; raises `ModelFailure`, or `MediaError` where one of them cannot be read."""


@dataclass(frozen=True, slots=True)
class FunctionModel:
    """A model that is a Python function."""

    id: str
    version_id: str
    function: ModelFunction

    @property
    def name(self) -> str:
        """What it is, for messages."""
        return f"model {self.id!r}"

    def predict(self, inputs: Sequence[SeenInput]) -> list[Data]:
        """Call the function, and check what it returns."""
        try:
            predictions = list(self.function(list(inputs)))
        except Exception as error:
            if isinstance(error, MediaError) and error.input_id in {seen.id for seen in inputs}:
                raise
            raise ModelFailure(f"{self.name} failed on {_named(inputs)}: {_reason(error)}") from error
        if len(predictions) != len(inputs):
            raise ModelFailure(
                f"{self.name} returned {len(predictions)} predictions for {len(inputs)} inputs ({_named(inputs)}). "
                "It must return one for each, in the same order."
            )
        return [self._checked(one, seen) for one, seen in zip(predictions, inputs, strict=True)]

    def _checked(self, prediction: Prediction, seen: SeenInput) -> Data:
        try:
            return as_data(prediction)
        except (TypeError, ValueError) as error:
            raise ModelFailure(f"{self.name} returned no valid prediction for {seen.id!r}: {error}") from None


def as_data(prediction: Prediction) -> Data:
    """A prediction as a message.

    Raises
    ------
    TypeError, ValueError
        If it is neither a Data message nor a mapping of concept ids to values, or a value is not between 0 and 1.
    """
    if isinstance(prediction, Data):
        regions = [_with_concepts(region) for region in prediction.regions]
        return msgspec.structs.replace(prediction, concepts=_concepts(prediction.concepts), regions=regions)
    if isinstance(prediction, Mapping):
        return Data(concepts=_concepts([Concept(id=str(key), value=value) for key, value in prediction.items()]))
    raise TypeError(f"expected a Data message or a mapping of concept ids to values, not {type(prediction).__name__}")


def _with_concepts(region: Region) -> Region:
    data = region.data or Data()
    return msgspec.structs.replace(region, data=msgspec.structs.replace(data, concepts=_concepts(data.concepts)))


def _concepts(concepts: Sequence[Concept]) -> list[Concept]:
    checked = []
    for concept in concepts:
        # NumPy's own numbers do not travel as JSON.
        value = float(concept.value)
        if not -MARGIN <= value <= 1 + MARGIN:
            name = concept.id or concept.name
            raise ValueError(f"the value of concept {name!r} is {value:g}; a value lies between 0 and 1")
        checked.append(msgspec.structs.replace(concept, value=min(max(value, 0.0), 1.0)))
    return checked


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a chain: what predicts, and the steps whose output it takes (none: the input itself)."""

    id: str
    model: Model
    predictor: Predictor
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """A workflow: nodes in an order in which each comes after those whose output it takes.

    A node that follows one which found regions is shown each region by itself, and what it says becomes the region's;
    otherwise it is shown the whole input, with what the nodes before said as `previous`. The workflow's prediction is
    that of the nodes which no other takes from.
    """

    id: str
    version_id: str
    nodes: tuple[Node, ...]

    @property
    def name(self) -> str:
        """What it is, for messages."""
        return f"workflow {self.id!r}"

    def predict(self, inputs: Sequence[SeenInput]) -> list[Data]:
        """Ask node after node, and merge what the last ones say."""
        said = self.trace(inputs)
        taken = {name for node in self.nodes for name in node.takes}
        last = [said[node.id] for node in self.nodes if node.id not in taken]
        return [merged(parts) for parts in zip(*last, strict=True)]

    def trace(self, inputs: Sequence[SeenInput]) -> dict[str, list[Data]]:
        """What each node says of each input, by the node's id."""
        said: dict[str, list[Data]] = {}
        for node in self.nodes:
            if not node.takes:
                said[node.id] = node.predictor.predict(inputs)
                continue
            before = [merged(parts) for parts in zip(*(said[name] for name in node.takes), strict=True)]
            said[node.id] = _follow(node.predictor, inputs, before)
        return said


def _follow(predictor: Predictor, inputs: Sequence[SeenInput], before: Sequence[Data]) -> list[Data]:
    """What a node says when it is shown inputs with the output of the nodes before it."""
    shown: list[SeenInput] = []
    places: list[tuple[int, Region | None]] = []
    for index, (seen, data) in enumerate(zip(inputs, before, strict=True)):
        parts = [(region, region_of(seen, region)) for region in data.regions]
        for region, part in parts:
            if part is not None:
                shown.append(part)
                places.append((index, region))
        if not data.regions:
            shown.append(seen.after(data))
            places.append((index, None))
    found = [Data() for _ in inputs]
    answers = predictor.predict(shown) if shown else []
    for (index, at), answer in zip(places, answers, strict=True):
        if at is None:
            found[index] = answer
        else:
            whole = msgspec.structs.replace(at, data=Data(concepts=answer.concepts))
            found[index] = merged([found[index], Data(regions=[whole])])
    return found


def merged(parts: Sequence[Data]) -> Data:
    """Several predictions of one input as one."""
    if len(parts) == 1:
        return parts[0]
    return Data(
        concepts=[concept for part in parts for concept in part.concepts],
        regions=[region for part in parts for region in part.regions],
    )


def look_at(
    predictor: Predictor, inputs: Sequence[SeenInput], sample_ms: int = 0
) -> Iterator[tuple[int, FrameInfo | None, Data | MediaError]]:
    """Predict inputs, and videos frame by frame, without those that cannot be read.

    Parameters
    ----------
    predictor : Predictor
        What to ask.
    inputs : sequence of SeenInput
        What to show it.
    sample_ms : int, default 0
        Milliseconds between the frames of a video; 0 means 1000.

    Yields
    ------
    index : int
        Which of the inputs.
    frame_info : FrameInfo or None
        Which frame; None for what is no video.
    said : Data or MediaError
        The prediction; or why the input cannot be read, and what was said of its first frames is then void.

    Raises
    ------
    ModelFailure
        If a model fails.
    """
    yield from _whole(predictor, inputs)
    for index, seen in enumerate(inputs):
        if seen.is_video:
            try:
                yield from ((index, info, data) for info, data in _frames(predictor, seen, sample_ms))
            except MediaError as error:
                yield index, None, error


def _whole(
    predictor: Predictor, inputs: Sequence[SeenInput]
) -> Iterator[tuple[int, FrameInfo | None, Data | MediaError]]:
    """What is said of inputs that are no videos; asked again without one that cannot be read."""
    left = [index for index, seen in enumerate(inputs) if not seen.is_video]
    while left:
        try:
            answers = predictor.predict([inputs[index] for index in left])
        except MediaError as error:
            unread = next(index for index in left if inputs[index].id == error.input_id)
            left.remove(unread)
            yield unread, None, error
        else:
            yield from ((index, None, data) for index, data in zip(left, answers, strict=True))
            return


def _frames(predictor: Predictor, video: SeenInput, sample_ms: int) -> Iterator[tuple[FrameInfo, Data]]:
    try:
        waiting = []
        for frame in sample_frames(video.content, sample_ms or DEFAULT_SAMPLE_MS):
            waiting.append(frame)
            if len(waiting) == FRAMES_AT_ONCE:
                yield from _ask_frames(predictor, video, waiting)
                waiting = []
        yield from _ask_frames(predictor, video, waiting)
    except ModelFailure:
        raise
    except MediaError as error:
        raise (error if error.input_id else MediaError(str(error), video.id)) from None
    except TasknbError as error:
        raise ModelFailure(f"{predictor.name} failed on {video.id!r}: {_reason(error)}") from error


def _ask_frames(predictor: Predictor, video: SeenInput, frames: list[VideoFrame]) -> Iterator[tuple[FrameInfo, Data]]:
    answers = predictor.predict([frame_of(video, frame) for frame in frames]) if frames else []
    for frame, data in zip(frames, answers, strict=True):
        yield FrameInfo(time=frame.time_ms, number=frame.number), data


def _named(inputs: Sequence[SeenInput]) -> str:
    """The inputs in a few words."""
    first = repr(inputs[0].id)
    return first if len(inputs) == 1 else f"{first} … {inputs[-1].id!r} ({len(inputs)} inputs)"


def _reason(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:500]}" if said else type(error).__name__
