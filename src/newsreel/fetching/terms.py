"""What is agreed with one publisher: headers of our own, and paths that are read whatever robots.txt says of them.

Both hold on the publisher's own hosts alone, judged anew at every hop, so that a redirect or a link to another site
takes neither there. Headers are often secrets (a subscription's Cookie): where the publisher's home is https, they are
sent over https alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from newsreel.core.errors import Permanent
from newsreel.core.urls import host_of
from newsreel.fetching.targets import Target, quoted

MOST_HEADERS = 10
MOST_PATHS = 20
LONGEST_VALUE = 2000
LONGEST_PATH = 200
# Who we are, what the connection, the decoder and the conditional requests rest on, and what is said of the way.
_OURS = frozenset(
    "host user-agent from connection keep-alive te trailer transfer-encoding upgrade expect accept-encoding"
    " if-match if-none-match if-modified-since if-unmodified-since if-range range via forwarded http2-settings".split()
)
_OUR_BEGINNINGS = ("content-", "proxy-", "x-forwarded-", "sec-")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # printable ASCII: no line ends, no NUL
_PATH = re.compile(r"/[^\s\x00-\x1f\x7f?#*]*")
_UPWARDS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Terms:
    """``site``: the publisher's ('news.example'); hosts below it are its own. ``headers`` are sent there, over https
    alone where ``secure``. ``free_paths`` are beginnings of paths for which its robots.txt is not asked; its
    Crawl-delay is kept.
    """

    site: str
    headers: tuple[tuple[str, str], ...] = ()
    free_paths: tuple[str, ...] = ()
    secure: bool = True

    def headers_for(self, target: Target) -> tuple[tuple[str, str], ...]:
        """What is sent to a target besides the usual."""
        return self.headers if self._own(target) and (target.scheme == "https" or not self.secure) else ()

    def frees(self, target: Target) -> bool:
        """Whether a target is read whatever its robots.txt says."""
        if not self.free_paths or not self._own(target):
            return False
        path = target.path
        return _UPWARDS.search(path) is None and path.startswith(tuple(map(quoted, self.free_paths)))

    def _own(self, target: Target) -> bool:
        host = host_of(target.url)
        return bool(self.site) and (host == self.site or host.endswith("." + self.site))


def read_headers(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Headers as a person writes them, 'Name: value' a line. Permanent bad_header where one may not be sent: names of
    our own, line ends and other invisible signs, more than MOST_HEADERS.
    """
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        if not line.strip():
            continue
        name, colon, value = (part.strip(" \t") for part in line.partition(":"))
        if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or len(value) > LONGEST_VALUE:
            raise Permanent("bad_header", "A header is written as Name: value, in printable ASCII.")
        if name.lower() in _OURS or name.lower().startswith(_OUR_BEGINNINGS):
            raise Permanent("header_ours", f"The header {name} is not a source's to change.")
        found[name.lower()] = (name, value)
    if len(found) > MOST_HEADERS:
        raise Permanent("too_many_headers", f"At most {MOST_HEADERS} headers are sent.")
    return tuple(found.values())


def read_paths(lines: Iterable[str]) -> tuple[str, ...]:
    """Beginnings of paths, one a line; '/' is the whole site. Permanent bad_path for anything else, or for too many."""
    found = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    for path in found:
        if len(path) > LONGEST_PATH or not _PATH.fullmatch(path) or _UPWARDS.search(path):
            raise Permanent("bad_path", "A path begins with a slash, and holds no spaces, stars and question marks.")
    if len(found) > MOST_PATHS:
        raise Permanent("too_many_paths", f"At most {MOST_PATHS} paths can be named.")
    return found
