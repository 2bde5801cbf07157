"""Addresses of RSSHub, which makes feeds for sites that have none: ``rsshub://namespace/route?query``.

Such an address names a route and no server. It is kept as it is, and asked of the instance that the setting names at that moment, so
that the instance can be changed.
"""

from __future__ import annotations

import re
import urllib.parse
from urllib.parse import urlsplit

from newsreel.core.errors import Permanent
from newsreel.core.urls import MAX_URL_LENGTH, absolute, host_of, identity, split

SCHEME = "rsshub://"
# The host under which a channel waits while there is no instance; no host of the web is called so.
NOWHERE = "rsshub"
_SHAPE = re.compile(r"rsshub:///?(?=[^/])([^#]*)(?:#.*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


def is_one(address: str) -> bool:
    """Whether an address is of RSSHub, however it goes on."""
    return address.lstrip()[: len(SCHEME)].lower() == SCHEME


def canonical(address: str) -> str | None:
    """An address of RSSHub in its one way of writing; None where it names no route. A route's case matters, and is kept."""
    shape = _SHAPE.fullmatch(address.strip())
    if shape is None or len(address) > MAX_URL_LENGTH or _FORBIDDEN.search(shape[1]):
        return None
    path, _, query = shape[1].partition("?")
    segments = urllib.parse.unquote(path).replace("\\", "/").split("/")
    if not path.strip("/") or any(segment in (".", "..") for segment in segments):
        return None  # a route of dots would climb out of the instance's own path
    route = SCHEME + path.rstrip("/") + (f"?{query}" if query else "")
    return route if len(_key(route)) <= MAX_URL_LENGTH else None


def resolved(address: str, instance: str) -> str:
    """What is fetched for a channel's address: an address of RSSHub at the instance that the setting names, any other as it is.
    Permanent no_rsshub where no instance is named, bad_address where no route is.
    """
    if not is_one(address):
        return address
    route = canonical(address)
    if route is None:
        raise Permanent("bad_address", f"{address.strip()[:80]!r} names no route of RSSHub (rsshub://namespace/route).")
    if not instance:
        raise Permanent(
            "no_rsshub", "rsshub:// addresses need an RSSHub instance, and the setting NEWSREEL_RSSHUB names none."
        )
    return f"{instance.rstrip('/')}/{route.removeprefix(SCHEME)}"


def feed_address(reference: str) -> str | None:
    """What a list names as a feed: an absolute address of the web, or one of RSSHub; None for anything else."""
    return canonical(reference) if is_one(reference) else absolute(reference, "")


def feed_identity(address: str) -> str:
    """The key under which a channel is known: ``urls.identity``, or the route of RSSHub with its query in order; '' for no address."""
    if not is_one(address):
        return identity(address)
    route = canonical(address)
    return _key(route) if route else ""


def _key(route: str) -> str:
    path, _, query = route.partition("?")
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    return path + (f"?{urllib.parse.urlencode(pairs)}" if pairs else "")


def feed_host(address: str, instance: str) -> str:
    """The host that answers for a channel's address, whose lease its reading needs: for one of RSSHub the instance's, or NOWHERE."""
    if not is_one(address):
        return host_of(address)
    return host_of(instance) or NOWHERE


def namespace(address: str) -> str:
    """The first part of a route, which says what site it is of ('bilibili')."""
    return (canonical(address) or SCHEME).removeprefix(SCHEME).partition("/")[0].partition("?")[0].lower()


def checked_instance(value: str) -> str:
    """The setting's value without a closing slash. ValueError where it is no address of an instance."""
    value = value.strip().rstrip("/")
    if value and (
        split(value) is None or urlsplit(value).query or urlsplit(value).fragment or "@" in urlsplit(value).netloc
    ):
        raise ValueError("is not an address as https://rsshub.example.org is")
    return value
