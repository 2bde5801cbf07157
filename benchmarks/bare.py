"""The bare costs beside the line, each in a process of its own: python -m benchmarks.bare fetch|parse|insert|extract|enrich < JSON.

``extract`` and ``enrich`` are our own two costly functions, alone in one process and without the line around them.

It prints the seconds and the seconds of its processor that the work took, imports aside, and how much it was.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import sys
import time
from pathlib import Path
from typing import Any


async def fetch(asked: dict[str, Any]) -> int:
    """A plain aiohttp loop: as many hosts at once as the crawler, one address of a host after the other."""
    import aiohttp

    context = ssl.create_default_context(cafile=asked["authority"])
    hosts: asyncio.Queue[list[str]] = asyncio.Queue()
    for addresses in asked["addresses"]:
        hosts.put_nowait(addresses)
    bytes_read = 0

    async def work(session: aiohttp.ClientSession) -> None:
        nonlocal bytes_read
        while not hosts.empty():
            for address in hosts.get_nowait():
                async with session.get(address, proxy=asked["proxy"], ssl=context) as answer:
                    bytes_read += len(await answer.read())

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(work(session) for _ in range(asked["at_once"])))
    return bytes_read


def parse(bodies: list[bytes]) -> int:
    """lexbor alone: bytes to a tree, and nothing asked of it."""
    from selectolax.lexbor import LexborHTMLParser

    return sum(LexborHTMLParser(body).root is not None for body in bodies)


def insert(dsn: str, rows: list[tuple[Any, ...]]) -> int:
    """psycopg alone: one committed INSERT a row."""
    import psycopg
    from psycopg.types.json import Jsonb

    with psycopg.connect(dsn, autocommit=True) as connection:
        for title, text, html, blocks in rows:
            statement = "INSERT INTO bare (title, text, html, blocks) VALUES (%s, %s, %s, %s)"
            connection.execute(statement, [title, text, html, Jsonb(blocks)])
    return len(rows)


def prepared(what: str, asked: dict[str, Any]) -> Any:
    """The work, as a function without arguments; all that belongs to it is loaded."""
    if what == "fetch":
        import aiohttp  # noqa: F401  # loaded before the time is taken

        return lambda: asyncio.run(fetch(asked))
    if what in ("parse", "extract"):
        from newsreel import extract

        pages = [(gzip.decompress(Path(file).read_bytes()), url) for file, url in asked["files"]]
        if what == "parse":
            return lambda: parse([body for body, _ in pages])
        extract(*pages[0])
        return lambda: sum(bool(extract(body, url).text) for body, url in pages)
    import psycopg

    if what == "enrich":
        from newsreel import enrichment

        with psycopg.connect(asked["dsn"]) as connection:
            texts = connection.execute("SELECT title, text FROM archive_article ORDER BY id").fetchall()
        enrichment.enrich(*texts[0])  # the models are loaded
        return lambda: sum(bool(enrichment.enrich(title, text).keywords) for title, text in texts)

    with psycopg.connect(asked["dsn"], autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute(
            "CREATE TABLE bare (id bigserial PRIMARY KEY, title text, text text, html text, blocks jsonb)"
        )
        rows = connection.execute("SELECT title, text, html, blocks FROM archive_article ORDER BY id").fetchall()
    return lambda: insert(asked["dsn"], rows)


def main() -> None:
    work = prepared(sys.argv[1], json.load(sys.stdin))
    began, processor = time.perf_counter(), time.process_time()
    done = work()
    print(json.dumps([time.perf_counter() - began, time.process_time() - processor, done]))


if __name__ == "__main__":
    main()
