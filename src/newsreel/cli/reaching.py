"""``newsreel sources set``: how a source is reached, and exceptions from its robots.txt. Who can run it administers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from newsreel.core.errors import Misconfigured, Permanent

if TYPE_CHECKING:
    from newsreel.archive.models import Source


def register(manage: argparse.ArgumentParser) -> None:
    """The words of 'set'; each replaces what was said before, and an empty one takes it away."""
    of = manage.add_argument_group("set")
    of.add_argument("--gap", help="seconds between two requests to a host of it; '' for the setting's")
    of.add_argument(
        "--header", action="append", metavar="NAME: VALUE", help="send this to the site's own hosts; '' for none"
    )
    of.add_argument("--proxy", help="reach it through this proxy; '' for the setting's")
    of.add_argument("--ports", help="ports allowed besides 80 and 443, with commas between them")
    of.add_argument(
        "--robots-exception",
        action="append",
        metavar="PATH",
        help="read what begins so whatever robots.txt says; '' for none",
    )
    of.add_argument("--reason", default="", help="why the exception is made: it is kept and shown")


def change(source: Source, options: argparse.Namespace) -> list[str]:
    """Does what the words say, in one transaction with its lines in the record; what was done, a line each."""
    from django.db import transaction

    try:
        with transaction.atomic():
            done = [*_pace(source, options), *_way(source, options), *_robots(source, options)]
    except Permanent as error:
        raise Misconfigured(error.outcome, error.reason) from None
    if not done:
        raise Misconfigured("nothing_to_set", "Say what to set: see newsreel sources --help.")
    return done


def _pace(source: Source, options: argparse.Namespace) -> list[str]:
    from newsreel.accounts import audit
    from newsreel.archive import manners

    values: dict[str, Any] = {}
    if options.gap is not None:
        values["gap"] = manners.read_gap(options.gap)
    if options.header is not None:
        values["headers"] = [list(header) for header in manners.read_headers(options.header)]
    if not values:
        return []
    manners.set_reach(source, **values)
    names = [name for name, _value in values.get("headers", source.headers)]
    after = values.get("gap", source.gap)
    audit.record("source_pace", source.name, source=source.pk, before=source.gap, after=after, headers=names)
    return [f"gap: {'as the setting says' if after is None else f'{after:g} s'}; headers: {', '.join(names) or 'none'}"]


def _way(source: Source, options: argparse.Namespace) -> list[str]:
    from newsreel.accounts import audit
    from newsreel.archive import manners

    values: dict[str, Any] = {}
    if options.proxy is not None:
        values["proxy"] = manners.read_proxy(options.proxy)
    if options.ports is not None:
        values["allowed_ports"] = manners.read_ports(options.ports)
    if not values:
        return []
    manners.set_reach(source, **values)
    proxy, ports = manners.hidden(values.get("proxy", source.proxy)), values.get("allowed_ports", source.allowed_ports)
    told = {"before": manners.hidden(source.proxy), "after": proxy, "ports": ports}
    audit.record("source_way", source.name, source=source.pk, **told)
    return [f"proxy: {proxy or 'as the setting says'}; other ports: {', '.join(map(str, ports)) or 'none'}"]


def _robots(source: Source, options: argparse.Namespace) -> list[str]:
    from newsreel.accounts import audit
    from newsreel.archive import manners

    if options.robots_exception is None:
        return []
    paths = manners.read_paths(options.robots_exception)
    if not paths:
        manners.set_free_paths(source, (), "", "")
        audit.record("robots_obeyed", source.name, source=source.pk, before=source.free_paths)
        return ["robots.txt: obeyed"]
    if source.retired_at is not None:
        raise Permanent("source_retired", "The source is read no more.")
    reason = manners.read_reason(options.reason)
    manners.set_free_paths(source, paths, reason, audit.COMMAND_LINE)
    told: dict[str, Any] = {"before": source.free_paths, "after": list(paths), "reason": reason}
    audit.record("robots_excepted", source.name, source=source.pk, **told)
    return [f"robots.txt: not asked for {', '.join(paths)}"]
