"""Readers for benchmarks/logins.py, in processes of their own: python -m benchmarks.load pages|logins, a job as JSON on
standard input, what was seen as JSON on standard output.

Bare sockets under asyncio, so that they take little of the processor that they share with what is measured.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import random
import re
import sys
import time
from typing import Any
from urllib.parse import urlencode

Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CSRF = "bench" * 6 + "ab"  # 32 letters: a cookie and a field that say the same are all that is asked
SEALED = re.compile(rb'name="sealed" value="([^"]+)"')


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[bytes, bytes], bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    length = int(headers.get(b"content-length", b"0"))
    return int(first.split()[1]), headers, await reader.readexactly(length)


async def pages(job: dict[str, Any]) -> dict[str, Any]:
    """Asks for pages at a steady rate, whether or not the ones before were answered. Seconds from when each was due."""
    free: list[Link] = []
    seen: list[tuple[float, float]] = []
    failed = late = 0
    draw = random.Random(job["seed"])
    began = time.time() + 0.2

    async def one(due: float, path: str) -> None:
        nonlocal failed
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        while True:
            kept = bool(free)
            try:
                link = free.pop() if kept else await asyncio.open_connection("127.0.0.1", job["port"], limit=2**20)
                link[1].write(request)
                status, _, _ = await _answer(link[0])
                break
            except (OSError, asyncio.IncompleteReadError):
                if not kept:  # a connection that was kept may have been closed in this moment: browsers try another
                    failed += 1
                    return
        seen.append((due, time.time() - due))
        free.append(link)
        failed += status != 200

    async with asyncio.TaskGroup() as tasks:
        for number in range(int(job["seconds"] * job["rate"])):
            due = began + number / job["rate"]
            await asyncio.sleep(max(due - time.time(), 0))
            late += time.time() - due > 0.005  # the generator itself was kept from the processor
            tasks.create_task(one(due, draw.choice(job["paths"])))
    return {"seen": seen, "failed": failed, "late": late, "processor": time.process_time()}


async def logins(job: dict[str, Any]) -> dict[str, Any]:
    """Logs in, all at once, as browsers do: who is shown the waiting page comes again when that says."""
    done: list[float] = []
    waited: list[int] = []
    other: list[int] = []
    began = time.time()

    async def one(name: str) -> None:
        form = {"login": name, "password": job["password"], "csrfmiddlewaretoken": CSRF}
        times = 0
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", job["port"], limit=2**20)
            body = urlencode(form).encode()
            head = (
                f"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={CSRF}\r\nConnection: close\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            status, headers, page = await _answer(reader)
            writer.close()
            if status != 503:
                break
            times += 1
            sealed = SEALED.search(page)
            if sealed:
                form = {"sealed": html.unescape(sealed[1].decode()), "csrfmiddlewaretoken": CSRF}
            await asyncio.sleep(int(headers[b"retry-after"]) * random.uniform(1, 1.1))
        done.append(time.time() - began)
        waited.append(times)
        if status != 302:
            other.append(status)

    async with asyncio.TaskGroup() as tasks:
        for name in job["names"]:
            tasks.create_task(one(name))
    return {"began": began, "done": done, "waited": waited, "other": other}


if __name__ == "__main__":
    if sys.argv[1] == "logins":
        os.nice(10)  # five hundred browsers are on other machines, and take nothing from the portal's
    found = asyncio.run({"pages": pages, "logins": logins}[sys.argv[1]](json.load(sys.stdin)))
    json.dump(found, sys.stdout)
