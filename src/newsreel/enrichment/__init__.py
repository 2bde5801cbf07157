"""What a text is about: its language, its keywords, its topics. Models load on first use; nothing is downloaded."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsreel.enrichment.compose import enrich
    from newsreel.enrichment.keyphrases import keywords
    from newsreel.enrichment.language import detect_language
    from newsreel.enrichment.subjects import topic_label, topics

# No module is named as its function is: importing the module would put it in the function's place in this package.
_FACES = {
    "detect_language": "newsreel.enrichment.language",
    "enrich": "newsreel.enrichment.compose",
    "keywords": "newsreel.enrichment.keyphrases",
    "topic_label": "newsreel.enrichment.subjects",
    "topics": "newsreel.enrichment.subjects",
}

__all__ = ["detect_language", "enrich", "keywords", "topic_label", "topics"]


def __getattr__(name: str) -> Any:
    if name not in _FACES:
        raise AttributeError(f"module 'newsreel.enrichment' has no attribute {name!r}")
    return getattr(import_module(_FACES[name]), name)
