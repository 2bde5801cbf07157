"""What a site's memory gains, loses and costs, on the recorded pages beside the project.

    python benchmarks/memory.py

Two measures. *Recorded sites*: each page of the sites of which at least three pages are recorded, read with a memory that
learned the others. *Made sites*: six recorded articles each, printed in a template of our own with a box that recurs (the
recorded pages hold few sites of more than three pages), read one after the other by one memory. F1 is the corpus's own
(benchmarks/extraction.py); a text is an article's own where it stands in an accepted body.
"""

from __future__ import annotations

import html as markup
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.extraction import CORPORA, overlap, rows, shingles
from newsreel.core.urls import site_of
from newsreel.extraction import SiteMemory, extract, extract_and_learn, extract_with_memory
from newsreel.extraction.article import Reading
from newsreel.extraction.recurrence import REASON

FEWEST_PAGES = 3
SITE_PAGES = 6
MIN_BODY = 400  # characters of an article that a made site prints
BOXES = (
    (
        "This story is part of the Harbour Project, in which reporters from nine towns follow the same ships for a year and tell"
        " what becomes of the crews.",
    ),
    ("Listen to this story on the evening programme, every weekday at six, with the voices of those who were there.",),
    (
        "About the paper",
        "The paper has been owned by its staff since 1987 and prints two editions, one for the coast and one for the valley.",
    ),
    ("Tip of the day: the tide tables stand on page four.",),
    ("Figures by the statistics desk; all sums are in current prices unless the text says something else.",),
    (
        "本报记者长期关注港口城市的变迁，如果您有线索或者照片，欢迎在工作日与编辑部联系，我们会认真对待每一封来信并妥善保存。",
    ),
)


@dataclass(slots=True)
class Tally:
    """Sums over pages. ``wrong``: shingles that are in no accepted body; ``own``: removed texts that are in one."""

    pages: int = 0
    without: float = 0.0
    with_memory: float = 0.0
    wrong: int = 0
    wrong_left: int = 0
    removed: int = 0
    own: int = 0
    boxes: int = 0  # that were kept in spite of the memory

    def add(self, reading: Reading, bodies: list[list[str]], box: str = "") -> None:
        """Counts a page."""
        before, after = reading.text_without_memory, reading.article.text
        self.pages += 1
        self.without += overlap(before, bodies)[0]
        self.with_memory += overlap(after, bodies)[0]
        self.wrong += wrong(before, bodies)
        self.wrong_left += wrong(after, bodies)
        self.boxes += bool(box) and box in after
        for text, reason in reading.article.removed:
            if reason == REASON:
                self.removed += 1
                self.own += is_own(text, bodies)

    def line(self) -> str:
        """The means, as a row of the table."""
        pages = max(1, self.pages)
        return (
            f"{self.pages:5}  {self.without / pages:.4f}  {self.with_memory / pages:.4f}  {self.wrong:6}  {self.wrong_left:6}"
            f"  {self.removed:7}  {self.own:4}  {self.boxes:5}\n"
        )


def wrong(text: str, bodies: list[list[str]]) -> int:
    """How many shingles of a text are in no accepted body, for the body that fits best."""
    return min((shingles(text) - shingles("\n".join(body))).total() for body in bodies)


def is_own(text: str, bodies: list[list[str]]) -> bool:
    """Whether a text stands in an accepted body, word for word."""
    return any(not (shingles(text) - shingles("\n".join(body))) for body in bodies)


def recorded_sites(fewest: int = FEWEST_PAGES) -> Iterator[list[tuple[dict[str, Any], bytes]]]:
    """The pages of each site of which enough are recorded."""
    sites = defaultdict(list)
    for corpus in CORPORA:
        for row, page in rows(corpus):
            sites[site_of(row["url"])].append((row, page))
    return (pages for pages in sites.values() if len(pages) >= fewest)


