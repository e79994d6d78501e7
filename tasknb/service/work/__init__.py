"""Assignments: given out, handed in, listed, shared anew."""
