"""What a site's addresses tell, learned and judged on the links of the recorded pages; and which pages pass for articles.

    python -m benchmarks.addresses

*Addresses*: the same-site links of all recorded pages of a site. A link in a menu or footer with at most three words (six characters of
Chinese) is taken for none of an article; one outside with six words or more (twelve characters), and a recorded page itself, for an
article's; other links are left out, and those that are found as both. These labels say nothing of the address, and are wrong at
times. Of each site with eight of both kinds at most 60 of each, in an order by hash; the patterns learn the first 20 and judge the rest.

*Pages*: how many recorded articles pass as articles where nobody vouches for them, and how many lists of teasers made of
recorded titles and first paragraphs do: real lists are not among the recorded pages.
"""

from __future__ import annotations

import gzip
import html
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from newsreel.core.encoding import decode
from newsreel.core.text import tokens
from newsreel.core.types import Entry, PageSigns
from newsreel.core.urls import identity, is_root, same_site, site_of
from newsreel.discovery import frontpages
from newsreel.discovery.addresses import article_likeness
from newsreel.discovery.patterns import AddressPatterns
from newsreel.discovery.soup import pieces
from newsreel.extraction import extract_with_signs

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpus"
LEARNED = 20
FEWEST, MOST = 8, 60

Rows = Sequence[dict[str, Any]]


class Link(NamedTuple):
    """An address and whether it is taken for an article's."""

    url: str
    article: bool


class Judged(NamedTuple):
    """Precision and recall of 'yes' (articles) and of 'no'; ``lost``: the share of articles that were called none."""

    yes_precision: float
    yes_recall: float
    no_precision: float
    no_recall: float
    lost: float
    articles: int
    others: int


def rows(corpus: str, most: int | None = None) -> list[dict[str, Any]]:
    """The recorded pages of a corpus, ``html`` as bytes."""
    folder = CORPORA / corpus
    with (folder / "index.jsonl").open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in islice(lines, most)]
    return [row | {"html": gzip.decompress((folder / row["html"]).read_bytes())} for row in found]


def labelled(pages: Rows) -> dict[str, list[Link]]:
    """The links of these pages by site, those of one kind alone."""
    kinds: dict[str, dict[str, tuple[str, set[bool]]]] = defaultdict(dict)
    for row in pages:
        url, site = row["url"], site_of(row["url"])
        for address, article in [(url, True), *_links(row["html"], url)]:
            kinds[site].setdefault(identity(address), (address, set()))[1].add(article)
    return {
        site: [Link(url, labels.pop()) for url, labels in found.values() if len(labels) == 1]
        for site, found in kinds.items()
    }


def _links(body: bytes, url: str) -> Iterator[tuple[str, bool]]:
    page = frontpages._Page(url)
    for piece in pieces(decode(body, None, limit=frontpages.MAX_BYTES)[0], frontpages.MAX_PIECES):
        page.read(piece)
    for link in page.links:
        words = frontpages._title(link)[0]
        wide, count = bool(frontpages._WIDE.search(words)), len(tokens(words))
        if link.menu == frontpages.ADVERT or is_root(link.url) or not same_site(link.url, url):
            continue
        if not link.menu and count >= (12 if wide else 6):
            yield link.url, True
        elif link.menu and 0 < count <= (6 if wide else 3):
            yield link.url, False


def judged(sites: dict[str, list[Link]], learned: int = LEARNED) -> tuple[Judged, Judged, int]:
    """By what the first links of each site teach, and by the general rules alone; of how many sites."""
    by_patterns, by_rules, many = Counter[tuple[bool, str]](), Counter[tuple[bool, str]](), 0
    for links in sites.values():
        kinds = [sorted((one for one in links if one.article is kind), key=_order)[:MOST] for kind in (True, False)]
        if min(map(len, kinds)) < FEWEST:
            continue
        many += 1
        ordered = sorted((*kinds[0], *kinds[1]), key=_order)
        patterns = AddressPatterns()
        patterns.merge(patterns.lesson(ordered[:learned]))
        for url, article in ordered[learned:]:
            by_patterns[article, patterns.judge(url)] += 1
            likeness = article_likeness(url)
            by_rules[article, "yes" if likeness >= 2 else "no" if likeness < 0 else "unknown"] += 1
    return _shares(by_patterns), _shares(by_rules), many


