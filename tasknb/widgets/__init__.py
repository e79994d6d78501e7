"""Widgets for the notebook: the form, the progress view and the board."""

from tasknb.widgets.board import TaskBoard
from tasknb.widgets.form import TaskForm
from tasknb.widgets.progress import TaskProgress

__all__ = ["TaskBoard", "TaskForm", "TaskProgress"]
