"""Automatic annotation: models and workflows that label as workers, and suggest labels to people."""
