"""``newsreel add``: from any address of a site to its channels.

The order: the address itself (a feed, a sitemap, or a page that links to feeds), the site's front door, feeds at the common places,
the sitemaps that robots.txt names, and last the front page itself, watched for links.
"""

# A few lines over 400, and kept together: the search is one order of steps, of which each decides whether the next is taken.

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from newsreel.archive import registry
from newsreel.archive.models import Channel
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core import rsshub, urls
from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.core.state import is_sample
from newsreel.core.text import squeeze
from newsreel.core.types import Entry, Feed, Response, Sitemap
from newsreel.discovery import common_places, sniff
from newsreel.discovery.addresses import article_likeness
from newsreel.pipeline.channels import ACCEPT
from newsreel.pipeline.indexes import newest_children
from newsreel.pipeline.leave import LeaseLost, busy
from newsreel.pipeline.naming import site_name
from newsreel.pipeline.workshop import Workshop
from newsreel.sources import channel_name, channel_name_zh, outlet_for, publisher_site

MOST_FEEDS = 8  # of one site; a page may link to hundreds
MOST_SITEMAPS = 4
AT_ONCE = 16
SECTION = 1  # what a section's address has at most of an article's
PATIENT_TRIES = 2  # with a Retry-After of at most PATIENCE seconds: someone is waiting for the answer
PATIENCE = 10.0
SAMPLE_ONLY = "This is the sample, which holds its fictional press alone: leave it to add sources."
# Nothing of the site answers: there is no use in trying its other addresses.
UNREACHABLE = frozenset(
    {"dns_failed", "connect_failed", "tls_failed", "timed_out", "address_refused", "port_refused", "bad_address"}
)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one address. ``feeds`` are the addresses of the channels; ``source`` is the publisher's name."""

    url: str
    status: Literal["added", "known", "failed"]
    source: str = ""
    feeds: tuple[str, ...] = ()
    reason: str = ""
    outcome: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a source is reached, where it differs from the installation's settings."""

    proxy: str = ""
    ca_file: str = ""
    ports: tuple[int, ...] = ()


@dataclass
class Found:
    """What a site turned out to have."""

    home: str
    statements: list[str] = field(default_factory=list)  # what the site calls itself
    language: str = ""
    channels: list[ChannelFacts] = field(default_factory=list)
    entries: dict[str, tuple[Entry, ...]] = field(
        default_factory=dict
    )  # by the channel's address: some of what it names now


