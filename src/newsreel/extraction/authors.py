"""Who wrote an article, as names."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator

from newsreel.core.text import squeeze
from newsreel.extraction.author_words import LEAD, NOBODY, OCCUPATION
from newsreel.extraction.page import Node
from newsreel.extraction.signs import Signs
from newsreel.extraction.structured import Data, words

MAX_AUTHORS = 15
MAX_WORDS = 5  # of a name; what is longer is a description
NEAR = 200  # elements behind the title in which a byline is looked for
_META = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "authors",
    "dc.contributor",
)
_LEAD = re.compile(rf"^(?:{'|'.join(LEAD.split(chr(10))[1:-1])})", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*(?:[,;、\uff0c\uff1b\uff5c|•·]|\s(?:and|und|et|y|e|en|och|og|i|&|и|ve|dan|with)\s)\s*|(?<=[^\W\d_]{3})\s*[/\uff0f]\s*(?=[^\W\d_]{3})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|@|[/#]{2}|^\S+\.[a-z]{2,5}$", re.IGNORECASE)
# A dash counts with a space before it: 'Anne-Marie Slaughter' is one name.
_TAIL = re.compile(
    r"\s*(?:[(\uff08].*|\s[-–—|]\s?.*|[/\uff0f]\S*(?:報導|报道|撰文|摄|攝).*|\s기자.*|特派員|記者|通讯员.*)$"
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:byline|author|authors|autor|auteur|writer|reporter|journalist|signature|firma|bylines|autori)(?:$|[\s_-])",
    re.IGNORECASE,
)
# 'By Ann Bee' as the whole of a line, whatever its element is called.
_LINE = re.compile(
    r"^(?:By|BY|Von|VON|Par|PAR|Door|Por|POR|Di|Av|Af|Текст|Автор|Autor(?:in)?|Oleh|Yazan)\b:?\s+(?=[^\W\d_a-zà-öø-ÿа-я])(?P<names>[^.!?]{3,80})$"
)
# Within a line of particulars: '来源:某报 作者:某某 【字号', '記者 某某/台北報導', '(责任编辑:某某)'.
_END = r"(?=[\s\u3010\u3011(\uff08)\uff09\[\]|\uff5c/\uff0f]|$)"
_HAN = r"[\u4e00-\u9fff]"
_IN_LINE = re.compile(
    rf"(?:作者|撰文|撰稿|文)\s?[:\uff1a/\uff0f丨]\s?(?P<one>[^\s\u3010(\uff08\[|\uff5c/\uff0f]{{2,24}}(?:[ 、]{_HAN}{{2,4}}{_END}){{0,6}})"
    rf"|(?:记者|記者)\s?[:\uff1a]?\s?(?P<two>{_HAN}{{2,4}}(?:[ 、·]{_HAN}{{2,4}}){{0,6}}){_END}"
)
_LINE_TAGS = frozenset(("p", "div", "span", "td", "address", "li", "h5", "h6", "section", "em", "strong"))
_PERSON = re.compile(r"[^\W\d_]\S*(?:\s\S+){1,4}$|[\u4e00-\u9fff]{2,5}$|[\uac00-\ud7a3]{2,4}$")
_NOBODY = re.compile(NOBODY, re.IGNORECASE)
_OCCUPATION = re.compile(OCCUPATION, re.IGNORECASE)
_ORGANISATION = ("Organization", "NewsMediaOrganization", "Corporation", "Brand", "WebSite")


def authors(article: Data, signs: Signs, site: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of an article's authors, each once, in order; none where the page names none. People go before
    organisations: the site's own name (``site``) counts where nobody else is named.
    """
    own = {_letters(name) for name in site if name}
    houses: tuple[str, ...] = ()
    for stated, sure in _statements(article, signs):
        names = _names(stated, _is_name)
        if any(_letters(name) not in own for name in names) and (sure or all(map(_is_person, names))):
            return names
        houses = houses or _names(stated, _may_be_house)
    return houses


def _statements(article: Data, signs: Signs) -> Iterator[tuple[list[str], bool]]:
    """What a page says about its authors, the surest first, each with whether it may say anything but people."""
    entries = list(_entries(article.get("author") or article.get("creator")))
    texts = [text for text, _ in entries]
    if any(person for _, person in entries):
        yield texts, True
    yield [text for name in _META for text in signs.meta.get(name, ())[:MAX_AUTHORS]][:MAX_AUTHORS], True
    marked = (signs.order[place] for place in signs.marked)
    yield (
        [
            _stated_name(node)
            for node in marked
            if "author" in node.get("itemprop").split() or node.get("rel") == "author"
        ][:MAX_AUTHORS],
        True,
    )
    yield _bylines(signs), not texts
    yield texts, True


def _entries(value: object) -> Iterator[tuple[str, bool]]:
    """JSON-LD's authors as names, each with whether it may be a person."""
    queue = [value]
    for position in range(4 * MAX_AUTHORS):
        if position >= len(queue):
            return
        item = queue[position]
        if isinstance(item, list):
            queue.extend(item[:MAX_AUTHORS])
        elif isinstance(item, dict):
            whole = words(item.get("name"))
            parts = " ".join(part for key in ("givenName", "familyName") if (part := words(item.get(key))))
            yield whole or parts, item.get("@type") not in _ORGANISATION
        elif isinstance(item, str):
            yield item, True


def _stated_name(node: Node) -> str:
    """The name in an element marked as author: its own name where it has one, for addresses and titles stand beside."""
    for count, child in enumerate(node.walk()):
        if "name" in child.get("itemprop").split():
            node = child
            break
        if count > 30:
            break
    return squeeze(node.text()[:300]) or node.get("content")


def _bylines(signs: Signs) -> list[str]:
    """The byline behind the title: an element called so, else a line that begins as bylines do."""
    lines = signs.lines(0, NEAR)
    named = [line.text for line in lines if len(line.text) < 80 and _BYLINE.search(line.node.get("class"))]
    short = (line.text for line in lines if 3 < len(line.text) <= 160 and line.node.tag in _LINE_TAGS)
    for text in (*named, *dict.fromkeys(short)):
        if match := _LINE.match(text):
            return [match["names"]]
        if not text.isascii() and (match := _IN_LINE.search(text)):
            return [match["one"] or match["two"]]
    return named[:1]


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _names(stated: Iterable[str], wanted: Callable[[str], bool]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for text in stated:
        bare = squeeze(html.unescape(text))[:500]
        if "://" in bare or "@" in bare:
            continue
        whole = _LEAD.sub("", bare).strip()
        for part in _BETWEEN.split(whole):
            name = _TAIL.sub("", _LEAD.sub("", part)).strip(" .,:-–*")
            if wanted(name):
                kept.setdefault(name.casefold(), name)
    return tuple(kept.values())[:MAX_AUTHORS]


def _is_name(name: str) -> bool:
    return _may_be_house(name) and not _ADDRESS.search(name) and not _OCCUPATION.search(name)


def _is_person(name: str) -> bool:
    """Two words or more with capitals, or a name in Chinese characters."""
    return bool(_PERSON.match(name))


def _may_be_house(name: str) -> bool:
    return (
        1 < len(name) <= 60
        and name.count(" ") < MAX_WORDS
        and not name.startswith(("(", "\uff08", "#"))
        and ":" not in name
        and not _NOBODY.match(name)
        and not any(char.isdigit() for char in name)
    )
