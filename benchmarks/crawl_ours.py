"""Newsreel's own crawl for benchmarks/crawl.py, in a process as a worker is one: python -m benchmarks.crawl_ours.

The settings come by the environment as always. Jobs come as lines of JSON on standard input ({"fill": addresses} makes the rows, {"due":
SQL condition on channels} makes what meets it due from one moment on, {} crawls until nothing is left to start, as a worker does, with
"enough" until so many channels are read); what was measured goes back in the same way.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil

from newsreel.pipeline.startup import Archive, open_archive

if TYPE_CHECKING:  # these know Django's models, which are there when the archive is open
    from newsreel.pipeline.crawling import Crawl
    from newsreel.pipeline.workshop import Workshop


def memory() -> tuple[int, int]:
    """Bytes held now by this process and by its readers together (what is shared is divided)."""
    own = psutil.Process()
    return own.memory_full_info().pss, sum(child.memory_full_info().pss for child in own.children(recursive=True))


def processor() -> dict[str, float]:
    """Seconds of the processor so far: ours, and the readers'."""
    times = psutil.Process().cpu_times()
    children = sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children(recursive=True))
    return {
        "ours": times.user + times.system,
        "readers": children + times.children_user + times.children_system,
    }


def fill(urls: list[str], resting: list[str]) -> None:
    """The rows of the world: a source for each host. Hosts at rest are those of the articles: what is on them is kept as a lead
    like any other, and not visited (as on a host that asked for patience).
    """
    from datetime import timedelta

    from django.db import connection
    from django.db.models import Value
    from django.db.models.functions import Now

    from newsreel.archive.claims import ensure_hosts
    from newsreel.archive.models import Channel, Host, Source
    from newsreel.archive.registry import channel_key
    from newsreel.core.urls import host_of

    hosts = sorted({host_of(url) for url in urls})
    made = Source.objects.bulk_create([Source(site=host, name=host, home_url=f"http://{host}/") for host in hosts])
    sources = {source.site: source for source in made}
    Channel.objects.bulk_create(
        [
            Channel(source=sources[host_of(url)], kind="feed", url=url, key=channel_key(url), host=host_of(url))
            for url in urls
        ],
        batch_size=1000,
    )
    ensure_hosts([*hosts, *resting])
    Host.objects.filter(name__in=resting).update(next_due_at=Now() + Value(timedelta(hours=25)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def make_due(condition: str) -> float:
    """What meets the condition is due from one moment on, nothing else is; that moment, by this machine's clock."""
    from django.db import connection

    later = "UPDATE archive_channel SET next_due_at = now() + interval '20 hours'"
    with connection.cursor() as cursor:
        cursor.execute(f"{later} WHERE NOT ({condition})")
        cursor.execute(f"{later} WHERE {condition}")
        cursor.execute("UPDATE archive_host SET next_due_at = now() WHERE name IN (SELECT host FROM archive_channel)")
        cursor.execute("VACUUM ANALYZE archive_channel, archive_host")
        cursor.execute(f"UPDATE archive_channel SET next_due_at = now() WHERE {condition}")
    return time.time()


def forget() -> None:
    """Nothing is known any more of any host."""
    from newsreel.archive.models import Channel, Host

    Host.objects.update(failures=0, waiting_for_host=False, has_answered=False)
    Channel.objects.update(failures=0)


def until(shop: Workshop, enough: int) -> Crawl:
    """A crawl that ends by itself when it has read so many channels (0: when nothing is left to do)."""
    from newsreel.pipeline.crawling import Crawl

    before = shop.costs.outcomes["channel_read"]

    def look(tally: object) -> None:
        if enough and shop.costs.outcomes["channel_read"] - before >= enough:
            crawl.stopping = True

    crawl = Crawl(shop, look)
    return crawl


async def serve(archive: Archive) -> None:
    """One job after the other, until standard input ends."""
    from newsreel.pipeline.workshop import open_workshop

    async with open_workshop(archive.settings, archive.recover) as shop:
        while line := await asyncio.to_thread(sys.stdin.readline):
            job: dict[str, Any] = json.loads(line)
            if "fill" in job:
                await shop.db(fill, job["fill"], job["resting"])
                print("{}", flush=True)
                continue
            if "forget" in job:
                await shop.db(forget)
                print("{}", flush=True)
                continue
            if "due" in job:
                due = await shop.db(make_due, job["due"])
                print(json.dumps({"due": due}), flush=True)
                continue
            began, before = time.perf_counter(), processor()
            tally = await until(shop, job.get("enough", 0)).run(to_the_end=False)
            wall, after = time.perf_counter() - began, processor()
            gc.collect()
            own, readers = memory()
            found = {
                "wall": wall, "processor": {name: after[name] - before[name] for name in after},
                "memory": own, "readers_memory": readers, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "channels": tally.channels, "pages": tally.pages, "failed": len(tally.failed),
                "reasons": sorted({reason for _, _, reason in tally.failed})[:20],
            }  # fmt: skip
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    opened = open_archive()
    asyncio.run(serve(opened))
    opened.close()
