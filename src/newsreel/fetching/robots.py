"""What a robots.txt says to us, by RFC 9309. Protego matches the paths; the group that speaks to us is found here.

Why not Protego alone: of Google's 142 assertions it meets 130 as it is. It ends a group at a line it does not know
(RFC 9309, 2.2.4: such lines must not interfere), and it takes 'Foo Bar' or 'Foo/1.0' for a name where the product
token ends after 'Foo' (2.2.1). Both would make us read rules that are not ours. And it keeps the rules of every
robot, of which a hostile file can name tens of thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from protego import Protego

PRODUCT = "Newsreel"
MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is to be read
MAX_CRAWL_DELAY = 60.0
_MAX_SITEMAPS = 1000
_MAX_LINE = 2 * 8192

# Spellings that are met on the web and that Google and Protego read as well.
_DIRECTIVE = re.compile(
    r"(?P<agent>user[ -]?agent)|(?P<allow>allow)|(?P<disallow>dis+al+ow|disalow|diasllow|disallaw)"
    r"|(?P<delay>crawl[ -]?delay)|(?P<sitemap>site-?maps?)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z_-]+")


class RobotsRules:
    """The rules of one robots.txt for one product token.

    ``allows`` takes a whole address. ``crawl_delay``: seconds, at most 60, or None. ``sitemaps``: as written.
    ``weight``: characters of what is kept.
    """

    def __init__(self, text: str = "", product: str = PRODUCT) -> None:
        own, common, self.sitemaps = _read(text, product.lower())
        rules = common if own is None else own
        self.weight = sum(map(len, rules)) + sum(map(len, self.sitemaps))
        self._protego = Protego.parse("\n".join(["User-agent: *", *rules]))
        delay = self._protego.crawl_delay("*")
        self.crawl_delay: float | None = None if delay is None else min(float(delay), MAX_CRAWL_DELAY)

    @classmethod
    def from_bytes(cls, body: bytes, product: str = PRODUCT) -> RobotsRules:
        """The rules of a file as it was received; what is beyond 500 KiB is not read."""
        return cls(body[:MAX_BYTES].decode("utf-8", "replace"), product)

    def allows(self, url: str) -> bool:
        """Whether the address may be fetched."""
        return bool(self._protego.can_fetch(url, "*"))


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
