"""Stub to be replaced."""

import sqlml


def plot(db: sqlml.Connection, model: str) -> None:
    """Draws."""
