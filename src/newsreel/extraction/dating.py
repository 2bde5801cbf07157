"""When a page says that it was published and changed.

The order of trust: JSON-LD, article:published_time, itemprop, other meta names, <time>, the visible line of the date
near the title, the day in the address. The first that states a date wins; a later one that states the time of the
same day makes a day a time. A time without a zone is read in the zone of the page's country or language
(core.zones), and as UTC where neither tells one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import NamedTuple

from newsreel.core.dates import parse_date
from newsreel.core.text import squeeze
from newsreel.core.types import Moment
from newsreel.core.zones import likely_zone
from newsreel.extraction.page import Node
from newsreel.extraction.structured import Data, words

PUBLISHED_META = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "article:published",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "publish-date", "publish_date", "publishdate", "pubdate",
    "publication_date", "published_time", "published_at", "published-date", "article_date_original", "firstpublishdate",
    "iso-8601-publish-date", "originalpublicationdate", "ptime", "publishtime", "publishedtime", "creation_date",
    "date_published", "created", "rnews:datepublished", "vr:published_time", "bt:pubdate", "article.published",
    "weibo: article:create_at", "og:release_date", "release_date", "displaydate", "dc.date", "dcterms.date", "dc.terms.date", "date",
)  # fmt: skip
MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "article:updated", "lastmod",
    "last-modified", "lastmodified", "dc.date.modified", "dcterms.modified", "dc.modified", "modified_time",
    "revision_date", "updated_time", "bt:moddate", "rnews:datemodified", "article.updated", "utime",
)  # fmt: skip
_DATED = re.compile(
    r"date|time|publish|posted|dateline|timestamp|byline|meta|info|source|datum|fecha|zeit", re.IGNORECASE
)
_CHANGED = re.compile(
    r"updat|modif|edited|actuali[sz]|mis à jour|aktuali|aggiornat|atualiz|обновл|更新|업데이트|수정|bijgewerkt|последн",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(0?[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01]|[1-9])(?!\d)")
_AMERICAN = re.compile(r"^en[-_](?:us|ph)\b", re.IGNORECASE)
# Kana before Han: Japanese has both.
_SCRIPTS = (("ja", re.compile("[぀-ヿ]")), ("ko", re.compile("[가-힣]")), ("zh", re.compile("[一-鿿]")))
VISIBLE_NODES = 400  # elements after the title in which a visible date is looked for


class Clock(NamedTuple):
    """How a page writes its dates: in which zone those are that name none, and whether the month stands first."""

    zone: tzinfo | None = None
    month_first: bool = False

    def read(self, text: str) -> Moment | None:
        """The date that a text states, or None."""
        return parse_date(text, zone=self.zone, month_first=self.month_first)


def clock_of(url: str, language: str, title: str) -> Clock:
    """A page's clock by its address and language; where it states none, the script of its title tells it."""
    spoken = language or next((name for name, letters in _SCRIPTS if letters.search(title)), "")
    return Clock(likely_zone(url, spoken), bool(_AMERICAN.match(language)))


def published(
    article: Data, meta: dict[str, list[str]], nodes: list[Node], title: Node | None, url: str, clock: Clock
) -> Moment | None:
    """The moment of publication that a page states, or None."""
    best: Moment | None = None
    for text in _published_texts(article, meta, nodes, title, url):
        moment = clock.read(text)
        if moment is None:
            continue
        if best is None:
            best = moment
        elif best.precision == "day" and moment.precision == "time" and best.when.date() == moment.when.date():
            return moment
        if best.precision == "time":
            return best
    return best


def modified(article: Data, meta: dict[str, list[str]], nodes: list[Node], clock: Clock) -> Moment | None:
    """The moment of the last change that a page states, or None."""
    texts = [words(article.get("dateModified"))]
    texts += [text for name in MODIFIED_META for text in meta.get(name, ())]
    texts += [_value(node) for node in nodes if "dateModified" in node.get("itemprop")]
    return next((moment for text in texts if (moment := clock.read(text))), None)


def _published_texts(
    article: Data, meta: dict[str, list[str]], nodes: list[Node], title: Node | None, url: str
) -> Iterator[str]:
    yield words(article.get("datePublished"))
    for name in PUBLISHED_META[:4]:
        yield from meta.get(name, ())
    for node in nodes:
        if "datePublished" in node.get("itemprop") or "pubdate" in node.attributes:
            yield _value(node)
    for name in PUBLISHED_META[4:]:
        yield from meta.get(name, ())
    yield words(article.get("dateCreated")) or words(article.get("uploadDate"))
    yield from _visible(nodes, title)
    if match := _IN_ADDRESS.search(url.partition("?")[0].partition("//")[2].partition("/")[2]):
        yield f"{match[1]}-{match[3]}-{match[4]}"


def _visible(nodes: list[Node], title: Node | None) -> Iterator[str]:
    """Dates that a reader sees near the title: time elements first, then short texts in elements named for a date."""
    start = nodes.index(title) if title in nodes else 0
    near = nodes[max(0, start - 40) : start + VISIBLE_NODES]
    times = [node for node in near if node.tag in ("time", "relative-time") and not _is_changed(node)]
    yield from map(_value, times)
    named = [
        node
        for node in near
        if node.tag in ("span", "div", "p", "li", "small", "em", "i", "b", "dd", "address", "td", "font")
        and _DATED.search(node.get("class") + " " + node.get("id"))
        and not _is_changed(node)
    ]
    yield from _short(named)
    yield from _short(node for node in near if node.tag in ("span", "div", "p", "li", "small", "td", "center", "font"))


def _short(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        text = squeeze(node.text()[:1000])
        if 6 <= len(text) <= 150 and any(char.isdigit() for char in text):
            # 'Updated …' after the date of publication is cut off, and a text that has nothing else is left out.
            head = _CHANGED.split(text, maxsplit=1)[0]
            if any(char.isdigit() for char in head):
                yield head


def _is_changed(node: Node) -> bool:
    named = node.get("class") + " " + node.get("itemprop") + " " + node.get("id")
    before = node.parent.text()[:80] if node.parent is not None and len(node.parent.children) < 4 else ""
    return bool(_CHANGED.search(named) or _CHANGED.match(before.strip()))


def _value(node: Node) -> str:
    return (
        node.get("datetime")
        or node.get("content")
        or node.get("data-datetime")
        or node.get("title")
        or squeeze(node.text()[:300])
    )
