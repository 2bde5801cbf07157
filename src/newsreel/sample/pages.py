"""The pages of an outlet as HTML: an article, the front page, a section, the small print. A state in, text out."""

from __future__ import annotations

import html
import json
import random
import urllib.parse
from collections.abc import Iterable, Sequence
from datetime import UTC
from string import Template

from newsreel.core.types import Block
from newsreel.sample.feeds import MEDIA_TYPES
from newsreel.sample.markup import inline, parse, plain, text_of
from newsreel.sample.outlets import Outlet
from newsreel.sample.timetable import Printed, number_of
from newsreel.sample.words import languages

BRIEF = 700  # characters; a shorter article has no picture of its own
TEASERS = 4


def article_page(printed: Printed, number: int, others: Sequence[Printed], seed: int) -> str:
    """One version of an article. ``others`` are the outlet's articles that are out: the teasers are drawn from them."""
    outlet = printed.outlet
    names = article_names(printed, number) | _teasers(printed, others, seed)
    names["body"] = _body(printed, number, names)
    return _shell(
        outlet,
        title=printed.piece.versions[number].title,
        head=fill(outlet.head, names),
        main=fill(outlet.article, names),
        others=others,
        language=printed.language.code,
    )


def list_page(outlet: Outlet, title: str, listed: Iterable[Printed], others: Sequence[Printed]) -> str:
    """The front page or a section: links to articles, the newest first."""
    items = "\n".join(fill(outlet.item, article_names(printed, 0)) for printed in listed)
    return _shell(outlet, title=title, head=_alternate(outlet), main=items, others=others)


def info_page(outlet: Outlet, title: str, others: Sequence[Printed]) -> str:
    """A page that is no article: about us, the cookie rules, the login."""
    return _shell(
        outlet,
        title=title,
        head="",
        main=f"<h1>{html.escape(title)}</h1><p>{html.escape(outlet.name)}</p>",
        others=others,
    )


def fill(template: str, names: dict[str, str]) -> str:
    """A template with its names filled in. A name that it does not know is a slip in press/outlets, and is said."""
    return Template(template).substitute(names)


