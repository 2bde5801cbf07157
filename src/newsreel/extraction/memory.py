"""What is learned from many pages of a site: which texts recur on them, and so are no article's own.

A memory is the site's latest pages, each as a set of hashes: no text of anybody is kept. Everything else is counted from
them when it is asked for, so merging is the union of pages, whatever came first, and a page that is learned twice
counts once. What is no longer printed leaves with the pages that had it: a new template takes the old one's place.

Two pages that share most of what only few pages have are one article (a second address, a print version, a wire story in
two sections): what one says is then no evidence that the other's text is not its own.
"""

from __future__ import annotations

import re
import struct
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from operator import lt
from typing import Final, NamedTuple, NoReturn, Self

from newsreel.core.encoding import decode
from newsreel.core.errors import Permanent
from newsreel.core.text import squeeze
from newsreel.core.urls import identity
from newsreel.extraction.metadata import read_metadata
from newsreel.extraction.outline import read_outline
from newsreel.extraction.page import read_head, read_part
from newsreel.extraction.scanner import MAX_BYTES
from newsreel.extraction.stream import read_stream
from newsreel.extraction.structured import read_statements
from newsreel.extraction.texts import weight

MAX_PAGES = 48
MAX_TEXTS = 4096  # distinct texts of all pages
MAX_PAGE_TEXTS = 400  # of one page; the recorded pages have 150 in the middle, 470 at the 97th of a hundred
SENTENCE = 50.0  # weight from which a text may be a paragraph; a page is known by these
KIN = 1 / 3  # of what the poorer of two pages says: half of its paragraphs, where nobody else has them
KIN_OF_ONE_TITLE = 0.15
NARROW = 3  # at most one of so many pages has a narrow text
FEWEST_SHARED = 2  # paragraphs, where the titles differ: a single one may be a box
MIN_TITLE = 15.0  # weight: 'Weather' is a title of many articles

