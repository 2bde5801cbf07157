"""What an installation allows, and how much one fetch may cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from newsreel.core.settings import Settings

_VERSION = version("newsreel")
_ANONYMOUS = "a self-hosted news reader; its operator gave no contact address"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one installation, from its settings.

    ``gap``: seconds between two requests to a host. ``proxy``: 'http://host:port' or ''. ``ca_file``: certificate
    authorities besides the system's. ``allowed_hosts``: 'host:port' to which no address or port rule applies.
    ``contact``: whom a publisher can reach.
    """

    gap: float = 1.0
    proxy: str = ""
    ca_file: Path | None = None
    allowed_hosts: frozenset[str] = frozenset()
    contact: str = ""

    @classmethod
    def from_settings(cls, settings: Settings) -> Policy:
        """The rules as the settings have them."""
        return cls(
            gap=settings.crawl_gap,
            proxy=settings.proxy,
            ca_file=settings.ca_file,
            allowed_hosts=places(settings.allowed_hosts),
            contact=settings.contact,
        )

    @property
    def user_agent(self) -> str:
        """Who we say we are: the truth, in printable ASCII."""
        contact = "".join(c for c in self.contact if " " <= c <= "~" and c not in "()").strip()
        return f"Newsreel/{_VERSION} (+{contact})" if contact else f"Newsreel/{_VERSION} ({_ANONYMOUS})"


def places(written: Iterable[str]) -> frozenset[str]:
    """'host:port' entries in one way of writing; a host without a port stands for 80 and 443."""
    found: set[str] = set()
    for entry in written:
        place = entry.strip().lower()
        bare = place.startswith("[") and place.endswith("]")
        if place and (bare or not place.rpartition(":")[2].isdigit() or ":" not in place):
            found.update((f"{place.rstrip(':')}:80", f"{place.rstrip(':')}:443"))
        elif place:
            found.add(place)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost. ``total_seconds`` holds for all its hops together, waiting for turns not counted."""

    wire_bytes: int = 10 * 1024 * 1024
    decoded_bytes: int = 20 * 1024 * 1024
    total_seconds: float = 60.0
    connect_seconds: float = 15.0
    redirects: int = 8
    header_line_bytes: int = 16 * 1024
    header_lines: int = 200
