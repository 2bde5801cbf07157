"""What subjects a text is about, as IPTC Media Topics: by what the publisher says of it, and by the text itself."""

from __future__ import annotations

import math
import re
import urllib.parse

import numpy as np

from newsreel.core.text import squeeze
from newsreel.core.types import Evidence, Topic
from newsreel.core.urls import split
from newsreel.enrichment import taxonomy
from newsreel.enrichment.classifier import nearest, probabilities
from newsreel.enrichment.language import detect_language, primary
from newsreel.enrichment.vectors import KNOWN, embed

CAP = 20_000  # characters of a text
READ = 2_400  # of them read by the encoder: news says what it is about at its beginning
PART = 400
TITLE_WEIGHT = 1.5
MOST = 3  # topics of a text
# Below this probability the text alone says nothing of its subject.
SURE = 0.25
SURE_UNKNOWN = 0.6  # in a language that the encoder does not know
SECOND = 0.28
NARROW = 0.3  # likeness from which the narrower topic is named
_SPLIT = re.compile(r"[/|>›»,;:·•–—、，；：]+")
_SLUG = re.compile(r"[-_.]")


def topics(title: str, text: str, *, language: str | None = None, evidence: Evidence | None = None) -> list[Topic]:
    """At most three topics of a text, the surest first, weights in (0, 1]; [] where nothing is known of it.

    ``evidence`` is what the publisher says: section, keywords, address, categories. It outweighs the text.
    """
    said = _said(evidence) if evidence is not None else {}
    read, narrow = _read(squeeze(title[:500]), text[:CAP], language)
    scores: dict[str, float] = {}
    for top in {*read, *(taxonomy.table()[code].top for code in said)}:
        told = max((sure for code, sure in said.items() if taxonomy.table()[code].top == top), default=0.0)
        scores[top] = 1 - (1 - told) * (1 - read.get(top, 0.0))
    chosen = sorted(scores, key=lambda top: (-scores[top], top))[:MOST]
    found: list[Topic] = []
    for top in chosen:
        if found and scores[top] < SECOND * 1.3:
            break
        named = [
            code
            for code, _ in sorted(said.items(), key=lambda item: -item[1])
            if taxonomy.table()[code].top == top and code != top
        ]
        code = named[0] if named else narrow.get(top, top)
        found.append(Topic(code, top, round(min(1.0, max(0.01, scores[top])), 3)))
    return found


def topic_label(code: str, language: str) -> str:
    """A topic's name in Chinese ('zh-hans', 'zh') or else in English: medtop:11000000 is 政治, politics."""
    return taxonomy.label(code, language)


def _said(evidence: Evidence) -> dict[str, float]:
    """Topic codes that the publisher's own words name, with how surely."""
    found: dict[str, float] = {}
    for words, trust in (
        ([evidence.section], 1.0),
        (list(evidence.categories)[:20], 0.8),
        (_path(evidence.url), 0.9),
        (list(evidence.keywords)[:20], 0.5),
    ):
        for code, sure in _named(words):
            found[code] = max(found.get(code, 0.0), round(sure * trust, 3))
    return found


def _named(words: list[str]) -> list[tuple[str, float]]:
    """The topics that words name: whole, or by their parts ('News > Business', 'Sport/Football')."""
    known = taxonomy.named()
    out = []
    for word in words:
        whole = known.get(taxonomy.normal(word))
        if whole is not None:
            out.append(whole)
            continue
        out.extend(known[name] for part in _SPLIT.split(word[:200])[:6] if (name := taxonomy.normal(part)) in known)
    return out


def _path(url: str) -> list[str]:
    """The folders of an address, and the name before its domain ('sport.example.org'): never the article's own slug."""
    parts = split(url)
    if parts is None or parts.hostname is None:
        return []
    folders = [urllib.parse.unquote(folder) for folder in parts.path.split("/")[:-1] if folder]
    host = parts.hostname.split(".")
    first = [host[0]] if len(host) > 2 else []
    return [folder for folder in folders[:5] if not folder.isdigit() and len(_SLUG.split(folder)) <= 4] + first


def _read(title: str, text: str, language: str | None) -> tuple[dict[str, float], dict[str, str]]:
    """(top level -> probability, top level -> narrower topic) by the text alone; nothing where it is not sure."""
    body = squeeze(text[:READ])
    parts = [title, *(body[at : at + PART] for at in range(0, len(body), PART))]
    parts = [part for part in parts if any(map(str.isalpha, part))]
    if not parts:
        return {}, {}
    code = primary(language) or primary(detect_language(f"{title}\n{body}"))
    vectors = embed(parts)
    weights = np.array([TITLE_WEIGHT if part is title and len(title) > 12 else 1.0 for part in parts], dtype=np.float32)
    shares = probabilities(vectors, weights)
    best = max(shares.values())
    if not math.isfinite(best) or best < (SURE if code in KNOWN else SURE_UNKNOWN):
        return {}, {}
    kept = {top: share for top, share in shares.items() if share >= SECOND or share == best}
    narrow = {}
    for top in kept:
        near, likeness = nearest(vectors, weights, top)
        if likeness >= NARROW:
            narrow[top] = near
    return kept, narrow