def article_names(printed: Printed, number: int) -> dict[str, str]:
    """All that an article's markup may name, ready for HTML."""
    piece, outlet, version = printed.piece, printed.outlet, printed.piece.versions[number]
    blocks = parse(printed.dated(version.body))
    picture = next((block for block in blocks if block.kind == "image"), Block("image"))
    utc = printed.published.astimezone(UTC)
    parts = printed.language.names(printed.local)
    raw = {
        **parts,
        "site": outlet.name,
        "host": outlet.host,
        "title": version.title,
        "standfirst": printed.dated(version.standfirst),
        "byline": ", ".join(piece.bylines) or outlet.name,
        "place": piece.place,
        "section": piece.section,
        "section_url": fill(outlet.section_path, {"section": urllib.parse.quote(piece.section)}),
        "keywords": ", ".join(piece.keywords),
        "url": printed.url,
        "path": printed.path,
        "number": str(number_of(piece)),
        "date": fill(outlet.published, {key: html.unescape(value) for key, value in parts.items()}),
        "iso": printed.local.isoformat(),
        "utc": utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "image": _lead_image(printed, picture, len(text_of(blocks))),
        "caption": picture.text,
        "lang": printed.language.code,
        "dir": printed.language.direction,
        "minutes": str(max(1, len(text_of(blocks)) // 900)),
    }
    return {key: html.escape(value) for key, value in raw.items()} | {"jsonld": _jsonld(raw, piece.bylines)}


def _lead_image(printed: Printed, picture: Block, length: int) -> str:
    """What the page's head calls its picture: the one it shows, else one for previews only, else (a brief) the logo."""
    outlet = printed.outlet
    if not picture.src and length < BRIEF:
        return f"http://{outlet.host}/static/logo.png"
    return picture_url(outlet, picture.src or f"{printed.piece.event}-{outlet.id}")


def picture_url(outlet: Outlet, source: str) -> str:
    """The address of a picture on the outlet's host."""
    return f"http://{outlet.host}/pictures/{source}.png"


def _jsonld(names: dict[str, str], bylines: Sequence[str]) -> str:
    """schema.org's NewsArticle for a script element."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": names["title"],
        "description": names["standfirst"],
        "datePublished": names["iso"],
        "mainEntityOfPage": names["url"],
        "image": [names["image"]],
        "articleSection": names["section"],
        "keywords": names["keywords"],
        "inLanguage": names["lang"],
        "author": [{"@type": "Person", "name": name} for name in bylines],
        "publisher": {"@type": "NewsMediaOrganization", "name": names["site"]},
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _teasers(printed: Printed, others: Sequence[Printed], seed: int) -> dict[str, str]:
    """Titles and paths of other articles, drawn by the seed and the page's own name."""
    chosen = [other for other in others if other.url != printed.url]
    random.Random(f"{seed}/{printed.path}").shuffle(chosen)  # noqa: S311 (a draw that must repeat, no secret)
    names = {}
    for index in range(TEASERS):
        teaser = chosen[index % len(chosen)] if chosen else printed
        names[f"teaser{index + 1}"] = html.escape(teaser.first().title)
        names[f"teaser{index + 1}_url"] = html.escape(teaser.path)
    return names


def _body(printed: Printed, number: int, names: dict[str, str]) -> str:
    """The article's blocks in the outlet's markup, with the junk between them where the outlet has it."""
    blocks = parse(printed.dated(printed.piece.versions[number].body))
    junk = printed.outlet.junk
    parts = [fill(one.html, names) for one in junk if one.after == 0]
    for index, block in enumerate(blocks, 1):
        parts.append(_block(printed.outlet, block))
        parts += [fill(one.html, names) for one in junk if one.after == index and index < len(blocks)]
    return "\n".join(parts + [fill(one.html, names) for one in junk if one.after == -1])


def _block(outlet: Outlet, block: Block) -> str:
    templates = outlet.blocks
    match block.kind:
        case "list":
            items = "".join(fill(templates["item"], {"text": inline(item)}) for item in block.items)
            return fill(templates["list"], {"tag": "ol" if block.ordered else "ul", "items": items})
        case "table":
            rows = "".join(_row(outlet, row) for row in block.items)
            return fill(templates["table"], {"rows": rows})
        case "image":
            names = {"caption": plain(block.text), "credit": block.credit, "src": picture_url(outlet, block.src)}
            return fill(templates["image"], {key: html.escape(value) for key, value in names.items()})
        case "code":
            return fill(templates["code"], {"text": html.escape(block.text, quote=False)})
        case _:
            return fill(templates[block.kind], {"text": inline(block.text)})


def _row(outlet: Outlet, row: str) -> str:
    cells = "".join(fill(outlet.blocks["cell"], {"text": inline(cell)}) for cell in row.split("\t"))
    return fill(outlet.blocks["row"], {"cells": cells})


def _alternate(outlet: Outlet) -> str:
    media_type = MEDIA_TYPES.get(outlet.feed)
    if media_type is None or outlet.feed == "sitemap":
        return ""
    return f'<link rel="alternate" type="{media_type}" title="{html.escape(outlet.name)}" href="{outlet.feed_path}">'


def _shell(outlet: Outlet, *, title: str, head: str, main: str, others: Sequence[Printed], language: str = "") -> str:
    sections = dict.fromkeys(printed.piece.section for printed in others)
    links = (
        f'<a href="{fill(outlet.section_path, {"section": urllib.parse.quote(name)})}">{html.escape(name)}</a>'
        for name in sections
    )
    spoken = language or outlet.language
    newest = others[-1] if others else None
    return fill(
        outlet.shell,
        {
            "lang": spoken,
            "dir": languages()[spoken].direction,
            "charset": outlet.charset,
            "site": html.escape(outlet.name),
            "title": html.escape(title),
            "head": head if _alternate(outlet) in head else _alternate(outlet) + head,
            "main": main,
            "sections": " ".join(links),
            "info": " ".join(f'<a href="{path}">{html.escape(name)}</a>' for path, name in outlet.info.items()),
            "newest": html.escape(newest.first().title) if newest else "",
            "newest_url": newest.path if newest else "/",
            "year": str(newest.local.year) if newest else "",
        },
    )
