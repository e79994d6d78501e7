"""The embedded task service: one core of use cases behind several doors."""
