"""The channels of the catalogue from the files of facts: whose each feed is, and what its address says it is about."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from newsreel.core.text import cut
from newsreel.core.urls import host_of, identity, site_of, split
from newsreel.sources.catalogue import CatalogueChannel, Outlet, part_of, topic_of
from newsreel.sources.channels import channel_name, channel_name_zh, usual_name
from newsreel.sources.countries import countries
from newsreel.sources.derive_outlets import shut
from newsreel.sources.tables import rows

MOST_OF_OUTLET = 20
MOST_OF_NAME = 6  # characters of a Chinese channel name; what is longer is a site's own title
GENERAL = "新闻"
# The word for news, as the outlets of a language call the channel that holds all of theirs.
NEWS = {
    "ar": "أخبار", "az": "Xəbərlər", "be": "Навіны", "bg": "Новини", "bn": "খবর", "bs": "Vijesti", "ca": "Notícies",
    "cs": "Zprávy", "da": "Nyheder", "de": "Nachrichten", "el": "Ειδήσεις", "es": "Noticias", "et": "Uudised", "fa": "اخبار",
    "fi": "Uutiset", "fil": "Balita", "fr": "Actualités", "gu": "સમાચાર", "he": "חדשות", "hi": "समाचार", "hr": "Vijesti",
    "hu": "Hírek", "hy": "Լուրեր", "id": "Berita", "is": "Fréttir", "it": "Notizie", "ja": "ニュース", "ka": "სიახლეები",
    "km": "ព័ត៌មាន", "ko": "뉴스", "lt": "Naujienos", "lv": "Ziņas", "mk": "Вести", "ml": "വാർത്തകൾ", "mn": "Мэдээ", "ms": "Berita",
    "mt": "Aħbarijiet", "my": "သတင်း", "ne": "समाचार", "nl": "Nieuws", "no": "Nyheter", "pl": "Wiadomości", "pt": "Notícias",
    "ro": "Știri", "ru": "Новости", "rw": "Amakuru", "sk": "Správy", "sl": "Novice", "so": "Wararka", "sq": "Lajme", "sr": "Vesti",
    "sv": "Nyheter", "sw": "Habari", "ta": "செய்திகள்", "th": "ข่าว", "tr": "Haberler", "uk": "Новини", "ur": "خبریں",
    "vi": "Tin tức", "zh-Hans": "新闻", "zh-Hant": "新聞", "am": "ዜና", "ku": "Nûçe", "dv": "ޚަބަރު", "ps": "خبرونه",
}  # fmt: skip
# Parts of an address that say how a feed is made, not what is in it.
_MADE = re.compile(
    r"^(?:\d[\d.-]*|[a-f0-9]{12,}|rss\d*|rss[-_]?feeds?|feeds?\d*|feedburner|atom\d*|xml|rdf|index\d*|all|alle?s?|full|main|home(?:page)?"
    r"|default|portals?|sites?|arc|outbound[-_]?feeds?|wp|api|v\d|public|service|services?|syndication|content|export|php|asp|aspx|jsp|do|json"
    r"|html?|output[-_]?type|output|format|type|cat|category|categories|categoria|tags?|sections?|seccion|channels?|nodes?|blog|get|show|view"
    r"|cms|files?|static|data|media|assets|uploads?|sitemaps?|articles?|article[-_]?list|list|listado|stream|id|www|web|page|pages|de|la|el|le"
    r"|true|false|action|module|option|com|bin|cgi|pl|plugins?|external|generated|live|cmlink|webfeeds?|infoservices|size|limit|count|max|lang"
    r"|rss[-_]?\w{0,3}|newsfeed|news[-_]?feed|rssnews|ekmek|xmlfeed|myfeed|googlenews|google|ext|search|alpha|site)$"
)
# Languages that an address names for itself ('/en/', 'english.'), where that is no country's code too.
_LANGUAGE = {
    "en": "en", "eng": "en", "english": "en", "fr": "fr", "french": "fr", "francais": "fr", "es": "es", "espanol": "es",
    "spanish": "es", "mundo": "es", "arabic": "ar", "russian": "ru", "ru": "ru", "portuguese": "pt", "brasil": "pt",
    "persian": "fa", "urdu": "ur", "chinese": "zh-Hans", "zh": "zh-Hans", "zhongwen": "zh-Hans", "deutsch": "de",
    "hindi": "hi", "swahili": "sw", "kiswahili": "sw", "amharic": "am", "tamil": "ta", "bangla": "bn", "burmese": "my",
    "fre": "fr", "ger": "de", "ita": "it", "spa": "es", "por": "pt", "ara": "ar", "jpn": "ja", "chi": "zh-Hans", "rus": "ru",
    "20minutes": "fr", "khmer": "km", "kurdish": "ku", "somali": "so", "turkce": "tr", "vietnamese": "vi", "japanese": "ja", "korean": "ko",
}  # fmt: skip
# Broadcasters whose addresses name any of many languages by its two letters.
_MANY = frozenset(
    "rfi.fr dw.com france24.com un.org vaticannews.va euronews.com globalvoices.org voanews.com rferl.org".split()
)
# Usual names that are a country: 'France' is 国内 for a French paper alone.
_LANDS = {
    "france": "FR",
    "italia": "IT",
    "deutschland": "DE",
    "españa": "ES",
    "brasil": "BR",
    "россия": "RU",
    "україна": "UA",
    "türkiye": "TR",
}
_NOT_FEEDS = re.compile(
    r"podcast|/search/|/comments/|[?&]s=|search\?|/author/|/user/|/forum|/jobs?[/.]|/tag/|/tags/", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A feed as the files name it. ``hints`` are other addresses that say its section; ``title`` is its own."""

    url: str
    subject: str = ""
    hints: tuple[str, ...] = ()
    title: str = ""
    website: str = ""
    kept: str = ""  # its name, where it is written by hand


