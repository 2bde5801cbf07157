"""``newsreel extract``: one page as an article, without a database."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsreel.core import urls
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings

if TYPE_CHECKING:
    from newsreel.core.types import Article
    from newsreel.extraction import Explanation

MOST_BYTES = 32 * 1024 * 1024


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of this command."""
    extract = commands.add_parser(
        "extract", help="read one page as an article; no database is needed", allow_abbrev=False
    )
    extract.add_argument("page", metavar="FILE|URL|-", help="a file, an address, or '-' for standard input")
    extract.add_argument("--url", default="", help="where the file is from")
    extract.add_argument("--json", action="store_true", help="the whole article as JSON")
    extract.add_argument("--explain", action="store_true", help="every piece of the page: kept, or removed and why")
    extract.set_defaults(command=_extract)


def _extract(options: argparse.Namespace) -> int:
    address, found = asyncio.run(_read("explain" if options.explain else "extract", options.page, options.url))
    article: Article = found.article if options.explain else found
    if options.explain:
        _explain(found, address, as_json=options.json)
    elif options.json:
        print(json.dumps(article_json(article), ensure_ascii=False, indent=2))
    elif article.text:
        print("\n\n".join(part for part in (article.title, article.text) if part))
    if not article.text:
        print(f"newsreel: {options.page}: {article.reason or 'No article text was found.'}", file=sys.stderr)
        return 1
    return 0


def _explain(found: Explanation, address: str, *, as_json: bool) -> None:
    from newsreel.cli.explained import show
    from newsreel.sources import named_rule_for

    named = named_rule_for(address)
    host = named.host if named else ""
    if as_json:
        pieces = [asdict(piece) for piece in found.pieces]
        facts = {"article": article_json(found.article), "site_rule": host or None, "pieces": pieces}
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        show(found, host, coloured=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))


async def _read(name: str, page: str, url: str) -> tuple[str, Any]:
    """The page's address, and what the function of that name makes of the page."""
    from newsreel.pipeline.isolation import Readers
    from newsreel.sources import rule_for

    body, address, content_type = await _fetch(page) if "://" in page else (_bytes_of(page), url, None)
    if url and urls.split(url) is None:
        raise Permanent("bad_address", f"--url {url[:80]!r} is not an address of the web (http or https).")
    address = url or address
    async with Readers(count=1) as readers:
        found = await readers.call(name, body, address, content_type=content_type, rule=rule_for(address))
    return address, found


async def _fetch(url: str) -> tuple[bytes, str, str | None]:
    from newsreel.fetching import Fetcher, Policy

    async with Fetcher(Policy.from_settings(settings())) as fetcher:
        response = await fetcher.fetch(url)
    return response.body, response.url, response.content_type


def _bytes_of(page: str) -> bytes:
    try:
        if page == "-":
            body = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(page).open("rb") as file:
                body = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Permanent("unreadable_file", f"{page}: {error.strerror or 'cannot be read'}.") from None
    except ValueError:
        raise Permanent("unreadable_file", f"{page[:80]!r} is not a file's name.") from None
    if len(body) > MOST_BYTES:
        raise Permanent("too_large", f"{page}: larger than {MOST_BYTES // 1024**2} MB.")
    return body


def article_json(article: Article) -> dict[str, Any]:
    """An article with the keys of the face; times in ISO 8601, a day as '2025-08-12'."""
    from newsreel.core.dates import iso

    facts = asdict(article)
    facts["published"] = iso(article.published, article.published_precision)
    facts["modified"] = iso(article.modified)
    return facts
