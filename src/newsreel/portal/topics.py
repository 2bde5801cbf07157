"""Topics' names. The topics themselves are data of the enrichment room."""

from __future__ import annotations

from functools import lru_cache

from django.utils import translation


def label(code: str) -> str:
    """A topic's name in the reader's language, its code where it has none."""
    return _label(code, translation.get_language() or "en")


@lru_cache(maxsize=5000)
def _label(code: str, language: str) -> str:
    # Imported here: the table of topics is read when the first label is asked for, not when the portal starts.
    from newsreel.enrichment import topic_label

    return topic_label(code, language) or code


def known(code: str) -> bool:
    """Whether the code is a topic of the table."""
    return label(code) != code
