"""Who is at the other end of a request."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from newsreel.core.settings import settings


def client_address(request: HttpRequest) -> str | None:
    """The reader's IP address: the connection's, unless that is a proxy which a setting trusts; then the last one that
    the trusted proxies were told. What others write into X-Forwarded-For is never believed. None where there is none
    (a Unix socket).
    """
    trusted = settings().trusted_proxies
    address = _address(request.META.get("REMOTE_ADDR", ""))
    if address is None or address not in trusted:
        return address
    for told in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        found = _address(told)
        if found is None:
            return address
        address = found
        if address not in trusted:
            break
    return address


def client_network(request: HttpRequest) -> str:
    """What limits count by: the IPv4 address, or the /64 of an IPv6 one, which is one household's."""
    address = client_address(request)
    if address is None:
        return "none"
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _address(text: str) -> str | None:
    try:
        parsed = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(parsed)
