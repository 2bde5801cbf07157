"""Seconds counted in buckets: enough for a median, and a few integers a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# The upper bound of each bucket in seconds; one more bucket is for what took longer.
BOUNDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
BUCKETS = len(BOUNDS) + 1


def bucket(seconds: float) -> int:
    """The place of a time among the buckets."""
    return next((number for number, most in enumerate(BOUNDS) if seconds < most), len(BOUNDS))


def summed(counts: Iterable[Sequence[int]]) -> list[int]:
    """Buckets added up."""
    return [sum(column) for column in zip(*counts, strict=True)]


def median(counts: Sequence[int]) -> float | None:
    """The median in seconds, within its bucket by a straight line (what took longer than all bounds: up to twice the last); None of
    nothing.
    """
    half, seen = sum(counts) / 2, 0.0
    for number, count in enumerate(counts if half else ()):
        if count and seen + count >= half:
            low = BOUNDS[number - 1] if number else 0.0
            high = BOUNDS[number] if number < len(BOUNDS) else 2 * BOUNDS[-1]
            return low + (high - low) * (half - seen) / count
        seen += count
    return None
