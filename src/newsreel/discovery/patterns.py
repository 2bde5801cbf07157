"""What a site's addresses tell of the pages behind them, learned from those that were visited: article or not.

The patterns are the site's latest outcomes by the shape of their addresses (shapes.py), and what an editor has said of
some shapes. Everything else is counted from them when it is asked for, so merging is a union, whatever came first, and an
outcome that is learned twice counts once. Of each shape only the latest outcomes count: a site that changes is relearned.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Literal, NamedTuple, NoReturn, Self

from newsreel.core.errors import Permanent
from newsreel.core.urls import identity
from newsreel.discovery.shapes import MAX_SHAPE, shapes, wider

Verdict = Literal["yes", "no", "unknown"]
Correction = Literal["yes", "no", "learned"]  # 'learned': as the outcomes say, in spite of an earlier correction

MAX_SHAPES = 96
MAX_OUTCOMES = 24  # of a shape, the latest
MAX_EXAMPLES = 3  # addresses kept of a shape, the latest
MAX_EXAMPLE = 200  # bytes; a longer address is kept as its hash only
MAX_CORRECTIONS = 64
# A verdict needs so many outcomes of the very shape, or so many of the wider one.
ENOUGH, ENOUGH_WIDE = 3, 5
YES, NO = 0.75, 0.15
WIDE_WEIGHT = 1.0  # what all outcomes of the wider shape count beside those of the shape itself
LOOK_AGAIN = 16  # one in so many addresses of a shape that is known to be no article's

VERSION: Final = 1
_MAGIC: Final = b"NAP"
_HEAD = struct.Struct("<3sBBB")  # magic, version, shapes, corrections
_SHAPE = struct.Struct("<BB")  # bytes of the shape, outcomes
_OUTCOME = struct.Struct("<QIBB")  # key, order, article, bytes of the address
_CORRECTION = struct.Struct("<BIB")  # bytes of the shape, order, which
_CORRECTIONS: Final = ("learned", "no", "yes")
MAX_BYTES = (
    _HEAD.size
    + MAX_SHAPES * (_SHAPE.size + MAX_SHAPE + MAX_OUTCOMES * _OUTCOME.size + MAX_EXAMPLES * MAX_EXAMPLE)
    + MAX_CORRECTIONS * (_CORRECTION.size + MAX_SHAPE)
)
_LAST_ORDER = 2**32 - 1


class Outcome(NamedTuple):
    """One address's outcome; of two of one address the greater counts. ``order``: when it was learned, counted in outcomes."""

    order: int
    article: bool
    url: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a shape: how many of the latest outcomes were articles, addresses (the latest first), what an editor has
    said of it ('' for nothing), and what that makes of it. ``wide``: it stands for the same shape in all folders.
    """

    shape: str
    wide: bool
    articles: int
    outcomes: int
    examples: tuple[str, ...]
    correction: Correction | Literal[""]
    verdict: Verdict


class AddressPatterns:
    """What was learned of one site's addresses: bounded, mergeable, kept as bytes. ``merge`` and ``correct`` change it and
    give it back.
    """

    __slots__ = ("_corrections", "_counted", "_outcomes")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self) -> None:
        self._outcomes: dict[str, dict[int, Outcome]] = {}
        self._corrections: dict[str, tuple[int, int]] = {}
        self._counted: tuple[Counter[str], Counter[str]] | None = None

    def __len__(self) -> int:
        """How many outcomes it remembers."""
        return sum(map(len, self._outcomes.values()))

    def __bool__(self) -> bool:
        return bool(self._outcomes or self._corrections)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, AddressPatterns)
            and self._outcomes == other._outcomes
            and self._corrections == other._corrections
        )

    def __repr__(self) -> str:
        return f"<AddressPatterns of {len(self)} addresses>"

    def lesson(self, outcomes: Iterable[tuple[str, bool]]) -> AddressPatterns:
        """What some outcomes (address, was it an article) teach beyond what is known: ``merge`` learns it. Where they teach
        nothing new it is empty.
        """
        taught = AddressPatterns()
        order = max((one.order for some in self._outcomes.values() for one in some.values()), default=0)
        for url, article in outcomes:
            shape = shapes(url)
            if shape is None:
                continue
            key = _key(url)
            known = self._outcomes.get(shape[0], {}).get(key)
            if known is None or known.article != article:
                order = min(order + 1, _LAST_ORDER)
                taught._outcomes.setdefault(shape[0], {})[key] = Outcome(order, article, _example(url))
        taught._outcomes = _bounded(taught._outcomes)
        return taught

    def learn(self, url: str, article: bool) -> Self:
        """Takes in one outcome."""
        return self.merge(self.lesson([(url, article)]))

    def merge(self, *others: AddressPatterns) -> Self:
        """Takes in what other patterns of the site have learned. The order of merging makes no difference, and what two
        of them know counts once.
        """
        merged = {shape: dict(some) for shape, some in self._outcomes.items()}
        corrections = dict(self._corrections)
        for other in others:
            for shape, theirs in other._outcomes.items():
                ours = merged.setdefault(shape, {})
                for key, outcome in theirs.items():
                    ours[key] = max(outcome, ours.get(key, outcome))
            for shape, said in other._corrections.items():
                corrections[shape] = max(said, corrections.get(shape, said))
        self._outcomes = _bounded(merged)
        latest = sorted(corrections, key=lambda shape: (corrections[shape], shape))[-MAX_CORRECTIONS:]
        self._corrections = {shape: corrections[shape] for shape in latest}
        self._counted = None
        return self

    def correct(self, shape: str, said: Correction) -> Self:
        """Takes down what a person says of a shape; it overrules what was learned, and a narrower one a wider one."""
        if not 0 < len(shape.encode("utf-8", "replace")) <= MAX_SHAPE:
            raise ValueError("not the shape of an address")
        order = min(max((order for order, _ in self._corrections.values()), default=0) + 1, _LAST_ORDER)
        other = AddressPatterns()
        other._corrections[shape] = (order, _CORRECTIONS.index(said))
        return self.merge(other)

    def judge(self, url: str) -> Verdict:
        """Whether the page at an address is an article, by what the site has taught."""
        found = shapes(url)
        return "unknown" if found is None else self.judge_shape(found[0])

    def judge_shape(self, shape: str) -> Verdict:
        """The same for a shape. The rule: a correction counts; else, where there are ENOUGH outcomes of the shape or ENOUGH_WIDE
        of the wider one, the share of articles says 'yes' from YES on and 'no' up to NO.
        """
        if said := self._said(shape):
            return said
        _, outcomes = self._counts()
        if outcomes[shape] < ENOUGH and outcomes[wider(shape)] < ENOUGH_WIDE:
            return "unknown"
        share = self.share(shape)
        return "yes" if share >= YES else "no" if share <= NO else "unknown"

    def said(self, url: str) -> Literal["yes", "no", ""]:
        """What a person has said of the addresses of this one's shape, '' for nothing."""
        found = shapes(url)
        return "" if found is None else self._said(found[0])

    def _said(self, shape: str) -> Literal["yes", "no", ""]:
        for name in (shape, wider(shape)):
            if said := self._corrections.get(name, (0, 0))[1]:
                return "yes" if said == 2 else "no"
        return ""

    def share(self, shape: str) -> float:
        """The smoothed share of articles among the outcomes of a shape: those of the wider shape stand for WIDE_WEIGHT outcomes,
        and without any it is a half.
        """
        articles, outcomes = self._counts()
        wide = wider(shape)
        expected = (articles[wide] + 0.5) / (outcomes[wide] + 1)
        if shape == wide:
            return expected
        return (articles[shape] + WIDE_WEIGHT * expected) / (outcomes[shape] + WIDE_WEIGHT)

    def worth_a_look(self, url: str) -> bool:
        """Whether an address that is judged to be none is looked at all the same: one in LOOK_AGAIN, always the same ones.
        Not where a person has said so.
        """
        return not self.said(url) and _key(url) % LOOK_AGAIN == 0

    def known(self) -> list[Known]:
        """What is known of each shape, those with the most outcomes first; a wider shape before those that it stands for,
        and only where it stands for more than one.
        """
        groups: dict[str, list[str]] = {}
        for shape in {*self._outcomes, *(name for name in self._corrections if name != wider(name))}:
            groups.setdefault(wider(shape), []).append(shape)
        for name in self._corrections:
            if name == wider(name):
                groups.setdefault(name, [])
        _, outcomes = self._counts()
        rows: list[Known] = []
        for wide in sorted(groups, key=lambda name: (-outcomes[name], name)):
            own = sorted(groups[wide], key=lambda name: (-outcomes[name], name))
            if len(own) != 1 or wide in self._corrections:
                rows.append(self._known(wide, own))
            rows += [self._known(shape, [shape]) for shape in own]
        return rows

    def _known(self, shape: str, members: list[str]) -> Known:
        articles, outcomes = self._counts()
        seen = sorted((one for name in members for one in self._outcomes.get(name, {}).values()), reverse=True)
        said = self._corrections.get(shape)
        return Known(
            shape=shape,
            wide=shape == wider(shape),
            articles=articles[shape],
            outcomes=outcomes[shape],
            examples=tuple(one.url for one in seen if one.url)[:MAX_EXAMPLES],
            correction="" if said is None else _CORRECTIONS[said[1]],
            verdict=self.judge_shape(shape),
        )

    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        """How many articles, and how many outcomes, each shape and each wider shape has."""
        if self._counted is None:
            articles, outcomes = Counter[str](), Counter[str]()
            for shape, some in self._outcomes.items():
                good = sum(one.article for one in some.values())
                for name in {shape, wider(shape)}:
                    articles[name] += good
                    outcomes[name] += len(some)
            self._counted = articles, outcomes
        return self._counted

    def to_bytes(self) -> bytes:
        """The patterns as bytes; the same patterns give the same bytes."""
        parts = [_HEAD.pack(_MAGIC, VERSION, len(self._outcomes), len(self._corrections))]
        for shape in sorted(self._outcomes):
            name, some = shape.encode(), self._outcomes[shape]
            parts += [_SHAPE.pack(len(name), len(some)), name]
            for key in sorted(some):
                order, article, url = some[key]
                address = url.encode()
                parts += [_OUTCOME.pack(key, order, article, len(address)), address]
        for shape in sorted(self._corrections):
            name = shape.encode()
            parts += [_CORRECTION.pack(len(name), *self._corrections[shape]), name]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What ``to_bytes`` wrote. Permanent 'patterns_unreadable' for anything else, an older format's bytes included."""
        patterns = cls()
        try:
            patterns._read(data)
        except (struct.error, UnicodeDecodeError, IndexError):
            _unreadable()
        if patterns.to_bytes() != data or patterns._outcomes != _bounded(patterns._outcomes):
            _unreadable()  # there is one way of writing patterns
        return patterns

    def _read(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            _unreadable()
        magic, version, many, corrections = _HEAD.unpack_from(data)
        if magic != _MAGIC or version != VERSION or many > MAX_SHAPES or corrections > MAX_CORRECTIONS:
            _unreadable()
        at = _HEAD.size
        for _ in range(many):
            length, outcomes = _SHAPE.unpack_from(data, at)
            shape = data[at + _SHAPE.size : (at := at + _SHAPE.size + length)].decode()
            some = self._outcomes.setdefault(shape, {})
            for _ in range(outcomes):
                key, order, article, address = _OUTCOME.unpack_from(data, at)
                some[key] = Outcome(
                    order, bool(article), data[at + _OUTCOME.size : (at := at + _OUTCOME.size + address)].decode()
                )
        for _ in range(corrections):
            length, order, said = _CORRECTION.unpack_from(data, at)
            shape = data[at + _CORRECTION.size : (at := at + _CORRECTION.size + length)].decode()
            self._corrections[shape] = (order, _CORRECTIONS.index(_CORRECTIONS[said]))


def merged(parts: Iterable[bytes]) -> AddressPatterns:
    """The patterns that all of these make together. What cannot be read (another version's) is as if it was not known."""
    read = []
    for part in parts:
        try:
            read.append(AddressPatterns.from_bytes(part))
        except Permanent:
            continue
    return AddressPatterns().merge(*read)


def _bounded(outcomes: Mapping[str, Mapping[int, Outcome]]) -> dict[str, dict[int, Outcome]]:
    """The shapes with the latest outcomes, the latest outcomes of each, and the addresses of the latest of these."""
    newest = {shape: max(some.values()) for shape, some in outcomes.items() if some}
    kept: dict[str, dict[int, Outcome]] = {}
    for shape in sorted(newest, key=lambda name: (newest[name], name))[-MAX_SHAPES:]:
        some = outcomes[shape]
        latest = sorted(some, key=lambda key: (some[key], key), reverse=True)[:MAX_OUTCOMES]
        kept[shape] = {
            key: some[key] if place < MAX_EXAMPLES else some[key]._replace(url="") for place, key in enumerate(latest)
        }
    return kept


def _key(url: str) -> int:
    hashed = blake2b((identity(url) or url).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(hashed, "little")


def _example(url: str) -> str:
    """An address as it is kept for people to see: '' where it is too long."""
    try:
        return url if len(url.encode()) <= MAX_EXAMPLE else ""
    except UnicodeEncodeError:
        return ""


def _unreadable() -> NoReturn:
    raise Permanent("patterns_unreadable", "These bytes are no address patterns of this version.")
