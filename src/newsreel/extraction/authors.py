"""Who wrote an article, as names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from newsreel.core.text import squeeze
from newsreel.extraction.page import Node
from newsreel.extraction.structured import Data, words

MAX_AUTHORS = 15
_LEAD = re.compile(
    r"^(?:(?:written|reported|published|posted|story|text|words|article|reporting)\s+)?by\b[\s:]*|^(?:von|par|por|di|da|door|av|af|autor(?:in|es)?|auteurs?|authors?|"
    r"autore|redacteur|текст|автор|от|oleh|yazan)\b[\s:]+|^(?:文/|文/|作者|记者|記者|责任编辑|编辑|撰文|来源)\s*[::]?\s*|^(?:文|글)\s*[::/]\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:[,;、;|/•·]|\s(?:and|und|et|y|e|en|och|og|i|und|&|и|ve)\s)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|@|\.(?:com|org|net)\b", re.IGNORECASE)
_TAIL = re.compile(r"\s*(?:\(.*\)|[-–—|].*|기자.*|特派員|記者|通讯员.*)$")
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:byline|author|authors|autor|auteur|writer|reporter|journalist)(?:$|[\s_-])", re.IGNORECASE
)
_NOBODY = re.compile(
    r"^(?:admin|administrator|editor|staff|redaktion|redacci[oó]n|unknown|none|null|n/a|anonymous)$", re.IGNORECASE
)


def authors(article: Data, meta: dict[str, list[str]], nodes: list[Node], title: Node | None) -> tuple[str, ...]:
    """The names of an article's authors, each once, in order; none where the page names none."""
    value = article.get("author") or article.get("creator")
    for stated in (
        [words(item) for item in (value if isinstance(value, list) else [value])][:MAX_AUTHORS],
        [
            text
            for name in (
                "author",
                "article:author",
                "parsely-author",
                "sailthru.author",
                "dc.creator",
                "byl",
                "authors",
                "dc.contributor",
            )
            for text in meta.get(name, ())
        ],
        [
            squeeze(node.text()[:300]) or node.get("content")
            for node in nodes
            if "author" in node.get("itemprop") or node.get("rel") == "author"
        ],
        _bylines(nodes, title),
    ):
        names = _names(stated)
        if names:
            return names
    return ()


def _bylines(nodes: list[Node], title: Node | None) -> list[str]:
    start = nodes.index(title) if title in nodes else 0
    near = nodes[start : start + 200]
    return [
        text
        for node in near
        if _BYLINE.search(node.get("class")) and (text := squeeze(node.text()[:300])) and len(text) < 80
    ][:1]


def _names(stated: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for text in stated:
        whole = _LEAD.sub("", squeeze(html.unescape(text))).strip()
        for part in _BETWEEN.split(whole):
            name = _TAIL.sub("", _LEAD.sub("", part)).strip(" .,:-–")
            if (
                1 < len(name) <= 60
                and not _ADDRESS.search(name)
                and not _NOBODY.match(name)
                and not any(char.isdigit() for char in name)
            ):
                kept.setdefault(name)
    seen: dict[str, str] = {}
    for name in kept:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())[:MAX_AUTHORS]