def _order(link: Link) -> bytes:
    return sha256(link.url.encode("utf-8", "replace")).digest()


def _shares(found: Counter[tuple[bool, str]]) -> Judged:
    articles = sum(count for (article, _), count in found.items() if article)
    others = found.total() - articles
    yes, no = found[True, "yes"], found[False, "no"]
    return Judged(
        yes / max(1, yes + found[False, "yes"]),
        yes / max(1, articles),
        no / max(1, no + found[True, "no"]),
        no / max(1, others),
        found[True, "no"] / max(1, articles),
        articles,
        others,
    )


def _plain(row: dict[str, Any]) -> str:
    return f'<article><h2><a href="{_said(row["url"])}">{_said(row["title"])}</a></h2><p>{_said(row["bodies"][0][0][:220])}</p></article>'


def _boxes(row: dict[str, Any]) -> str:
    link = f'<a href="{_said(row["url"])}">'
    return f"<div><div>{link}{_said(row['title'])}</a></div><div>{_said(row['bodies'][0][0][:180])}</div>{link}Read more</a></div>"


def _long(row: dict[str, Any]) -> str:
    texts = "".join(f"<p>{_said(text)}</p>" for text in row["bodies"][0][:2])
    return f'<div><h3><a href="{_said(row["url"])}">{_said(row["title"])}</a></h3>{texts}</div>'


def _within(row: dict[str, Any]) -> str:
    return f'<li><a href="{_said(row["url"])}"><h3>{_said(row["title"])}</h3><p>{_said(row["bodies"][0][0][:220])}</p></a></li>'


_said: Callable[[str], str] = html.escape
TEASERS = (_plain, _boxes, _long, _within)


def lists(pages: Rows, size: int = 12) -> Iterator[bytes]:
    """Lists of teasers, of so many recorded articles each, in each of the templates."""
    told = [row for row in pages if row.get("title") and row["bodies"] and len(row["bodies"][0]) > 2]
    for start in range(0, len(told) - size + 1, size):
        for teaser in TEASERS:
            inside = "".join(map(teaser, told[start : start + size]))
            yield f"<html><head><title>World</title></head><body><main><h1>World</h1>{inside}</main></body></html>".encode()


def passed(pages: Sequence[tuple[bytes, str]]) -> float:
    """The share of pages that pass as articles where nobody vouches for them."""
    from newsreel.pipeline import decisions

    def passes(body: bytes, url: str) -> bool:
        article, _, _, signs = extract_with_signs(body, url)
        return decisions.is_article(article, Entry(url, url), "frontpage", PageSigns(*signs))

    return sum(passes(*page) for page in pages) / max(1, len(pages))


def main() -> None:
    """Prints the figures."""
    corpora = {name: rows(name) for name in ("fundus", "magic", "wcxb")}
    print("| corpus | sites | by | yes: precision | recall | no: precision | recall | articles lost | links judged |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, pages in corpora.items():
        by_patterns, by_rules, many = judged(labelled(pages))
        for who, found in (("learned", by_patterns), ("general rules", by_rules)):
            figures = " | ".join(f"{100 * share:.1f} %" for share in found[:5])
            print(f"| {name} | {many} | {who} | {figures} | {found.articles + found.others} |")
    for name, pages in corpora.items():
        share = passed([(row["html"], row["url"]) for row in pages])
        print(f"articles of {name} that pass: {100 * share:.1f} % of {len(pages)}")
    made = [(page, "https://paper.test/world") for page in lists(corpora["fundus"])]
    print(f"lists of teasers that pass: {100 * passed(made):.1f} % of {len(made)}")


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreel.site.settings")
    django.setup()
    main()