async def add_all(
    shop: Workshop,
    addresses: Sequence[str],
    *,
    reach: Reach = Reach(),
    progress: Callable[[Added], object] | None = None,
) -> list[Added]:
    """Adds sources from any addresses, a few at the same time; the results in the order of the addresses."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(address: str) -> Added:
        async with turn:
            result = await add(shop, address, reach)
        if progress:
            progress(result)
        return result

    return list(await asyncio.gather(*(one(address) for address in addresses)))


async def add(shop: Workshop, address: str, reach: Reach = Reach()) -> Added:
    """Adds the source that an address belongs to. Never raises for what the address or the site does."""
    try:
        url = checked(shop, address)
        known = await shop.db(known_at, url)
        if known is not None:
            return Added(address, "known", known[0], known[1], site=known[2])
        found = await find(shop, reach, address, url)
        return await shop.db(_register, address, found, reach, shop.settings.crawl_interval)
    except NewsreelError as error:
        return Added(address, "failed", reason=error.reason, outcome=error.outcome)


def checked(shop: Workshop, address: str) -> str:
    """What a person typed as an address that may be looked at. Permanent where it is none."""
    if rsshub.is_one(address):
        return _checked_route(shop, address)
    url = with_scheme(address)
    parts = urls.split(url)
    if parts is None or not parts.hostname or _is_a_word(address, parts.hostname, shop.settings.allowed_hosts):
        raise Permanent("bad_address", f"{address.strip()[:80]!r} is not an address of the web (http or https).")
    if is_sample(shop.settings.home) and not parts.hostname.endswith(".example"):
        raise Permanent("sample_only", SAMPLE_ONLY)
    return url


def _checked_route(shop: Workshop, address: str) -> str:
    """An address of RSSHub in its one way of writing. Permanent where it names no route, or no instance is there to ask."""
    if is_sample(shop.settings.home):
        raise Permanent("sample_only", SAMPLE_ONLY)
    rsshub.resolved(address, shop.settings.rsshub)
    return rsshub.canonical(address) or address


async def find(shop: Workshop, reach: Reach, address: str, url: str) -> Found:
    """The channels of a site; one that was named without a scheme may have only http."""
    if rsshub.is_one(url):
        return await _Search(shop, reach).route(url)
    try:
        return await _Search(shop, reach).find(url)
    except Temporary as error:
        if "://" in address or not url.startswith("https://"):
            raise
        try:
            return await _Search(shop, reach).find("http" + url.removeprefix("https"))
        except NewsreelError:
            raise error from None


def _is_a_word(address: str, host: str, allowed: Sequence[str]) -> bool:
    """Whether somebody typed a word, no address: without a scheme, a dot, or a word from the settings that it is one."""
    named = host == "localhost" or any(entry.rpartition(":")[0] == host for entry in allowed)
    return "://" not in address and "." not in host and ":" not in host and not named


def with_scheme(address: str) -> str:
    """What a person types, as an address: 'example.org' is https://example.org."""
    address = address.strip()
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", address):
        return address
    if re.match(r"feed:(//)?", address):
        return with_scheme(re.sub(r"^feed:(//)?", "", address))
    return f"https://{address}"


