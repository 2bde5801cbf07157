"""The recorded pages of ../shared/corpus/fundus, extracted: articles of real sizes to be stored. Called in a Station."""

from __future__ import annotations

import dataclasses
import gzip
import json
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.ground import SHARED
from newsreel.core.types import Entry, Response

if TYPE_CHECKING:
    from newsreel.archive.models import Channel, Lead
    from newsreel.archive.storing import ArticleFacts

CORPUS = SHARED / "corpus" / "fundus"
SEEN = datetime(2025, 11, 1, 12, 0, tzinfo=UTC)


class Page(NamedTuple):
    """A page as it was fetched, and what the archive is to say of it."""

    body: bytes
    packed: bytes
    facts: ArticleFacts


@cache
def pages() -> list[Page]:
    """Every recorded page that gives an article."""
    from newsreel import extract
    from newsreel.pipeline.decisions import facts_of

    found = []
    with (CORPUS / "index.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            packed = (CORPUS / row["html"]).read_bytes()
            body = gzip.decompress(packed)
            article = extract(body, row["url"])
            if article.text:
                facts = facts_of(article, Entry(row["url"], row["url"], row.get("title") or ""), "feed", "")
                found.append(Page(body, packed, dataclasses.replace(facts, canonical_url="")))
    return found


def page(number: int) -> Page:
    """The article with a number: the pages come again and again, each time as another article."""
    known = pages()
    base = known[number % len(known)]
    facts = dataclasses.replace(base.facts, url=address(number), text=f"{base.facts.text}\n\n{number}")
    return base._replace(facts=facts)


def address(number: int) -> str:
    """Addresses do not come in the order of their keys: real ones do not either."""
    return f"https://outlet{number % 100}.test/{(number * 2654435761) % 2**32:08x}/article-{number}"


def response(number: int, body: bytes, packed: bytes | None) -> Response:
    """The answer that brought a page: as it is, or compressed as most of the web sends it."""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{number:x}"'))
    if packed is not None:
        headers = (*headers, ("Content-Encoding", "gzip"))
    return Response(address(number), address(number), 200, headers, body, packed or body, datetime.now(UTC))


def channel() -> Channel:
    """The channel to which the articles belong."""
    from newsreel.archive import registry
    from newsreel.archive.models import Channel
    from newsreel.archive.registry import ChannelFacts, SourceFacts

    url = "https://bench.test/feed"
    registry.register(SourceFacts("bench.test", "Bench", "https://bench.test/"), [ChannelFacts(url, "feed")], 900)
    return Channel.objects.select_related("source").get(url=url)


def leads(first: int, count: int) -> list[Lead]:
    """The leads of some articles, named by the channel."""
    from newsreel.archive import registry
    from newsreel.archive.models import Lead

    urls = [address(number) for number in range(first, first + count)]
    registry.store_leads(
        channel(), [Entry(url, url, title="A title of a usual length, as feeds have them") for url in urls]
    )
    found = {lead.url: lead for lead in Lead.objects.select_related("channel__source").filter(url__in=urls)}
    return [found[url] for url in urls]