def derive_channels(outlets: dict[str, Outlet], kite: Any, yavuz: Any) -> list[CatalogueChannel]:
    """At most MOST_OF_OUTLET channels of an outlet, each with a name of its own in its language."""
    mains = {outlet.home: outlet for outlet in reversed(outlets.values())}
    found: dict[tuple[str, str, str], CatalogueChannel] = {}
    seen: set[str] = set()
    for feed in sorted(_feeds(kite, yavuz), key=lambda feed: (not feed.kept, len(feed.url), feed.url)):
        key = identity(feed.url)
        outlet = _outlet(feed, outlets)
        if outlet is None or key in seen or _NOT_FEEDS.search(feed.url):
            continue
        channel = _channel(feed, mains[outlet.home])
        if channel is not None:
            seen.add(key)
            found.setdefault((channel.domain, channel.language, channel.name_zh), channel)
    order = {row[0]: place for place, row in enumerate(rows("channels.tsv"))}
    return list(
        _bounded(
            sorted(
                found.values(),
                key=lambda row: (
                    row.domain,
                    row.name_zh != GENERAL,
                    order.get(row.name_zh, 0),
                    row.language,
                    row.name,
                    row.url,
                ),
            )
        )
    )


def _bounded(channels: list[CatalogueChannel]) -> Iterator[CatalogueChannel]:
    counts: dict[str, int] = {}
    for channel in channels:
        counts[channel.domain] = counts.get(channel.domain, 0) + 1
        if counts[channel.domain] <= MOST_OF_OUTLET:
            yield channel


def _feeds(kite: Any, yavuz: Any) -> Iterator[_Seen]:
    """Every feed of the files, with what they say of it."""
    for url, name in rows("kept.tsv"):
        yield _Seen(url, kept=name)
    subjects = {name: row[0] for row in rows("subjects.tsv") for name in row[1].split("; ")}
    about: dict[str, str] = {}
    for name, category in kite.items():
        for url in category["feeds"]:
            about[url] = about.get(url) or subjects.get(name, "")
    for entries in yavuz.values():
        for entry in entries:
            url, website = entry["publication_rss_feed_uri"], entry["publication_website_uri"]
            yield _Seen(url, about.pop(url, ""), (website,), entry["publication_name"], website)
    for url, subject in about.items():
        yield _Seen(url, subject)


def _outlet(feed: _Seen, outlets: dict[str, Outlet]) -> Outlet | None:
    """Whose feed it is: by its host; by its website where that one's name is part of the host ('e00-elmundo.uecdn.es')."""
    parts, host, site = split(feed.url), host_of(feed.url), site_of(feed.url)
    if parts is None or parts.port or parts.username or "." not in host or {site, host} & shut():
        return None
    found = part_of(host, outlets)
    if found is None and feed.website:
        found = part_of(host_of(feed.website), outlets)
        label = found.domain.partition(".")[0] if found is not None else ""
        if label not in host or label == site.partition(".")[0]:
            return None
    return found