VERSION: Final = 1
_MAGIC: Final = b"NSM"
_HEAD = struct.Struct("<3sBHH")
_PAGE = struct.Struct("<QQIHH")  # key, title, order, paragraphs, texts
MAX_MEMORY_BYTES = _HEAD.size + 8 * MAX_TEXTS + MAX_PAGES * (_PAGE.size + 2 * MAX_PAGE_TEXTS)
_LAST_ORDER = 2**32 - 1
_DIGITS = re.compile(r"\d+")
# Four letters, or two of a script that needs few: '1.', '$ 355.86' and '3:0' recur in articles of all kinds.
_WORDS = re.compile(
    r"[^\W\d_](?:.*?[^\W\d_]){3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af].*?[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


class Recurrence(NamedTuple):
    """For each text on how many other articles of the site it stands (``counts``), and of how many (``pages``)."""

    counts: list[int]
    pages: int


@dataclass(frozen=True, slots=True)
class _Page:
    """One page as it is remembered. ``order``: when it was learned, counted in pages. ``paragraphs``: how many long
    texts it had, also those that were forgotten since.
    """

    order: int
    title: int
    paragraphs: int
    texts: frozenset[int]

    def newness(self) -> tuple[int, int, int, list[int]]:
        """Of two records of one page the newer one counts; the rest only makes the choice the same everywhere."""
        return self.order, self.title, self.paragraphs, sorted(self.texts)


class SiteMemory:
    """What was learned of one site: compact (42 KB, 72 at most), mergeable, kept as bytes. ``learn`` and ``merge`` change it
    and give it back.
    """

    __slots__ = ("_pages",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self) -> None:
        self._pages: dict[int, _Page] = {}

    def __len__(self) -> int:
        """How many pages it remembers."""
        return len(self._pages)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SiteMemory) and self._pages == other._pages

    def __repr__(self) -> str:
        return f"<SiteMemory of {len(self)} pages>"

    def learn(self, html: bytes | str, url: str) -> Self:
        """Takes in a page of the site as it was fetched from ``url``. Bytes that are no page teach nothing."""
        stream = read_stream(html if isinstance(html, str) else decode(html[:MAX_BYTES], None)[0])
        outline = read_outline(stream)
        page = read_part(read_head(stream, outline), stream, outline, ())
        page.data = read_statements(stream.data)
        return self.merge(self.lesson(outline.text, url, read_metadata(page, url).title))

    def learn_texts(self, texts: Iterable[str], url: str, title: str = "") -> Self:
        """Takes in a page by the texts of its blocks, in its order."""
        return self.merge(self.lesson(map(squeeze, texts), url, title))

    def lesson(self, texts: Iterable[str], url: str, title: str = "") -> SiteMemory:
        """A memory of this one page only, which this one learns by ``merge``: what goes from process to process. The
        texts are squeezed ones here, as in ``compare``.
        """
        taught = SiteMemory()
        keys = dict.fromkeys(key for text in texts if (key := _key(text)))
        # A page with more than fits is known by its paragraphs: a long menu must not crowd them out.
        kept = sorted(keys, key=lambda key: not key & 1)[:MAX_PAGE_TEXTS]
        if kept:
            order = min(max((page.order for page in self._pages.values()), default=0) + 1, _LAST_ORDER)
            paragraphs = sum(key & 1 for key in kept)
            taught._pages[_page_key(url, kept)] = _Page(order, _title_key(title), paragraphs, frozenset(kept))
        return taught

    def merge(self, *others: SiteMemory) -> Self:
        """Takes in what other memories of the site have learned. The order of merging makes no difference, and what two
        of them know counts once.
        """
        pages = dict(self._pages)
        for other in others:
            for key, theirs in other._pages.items():
                ours = pages.get(key)
                if ours is None or (ours != theirs and ours.newness() < theirs.newness()):
                    pages[key] = theirs
        self._pages = _bounded(pages)
        return self

    def recurring(self, texts: Sequence[str], url: str = "", title: str = "") -> list[int]:
        """For each text of a page on how many other articles of the site it was seen."""
        squeezed = [squeeze(text) for text in texts]
        return self.compare(squeezed, self.lesson(squeezed, url, title)).counts

    def compare(self, texts: Sequence[str], lesson: SiteMemory) -> Recurrence:
        """The same for some texts of a page, and how many articles that is out of. ``lesson``: of that page, by which
        others are known to hold the same article.
        """
        keys = [_key(text) for text in texts]
        asked = next(iter(lesson._pages.items()), None)
        if asked is None or not any(page.texts.intersection(keys) for page in self._pages.values()):
            return Recurrence([0] * len(keys), len(self._pages))
        others = _other_articles(asked[1], [page for key, page in self._pages.items() if key != asked[0]])
        return Recurrence([sum([key in article for article in others]) for key in keys], len(others))

    def to_bytes(self) -> bytes:
        """The memory as bytes; the same memory gives the same bytes."""
        table = sorted({key for page in self._pages.values() for key in page.texts})
        place = {key: index for index, key in enumerate(table)}
        parts = [_HEAD.pack(_MAGIC, VERSION, len(self._pages), len(table)), _packed("Q", table)]
        for key in sorted(self._pages):
            page = self._pages[key]
            parts.append(_PAGE.pack(key, page.title, page.order, page.paragraphs, len(page.texts)))
            parts.append(_packed("H", sorted(map(place.__getitem__, page.texts))))
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What ``to_bytes`` wrote. Permanent 'memory_unreadable' for anything else, an older format's bytes included:
        a memory is learned anew soon enough.
        """
        memory = cls()
        if len(data) < _HEAD.size or len(data) > MAX_MEMORY_BYTES:
            _unreadable()
        magic, version, pages, texts = _HEAD.unpack_from(data)
        if magic != _MAGIC or version != VERSION or pages > MAX_PAGES or texts > MAX_TEXTS:
            _unreadable()
        packed, at = _unpacked("Q", data, _HEAD.size, texts)
        table = packed.tolist()
        last, used = -1, set[int]()
        for _ in range(pages):
            if at + _PAGE.size > len(data):
                _unreadable()
            key, title, order, paragraphs, many = _PAGE.unpack_from(data, at)
            if not 0 < many <= MAX_PAGE_TEXTS:
                _unreadable()
            places, at = _unpacked("H", data, at + _PAGE.size, many)
            if places[-1] >= texts or not _rising(places) or key <= last or paragraphs > MAX_PAGE_TEXTS:
                _unreadable()
            last = key
            used.update(places)
            memory._pages[key] = _Page(order, title, paragraphs, frozenset(map(table.__getitem__, places)))
        if at != len(data) or len(used) != texts or not _rising(packed):  # there is one way of writing a memory
            _unreadable()
        return memory


def _other_articles(asked: _Page, pages: Sequence[_Page]) -> list[frozenset[int]]:
    """The texts of each article that is not the asked page's own, on however many pages it stands."""
    kinship = _Kinship([asked, *pages])
    articles = {0: asked.texts}  # by the first page that has it, with the texts of all
    for number, page in enumerate(pages, 1):
        known = next((first for first in articles if kinship.same(first, number)), number)
        articles[known] = articles.get(known, frozenset()) | page.texts
    del articles[0]
    return list(articles.values())


