"""``newsreel add`` and ``newsreel sources``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from newsreel.cli import health, reaching
from newsreel.cli.console import Progress, plural
from newsreel.core.errors import Misconfigured

if TYPE_CHECKING:
    from newsreel.archive.models import Source
    from newsreel.pipeline.adding import Added, Reach


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of these commands."""
    add = commands.add_parser("add", help="add sources from any addresses: feed, sitemap, or site", allow_abbrev=False)
    add.add_argument("urls", nargs="*", metavar="URL", help="addresses; '-' or none: from standard input, one a line")
    add.add_argument("--json", action="store_true", help="results as JSON")
    add.add_argument("--proxy", default="", help="reach these sources through this proxy")
    add.add_argument("--ca-file", default="", help="trust these certificate authorities (PEM) for these sources")
    add.add_argument("--port", type=int, action="append", default=[], help="allow this port besides 80 and 443")
    add.set_defaults(command=_add)
    manage = commands.add_parser("sources", help="list, pause, resume, set or remove sources", allow_abbrev=False)
    manage.add_argument("action", nargs="?", choices=["list", "pause", "resume", "set", "remove"], default="list")
    manage.add_argument("source", nargs="?", help="a source's number, its site or any address of it")
    manage.add_argument("--health", action="store_true", help="how the sources are: what is wrong, the gravest first")
    manage.add_argument("--json", action="store_true", help="the list as JSON")
    reaching.register(manage)
    manage.set_defaults(command=_sources)


def _add(options: argparse.Namespace) -> int:
    addresses = _addresses(options.urls)
    if not addresses:
        raise Misconfigured("no_address", "No address was given: newsreel add URL…, or one a line on standard input.")
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    try:
        from newsreel.pipeline import bells
        from newsreel.pipeline.adding import Reach, add_all
        from newsreel.pipeline.patience import patiently
        from newsreel.pipeline.workshop import open_workshop

        progress = Progress()
        done = 0

        def said(result: Added) -> None:
            nonlocal done
            done += 1
            if not options.json:
                _print_result(result)
            progress.say(f"{done} of {len(addresses)}")

        async def work() -> list[Added]:
            async with open_workshop(archive.settings, archive.recover) as shop:
                return await add_all(shop, addresses, reach=_reach(options, Reach), progress=said)

        results = asyncio.run(work())
        if any(result.status == "added" for result in results):
            patiently(lambda: bells.ring("crawl"), archive.recover)
    finally:
        archive.close()
    if options.json:
        print(json.dumps({"results": [_json(result) for result in results]}, ensure_ascii=False, indent=2))
    return 1 if any(result.status == "failed" for result in results) else 0


def _reach(options: argparse.Namespace, kind: type[Reach]) -> Reach:
    return kind(proxy=options.proxy, ca_file=options.ca_file, ports=tuple(options.port))


def _addresses(given: list[str]) -> list[str]:
    if given and given != ["-"]:
        return given
    if sys.stdin.isatty():
        return []
    return [line.strip() for line in sys.stdin if line.strip() and not line.lstrip().startswith("#")]


def _print_result(result: Added) -> None:
    if result.status == "failed":
        print(f"newsreel: {result.url}: {result.reason}", file=sys.stderr)
    else:
        verb = "added" if result.status == "added" else "already known"
        print(
            f"{verb}: {result.source} ({plural(len(result.feeds), 'channel')}: {', '.join(result.feeds)})", flush=True
        )


def _json(result: Added) -> dict[str, object]:
    facts = asdict(result)
    return {key: facts[key] for key in ("url", "status", "source", "feeds", "reason")}


def _sources(options: argparse.Namespace) -> int:
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    try:
        if options.action == "list" and options.health:
            health.show(options.json)
        elif options.action == "list":
            _list(options.json)
        else:
            _change(options)
    finally:
        archive.close()
    return 0


def _list(as_json: bool) -> None:
    from newsreel.archive.registry import overview

    rows = overview()
    if as_json:
        print(json.dumps({"sources": rows}, ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        print("No sources yet: newsreel add URL")
    for row in rows:
        paused = ", retired" if row["retired"] else ", paused" if row["paused"] else ""
        print(f"{row['id']:>5}  {row['name']} ({row['site']}{paused}): {plural(row['articles'], 'article')}")
        for channel in row["channels"]:
            fault = "" if channel["outcome"] in ("", "ok") else f" — {channel['reason']}"
            print(f"       {channel['kind']:<9} {channel['url']}{fault}")


def _change(options: argparse.Namespace) -> None:
    from newsreel.archive import registry

    action, wanted = options.action, options.source
    if not wanted:
        raise Misconfigured("no_source", f"Say which source: newsreel sources {action} NUMBER or ADDRESS.")
    source: Source | None = registry.find_source(wanted)
    if source is None:
        raise Misconfigured("unknown_source", f"There is no source {wanted!r}: newsreel sources lists them.")
    if action == "set":
        for line in reaching.change(source, options):
            print(f"{source.name}: {line}")
    elif action == "remove":
        print(f"removed: {source.name} with {plural(registry.remove(source), 'article')}")
    else:
        registry.set_paused(source, action == "pause")
        print(f"{action}d: {source.name}")