class _Search:
    """One search for a site's channels."""

    def __init__(self, shop: Workshop, reach: Reach) -> None:
        self._shop, self._reach = shop, reach
        self._tried: set[str] = set()
        self._listed: tuple[Entry, ...] = ()  # by the news sitemap that was read last

    async def find(self, url: str) -> Found:
        """The channels of the site of ``url``. Permanent or Temporary where there are none."""
        fault: NewsreelError | None = None
        response: Response | None = None
        try:
            response = await self._fetch(url, "frontpage")
        except NewsreelError as error:
            if error.outcome in UNREACHABLE or error.outcome.startswith("robots"):
                raise
            fault = error
        if response is not None:
            kind = sniff(response.body, response.content_type)
            if kind == "feed":
                return await self._feed_itself(response)
            if kind == "sitemap":
                return await self._sitemap_itself(response)
        root = front_door(response.url if response is not None else url)
        found = await self._site(root, response)
        if found is not None:
            return found
        raise fault or Permanent("nothing_to_watch", "No feed, no news sitemap and no article links were found there.")

    async def route(self, url: str) -> Found:
        """The feed that a route of RSSHub is: its source is the site that the feed speaks of."""
        response = await self._fetch(rsshub.resolved(url, self._shop.settings.rsshub), "feed")
        feed = await self._parse_feed(response)
        if feed.error and not feed.entries:
            raise Permanent("bad_feed", feed.error)
        found = Found(home=front_door(_home_of(feed, response.url)))
        self._keep_feed(url, feed, found)
        return found

    async def _site(self, root: str, response: Response | None) -> Found | None:
        """By the page that was asked for, then the front door, then what else a site may offer."""
        found = Found(home=root)
        pages = [response] if response is not None else []
        for page in pages:
            if await self._linked_feeds(page, found):
                return found
        front = response if response is not None and urls.is_root(response.url) else await self._try(root, "frontpage")
        if front is not None and front is not response and await self._linked_feeds(front, found):
            return found
        if await self._common_feeds(root, found) or await self._robots_sitemaps(root, found):
            return found
        for watched in _front_pages(front, response):
            await self._front_page(watched, found)
        return found if found.channels else None

    async def _feed_itself(self, response: Response) -> Found:
        feed = await self._parse_feed(response)
        if feed.error and not feed.entries:
            raise Permanent("bad_feed", feed.error)
        found = Found(home=front_door(_home_of(feed, response.url)))
        self._keep_feed(response.requested_url, feed, found)
        return found

    async def _sitemap_itself(self, response: Response) -> Found:
        sitemap: Sitemap = await self._shop.read("parse_sitemap", response.body, response.url)
        if not sitemap.entries and not sitemap.children:
            raise Permanent("bad_sitemap", sitemap.error or "The sitemap names no addresses.")
        place = response.requested_url
        return Found(
            front_door(response.url), channels=[ChannelFacts(place, "sitemap")], entries={place: sitemap.entries}
        )

    async def _linked_feeds(self, page: Response, found: Found) -> bool:
        links = await self._shop.read("find_feeds", page.body, page.url, content_type=page.content_type)
        await self._listen(page, found)
        for link in links[: 2 * MOST_FEEDS]:
            if len(found.channels) >= MOST_FEEDS:
                break
            await self._try_feed(link.url, found, link.title)
        return bool(found.channels)

    async def _common_feeds(self, root: str, found: Found) -> bool:
        for place in common_places(root):
            if await self._try_feed(place, found, ""):
                return True  # a site's feeds at several common places say the same
        return False

    async def _try_feed(self, url: str, found: Found, title: str) -> bool:
        response = await self._try(url, "feed")
        if response is None or sniff(response.body, response.content_type) != "feed":
            return False
        feed = await self._parse_feed(response)
        if feed.error and not feed.entries:
            return False
        return self._keep_feed(url, feed, found, title)

    def _keep_feed(self, url: str, feed: Feed, found: Found, title: str = "") -> bool:
        found.statements.append(feed.title)
        found.language = feed.language or found.language
        name = channel_name(feed.title or title, url, _name_of(found))
        found.channels.append(ChannelFacts(url, "feed", squeeze(name)[:100], channel_name_zh(name)))
        found.entries[url] = feed.entries
        return True

    async def _robots_sitemaps(self, root: str, found: Found) -> bool:
        try:
            rules = await self._shop.fetcher.robots_for(root, **self._options())
        except (NewsreelError, LeaseLost):
            return False
        ranked = sorted(rules.sitemaps, key=lambda url: "news" not in url.lower())
        for url in ranked[:MOST_SITEMAPS]:
            if await self._is_news_sitemap(url):
                found.channels.append(ChannelFacts(url, "sitemap"))
                found.entries[url] = self._listed
                return True
        return False

    async def _is_news_sitemap(self, url: str) -> bool:
        """Whether a sitemap lists news: it says titles or dates of publication, or calls itself so and lists anything."""
        response = await self._try(url, "sitemap")
        if response is None:
            return False
        sitemap: Sitemap = await self._shop.read("parse_sitemap", response.body, response.url)
        self._listed = sitemap.entries
        if "news" in url.lower() and (sitemap.entries or sitemap.children):
            return True
        if any(entry.title or entry.published for entry in sitemap.entries):
            return True
        for child in newest_children(sitemap)[:2]:
            if "news" in child.lower() and await self._is_news_sitemap(child):
                return True
        return False

    async def _front_page(self, page: Response, found: Found) -> bool:
        entries: tuple[Entry, ...] = await self._shop.read(
            "parse_frontpage", page.body, page.url, content_type=page.content_type
        )
        if not entries:
            return False
        title = await self._listen(page, found)
        name = "" if urls.is_root(page.url) else squeeze(channel_name(title, page.url, _name_of(found)))[:100]
        found.channels.append(ChannelFacts(page.requested_url, "frontpage", name, channel_name_zh(name)))
        found.entries[page.requested_url] = entries
        return True

    async def _listen(self, page: Response, found: Found) -> str:
        """What a page calls its site: only a front door's title says so. The page's own title."""
        article = await self._shop.read("extract", page.body, page.url, content_type=page.content_type)
        found.statements[:0] = [article.site_name] if article.site_name else []
        if urls.is_root(page.url):
            found.statements.append(article.title)
        found.language = found.language or article.language
        return str(article.title)

    async def _parse_feed(self, response: Response) -> Feed:
        feed: Feed = await self._shop.read(
            "parse_feed", response.body, response.url, content_type=response.content_type
        )
        return feed

    async def _try(self, url: str, kind: str) -> Response | None:
        """The answer of an address that may well not be there, once. A host that is out of reach ends the search."""
        if url in self._tried:
            return None
        self._tried.add(url)
        try:
            return await self._fetch(url, kind)
        except Temporary as error:
            if error.outcome in UNREACHABLE or error.outcome.startswith("robots"):
                raise
            return None
        except Permanent:
            return None

    async def _fetch(self, url: str, kind: str) -> Response:
        """The answer of an address; a host that asks for some seconds' patience gets it, twice."""
        for _ in range(PATIENT_TRIES):
            try:
                return await self._fetch_once(url, kind)
            except Temporary as error:
                if error.retry_after is None or error.retry_after > PATIENCE:
                    raise
                await asyncio.sleep(max(error.retry_after, 1.0))
        return await self._fetch_once(url, kind)

    async def _fetch_once(self, url: str, kind: str) -> Response:
        async with self._shop.costs.stage("fetch"):
            try:
                return await self._shop.fetcher.fetch(url, accept=ACCEPT[kind], **self._options())
            except LeaseLost:  # of a host that the crawl is at work on here
                raise busy(urls.host_of(url)) from None

    def _options(self) -> dict[str, Any]:
        reach = self._reach
        return {
            "proxy": reach.proxy or None,
            "ca_file": Path(reach.ca_file) if reach.ca_file else None,
            "allowed_ports": reach.ports,
        }


