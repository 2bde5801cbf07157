"""Talking to a person at a terminal."""

from __future__ import annotations

import sys

from newsreel.core.journal import note


def tell(text: str, *, fault: bool = False) -> None:
    """Says what the house is doing, on the terminal and in the log."""
    print(f"Newsreel: {text}", file=sys.stderr if fault else sys.stdout, flush=True)
    note("%s", text)


class Progress:
    """A line on standard error that says how far a long work is; only where a person is looking."""

    def __init__(self) -> None:
        self._shown = 0
        self._on = sys.stderr.isatty()

    def say(self, text: str) -> None:
        """Replaces the line."""
        if self._on:
            sys.stderr.write("\r" + text.ljust(self._shown))
            sys.stderr.flush()
            self._shown = len(text)

    def end(self) -> None:
        """Leaves the line standing."""
        if self._on and self._shown:
            sys.stderr.write("\n")


def plural(number: int, noun: str) -> str:
    """'1 article', '2 articles'."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