def _channel(feed: _Seen, outlet: Outlet) -> CatalogueChannel | None:
    """What is known of a feed of an outlet; None where its address names a section that nobody here can name in Chinese."""
    language = _language_of(feed.url, outlet) or outlet.language or "und"
    name, whole = _section(feed, outlet)
    if not name and not whole:
        return None
    name_zh = _in_chinese(name, outlet) if name else GENERAL
    topic = topic_of(name_zh) if name_zh not in _lands() else "world"
    topic = feed.subject if topic == "general" and feed.subject else topic
    return CatalogueChannel(feed.url, outlet.domain, name or NEWS.get(language, "News"), name_zh, topic, language)


def _in_chinese(name: str, outlet: Outlet) -> str:
    """The Chinese of a section's name at an outlet."""
    land = _LANDS.get(name.lower(), outlet.country)
    return channel_name_zh(name) if land == outlet.country else countries()[land].name_zh


@cache
def _lands() -> frozenset[str]:
    return frozenset(countries()[code].name_zh for code in _LANDS.values())


def _section(feed: _Seen, outlet: Outlet) -> tuple[str, bool]:
    """The usual name of the section that the addresses name, and whether they name none at all."""
    if feed.kept:
        return feed.kept, False
    named = channel_name(feed.title, feed.url, outlet.name) if feed.title else ""
    chinese = channel_name_zh(named)
    if chinese not in ("", GENERAL) and len(chinese) <= MOST_OF_NAME and not _is_own(named, outlet):
        return named, False
    unknown = False
    for url in (feed.url, *feed.hints):
        for part in reversed(_parts(url)):
            if _MADE.match(part) or (len(part) == 2 and part not in ("uk", "us", "eu", "ai", "tv", "f1")):
                continue
            if (name := usual_name(part) or usual_name(_bare(part))) and channel_name_zh(name) != GENERAL:
                return cut(name, 60), False
            unknown = unknown or not _says_nothing(part, outlet)
    for label in host_of(feed.url).split(".")[:-2]:
        if len(label) > 2 and label not in _LANGUAGE and channel_name_zh(usual_name(label)) not in ("", GENERAL):
            return usual_name(label), False
    return "", not unknown


def _parts(url: str) -> list[str]:
    """The words of an address's path and query, as they may be names of sections."""
    parts = split(url)
    if parts is None:
        return []
    text = urllib.parse.unquote(f"{parts.path}/{parts.query}").lower()
    found = [
        re.sub(r"\.(?:xml|rss|rdf|php|aspx?|html?|json|atom|jsp|cms)$", "", part)
        for part in re.split(r"[/?&=;,:]+", text)
    ]
    return [re.sub(r"[-_+.\s]+", " ", part).strip() for part in found if part.strip("-_+. ")]


def _is_own(words: str, outlet: Outlet) -> bool:
    """Whether words are part of an outlet's own name or domain."""
    return words.lower() in outlet.name.lower() or words.lower() in outlet.domain


def _bare(part: str) -> str:
    """A part without the words that say how a feed is made and in which language ('rss en world' is 'world')."""
    words = part.split()
    return (
        " ".join(word for word in words if not _MADE.match(word) and word not in (NEWS.keys() | _LANGUAGE.keys()))
        if len(words) > 1
        else ""
    )


def _says_nothing(part: str, outlet: Outlet) -> bool:
    """Whether a part of an address is the way feeds are made, the outlet's own name, or a word for news."""
    own = set(re.findall(r"[a-z0-9]+", f"{outlet.domain} {outlet.name}".lower())) | {outlet.domain.replace(".", "")}
    return all(
        _MADE.match(word)
        or len(word) < 3
        or word in own
        or word in _LANGUAGE
        or _is_news(word)
        or word in outlet.domain
        for word in part.split()
    )


@cache
def _is_news(word: str) -> bool:
    return channel_name_zh(word) in (GENERAL, "最新资讯", "要闻") or word in (
        "news",
        "noticias",
        "actualites",
        "nyheter",
        "latest",
    )


def _language_of(url: str, outlet: Outlet) -> str:
    """The language that an address names, '' where it names none."""
    parts = split(url)
    if parts is None or parts.hostname is None:
        return ""
    labels = parts.hostname.split(".")[:-2]
    if outlet.domain in _MANY:
        named = [word for word in (*labels, *re.split(r"[/_-]", parts.path.lower())) if len(word) == 2 and word in NEWS]
        if named:
            return named[0]
    for word in (*labels, *(part for part in re.split(r"[/]", parts.path.lower()) if part)):
        if word in _LANGUAGE and not (word == "es" and labels):
            return _LANGUAGE[word]
    return "en" if re.search(r"[/_-]en[-_./]", parts.path.lower()) else ""
