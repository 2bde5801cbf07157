"""Bells."""


def configure(app: object) -> None:
    """Called by procrastinate's Django app when it is ready."""
