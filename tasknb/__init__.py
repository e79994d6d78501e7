"""Labeling tasks in the notebook: create, assign, follow, review and analyse them.

>>> import tasknb as tn
>>> client = tn.Client.local()          # the embedded service; tn.Client() speaks to Clarifai

Names are loaded when they are first used, so that a script which only reads frames does not pay for widgets.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasknb import demo as demo
    from tasknb import errors as errors
    from tasknb import frames as frames
    from tasknb.api import Client as Client
    from tasknb.messages.rules import problems as problems
    from tasknb.messages.task import InputSource as InputSource
    from tasknb.messages.task import Task as Task
    from tasknb.messages.task import TaskConcept as TaskConcept
    from tasknb.messages.task import TaskReview as TaskReview
    from tasknb.messages.task import TaskWorker as TaskWorker
    from tasknb.reports import Report as Report
    from tasknb.reports import report as report
    from tasknb.widgets import TaskBoard as TaskBoard
    from tasknb.widgets import TaskForm as TaskForm
    from tasknb.widgets import TaskProgress as TaskProgress

__version__ = version("tasknb")

_HOME = {
    "Client": "tasknb.api",
    "InputSource": "tasknb.messages.task",
    "Report": "tasknb.reports",
    "Task": "tasknb.messages.task",
    "TaskBoard": "tasknb.widgets",
    "TaskConcept": "tasknb.messages.task",
    "TaskForm": "tasknb.widgets",
    "TaskProgress": "tasknb.widgets",
    "TaskReview": "tasknb.messages.task",
    "TaskWorker": "tasknb.messages.task",
    "problems": "tasknb.messages.rules",
    "report": "tasknb.reports",
}
_MODULES = ("demo", "errors", "frames")

__all__ = ["__version__", *_HOME, *_MODULES]  # noqa: PLE0604  the names of the two tables above


def __getattr__(name: str) -> object:
    if name in _HOME:
        value: object = getattr(import_module(_HOME[name]), name)
    elif name in _MODULES:
        value = import_module(f"tasknb.{name}")
    else:
        raise AttributeError(f"module 'tasknb' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


import_module("tasknb.frames.accessors")  # registers df.tasks and df.labels
