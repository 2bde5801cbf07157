"""Who may open which address. An address without a rule is not served: the check fails before anything starts.

Everything is public here and served on loopback only; accounts bring the other rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver


class Access(Enum):
    """Who."""

    PUBLIC = "public"
    THIS_MACHINE = "this machine"  # peer and name are loopback; see acts.py


RULES: dict[str, Access] = {
    "portal:home": Access.PUBLIC,
    "portal:article": Access.PUBLIC,
    "portal:source": Access.PUBLIC,
    "portal:channel": Access.PUBLIC,
    "portal:topic": Access.PUBLIC,
    "portal:keyword": Access.PUBLIC,
    "portal:sources": Access.PUBLIC,
    "portal:about": Access.PUBLIC,
    "portal:language": Access.PUBLIC,
    "portal:activity": Access.PUBLIC,
    "portal:add": Access.THIS_MACHINE,
    "portal:open_sample": Access.THIS_MACHINE,
    "portal:leave_sample": Access.THIS_MACHINE,
    "portal:healthz": Access.PUBLIC,
    "portal:live": Access.PUBLIC,
    "portal:picture": Access.PUBLIC,
}


def route_names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The full name of every address ('portal:home'); of one without a name, its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from route_names(entry, space)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}" if entry.name else str(entry.pattern)


@register("security")
def check_access(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Django's system check: each address has a rule, and no rule is left over."""
    return errors_of(set(route_names()))


def errors_of(names: set[str]) -> list[CheckMessage]:
    """What is wrong with the rules, the addresses being these."""
    missing = [Error(f"The address {name!r} has no access rule.", id="newsreel.E001") for name in names - set(RULES)]
    unused = [Error(f"The access rule {name!r} has no address.", id="newsreel.E002") for name in set(RULES) - names]
    return [*missing, *unused]
