"""Addresses: the one place that says when two of them are the same.

``identity`` makes the key of an article. Fetching, and every output, use the address as it was found.
"""

from __future__ import annotations

import re
import urllib.parse
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

# Parameters that say where a reader came from, never what they read. Sources: the campaign parameters that
# Google, Meta, Microsoft, Mailchimp, HubSpot, Matomo, AT Internet and others document.
TRACKING_PREFIXES = (
    "utm_",
    "at_",
    "pk_",
    "mtm_",
    "hsa_",
    "fb_",
    "oly_",
    "wt_",
    "icid",
    "sc_c",
    "_hs",
    "vero_",
    "guce_",
)
TRACKING_NAMES = frozenset(
    "fbclid gclid dclid gclsrc wbraid gbraid msclkid yclid ymclid twclid ttclid igshid igsh mc_cid mc_eid mkt_tok "
    "_ga _gl cmpid cmp ocid ncid ns_campaign ns_mchannel ns_source ns_linkname partner feedtype ftag smid smtyp "
    "xtor xtref wickedid s_cid ito src_ref ref_src ref_url campaign_id taid traffic_source maca spm".split()
)
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_LENGTH = 2048

_suffixes: PublicSuffixList | None = None


def split(url: str) -> urllib.parse.SplitResult | None:
    """The parts of an http(s) address, or None where it is none: no host, a bad port, too long, control characters."""
    url = url.strip()
    if not url or len(url) > MAX_URL_LENGTH or re.search(r"[\x00-\x20\x7f\\]", url):
        return None
    try:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme.lower() not in DEFAULT_PORTS or not parts.hostname:
            return None
        _ = parts.port
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str:
    """The host of an address in lower case, with its port where that is not the scheme's own; '' where there is none."""
    parts = split(url)
    if parts is None or parts.hostname is None:
        return ""
    host = _ascii_host(parts.hostname)
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != DEFAULT_PORTS[parts.scheme.lower()]:
        return f"{host}:{parts.port}"
    return host


def absolute(reference: str, base: str) -> str | None:
    """A reference found on a page as an absolute http(s) address without fragment, or None."""
    if len(reference) > MAX_URL_LENGTH:
        return None
    return _absolute(reference, base)


# A page's links are made absolute when its text is read and once more when its markup is sanitised.
@lru_cache(maxsize=4096)
def _absolute(reference: str, base: str) -> str | None:
    try:
        joined = urllib.parse.urljoin(base, reference.strip())
    except ValueError:
        return None
    joined = joined.replace(" ", "%20")
    if split(joined) is None:
        return None
    return urllib.parse.urldefrag(joined).url


def identity(url: str) -> str:
    """The key under which an address is known: scheme, 'www.', fragment, tracking parameters, the order of the
    others, a closing slash and the way of writing escapes do not make another article. '' for no address.
    """
    parts = split(url)
    if parts is None:
        return ""
    host = host_of(url).removeprefix("www.")
    path = _escapes(parts.path).rstrip("/")
    pairs = sorted(
        (name, value)
        for name, value in urllib.parse.parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None)
        if not is_tracking(name)
    )
    query = urllib.parse.urlencode(pairs)
    return f"{host}{path}" + (f"?{query}" if query else "")


def is_tracking(name: str) -> bool:
    """Whether a query parameter only says where a reader came from."""
    lowered = name.lower()
    return lowered in TRACKING_NAMES or lowered.startswith(TRACKING_PREFIXES)


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one publisher: the same registrable domain (public suffix list, private
    suffixes included: two blogs of one hoster are two sites) and the same port.
    """
    first, second = host_of(one), host_of(other)
    return bool(first) and _site(first) == _site(second)


def site_of(url: str) -> str:
    """The registrable domain of an address ('bbc.co.uk'), or its host where it has none; '' for no address."""
    host = host_of(url)
    return _site(host) if host else ""


def is_root(url: str) -> bool:
    """Whether an address is a site's front door: no path, no query."""
    parts = split(url)
    return parts is not None and parts.path in ("", "/") and not parts.query


@lru_cache(maxsize=4096)
def _site(host: str) -> str:
    global _suffixes
    if host.startswith("["):
        return host
    if _suffixes is None:
        _suffixes = PublicSuffixList()
    name, _, port = host.partition(":")
    domain = _suffixes.privatesuffix(name) or name
    return f"{domain}:{port}" if port else str(domain)


def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _escapes(path: str) -> str:
    """One way of writing a path: '%7e' and '~', 'ü' and '%C3%BC' are the same."""
    return urllib.parse.quote(urllib.parse.unquote(path), safe="/:@!$&'()*+,;=~")