def leave_one_out(fewest: int = FEWEST_PAGES) -> Tally:
    """Each page of the recorded sites, read with what the others teach."""
    tally = Tally()
    for pages in recorded_sites(fewest):
        lessons = [extract_and_learn(page, row["url"]).lesson for row, page in pages]
        for number, (row, page) in enumerate(pages):
            others = [lesson for place, lesson in enumerate(lessons) if place != number]
            tally.add(extract_and_learn(page, row["url"], None, SiteMemory().merge(*others)), row["bodies"])
    return tally


def made_sites(limit: int | None = None) -> list[Tally]:
    """Sites of SITE_PAGES recorded articles; a tally for each number of pages that the memory had learned before."""
    articles = [
        (row["url"], row.get("title") or "", max(row["bodies"], key=lambda body: sum(map(len, body))))
        for corpus in CORPORA
        for row, _ in rows(corpus)
    ]
    articles = sorted(article for article in articles if sum(map(len, article[2])) >= MIN_BODY)
    tallies = [Tally() for _ in range(SITE_PAGES)]
    source = random.Random(7)
    for site in range(len(articles) // SITE_PAGES):
        if site == limit:
            break
        printed = articles[site * SITE_PAGES : (site + 1) * SITE_PAGES]
        box, place = BOXES[site % len(BOXES)], source.choice(("within", "within", "first", "last"))
        memory = SiteMemory()
        for number, (_, title, body) in enumerate(printed):
            where = {"first": 0, "last": len(body)}.get(place, source.randint(1, max(1, len(body) - 1)))
            page = made_page(title, body, box, where, source)
            reading = extract_and_learn(page, f"http://site{site}.test/{number}", None, memory)
            tallies[number].add(reading, [body], box[-1])
            memory.merge(reading.lesson)
    return tallies


def made_page(title: str, body: list[str], box: tuple[str, ...], where: int, source: random.Random) -> str:
    """A page with a box before the paragraph ``where``, in elements whose classes are new on every page."""
    pieces = [f"<p>{markup.escape(text)}</p>" for text in body]
    head = "".join(f"<h3>{text}</h3>" for text in box[:-1])
    pieces.insert(where, f"<div class='css-{source.getrandbits(24):06x}'>{head}<p>{box[-1]}</p></div>")
    name = markup.escape(title)
    return (
        f"<html><head><title>{name}</title></head><body><nav><a href=/>Home</a></nav><div class='css-{source.getrandbits(24):06x}'>"
        f"<h1>{name}</h1>{''.join(pieces)}</div><footer>(c)</footer></body></html>"
    )


def costs(out: Any) -> None:
    """Bytes of a memory, and milliseconds of the processor for a page."""
    memory = SiteMemory()
    pages = [item for _, item in zip(range(500), rows("wcxb"), strict=False)]
    out("pages learned  bytes\n")
    for number, (_, page) in enumerate(pages, 1):
        memory.merge(extract_and_learn(page, f"https://one.test/{number}", None, memory).lesson)
        if number in (5, 50, 500):
            out(f"{number:13}  {len(memory.to_bytes())}\n")
    data = memory.to_bytes()
    without = seconds(lambda page, url: extract(page, url), pages[:100])
    with_memory = seconds(lambda page, url: extract_with_memory(page, url, memory=[data]), pages[:100])
    out(f"ms a page: {without * 10:.1f} without a memory, {with_memory * 10:.1f} with a full one that comes as bytes\n")


def seconds(work: Callable[[bytes, str], object], pages: list[tuple[dict[str, Any], bytes]]) -> float:
    """The processor's time for some pages."""
    started = time.process_time()
    for row, page in pages:
        work(page, row["url"])
    return time.process_time() - started


def main() -> None:
    """Print the tables."""
    out = sys.stdout.write
    heads = "pages  F1 without  F1 with  wrong  left  removed  own  boxes kept\n"
    out("Recorded sites of at least three pages, each page with what the others teach\n" + heads)
    out(leave_one_out().line())
    out("Recorded sites of at least two pages\n" + heads)
    out(leave_one_out(2).line())
    for number, tally in enumerate(made_sites()):
        if not number:
            out("Made sites, by the number of pages learned before\n      " + heads)
        out(f"{number}     {tally.line()}")
    costs(out)


if __name__ == "__main__":
    main()
