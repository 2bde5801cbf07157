"""Three kinds of error decide what happens next.

Every outcome has a name (``outcome``, snake_case, counted and translated for readers) and a reason in one plain
English line. Neither ever holds a traceback or a foreign exception's text.
"""

from __future__ import annotations


class NewsreelError(Exception):
    """The root of the tree. ``str(error)`` is the reason in one line; ``status`` is the HTTP status that says so, or 0."""

    def __init__(self, outcome: str, reason: str, *, status: int = 0) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.status = status

    def __reduce__(self) -> tuple[type[NewsreelError], tuple[str, str], dict[str, int]]:
        """Errors are copied, and cross from the extraction child: keep all parts."""
        return type(self), (self.outcome, self.reason), {"status": self.status}


class Permanent(NewsreelError):
    """Set aside with its reason, never retried: the same input would fail again."""


class Temporary(NewsreelError):
    """Retried with back-off. ``retry_after`` is the other side's own wish, in seconds, where it has one."""

    def __init__(self, outcome: str, reason: str, retry_after: float | None = None, *, status: int = 0) -> None:
        super().__init__(outcome, reason, status=status)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[Temporary], tuple[str, str, float | None], dict[str, int]]:  # type: ignore[override]
        """As above, with the wish."""
        return type(self), (self.outcome, self.reason, self.retry_after), {"status": self.status}


class Skip(NewsreelError):
    """Nothing to do: not news, not changed, already known."""


class Misconfigured(NewsreelError):
    """The installation is at fault, not the press: a setting, the database, the disk. Said once, in words."""
