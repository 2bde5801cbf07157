"""``newsreel crawl --once`` and ``newsreel worker``."""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
from typing import TYPE_CHECKING, Any

from newsreel.cli.console import Progress, plural
from newsreel.core.errors import Misconfigured

if TYPE_CHECKING:
    from newsreel.pipeline.crawling import Tally
    from newsreel.pipeline.startup import Archive
    from newsreel.pipeline.workshop import Costs


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of these commands."""
    crawl = commands.add_parser("crawl", help="read all that is due now", allow_abbrev=False)
    crawl.add_argument("--once", action="store_true", help="do all that is due now, to the end")
    crawl.add_argument("--json", action="store_true", help="the result as JSON")
    crawl.add_argument(
        "--costs", action="store_true", help="also say where the time went, by stage (on standard error)"
    )
    crawl.set_defaults(command=_crawl)
    worker = commands.add_parser("worker", help="one more worker on this database", allow_abbrev=False)
    worker.set_defaults(command=_worker)


def _crawl(options: argparse.Namespace) -> int:
    if not options.once:
        raise Misconfigured(
            "no_once", "Say newsreel crawl --once for one crawl to the end, or newsreel worker for one that goes on."
        )
    from newsreel.cli.guarding import end_in_order
    from newsreel.pipeline.startup import open_archive

    end_in_order()
    archive = open_archive()
    try:
        from newsreel.archive.overview import what_is_left
        from newsreel.pipeline.patience import patiently

        tally, costs = asyncio.run(_crawl_to_the_end(archive))
        left = patiently(what_is_left, archive.recover)
    finally:
        archive.close()
    if options.json:
        print(json.dumps(_json(tally, left), ensure_ascii=False, indent=2))
    else:
        _print(tally, left)
    if options.costs:
        _print_costs(tally, costs)
    return 0


async def _crawl_to_the_end(archive: Archive) -> tuple[Tally, Costs]:
    """The crawl and, beside it, the enrichment of what it brings; both to their end."""
    from newsreel.archive.reading import settle_rsshub
    from newsreel.pipeline.crawling import Crawl
    from newsreel.pipeline.enriching import enrich_due
    from newsreel.pipeline.workshop import open_workshop

    progress = Progress()
    async with open_workshop(archive.settings, archive.recover) as shop:
        await shop.db(settle_rsshub, shop.settings.rsshub)
        crawl = Crawl(
            shop,
            lambda tally: progress.say(f"{plural(tally.pages, 'page')}, {tally.new} new, {len(tally.failed)} failed"),
        )
        crawling = asyncio.create_task(crawl.run(to_the_end=True))
        try:
            while True:
                crawl_ended = crawling.done()
                batch = await enrich_due(shop)
                if not batch and crawl_ended:
                    break
                if not batch:
                    await asyncio.wait([crawling], timeout=0.5)
            tally = await crawling
        finally:
            crawl.stopping = True
            crawling.cancel()
            await asyncio.gather(crawling, return_exceptions=True)
    progress.end()
    return tally, shop.costs


def _json(tally: Tally, left: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "new": tally.new,
        "changed": tally.changed,
        "failed": [{"source": source, "url": url, "reason": reason} for source, url, reason in tally.failed],
        "left": left,
    }


def _print(tally: Tally, left: list[dict[str, Any]]) -> None:
    for source, url, reason in tally.failed[:50]:
        print(f"newsreel: {source}: {url}: {reason}", file=sys.stderr)
    if len(tally.failed) > 50:
        print(f"newsreel: … and {len(tally.failed) - 50} more.", file=sys.stderr)
    print(
        f"{plural(tally.new, 'new article')}, {tally.changed} changed, {len(tally.failed)} failed, {len(left)} left for later."
    )


def _print_costs(tally: Tally, costs: Costs) -> None:
    ranked = sorted(costs.seconds.items(), key=lambda item: -item[1])
    stages = ", ".join(f"{name} {seconds:.1f} s ({costs.calls[name]})" for name, seconds in ranked)
    outcomes = ", ".join(f"{name} {count}" for name, count in costs.outcomes.most_common())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    readers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"stages: {stages}\noutcomes: {outcomes}\npeak memory: crawler {peak} MB, largest child {readers} MB",
        file=sys.stderr,
    )


def _worker(options: argparse.Namespace) -> int:
    from newsreel.cli.guarding import end_in_order
    from newsreel.pipeline.startup import open_archive

    end_in_order()
    archive = open_archive()
    try:
        from newsreel.pipeline.worker import work

        asyncio.run(work(archive))
    finally:
        archive.close()
    return 0