class _Kinship:
    """Which pages hold the same article. A paragraph weighs the less the more pages have it: what all have tells none
    apart. Sets of paragraphs are bits of a number: 48 pages are compared in a millisecond.
    """

    def __init__(self, pages: Sequence[_Page]) -> None:
        self._titles = [page.title for page in pages]
        seen = _seen(pages)
        shared = {
            key: 1 << place for place, key in enumerate(key for key, many in seen.items() if many > 1 and key & 1)
        }
        by_many: dict[int, int] = {}
        for key, bit in shared.items():
            by_many[seen[key]] = by_many.get(seen[key], 0) | bit
        self._masks = [(mask, 1 / many) for many, mask in by_many.items()]
        # Most pairs share nothing but what is all over the site. Where that alone never makes kin, they are done with.
        wide = [many for many in by_many if many * NARROW > len(pages)]
        self._narrow = sum([mask for many, mask in by_many.items() if many not in wide])
        self._wide_weight = sum([by_many[many].bit_count() / many for many in wide])
        self._bits = [sum([shared[key] for key in shared.keys() & page.texts]) for page in pages]
        # What only one page has weighs 1, also what was forgotten of it.
        self._weights = [
            self._weight(bits) + max(0, page.paragraphs - bits.bit_count())
            for page, bits in zip(pages, self._bits, strict=True)
        ]

    def same(self, one: int, other: int) -> bool:
        """Whether two of the pages do."""
        shared = self._bits[one] & self._bits[other]
        least = min(self._weights[one], self._weights[other])
        if not shared or (not shared & self._narrow and self._wide_weight < KIN_OF_ONE_TITLE * least):
            return False
        title = self._titles[one]
        one_title = title and title == self._titles[other]
        if not one_title and shared.bit_count() < FEWEST_SHARED:
            return False
        share = KIN_OF_ONE_TITLE if one_title else KIN
        return self._weight(shared) >= share * least

    def _weight(self, bits: int) -> float:
        return sum([(bits & mask).bit_count() * each for mask, each in self._masks])


def _bounded(pages: dict[int, _Page]) -> dict[int, _Page]:
    """The latest pages, with at most MAX_TEXTS different texts. Texts of one page only go first, those of the page longest
    ago and all of them at once: half an article could pass for another one.
    """
    latest = sorted(pages, key=lambda key: (pages[key].order, key))[-MAX_PAGES:]
    pages = {key: pages[key] for key in latest}
    seen = _seen(pages.values())
    too_many = len(seen) - MAX_TEXTS
    for key in latest:
        if too_many <= 0:
            return pages
        own = {text for text in pages[key].texts if seen[text] == 1}
        pages[key] = _without(pages[key], own)
        too_many -= len(own)
    if too_many > 0:
        shared = sorted((many, text) for text, many in seen.items() if many > 1)
        rarest = {text for _, text in shared[:too_many]}
        pages = {key: _without(page, rarest) for key, page in pages.items()}
    return {key: page for key, page in pages.items() if page.texts}


def _seen(pages: Iterable[_Page]) -> Counter[int]:
    """On how many pages each text stands."""
    seen: Counter[int] = Counter()
    for page in pages:
        seen.update(page.texts)
    return seen


def _without(page: _Page, texts: set[int]) -> _Page:
    return _Page(page.order, page.title, page.paragraphs, page.texts - texts)


def _key(text: str) -> int:
    """A squeezed text's hash, the same for '12 comments' and '15 comments'; odd for a paragraph, even for a shorter text; 0 for
    one that says nothing.
    """
    if len(text) < SENTENCE and not _WORDS.search(text):
        return 0
    hashed = _hash(_DIGITS.sub("0", text.casefold())) & ~1
    return hashed | (weight(text) >= SENTENCE)


def _page_key(url: str, texts: Sequence[int]) -> int:
    """A page is its address; without one it is what it says."""
    return _hash(identity(url) or url or " ".join(map(str, sorted(texts))))


def _title_key(title: str) -> int:
    title = squeeze(title).casefold()
    return _hash(title) if weight(title) >= MIN_TITLE else 0


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def _packed(kind: str, values: Sequence[int]) -> bytes:
    packed = array(kind, values)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpacked(kind: str, data: bytes, start: int, many: int) -> tuple[array[int], int]:
    """``many`` numbers from ``start`` on, and where they end."""
    values = array(kind)
    end = start + many * values.itemsize
    if end > len(data):
        _unreadable()
    values.frombytes(data[start:end])
    if sys.byteorder == "big":
        values.byteswap()
    return values, end


def _rising(values: array[int]) -> bool:
    return all(map(lt, values, islice(values, 1, None)))


def _unreadable() -> NoReturn:
    raise Permanent("memory_unreadable", "These bytes are no site memory of this version.")
