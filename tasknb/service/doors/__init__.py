"""Doors: each translates between a protocol and the service's messages, and decides nothing."""
