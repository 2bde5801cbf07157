"""All that a text is about, in one call."""

from __future__ import annotations

from collections.abc import Mapping

from newsreel.core.types import Enrichment, Evidence
from newsreel.enrichment.keyphrases import keywords
from newsreel.enrichment.language import detect_language
from newsreel.enrichment.subjects import topics


def enrich(
    title: str,
    text: str,
    *,
    language_hint: str | None = None,
    evidence: Evidence | None = None,
    background: Mapping[str, float] | None = None,
) -> Enrichment:
    """Language, keywords and topics of an article. Any text is fine: what cannot be said is left empty.

    ``language_hint`` is what the page or the feed says of its language; ``background`` the share of documents that hold
    a term.
    """
    language = detect_language(f"{title}\n{text}", language_hint)
    return Enrichment(
        language,
        tuple(keywords(text, title=title, language=language, background=background)),
        tuple(topics(title, text, language=language, evidence=evidence)),
    )
