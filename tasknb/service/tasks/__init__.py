"""Tasks: made, read, changed, counted."""
