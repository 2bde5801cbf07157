"""What an outlet tells machines: RSS, RDF, Atom, JSON Feed, a news sitemap. Pure: a state in, text out."""

from __future__ import annotations

import email.utils
import html
import json
from collections.abc import Callable, Sequence
from datetime import UTC

from newsreel.sample.markup import inline, parse
from newsreel.sample.outlets import Outlet
from newsreel.sample.timetable import Printed

MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "sitemap": "application/xml",
}


def feed(outlet: Outlet, listed: Sequence[Printed]) -> str:
    """The feed of an outlet that has one (``outlet.feed`` is not 'none') over articles, the newest first."""
    return _MAKERS[outlet.feed](outlet, listed)


def _rss(outlet: Outlet, listed: Sequence[Printed]) -> str:
    items = "".join(_rss_item(outlet, printed) for printed in listed)
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>{_x(outlet.name)}</title><link>{outlet.root}</link><description>{_x(outlet.name)}</description>"
        f"<language>{outlet.language}</language>{items}</channel></rss>"
    )


def _rss_item(outlet: Outlet, printed: Printed) -> str:
    authors = "".join(f"<dc:creator>{_x(name)}</dc:creator>" for name in printed.piece.bylines)
    full = f"<content:encoded>{_x(_full(printed))}</content:encoded>" if outlet.feed_text == "full" else ""
    return (
        f"<item><title>{_x(printed.first().title)}</title><link>{_x(printed.url)}</link>"
        f'<guid isPermaLink="true">{_x(printed.url)}</guid>'
        f"<pubDate>{email.utils.format_datetime(printed.local)}</pubDate>"
        f"<category>{_x(printed.piece.section)}</category>{authors}"
        f"<description>{_x(_summary(printed))}</description>{full}</item>\n"
    )


def _rdf(outlet: Outlet, listed: Sequence[Printed]) -> str:
    order = "".join(f'<rdf:li rdf:resource="{_x(printed.url)}"/>' for printed in listed)
    items = "".join(
        f'<item rdf:about="{_x(printed.url)}"><title>{_x(printed.first().title)}</title><link>{_x(printed.url)}</link>'
        f"<description>{_x(_summary(printed))}</description><dc:date>{_date(outlet, printed)}</dc:date>"
        f"<dc:subject>{_x(printed.piece.section)}</dc:subject></item>\n"
        for printed in listed
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{outlet.root}"><title>{_x(outlet.name)}</title><link>{outlet.root}</link>'
        f"<description>{_x(outlet.name)}</description><dc:language>{outlet.language}</dc:language>"
        f"<items><rdf:Seq>{order}</rdf:Seq></items></channel>\n{items}</rdf:RDF>"
    )


def _atom(outlet: Outlet, listed: Sequence[Printed]) -> str:
    newest = listed[0].published.isoformat() if listed else "1970-01-01T00:00:00Z"
    entries = "".join(_atom_entry(outlet, printed) for printed in listed)
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}"><title>{_x(outlet.name)}</title>'
        f'<id>{outlet.root}</id><link href="{outlet.root}"/>'
        f'<link rel="self" href="{outlet.root[:-1]}{outlet.feed_path}"/>'
        f"<updated>{newest}</updated>{entries}</feed>"
    )


def _atom_entry(outlet: Outlet, printed: Printed) -> str:
    moment = printed.local.isoformat()
    authors = "".join(f"<author><name>{_x(name)}</name></author>" for name in printed.piece.bylines or (outlet.name,))
    # The address in the feed says where its reader came from, as many papers' do; the page's canonical one does not.
    return (
        f"<entry><title>{_x(printed.first().title)}</title><id>tag:{outlet.host},2020:{_x(printed.piece.slug)}</id>"
        f'<link rel="alternate" type="text/html" href="{_x(printed.url)}?utm_source=feed&amp;utm_medium=atom"/>'
        f"<published>{moment}</published><updated>{moment}</updated>{authors}"
        f'<category term="{_x(printed.piece.section)}"/><summary>{_x(_summary(printed))}</summary></entry>\n'
    )


def _json(outlet: Outlet, listed: Sequence[Printed]) -> str:
    items = [
        {
            "id": printed.url,
            "url": printed.url,
            "title": printed.first().title,
            "summary": _summary(printed),
            "date_published": printed.local.isoformat(),
            "authors": [{"name": name} for name in printed.piece.bylines],
            "tags": list(printed.piece.keywords),
            "language": printed.language.code,
            "content_html": _full(printed)
            if outlet.feed_text == "full"
            else f"<p>{html.escape(_summary(printed))}</p>",
        }
        for printed in listed
    ]
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": outlet.root,
        "feed_url": outlet.root[:-1] + outlet.feed_path,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def _sitemap(outlet: Outlet, listed: Sequence[Printed]) -> str:
    rows = "".join(
        f"<url><loc>{_x(printed.url)}</loc><news:news><news:publication><news:name>{_x(outlet.name)}</news:name>"
        f"<news:language>{outlet.language.lower()}</news:language></news:publication>"
        f"<news:publication_date>{printed.local.isoformat()}</news:publication_date>"
        f"<news:title>{_x(printed.first().title)}</news:title></news:news></url>\n"
        for printed in listed
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    )


def _x(text: str) -> str:
    return html.escape(text)


def _summary(printed: Printed) -> str:
    return printed.dated(printed.first().standfirst)


def _full(printed: Printed) -> str:
    """The paragraphs of an article as a feed carries them."""
    blocks = parse(printed.dated(printed.first().body))
    return "".join(
        f"<p>{inline(block.text)}</p>" for block in blocks if block.kind in ("paragraph", "heading", "quote")
    )


def _date(outlet: Outlet, printed: Printed) -> str:
    if outlet.precision == "day":
        return printed.local.date().isoformat()
    return printed.published.astimezone(UTC).isoformat()


_MAKERS: dict[str, Callable[[Outlet, Sequence[Printed]], str]] = {
    "rss": _rss,
    "rdf": _rdf,
    "atom": _atom,
    "json": _json,
    "sitemap": _sitemap,
}
