"""How a source is reached, where it differs from the installation's settings, and what its robots.txt does not hold for.

What a person writes of it is read here too: each reader gives values that may be sent, or a Permanent in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import yarl
from django.db import transaction
from django.db.models.functions import Now

from newsreel.archive import changes
from newsreel.archive.models import Source
from newsreel.core.errors import Permanent
from newsreel.fetching.terms import UPWARDS

MOST_HEADERS = 10
MOST_PATHS = 20
LONGEST_VALUE = 2000
LONGEST_PATH = 200
LONGEST_REASON = 500
LONGEST_GAP = 3600.0
MOST_PORTS = 10
# Who we are, what the connection, the decoder and the conditional requests rest on, and what is said of the way.
_OURS = frozenset(
    "host user-agent from connection keep-alive te trailer transfer-encoding upgrade expect accept-encoding"
    " if-match if-none-match if-modified-since if-unmodified-since if-range range via forwarded http2-settings".split()
)
_OUR_BEGINNINGS = ("content-", "proxy-", "x-forwarded-", "sec-")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # printable ASCII: no line ends, no NUL
_PATH = re.compile(r"/[^\s\x00-\x1f\x7f?#*]*")
HIDDEN = "••••••••"  # in the place of a secret
NOT_FREE: dict[str, Any] = {"free_paths": [], "free_reason": "", "free_by": "", "free_since": None}


def set_reach(source: Source, **values: Any) -> None:
    """Other values from the next fetch on: gap, headers, proxy, ca_file, allowed_ports."""
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(**values)
        changes.record("source", [source.pk], "changed")


def set_free_paths(source: Source, paths: Sequence[str], reason: str, by: str) -> None:
    """Paths that are read whatever robots.txt says of them, why, and who answers for it. None of them ends the exception."""
    values = {"free_paths": list(paths), "free_reason": reason, "free_by": by, "free_since": Now()}
    set_reach(source, **(values if paths else NOT_FREE))


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
        if len(path) > LONGEST_PATH or not _PATH.fullmatch(path) or UPWARDS.search(path):
            raise Permanent("bad_path", "A path begins with a slash, and holds no spaces, stars and question marks.")
    if len(found) > MOST_PATHS:
        raise Permanent("too_many_paths", f"At most {MOST_PATHS} paths can be named.")
    return found


def read_gap(text: str) -> float | None:
    """Seconds, 0 to LONGEST_GAP; None for nothing. Permanent bad_gap."""
    if not text.strip():
        return None
    try:
        gap = float(text)
    except ValueError:
        gap = -1.0
    if not 0 <= gap <= LONGEST_GAP:
        raise Permanent("bad_gap", "A gap is a number of seconds, at most an hour.")
    return gap


def read_proxy(text: str) -> str:
    """http://host:port, or '' for the setting's. Permanent bad_proxy."""
    written = text.strip()
    if not written:
        return ""
    try:
        url = yarl.URL(written)
    except ValueError:
        url = yarl.URL()
    if url.scheme not in ("http", "https") or not url.host or len(written) > 500 or not written.isprintable():
        raise Permanent("bad_proxy", "The proxy must be written as http://host:port.")
    return written


def read_ports(text: str) -> list[int]:
    """Ports besides 80 and 443, with commas or spaces between them. Permanent bad_ports."""
    written = text.replace(",", " ").split()
    ports = sorted({int(part) for part in written if part.isascii() and part.isdecimal() and len(part) <= 5})
    if len(ports) != len(set(written)) or len(ports) > MOST_PORTS or not all(0 < port < 65536 for port in ports):
        raise Permanent("bad_ports", "Ports are numbers from 1 to 65535, ten at most.")
    return ports


def read_reason(text: str) -> str:
    """Why robots.txt is not obeyed. Permanent no_reason where nothing, or too much, is said."""
    reason = " ".join(text.split())
    if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Permanent("no_reason", "An exception from robots.txt needs a reason, of at most 500 characters.")
    return reason


def hidden(proxy: str) -> str:
    """A proxy's address without its password."""
    url = yarl.URL(proxy)
    return (
        proxy if not url.raw_user and not url.raw_password else str(url.with_user(None)).replace("://", f"://{HIDDEN}@")
    )
