"""Labeling tasks in the notebook."""
