"""TLS contexts: the system's certificate authorities, and those of a file besides."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from newsreel.core.errors import Misconfigured


def context_for(ca_file: Path | None, protocols: tuple[str, ...] = ("http/1.1",)) -> ssl.SSLContext:
    """The context for a certificate authority file (PEM), kept until the file changes. ``protocols`` are those that are
    offered (ALPN).

    Misconfigured where the file cannot be read.
    """
    if ca_file is None:
        return _context("", 0, protocols)
    try:
        return _context(str(ca_file), ca_file.stat().st_mtime_ns, protocols)
    except (OSError, ssl.SSLError):
        raise Misconfigured("bad_ca_file", f"The certificate authorities in {ca_file} cannot be read.") from None


@lru_cache(maxsize=32)
def _context(ca_file: str, _changed: int, protocols: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if protocols:
        context.set_alpn_protocols(list(protocols))
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context
