"""A world of generated feeds for benchmarks/crawl.py, in one process: python -m benchmarks.crawl_world PORT HOSTS FEEDS SEED.

Every host is an address of its own in 127.0.0.0/8, all at one port, with a robots.txt and its share of the feeds. What a feed
says follows from the seed, its number and the round alone, so that all who poll it are told the same. Bare asyncio, so that it
takes little of the processors that it shares with what is measured. It prints a line when it can be asked.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

CONTROL = "127.77.0.1"
LOOK_SECONDS = 0.2  # after which ports are opened or closed as the round wants it
BAD = ("refuses", "silent", "drips", "fails", "is busy")  # how the hosts behave that are not live
BAD_SHARE = 10  # of 3 hosts in this many
_ROBOTS = b"User-agent: *\nDisallow: /private/\n"
_DRIP_SECONDS = 2.0
_POOL = 500
_WORDS = (
    "the a of to and in on for with at by from as over after before council minister harbour budget election court police "
    "school hospital river market storm bank union factory league final coach museum film trade energy water climate strike "
    "report says plans opens closes rises falls wins loses warns agrees rejects delays new old first last local national"
).split()
_SIGNS = (
    "的一是在有人这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么"
    "心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
)


def address(host: int) -> str:
    """The address of a host by its number."""
    return f"127.{80 + host // 50_000}.{host // 250 % 200}.{host % 250 + 1}"


def behaviour(host: int) -> str:
    """'live', or one of BAD for three hosts in ten, when the bad ones are switched on."""
    return BAD[host // BAD_SHARE % len(BAD)] if host % BAD_SHARE < 3 else "live"


def feed_path(feed: int) -> str:
    """The path of a feed's address."""
    return f"/feeds/{feed}.xml"


def _sentence(draw: random.Random, chinese: bool, words: int) -> str:
    if chinese:
        return "".join(draw.choices(_SIGNS, k=words * 2))
    return " ".join(draw.choices(_WORDS, k=words)).capitalize()


def _pool(seed: int) -> list[list[bytes]]:
    """Entries without their numbers, in four sets: RSS and Atom, English and Chinese. ``%(n)d`` is an entry's number,
    ``%(h)s`` its site, ``%(d)s`` its date.
    """
    draw = random.Random(seed)
    return [[_entry(draw, atom, chinese) for _ in range(_POOL)] for atom in (False, True) for chinese in (False, True)]


def _entry(draw: random.Random, atom: bool, chinese: bool) -> bytes:
    title, author = _sentence(draw, chinese, draw.randint(6, 12)), _sentence(draw, False, 2)
    paragraphs = [_sentence(draw, chinese, draw.randint(20, 60)) for _ in range(draw.choice((1, 1, 2, 3, 6)))]
    markup = "".join(f'<p>{text} <a href="/topics/{len(text)}">{text[:12]}</a></p>' for text in paragraphs)
    link, tag = "https://www.%(h)s/news/%(n)d/", draw.choice(_WORDS)
    if atom:
        text = (
            f'<entry><title>{title}</title><link rel="alternate" href="{link}"/><id>{link}</id><published>%(d)s</published>'
            f'<updated>%(d)s</updated><author><name>{author}</name></author><category term="{tag}"/>'
            f'<summary type="html"><![CDATA[{markup}]]></summary></entry>\n'
        )
    else:
        text = (
            f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="true">{link}</guid><pubDate>%(d)s</pubDate>'
            f"<dc:creator>{author}</dc:creator><category>{tag}</category><description><![CDATA[{markup}]]></description></item>\n"
        )
    return text.encode()


class World:
    """What every feed says. ``round`` counts from 1; from the second on most of the feeds have nothing new."""

    def __init__(self, hosts: int, feeds: int, seed: int) -> None:
        self.hosts, self.feeds, self.seed = hosts, feeds, seed
        self.round, self.answer, self.bad = 1, "", False
        self._pool = _pool(seed)
        self._versions = [0] * feeds

    def turn(self, number: int, answer: str, bad: bool) -> None:
        """The next round. ``answer``: '304', 'unchanged' or 'new' for every feed, '' for the mixture."""
        self.round, self.answer, self.bad = number, answer, bad
        for feed in range(self.feeds if number > 1 else 0):
            self._versions[feed] += self.kind(feed) == "new"

    def kind(self, feed: int) -> str:
        """What a feed has to say in this round to who knows what it said in the one before: of a hundred feeds 85 answer
        304, ten send the same bytes again under another ETag, five have something new.
        """
        if self.answer:
            return self.answer
        place = (feed * 7919 + self.round * 104_729 + self.seed) % 100
        return "new" if place < 5 else "unchanged" if place < 15 else "304"

    def tag(self, feed: int) -> str:
        """What of its ETag stands for its content."""
        return f'"{feed}-{self._versions[feed]}-'

    def body(self, feed: int) -> bytes:
        """Its bytes: 20 to 40 entries, three of them new with each new version."""
        count, newest = 20 + feed * 31 % 21, 1000 + 3 * self._versions[feed]
        atom, chinese = feed % 3 == 0, feed % 2 == 0
        pool, site = self._pool[2 * atom + chinese], f"site{feed % self.hosts}.test".encode()
        entries = []
        for number in range(newest, newest - count, -1):
            minutes = number % 60
            date = f"2026-11-20T08:{minutes:02}:00Z" if atom else f"Fri, 20 Nov 2026 08:{minutes:02}:00 GMT"
            entries.append(pool[(feed * 37 + number) % _POOL] % {b"n": number, b"h": site, b"d": date.encode()})
        return (_ATOM if atom else _RSS) % (site, site, b"".join(entries))


