"""A newspaper on loopback that has neither feed nor sitemap: a front page, sections, articles, pages that look like articles."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from newsreel.archive import registry
from newsreel.archive.models import Channel, Lead
from newsreel.archive.registry import ChannelFacts, SourceFacts
from tests.fetching.loopback import Site, answer

WORDS = (
    "harbour council tide ferry market school winter bridge engine river doctor valley cargo window letter garden "
    "teacher station border forest minister village summer island factory hospital museum railway kitchen mountain"
).split()


def sentence(source: random.Random, words: int = 22) -> str:
    return " ".join(source.choice(WORDS) for _ in range(words)).capitalize() + ", they said."


def headline(number: int) -> str:
    source = random.Random(number)
    return " ".join(source.sample(WORDS, 6)).capitalize()


def story(number: int, day: int = 28) -> str:
    """The path of an article."""
    return f"/news/2026/11/{day:02}/{'-'.join(headline(number).lower().split())}-{number}"


def html(inside: str, title: str = "The Herald", head: str = "") -> bytes:
    text = f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{inside}</body></html>"
    return answer(200, text.encode(), "Content-Type: text/html; charset=utf-8")


def article(number: int) -> bytes:
    source = random.Random(number)
    body = "".join(f"<p>{sentence(source)} {sentence(source)}</p>" for _ in range(4))
    return html(f"<article><h1>{headline(number)}</h1>{body}</article>", headline(number))


def teasers(paths: Iterable[tuple[str, int]]) -> str:
    """A row of teasers: a headline that is a link, and under it some words."""
    return "".join(
        f'<article class="teaser"><h2><a href="{path}">{headline(number)}</a></h2><p>{sentence(random.Random(-number - 1))}</p></article>'
        for path, number in paths
    )


def dossier(number: int) -> str:
    """The path of a list of articles that by its address could be one."""
    return f"/dossier/{'-'.join(headline(number).lower().split())}"


def dossier_page(numbers: Iterable[int]) -> bytes:
    return html(f"<main><h1>A dossier</h1>{teasers((story(number), number) for number in numbers)}</main>")


def front(numbers: Iterable[int], dossiers: Iterable[int] = (), older: str = "", day: int = 28) -> bytes:
    """A front page. ``older``: the address behind its rel=next."""
    listed = teasers([(story(number, day), number) for number in numbers] + [(dossier(n), n) for n in dossiers])
    more = f'<a rel="next" href="{older}">Older</a>' if older else ""
    nav = '<nav><a href="/about">About us</a><a href="/news">News</a></nav>'
    return html(f"{nav}<main>{listed}</main>{more}<footer><a href='/imprint'>Imprint</a></footer>")


def watch(site: Site, *paths: str, kind: str = "frontpage") -> None:
    registry.register(
        SourceFacts("herald.test", "The Herald", site.url()),
        [ChannelFacts(site.url(path), kind) for path in paths],  # type: ignore[arg-type]
        900,
    )


def channels_due() -> None:
    from django.db.models.functions import Now

    Channel.objects.update(next_due_at=Now())


def visited(site: Site, is_one: Callable[[str], bool]) -> list[str]:
    """The paths of a kind that were asked for."""
    return [path for path in site.paths() if is_one(path)]


def leads() -> int:
    return Lead.objects.count()
