"""Suggestions for labelers: what a task's ``ai_assistant`` says of the inputs that LABEL_START gives out.

They travel in the input of each assignment, where Clarifai puts predictions too: ``input.data.concepts``,
``input.data.regions``, or ``input.data.frames`` of a video, with the ids of the task's concepts and the model's values,
the most certain first. Which of them are approved by default is for the client to show, by ``ai_assist_params``.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from sqlalchemy import select

from tasknb.messages.data import Data, Frame
from tasknb.messages.enums import AnnotationDataType, TaskType
from tasknb.messages.people import Worker
from tasknb.messages.status import Status, StatusCode
from tasknb.service.auto.filters import as_task_concept, data_type, is_about
from tasknb.service.auto.inputs import stored
from tasknb.service.auto.pixels import MediaError
from tasknb.service.auto.predictors import ModelFailure, look_at
from tasknb.service.content.media import read_bytes
from tasknb.service.schema import inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasknb.messages.data import Concept, Input, Region
    from tasknb.messages.requests import Response
    from tasknb.messages.task import Task, TaskConcept
    from tasknb.service.auto.predictors import Predictor
    from tasknb.service.context import AppRow, Context
    from tasknb.service.store import Store
    from tasknb.service.tasks.task_rows import TaskRow

log = logging.getLogger("tasknb.service.auto")

REMEMBERED = 4096
"""How many predictions are kept in memory, so that asking for the same inputs again is quick."""

_KIND_OF = {
    TaskType.BOUNDING_BOX_DETECTION: AnnotationDataType.BOUNDING_BOX,
    TaskType.POLYGON_DETECTION: AnnotationDataType.POLYGON,
}

Key: TypeAlias = tuple[object, ...]


class Assistant:
    """Asks workflows about inputs, and remembers the answers for a while."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[Key, list[Frame]] = OrderedDict()
        self._lock = threading.Lock()

    def suggest(self, predictor: Predictor, task: Task, app: AppRow, shown: Sequence[Input]) -> str:
        """Put suggestions into inputs.

        Parameters
        ----------
        predictor : Predictor
            What to ask.
        task : Task
            Its concepts and type say which predictions are suggestions, its ``sample_ms`` which frames of a video.
        app : AppRow
            The app of the inputs.
        shown : sequence of Input
            They are changed.

        Returns
        -------
        str
            Why there are no suggestions; empty when all went well. Labeling goes on without.
        """
        keys = [_key(predictor, task, app, item) for item in shown]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        missing = [index for index, key in enumerate(keys) if key not in found]
        try:
            answers, unread = self._ask(predictor, task, app, [shown[index] for index in missing])
        except ModelFailure as failure:
            log.warning("no suggestions for task %s: %s", task.id, failure)
            return f"There are no suggestions: {failure}"
        found |= {keys[index]: answers[at] for at, index in enumerate(missing) if at not in unread}
        with self._lock:
            self._known.update(found)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        for item, key in zip(shown, keys, strict=True):
            item.data = _with_suggestions(item.data or Data(), task, found.get(key, []))
        return f"There are no suggestions for some inputs: {'; '.join(unread.values())}" if unread else ""

    def _ask(
        self, predictor: Predictor, task: Task, app: AppRow, items: Sequence[Input]
    ) -> tuple[list[list[Frame]], dict[int, str]]:
        """What the predictor says of each input, one frame without a place for what is no video; and what is unread."""
        seen = [stored(item, self._reader(app, item.id)) for item in items]
        answers: list[list[Frame]] = [[] for _ in items]
        unread: dict[int, str] = {}
        for index, frame, said in look_at(predictor, seen, task.sample_ms):
            if isinstance(said, MediaError):
                unread[index] = str(said)
            else:
                answers[index].append(Frame(frame_info=frame, data=said))
        return answers, unread

    def _reader(self, app: AppRow, input_id: str) -> Callable[[], bytes | None]:
        def read() -> bytes | None:
            with self._store.read() as db:
                pk = db.scalar(select(inputs.c.pk).where(inputs.c.app_pk == app.pk, inputs.c.id == input_id))
                return None if pk is None else read_bytes(db, pk)

        return read


def offer(ctx: Context, row: TaskRow, shown: Sequence[Input]) -> None:
    """Put the suggestions of a task's assistant into inputs, once the transaction is committed.

    Without them, the status of the answer says why, and labeling goes on.
    """
    # Most tasks have no assistant; reading their message would cost more than the rest of LABEL_START.
    if not shown or '"ai_assistant"' not in row.body:
        return
    task = row.task
    workflow = task.ai_assistant.workflow if task.ai_assistant else None
    if workflow is None or not workflow.id:
        return
    assert ctx.auto is not None
    assert ctx.app is not None
    auto, app = ctx.auto, ctx.app

    def suggest(response: Response) -> None:
        predictor = auto.find(Worker(workflow=workflow), app)
        if predictor is None:
            problem = f"There are no suggestions: this service does not have the workflow {workflow.id!r}."
        else:
            problem = auto.assistant.suggest(predictor, task, app, shown)
        if problem:
            response.status = Status(code=StatusCode.SUCCESS.value, description="Ok", details=problem)

    ctx.after.append(suggest)


def _key(predictor: Predictor, task: Task, app: AppRow, item: Input) -> Key:
    return predictor.name, predictor.version_id, task.sample_ms, app.pk, item.id, item.modified_at


def _with_suggestions(data: Data, task: Task, said: Sequence[Frame]) -> Data:
    if data.video is not None:
        frames = [msgspec.structs.replace(one, data=suggestions(one.data or Data(), task)) for one in said]
        return msgspec.structs.replace(data, frames=frames)
    found = suggestions(said[0].data or Data(), task) if said else Data()
    return msgspec.structs.replace(data, concepts=found.concepts, regions=found.regions)


def suggestions(data: Data, task: Task) -> Data:
    """What a prediction suggests for a task: values of its concepts, or for boxes and polygons regions of that kind."""
    kind = _KIND_OF.get(task.type)
    if kind is None:
        return Data(concepts=_of_task(data.concepts, task.concepts))
    regions = []
    for region in data.regions:
        concepts = _of_task(region.data.concepts if region.data else [], task.concepts)
        if concepts and region.region_info is not None and data_type(region.region_info) is kind:
            regions.append(msgspec.structs.replace(region, data=Data(concepts=concepts)))
    return Data(regions=sorted(regions, key=_certainty))


def _of_task(concepts: Sequence[Concept], rules: Sequence[TaskConcept]) -> list[Concept]:
    found = [
        next((as_task_concept(rule, concept) for rule in rules if is_about(rule, concept)), None)
        for concept in concepts
    ]
    return sorted((one for one in found if one is not None), key=lambda one: -one.value)


def _certainty(region: Region) -> float:
    return -max(concept.value for concept in region.data.concepts) if region.data else 0.0