_RSS = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    b"<title>%s</title><link>https://www.%s/</link><description>News</description><ttl>15</ttl>\n%s</channel></rss>\n"
)
_ATOM = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>%s</title>'
    b'<link href="https://www.%s/"/><updated>2026-11-20T08:00:00Z</updated>\n%s</feed>\n'
)


class Watch:
    """What was asked for since the last look: by kind, and when each feed was answered."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.bytes = 0
        self.polled: dict[int, float] = {}
        self.at_once: Counter[int] = Counter()
        self.most_at_once = 0

    def begin(self, host: int) -> None:
        """A request came in."""
        self.at_once[host] += 1
        self.most_at_once = max(self.most_at_once, self.at_once[host])

    def end(self, host: int) -> None:
        """It was answered, or given up."""
        self.at_once[host] -= 1


class Line(asyncio.Protocol):
    """One connection: a request after the other."""

    def __init__(self, host: int, world: World, watches: list[Watch]) -> None:
        self._host, self._world, self._watches = host, world, watches
        self._received = b""
        self._pending: asyncio.TimerHandle | None = None
        self._open = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Of asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Of asyncio: what was still open is over."""
        if self._pending is not None:
            self._pending.cancel()
        for _ in range(self._open):
            self._watches[0].end(self._host)
        self._open = 0

    def data_received(self, data: bytes) -> None:
        """Of asyncio: answers every request that is complete."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._watches[0].begin(self._host)
            self._open += 1
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        path = head.split(b" ", 2)[1].decode("ascii")
        conduct = behaviour(self._host) if self._world.bad else "live"
        if conduct == "silent":
            self._watches[0].answers["silent"] += 1
        elif path == "/robots.txt":
            self._say("robots.txt", "200 OK", _ROBOTS, "Content-Type: text/plain")
        elif conduct == "drips":
            self._watches[0].answers["drips"] += 1
            self._write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 20000\r\n\r\n<rss")
            self._drip()
        elif conduct == "fails":
            self._say("fails", "500 Internal Server Error", b"")
        elif conduct == "is busy":
            self._say("is busy", "429 Too Many Requests", b"", "Retry-After: 600")
        else:
            self._feed(int(path[len("/feeds/") : -len(".xml")]), head)

    def _feed(self, feed: int, head: bytes) -> None:
        world, watch = self._world, self._watches[0]
        kind, tag = world.kind(feed), world.tag(feed)
        watch.polled[feed] = time.time()
        known = f"If-None-Match: {tag}".encode().lower() in head.lower()
        if known and kind != "unchanged":
            self._say("304", "304 Not Modified", None, f'ETag: {tag}{1}"')
            return
        more = f'ETag: {tag}{world.round if kind == "unchanged" else 1}"', "Cache-Control: max-age=300"
        name = "first" if world.round == 1 else kind
        self._say(name, "200 OK", world.body(feed), "Content-Type: application/xml; charset=utf-8", *more)

    def _say(self, name: str, status: str, body: bytes | None, *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", "Server: world", *headers]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self._watches[0].answers[name] += 1
        self._watches[0].bytes += len(body or b"")
        self._open -= 1
        self._watches[0].end(self._host)
        self._write("\r\n".join([*lines, "", ""]).encode() + (body or b""))

    def _drip(self) -> None:
        self._write(b" ")
        self._pending = asyncio.get_running_loop().call_later(_DRIP_SECONDS, self._drip)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


class Control(asyncio.Protocol):
    """GET /turn?round=2&answer=&bad=0 begins a round; GET /seen says what was asked for since."""

    def __init__(self, world: World, watches: list[Watch]) -> None:
        self._world, self._watches = world, watches
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Of asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Of asyncio: answers, and closes."""
        assert self._transport is not None
        asked = urlsplit(data.split(b" ", 2)[1].decode("ascii"))
        if asked.path == "/turn":
            wish = {name: values[0] for name, values in parse_qs(asked.query).items()}
            self._world.turn(int(wish["round"]), wish.get("answer", ""), wish.get("bad") == "1")
        watch = self._watches[0]
        if asked.path in ("/turn", "/forget"):
            fresh = Watch()
            fresh.at_once = watch.at_once
            self._watches[0] = fresh
        seen = {
            "answers": watch.answers, "bytes": watch.bytes, "polled": list(watch.polled.items()),
            "most_at_once": watch.most_at_once, "processor": time.process_time(),
        }  # fmt: skip
        body = json.dumps(seen).encode()
        self._transport.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        self._transport.close()


async def serve(port: int, hosts: int, feeds: int, seed: int) -> None:
    """Until the process is ended."""
    world, watches, loop = World(hosts, feeds, seed), [Watch()], asyncio.get_running_loop()

    def line(host: int) -> Callable[[], Line]:
        return lambda: Line(host, world, watches)

    await loop.create_server(lambda: Control(world, watches), CONTROL, port)
    for host in range(hosts):
        if behaviour(host) != "refuses":
            await loop.create_server(line(host), address(host), port, backlog=64)
    # Only while the bad ones are switched off do these listen: a closed port is what refuses.
    refusing = [host for host in range(hosts) if behaviour(host) == "refuses"]
    open_now: list[asyncio.Server] = []
    print("ready", flush=True)
    while True:
        if world.bad and open_now:
            for server in open_now:
                server.close()
            open_now = []
        elif not world.bad and not open_now:
            open_now = [await loop.create_server(line(host), address(host), port, backlog=64) for host in refusing]
        await asyncio.sleep(LOOK_SECONDS)


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    port, hosts, feeds, seed = (int(word) for word in sys.argv[1:])
    asyncio.run(serve(port, hosts, feeds, seed))


if __name__ == "__main__":
    main()
