"""The extractors that are measured side by side, each as a function from a page's bytes and its address to an Article.

Each rival is called as its own documentation does, and so that it loses nothing by our pages or our measure: the pages are UTF-8
whatever they say of themselves, and no text has list bullets or descriptions of pictures. What a rival does not read stays
empty. Loading one imports it; magic-html is not among them: it is on no index, and its own figures stand in ``PUBLISHED``.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from newsreel.core.types import Article

Extractor = Callable[[bytes, str], Article]
OURS = "newsreel"
RIVALS = ("trafilatura", "readability-lxml", "resiliparse")
BARE = "lexbor, bare parse"
RAISED = "it raised an exception"

PUBLISHED = """magic-html is not measured here. What is published of it, by other measures and on other pages, so that only the distance
to the rivals of the same source tells: F1 .929 beside .871 for trafilatura (.879 with its fallbacks) and .864 for readability-lxml, on 158
pages of news and blogs of which our `magic` are 72 (ROUGE-LSum over jieba's words, F1 of the means; README of opendatalab/magic-html);
ROUGE-N F1 .714 beside .654 for Readability, .640 for trafilatura and .629 for resiliparse, on 7,809 pages of all kinds (WebMainBench 1.1;
README of opendatalab/MinerU-HTML). Neither source gives figures for Chinese pages alone."""


class MissingError(Exception):
    """A rival that is not installed; the text says how to have it."""


class Contestant(NamedTuple):
    """An extractor under its name and release."""

    name: str
    release: str
    extract: Extractor


def contestant(name: str, ours: str = "newsreel:extract") -> Contestant:
    """An extractor by its name, loaded; ours is the function named by ``ours``, module and name. Raises MissingError."""
    if name == OURS:
        module, _, attribute = ours.partition(":")
        return Contestant(
            name,
            {"newsreel:extract": _release(name), "benchmarks.unseen:extract": "(sites unseen)"}.get(ours, ours),
            _named(module, attribute),
        )
    loaders = {
        "trafilatura": _trafilatura,
        "readability-lxml": _readability,
        "resiliparse": _resiliparse,
        BARE: _lexbor,
    }
    try:
        extract = loaders[name]()
    except ImportError as error:
        raise MissingError(
            f"{name} is not installed ({error.name} is missing) and left out: make install brings it."
        ) from None
    return Contestant(name, _release("selectolax" if name == BARE else name), _guarded(extract))


def _guarded(extract: Extractor) -> Extractor:
    """A rival that raises on a page has found nothing in it; ours must not raise and is not guarded."""

    def guarded(html: bytes, url: str) -> Article:
        try:
            return extract(html, url)
        except Exception:
            return Article(url, reason=RAISED)

    return guarded


def _named(module: str, attribute: str) -> Extractor:
    found: Extractor = getattr(importlib.import_module(module), attribute)
    return found


def _release(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # ours, run from its folder
        return ""


def _trafilatura() -> Extractor:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)

    def extract(html: bytes, url: str) -> Article:
        found = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False)
        if found is None:
            return Article(url, reason="nothing found")
        names = tuple(name for name in (found.author or "").split("; ") if name)
        published = datetime.fromisoformat(found.date) if found.date else None
        return Article(
            url,
            title=found.title or "",
            text=found.text or "",
            published=published,
            published_precision="day",
            authors=names,
        )

    return extract


def _readability() -> Extractor:
    import readability

    logging.getLogger("readability").setLevel(logging.CRITICAL)

    def extract(html: bytes, url: str) -> Article:
        page = readability.Document(html.decode("utf-8", "replace"), url=url)
        title, author = page.short_title(), page.author()
        names = () if not author or author == "[no-author]" else (author,)
        return Article(url, title="" if title == "[no-title]" else title, text=lines(page.summary()), authors=names)

    return extract


def lines(html: str) -> str:
    """The text of a piece of HTML, a line for each block."""
    from lxml.html import document_fromstring

    if not html.strip():
        return ""
    tree = document_fromstring(html)
    for element in tree.iter(
        "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "td", "th", "pre", "blockquote", "br", "dd", "dt"
    ):
        element.text = f"\n{element.text or ''}"
        element.tail = f"\n{element.tail or ''}"
    return str(tree.text_content())


def _resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def extract(html: bytes, url: str) -> Article:
        tree = HTMLTree.parse_from_bytes(html, "utf-8")
        text = extract_plain_text(tree, main_content=True, list_bullets=False, alt_texts=False)
        return Article(url, title=tree.title or "", text=text)

    return extract


def _lexbor() -> Extractor:
    from selectolax.lexbor import LexborHTMLParser

    def parse(html: bytes, url: str) -> Article:
        LexborHTMLParser(html)
        return Article(url)

    return parse
