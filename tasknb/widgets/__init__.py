"""Widgets for the notebook: the form, the progress view and the board."""