def _front_pages(front: Response | None, asked: Response | None) -> list[Response]:
    """The pages to be watched for links: the site's front page, and the section that was asked for; that of an article
    only where there is nothing else.
    """
    if front is None or asked is None or asked is front:
        return [page for page in (front, asked) if page is not None]
    section = article_likeness(asked.url) <= SECTION and urls.identity(asked.url) != urls.identity(front.url)
    return [front, asked] if section else [front]


def front_door(url: str) -> str:
    """The address of a site's front page."""
    parts = urls.split(url)
    return f"{parts.scheme}://{parts.netloc}/" if parts else url


def _home_of(feed: Feed, url: str) -> str:
    """A feed's own word on its home page, where that is an address; feeds hosted elsewhere belong to the site they speak of."""
    return feed.home_url if urls.split(feed.home_url) else url


def known_at(url: str) -> tuple[str, tuple[str, ...], str] | None:
    """The source that we watch at an address already: its name, its channels' addresses, its site."""
    channel = registry.known_channel(url)
    rows: list[Channel] = [channel] if channel else registry.channels_of_home(url)
    return (rows[0].source.name, tuple(row.url for row in rows), rows[0].source.site) if rows else None


def _name_of(found: Found) -> str:
    outlet = outlet_for(found.home)
    return outlet.name if outlet else site_name(found.statements, urls.host_of(found.home))


def facts_of(found: Found) -> SourceFacts:
    """The source that a site is, by the catalogue and by its own word."""
    outlet = outlet_for(found.home)
    return SourceFacts(
        site=publisher_site(found.home),
        name=_name_of(found),
        name_zh=outlet.name_zh if outlet else "",
        country=outlet.country if outlet else "",
        language=(outlet.language if outlet else "") or found.language[:20],
        home_url=found.home,
    )


def _register(address: str, found: Found, reach: Reach, interval: int) -> Added:
    source, made = registry.register(
        facts_of(found),
        found.channels,
        interval,
        proxy=reach.proxy,
        ca_file=reach.ca_file,
        allowed_ports=list(reach.ports),
    )
    feeds = tuple(channel.url for channel in found.channels)
    return Added(address, "added" if made else "known", source.name, feeds, site=source.site)
