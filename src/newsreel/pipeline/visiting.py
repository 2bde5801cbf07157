"""Visiting an address: page -> evidence -> article -> archive."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from newsreel.archive import registry, storing
from newsreel.archive.models import Article as StoredArticle
from newsreel.archive.models import Lead
from newsreel.core import urls
from newsreel.core.errors import NewsreelError, Permanent, Skip
from newsreel.core.types import Article, Entry, PageSigns, Response
from newsreel.fetching import BUSY
from newsreel.pipeline import decisions
from newsreel.pipeline.learning import Lessons
from newsreel.pipeline.workshop import Workshop
from newsreel.sources import rule_for

ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
NOT_WANTED = "An editor has said that such addresses are no articles."
# Outcomes of a visit that say: this address is no article's. A page that is not there says nothing.
NO_ARTICLES = frozenset({"not_article"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page gave: ``whole`` is the article's text with what the site's memory took out, '' where that is nothing;
    ``lesson`` what the page teaches that memory.
    """

    article: Article
    whole: str = ""
    lesson: bytes = b""


async def visit(shop: Workshop, lead: Lead, lessons: Lessons) -> storing.Stored:
    """Fetches what a lead names, stores it and learns from it. Raises what kept it from that, after writing it down."""
    if not lead.article_id and not _is_worth_a_visit(lead, lessons):
        shop.costs.outcomes["not_visited"] += 1
        if lessons.said(lead.url):
            await shop.db(registry.lead_failed, lead, "not_wanted", NOT_WANTED, None)
        else:  # it is no lead any more, so that a site that changes can bring it back
            await shop.db(registry.drop_lead, lead)
        return "same"
    try:
        response = await shop.fetch(
            lead.channel.source,
            lead.url,
            accept=ACCEPT,
            etag=lead.etag or None,
            last_modified=lead.last_modified or None,
        )
        if urls.is_root(response.url) and not urls.is_root(lead.url):
            raise Permanent("gone", "The address now leads to the site's front page.")
        if response.status == 304:
            outcome: storing.Stored = "same"
            await shop.db(registry.lead_unchanged, lead, decisions.revisit_in(lead.visits))
        else:
            outcome = await _keep(shop, lead, response, lessons)
    except NewsreelError as error:
        shop.costs.outcomes[error.outcome] += 1
        if error.outcome in decisions.HOUSE_FAULTS:
            raise
        if error.outcome == BUSY:
            await shop.db(registry.postpone, lead, decisions.put_off(random.random()))  # noqa: S311 - no secret
            raise
        if error.outcome in NO_ARTICLES and not decisions.is_vouched_for(registry.entry_of(lead), lead.channel.kind):
            lessons.outcome(lead.url, article=False)
        # A skip is not a fault: the address is simply not news.
        again = None if isinstance(error, Skip) else decisions.retry_in(error, lead.attempts)
        await shop.db(registry.lead_failed, lead, error.outcome, error.reason, again)
        raise
    shop.costs.outcomes[outcome] += 1
    return outcome


async def _keep(shop: Workshop, lead: Lead, response: Response, lessons: Lessons) -> storing.Stored:
    entry = registry.entry_of(lead)
    kind, said = lead.channel.kind, lessons.said(lead.url)
    reading = await read_article(shop, response, entry, kind, lessons.of(response.url), said)
    lessons.outcome(lead.url, article=True, told=decisions.is_vouched_for(entry, kind))
    facts = decisions.facts_of(reading.article, entry, lead.channel.kind, lead.channel.source.language)
    again = decisions.revisit_in(lead.visits)
    # A page that stands as it did before its site's memory knew better has not been changed by its publisher.
    texts = [facts.text, reading.whole] if reading.whole else [facts.text]
    digests = [storing.text_digest(facts.title, text) for text in texts]
    if lead.article_id and await shop.db(_is_same, lead.article_id, digests):
        await shop.db(registry.lead_unchanged, lead, again)
        return "same"
    with shop.pressure.storing():
        async with shop.costs.stage("snapshot"):
            record = await shop.db(shop.snapshots.write, response)
        async with shop.costs.stage("store"):
            stored, _ = await shop.db(storing.store, lead, facts, storing.Visit(response, record, again))
    shop.fault = ""
    if stored != "same":
        lessons.add(response.url, reading.lesson)
    return stored


async def read_article(
    shop: Workshop, response: Response, entry: Entry, kind: str, memory: Sequence[bytes] = (), said: str = ""
) -> Reading:
    """The article of a page; where it has none, the feed's own text. Permanent 'no_text' or Skip 'not_article' where neither.
    ``said``: what an editor says of such addresses.
    """
    vouched = decisions.is_vouched_for(entry, kind)
    article, lesson, whole, *signs = await shop.read(
        "extract_with_memory" if vouched else "extract_with_signs",
        response.body,
        response.url,
        content_type=response.content_type,
        memory=memory,
        rule=rule_for(response.url),
    )
    if decisions.is_article(article, entry, kind, PageSigns(*signs[0]) if signs else decisions.NO_SIGNS, said):
        return Reading(article, whole, lesson)
    if entry.html or entry.summary:
        told: Article = await shop.read("article_from_feed", entry, entry.language)
        if told.text:
            return Reading(told)
    if not vouched:
        raise Skip("not_article", "The page does not read as an article.")
    raise Permanent("no_text", article.reason or "No article text was found on the page.")


def _is_worth_a_visit(lead: Lead, lessons: Lessons) -> bool:
    """Whether an address may be an article's: by an editor's word, else, where nobody vouches for it, by what the site has taught."""
    if said := lessons.said(lead.url):
        return said == "yes"
    if decisions.is_vouched_for(registry.entry_of(lead), lead.channel.kind):
        return True
    patterns = lessons.patterns_of(lead.url)
    return patterns.judge(lead.url) != "no" or patterns.worth_a_look(lead.url)


def _is_same(article: int, digests: Sequence[bytes]) -> bool:
    return StoredArticle.objects.filter(pk=article, text_sha256__in=digests).exists()
