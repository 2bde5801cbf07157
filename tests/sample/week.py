"""One fixed week for the tests of the sample press, and a clock that is moved by hand."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from selectolax.lexbor import LexborHTMLParser

from newsreel.core.text import squeeze
from newsreel.sample.edition import Answer, Edition
from newsreel.sample.outlets import Outlet
from newsreel.sample.timetable import WEEK

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPENING = START + WEEK


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = OPENING

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def get(edition: Edition, url: str, now: datetime = OPENING) -> Answer:
    parts = urllib.parse.urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return edition.answer(parts.netloc, target, now)


def parsed(answer: Answer, outlet: Outlet) -> LexborHTMLParser:
    return LexborHTMLParser(answer.body.decode(outlet.charset))


def visible(page: LexborHTMLParser) -> str:
    assert page.body is not None
    return squeeze(page.body.text(separator=" "))


def packed(text: str) -> str:
    """Without white space: an element's end may or may not part two words, which says nothing of the text."""
    return "".join(text.split())
