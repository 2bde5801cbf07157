"""The rival of benchmarks/crawl.py: a plain loop of aiohttp and feedparser, in one process: python -m benchmarks.crawl_plain.

As one writes it in an evening: every feed a task, aiohttp's own bound of 100 connections, ETag and Last-Modified kept in memory,
every body parsed where it came in. No database, no robots.txt, no turns at hosts, no reader in a process of its own.

Jobs come as lines of JSON on standard input ({"feeds": [addresses], "parse": bool}), what was measured goes back in the same way.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from typing import Any

import aiohttp
import feedparser

Kept = dict[str, dict[str, str]]


async def poll(session: aiohttp.ClientSession, url: str, kept: Kept, seen: Counter[str], parse: bool) -> None:
    """One feed once."""
    async with session.get(url, headers=kept.get(url, {})) as answer:
        body = await answer.read()
        seen[str(answer.status)] += 1
        if answer.status != 200:
            return
        wanted = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
        kept[url] = {ours: answer.headers[theirs] for ours, theirs in wanted if theirs in answer.headers}
        if parse:
            seen["entries"] += len(feedparser.parse(body).entries)


async def serve() -> None:
    """One job after the other, until standard input ends."""
    kept: Kept = {}
    async with aiohttp.ClientSession() as session:
        while line := await asyncio.to_thread(sys.stdin.readline):
            job: dict[str, Any] = json.loads(line)
            seen: Counter[str] = Counter()
            began, processor = time.perf_counter(), time.process_time()
            await asyncio.gather(*(poll(session, url, kept, seen, job["parse"]) for url in job["feeds"]))
            wall, processor = time.perf_counter() - began, time.process_time() - processor
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            print(json.dumps({"wall": wall, "processor": processor, "memory": memory, "seen": seen}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
