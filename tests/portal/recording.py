"""Recorded pages for tests: a response in the evidence folder, and the row that says where it lies."""

from __future__ import annotations

from newsreel.archive.models import Article, Snapshot
from newsreel.archive.snapshots import SnapshotStore
from newsreel.core.settings import settings
from newsreel.core.types import Response
from tests.portal.making import NOON


def record(article: Article, html: str, url: str = "") -> Snapshot:
    """Keeps a page as what an article was read from."""
    body = html.encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    store = SnapshotStore(settings().home / "evidence")
    kept = store.write(Response(url or article.url, url or article.url, 200, headers, body, body, NOON))
    store.close()
    return Snapshot.objects.create(
        article=article, url=url or article.url, fetched_at=NOON, status=200, content_type="text/html; charset=utf-8",
        **kept._asdict(),
    )  # fmt: skip


SENTENCE = (
    "The minister said on Tuesday that paragraph number {} of the new law would be read again by the whole house."
)


def a_page(count: int, *, menu: int = 3, more: str = "") -> str:
    """A page with so many paragraphs of an article, and a box with pointers to other sections above it."""
    entries = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(menu))
    text = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(count))
    return (
        f"<html lang='en'><head><title>A law is read again</title></head><body><div class='related'><ul>{entries}</ul></div>"
        f"<article><h1>A law is read again</h1>{text}</article>{more}<footer><p>All rights reserved.</p></footer></body></html>"
    )


def text_of(count: int) -> str:
    """The text of such a page."""
    return "\n\n".join(SENTENCE.format(n) for n in range(count))
