"""What a page says about its article: title, authors, site, section, language, keywords, canonical address, picture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from newsreel.core.text import squeeze
from newsreel.core.types import Moment
from newsreel.core.urls import absolute, identity, site_of
from newsreel.extraction import authors as byline
from newsreel.extraction import dating
from newsreel.extraction.page import Node, Page
from newsreel.extraction.signs import Signs, read_signs
from newsreel.extraction.structured import Data, words
from newsreel.extraction.titles import best_title

MAX_KEYWORDS = 40
_BETWEEN = re.compile(r"[,;\uff0c、\uff1b]")
_LANGUAGE = re.compile(r"^[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8}){0,3}$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Everything a page says about its article besides the body. Empty or None: not said."""

    title: str
    title_node: Node | None
    published: Moment | None
    modified: Moment | None
    authors: tuple[str, ...]
    site_name: str
    section: str
    language: str
    keywords: tuple[str, ...]
    canonical_url: str | None
    lead_image: str | None
    article_body: str
    description: str


def read_metadata(page: Page, url: str) -> Metadata:
    """The metadata of a page found at ``url``."""
    signs = read_signs(page.root)
    meta = signs.meta
    stated = page.data
    article = _about(stated.articles, url)
    title, signs.title = best_title(article, signs, page.title, url)
    language = _language(page.root, meta, article)
    site = _first(meta, "og:site_name", "application-name", "al:android:app_name")
    publisher = squeeze(words(article.get("publisher")))[:100]
    clock = dating.clock_of(url, language, title, _first(meta, "og:locale"))
    dates = dating.read_dates(article, _about(stated.pages, url), signs, url, clock)
    return Metadata(
        title=title,
        title_node=signs.title_node,
        published=dates.published,
        modified=dates.modified,
        authors=byline.authors(article, signs, (site, publisher)),
        site_name=site or publisher,
        section=_first(meta, "article:section", "parsely-section", "section", "category")
        or squeeze(words(article.get("articleSection")))[:100],
        language=language,
        keywords=_keywords(article, meta),
        canonical_url=_canonical(signs, url),
        lead_image=_lead_image(article, meta, url),
        article_body=squeeze_body(article.get("articleBody")),
        description=_first(meta, "og:description", "description", "twitter:description"),
    )


def squeeze_body(value: object) -> str:
    """JSON-LD's articleBody as text, '' where there is none; tags that some put in are taken for spaces."""
    return re.sub(r"<[^<>]{1,300}>", " ", words(value)) if value else ""


def _first(meta: dict[str, list[str]], *names: str) -> str:
    return next((squeeze(meta[name][0])[:300] for name in names if name in meta), "")


def _about(found: list[Data], url: str) -> Data:
    """The object that is about this page: by its address, else the first with a headline, else the first."""
    if len(found) < 2:
        return found[0] if found else {}
    here = identity(url)
    for entry in found:
        if "headline" not in entry and "datePublished" not in entry:
            continue
        for name in ("url", "mainEntityOfPage", "@id"):
            value = entry.get(name)
            stated = value.get("@id") or value.get("url") if isinstance(value, dict) else value
            if here and isinstance(stated, str) and (stated == url or identity(stated) == here):
                return entry
    return next((entry for entry in found if "headline" in entry), found[0] if found else {})


def _language(root: Node, meta: dict[str, list[str]], article: Data) -> str:
    stated = (
        root.get("lang"),
        root.get("xml:lang"),
        words(article.get("inLanguage")),
        _first(meta, "content-language", "og:locale", "language", "dc.language"),
    )
    return next((text.strip().replace("_", "-") for text in stated if _LANGUAGE.match(text.strip())), "")


def _keywords(article: Data, meta: dict[str, list[str]]) -> tuple[str, ...]:
    value = article.get("keywords")
    stated: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        text = words(item)
        stated += [text] if isinstance(value, list) and len(value) > 1 else _BETWEEN.split(text)
    if not any(stated):
        stated = [part for text in meta.get("news_keywords", meta.get("keywords", [])) for part in _BETWEEN.split(text)]
    stated += meta.get("article:tag", []) if len(stated) < 2 else []
    kept = dict.fromkeys(squeeze(text) for text in stated if ":" not in text)
    return tuple(word for word in kept if 1 < len(word) <= 60)[:MAX_KEYWORDS]


def _canonical(signs: Signs, url: str) -> str | None:
    for reference in (*signs.canonical, *signs.meta.get("og:url", ())):
        found = absolute(reference, url) if reference.strip() else None
        # A page whose canonical address is its site's front door has a broken template.
        if found and (identity(found) != site_of(found) or identity(url) == site_of(url)):
            return found
    return None


def _lead_image(article: Data, meta: dict[str, list[str]], url: str) -> str | None:
    image = article.get("image") or article.get("thumbnailUrl")
    if isinstance(image, list):
        image = image[0] if image else None
    if isinstance(image, dict):
        image = image.get("url") or image.get("contentUrl") or image.get("@id")
    stated: Iterable[object] = (*meta.get("og:image", ())[:1], *meta.get("twitter:image", ())[:1], image)
    return next(
        (found for text in stated if isinstance(text, str) and text.strip() and (found := absolute(text, url))), None
    )
