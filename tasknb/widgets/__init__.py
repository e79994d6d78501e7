"""Widgets for the notebook: the form, the progress view and the board."""

from tasknb.widgets.form import TaskForm

__all__ = ["TaskForm"]
