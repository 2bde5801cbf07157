"""What a robots.txt says to us, by RFC 9309. Protego matches the paths; the group that speaks to us is found here.

Why not Protego alone: of Google's 142 assertions it meets 130 as it is. It ends a group at a line it does not know
(RFC 9309, 2.2.4: such lines must not interfere), and it takes 'Foo Bar' or 'Foo/1.0' for a name where the product
token ends after 'Foo' (2.2.1). Both would make us read rules that are not ours. And it keeps the rules of every
robot, of which a hostile file can name tens of thousands.

Two readings of an escape. RFC 9309, 2.2.2, has a table in which '/foo/bar/%62%61%7A' means '/foo/bar/baz'; Google
compares the two as they are written. A file's author may have thought either way, so an address is fetched where
both readings allow it: a Disallow closes every spelling of a path, an Allow opens the one that it names.
"""

from __future__ import annotations

import codecs
import re
import urllib.parse
from collections.abc import Iterator, Sequence

from protego import Protego

PRODUCT = "Newsreel"
MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is to be read
MAX_CRAWL_DELAY = 60.0
_MAX_SITEMAPS = 1000
# A file of 500 KiB has room for 40,000 rules of a few letters, and each costs time at every address. Of more than so
# many the Allow are left out first.
_MAX_RULES = 10_000
_MAX_LINE = 2 * 8192

# Spellings that are met on the web and that Google and Protego read as well.
_DIRECTIVE = re.compile(
    r"(?P<agent>user[ -]?agent)|(?P<allow>allow)|(?P<disallow>dis+al+ow|disalow|diasllow|disallaw)"
    r"|(?P<delay>crawl[ -]?delay)|(?P<sitemap>site-?maps?)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z_-]+")
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class RobotsRules:
    """The rules of one robots.txt for one product token.

    ``allows`` takes a whole address. ``crawl_delay``: seconds, at most 60, or None. ``sitemaps``: as written.
    ``weight``: characters of what is kept.
    """

    def __init__(self, text: str = "", product: str = PRODUCT) -> None:
        own, common, self.sitemaps = _read(text, product.lower())
        rules = _bounded(common if own is None else own)
        self.weight = sum(map(len, rules)) + sum(map(len, self.sitemaps))
        self._meant = self._written = _parsed(rules)
        spelled = [_as_written(_ascii(rule)) for rule in rules]
        if spelled != rules:
            self._written = _parsed(spelled)
            self.weight += sum(map(len, spelled))
        delay = self._meant.crawl_delay("*")
        self.crawl_delay: float | None = None if delay is None else min(float(delay), MAX_CRAWL_DELAY)

    @classmethod
    def from_bytes(cls, body: bytes, product: str = PRODUCT) -> RobotsRules:
        """The rules of a file as it was received: UTF-8, or UTF-16 where it says so. What is beyond 500 KiB is not read."""
        encoding = "utf-16" if body.startswith(_UTF_16) else "utf-8"
        return cls(body[:MAX_BYTES].decode(encoding, "replace"), product)

    def allows(self, url: str) -> bool:
        """Whether the address may be fetched."""
        if not self._meant.can_fetch(url, "*"):
            return False
        if self._written is self._meant and "%" not in url:
            return True
        return bool(self._written.can_fetch(_as_written(url), "*"))


def _bounded(rules: list[str]) -> list[str]:
    unlike = list(dict.fromkeys(rules))
    return (
        unlike if len(unlike) <= _MAX_RULES else sorted(unlike, key=lambda rule: rule.startswith("Allow"))[:_MAX_RULES]
    )


def _parsed(rules: Sequence[str]) -> Protego:
    return Protego.parse("\n".join(["User-agent: *", *rules]))


def _as_written(text: str) -> str:
    """Escapes for a reading that takes each as three characters: Protego then finds nothing in them to resolve."""
    return _ESCAPE.sub(lambda escape: escape[0].upper(), text).replace("%", "%25")


def _ascii(rule: str) -> str:
    return _NOT_ASCII.sub(lambda found: urllib.parse.quote(found[0], errors="replace"), rule)


def _read(text: str, product: str) -> tuple[list[str] | None, list[str], tuple[str, ...]]:
    """The rules of the groups that name the product (None where none does), of those for all, and the sitemaps."""
    own: list[str] | None = None
    common: list[str] = []
    sitemaps: list[str] = []
    ours = everyones = False
    in_rules = True  # a user-agent line after rules begins a new group, one after another user-agent adds to it
    for kind, value in _lines(text):
        if kind == "sitemap":
            if value and len(sitemaps) < _MAX_SITEMAPS:
                sitemaps.append(value)
        elif kind == "agent":
            if in_rules:
                ours = everyones = in_rules = False
            token = _TOKEN.match(value)
            ours |= token is not None and token[0].lower() == product
            everyones |= value == "*" or value.startswith("* ")
            if ours and own is None:
                own = []
        else:
            in_rules = True
            line = f"{ {'delay': 'Crawl-delay'}.get(kind, kind.capitalize()) }: {value}"
            if ours and own is not None:
                own.append(line)
            if everyones:
                common.append(line)
    return own, common, tuple(sitemaps)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for raw in re.split(r"\r\n|\r|\n", text.removeprefix("﻿")):
        line = raw[:_MAX_LINE].partition("#")[0].strip()
        name = _DIRECTIVE.match(line)
        if name is None or name.lastgroup is None:
            continue
        rest = line[name.end() :]
        value = rest.lstrip()
        if value.startswith(":"):
            value = value[1:].strip()
        elif rest == value:  # 'Disallowed', or nothing at all
            continue
        # Protego splits lines where str.splitlines does: no value may hold such a character.
        yield name.lastgroup, " ".join(value.splitlines())
