"""How the API's enums and status codes read in a frame."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tasknb.messages.status import COUNT_OF_ANNOTATION, COUNT_OF_ASSIGNMENT, StatusCode, as_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasknb.frames.slim import SlimStatus, SlimWorker
    from tasknb.messages.wire import WireEnum

# The API counts finished work as `success` and `review_denied`; the house says done and rejected everywhere.
_HOUSE_WORDS = {"success": "done", "review_denied": "rejected", "awaiting_consensus_review": "awaiting_consensus"}
_WORK = {
    int(code): _HOUSE_WORDS.get(name, name) for code, name in {**COUNT_OF_ASSIGNMENT, **COUNT_OF_ANNOTATION}.items()
}
_WORK[StatusCode.ANNOTATION_FAILED] = "failed"


class _EnumWords(dict[int | str, str | None]):
    """The name of each value met so far; a dict, because a column asks it once for each row."""

    def __init__(self, kind: type[WireEnum]) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, value: int | str) -> str | None:
        member = self._kind(value)
        word = self[value] = str(member) if member else None
        return word


_enum_words_of = cache(_EnumWords)


def enum_words(kind: type[WireEnum], values: Iterable[int | str]) -> list[str | None]:
    """The enum's names for names or numbers; None for its ``…_NOT_SET``."""
    return list(map(_enum_words_of(kind).__getitem__, values))


@cache
def task_status(code: int | str) -> str | None:
    """``in_progress`` for 54001 or TASK_IN_PROGRESS; None for no status."""
    return _code_name(code).removeprefix("TASK_").lower() or None


@cache
def work_status(code: int | str) -> str | None:
    """``done`` for TASK_ASSIGNMENT_SUCCESS or ANNOTATION_SUCCESS, by number or name; None for no status."""
    try:
        known = _WORK.get(as_code(code))
    except ValueError:
        known = None
    name = _code_name(code).removeprefix("TASK_ASSIGNMENT_").removeprefix("ANNOTATION_").lower()
    return known or name or None


def _code_name(code: int | str) -> str:
    try:
        return StatusCode(as_code(code)).name
    except ValueError:
        # A newer server's code: better shown as it came than dropped.
        return f"CODE_{code}" if code else ""


def codes_of(statuses: Iterable[SlimStatus | None]) -> list[int | str]:
    """The code of each status, 0 where there is none."""
    return [status.code if status is not None else 0 for status in statuses]


def worker_id(worker: SlimWorker | None) -> str:
    """The id of the user, model or workflow; empty for none."""
    if worker is None:
        return ""
    chosen = worker.user or worker.model or worker.workflow
    return chosen.id if chosen else ""


def worker_kind(worker: SlimWorker | None) -> str:
    """``user``, ``model`` or ``workflow``; empty for none."""
    if worker is None:
        return ""
    if worker.user:
        return "user"
    if worker.model:
        return "model"
    return "workflow" if worker.workflow else ""
