"""What an address (URL) names: read once, strictly, so that no two readers of it can disagree on the host.

Every trick of url_forms (userinfo, backslashes, missing slashes, short and octal numbers, other scripts' digits)
works because one parser checks and another connects. Here the address is taken apart, judged, and put together
again from the judged parts; only that is ever given to the client.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import urllib.parse
from collections.abc import Collection
from dataclasses import dataclass

import yarl

from newsreel.core.errors import Permanent
from newsreel.fetching.addresses import is_public

MAX_LENGTH = 8192
STANDARD_PORTS = {"http": 80, "https": 443}
# Names that mean a place in somebody's own network, or no place at all. Sources: RFC 6761 (localhost, invalid),
# RFC 6762 with its appendix G (local and the private names), RFC 7686 (onion), RFC 8375 (home.arpa), RFC 9476 (alt),
# ICANN's reservation of 2024 (internal). Not test and example: RFC 6761, 6.2 and 6.5, says that applications
# SHOULD NOT recognise them as special; what they resolve to is judged as of any other name.
SPECIAL_NAMES = frozenset(
    ("localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa")
) | frozenset(("onion", "alt", "invalid"))

_SHAPE = re.compile(r"(https?)://([^/?#]+)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
_HOST_AND_PORT = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]+)(?::(\d{0,5}))?")
# Hyphens and underscores at a label's ends are against RFC 1123, and there are blogs whose names have them.
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
_DOTS = str.maketrans({"。": ".", "．": ".", "｡": "."})
# What may stand in a path or query as it is; all else is percent-encoded. '%' stays: it is an escape already.
_SAFE = "%/?:@!$&'()*+,;=-._~[]|^`{}\"<>"


@dataclass(frozen=True, slots=True)
class Target:
    """One address, judged for its form. ``url`` is as it was found (without fragment), ``wire`` as it is sent.

    ``host`` is in lower case, in ASCII, without closing dot and brackets; ``literal`` says that it is a number.
    """

    url: str
    wire: str
    scheme: str
    host: str
    port: int
    literal: bool

    @property
    def place(self) -> str:
        """'host:port', as settings name it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def path(self) -> str:
        """The path as it is sent, without the query."""
        return "/" + self.wire.split("/", 3)[3].partition("?")[0]

    @property
    def pace_key(self) -> str:
        """Whose patience a request costs: the host, whatever the scheme; another port is another server."""
        return self.host if self.port in (80, 443) else self.place

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a robots.txt speaks for."""
        return f"{self.scheme}://{self.place}"


def parse_target(url: str) -> Target:
    """An address as a target. Permanent bad_address or address_refused where it names no host, or hides one."""
    url = url.strip(" \t\r\n")
    if len(url) > MAX_LENGTH:
        raise Permanent("bad_address", "The address is too long.")
    if _FORBIDDEN.search(url):
        raise Permanent("bad_address", "The address holds control characters or backslashes.")
    shape = _SHAPE.fullmatch(url)
    if shape is None:
        raise Permanent("bad_address", "This is not a complete http or https address.")
    scheme, authority, path, query = shape[1].lower(), shape[2], shape[3], shape[4] or ""
    if "@" in authority:
        raise Permanent("bad_address", "The address holds a user name, which an address of the press never does.")
    split = _HOST_AND_PORT.fullmatch(authority)
    if split is None:
        raise Permanent("bad_address", "The address names no readable host and port.")
    port = int(split[2]) if split[2] else STANDARD_PORTS[scheme]
    if not 0 < port < 65536:
        raise Permanent("bad_address", "The address names a port that does not exist.")
    host, literal = _host(split[1])
    wire_host = f"[{host}]" if ":" in host else host
    suffix = "" if port == STANDARD_PORTS[scheme] else f":{port}"
    wire = f"{scheme}://{wire_host}{suffix}{quoted(path) or '/'}{quoted(query)}"
    return Target(url.partition("#")[0], wire, scheme, host, port, literal)


def check_target(
    target: Target, *, exempt: Collection[str] = (), ports: Collection[int] = (), proxied: bool = False
) -> None:
    """Refuses (Permanent) what can be refused before anything is looked up or sent.

    ``exempt`` are 'host:port' that settings allow, ``ports`` those allowed besides 80 and 443. Through a proxy,
    which connects in our stead, only names can be asked for: numbers are refused.
    """
    if target.place in exempt:
        return
    if target.literal and not is_public(target.host):
        raise Permanent("address_refused", f"{target.host} is not an address of the public internet.")
    if target.literal and proxied:
        raise Permanent("address_refused", f"{target.host} is a number: through the proxy only names are asked for.")
    if not target.literal and _is_special(target.host):
        raise Permanent("address_refused", f"{target.host} is a name for a place within a private network.")
    if target.port not in (80, 443) and target.port not in ports:
        raise Permanent("port_refused", f"Port {target.port} is not one that web sites use.")


def _host(written: str) -> tuple[str, bool]:
    if written.startswith("["):
        if "%" in written:  # a scope, which only addresses of a local network have
            raise Permanent("address_refused", "The address is one of a local network.")
        try:
            return str(ipaddress.IPv6Address(written[1:-1])), True
        except ValueError:
            raise Permanent("bad_address", "The address in brackets is not an IPv6 address.") from None
    if "%" in written:
        raise Permanent("bad_address", "The host of the address is written with escapes.")
    host = _ascii(written).removesuffix(".")
    last = host.rpartition(".")[2]
    if _NUMBER.fullmatch(last):
        # As browsers do (WHATWG URL, 'ends in a number'): such a host can only mean an IPv4 address. Written as
        # anything but four plain decimals it is a disguise: getaddrinfo reads 0x7f.1, 0177.0.0.1 and 2130706433.
        try:
            return str(ipaddress.IPv4Address(host)), True
        except ValueError:
            raise Permanent("address_refused", "The host is a number written in a way that hides it.") from None
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise Permanent("bad_address", "The host of the address is not a name that can exist.")
    return host, False


def _ascii(host: str) -> str:
    folded = unicodedata.normalize("NFKC", host.translate(_DOTS)).translate(_DOTS).lower()
    if folded.isascii():
        return folded
    try:
        return (yarl.URL.build(scheme="http", host=folded).raw_host or "").lower()
    except ValueError:
        raise Permanent("bad_address", "The host of the address is not a name that can exist.") from None


def _is_special(host: str) -> bool:
    if "." not in host:  # a bare name is completed within the local network
        return True
    return any(host == name or host.endswith("." + name) for name in SPECIAL_NAMES)


def quoted(text: str) -> str:
    """A path or query as it is sent: what may not stand there is percent-encoded."""
    return urllib.parse.quote(text.encode("utf-8", "surrogateescape"), safe=_SAFE)
