"""For editors: an article's page as it was recorded, piece by piece, beside the article as readers see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from newsreel.archive import queries
from newsreel.archive.shown import FullArticle, Headline, Recorded
from newsreel.core.errors import NewsreelError
from newsreel.core.settings import settings
from newsreel.extraction import Explanation, Piece
from newsreel.pipeline.explaining import explain_recorded
from newsreel.portal.methods import only
from newsreel.sources import NamedRule, named_rule_for

FOLDED = 8  # removed pieces of one reason in a row: more of them are folded
SPEAKERS = ("page", "feed")


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces in a row that were all kept, or all removed for one reason ('' where kept)."""

    kept: bool
    reason: str
    pieces: tuple[Piece, ...]

    @property
    def folded(self) -> bool:
        """Whether they are shown only to who asks for them."""
        return not self.kept and len(self.pieces) > FOLDED


@dataclass(frozen=True, slots=True)
class ExtractionPage:
    """The two sides. ``fault`` is an outcome where the recorded page cannot be shown; ``differs`` says that the text which
    is extracted now is not the one that is stored. ``title_by`` and ``date_by``: who said so, of SPEAKERS.
    """

    article: FullArticle
    recorded: Recorded | None = None
    fault: str = ""
    runs: tuple[Run, ...] = ()
    kept: int = 0
    removed: tuple[tuple[str, int], ...] = ()
    rule: NamedRule | None = None
    differs: bool = False
    title_by: tuple[str, ...] = ()
    date_by: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Pieces that were removed, of all reasons."""
        return sum(number for _, number in self.removed)


@only("GET", "HEAD")
def compare(request: HttpRequest, article: int) -> HttpResponse:
    """The page."""
    page = extraction_page(article)
    if page is None:
        raise Http404
    return render(request, "portal/extraction.html", {"page": page})


def extraction_page(id_: int) -> ExtractionPage | None:
    """What the page shows, or None where there is no such article."""
    article = queries.article(id_)
    if article is None:
        return None
    recorded = queries.recorded(id_)
    if recorded is None:
        return ExtractionPage(article, fault="snapshot_missing")
    try:
        found = explain_recorded(recorded, settings().home / "evidence")
        rule = named_rule_for(recorded.url)
    except NewsreelError as error:
        return ExtractionPage(article, recorded, fault=error.outcome)
    return _compared(article, recorded, found, rule)


def _compared(article: FullArticle, recorded: Recorded, found: Explanation, rule: NamedRule | None) -> ExtractionPage:
    removed = Counter(piece.reason for piece in found.pieces if not piece.kept)
    headline = article.headline
    return ExtractionPage(
        article,
        recorded,
        runs=tuple(_runs(found.pieces)),
        kept=len(found.pieces) - removed.total(),
        removed=tuple(removed.most_common()),
        rule=rule,
        differs=found.article.text != article.text,
        title_by=tuple(who for who in SPEAKERS if _said(article, who, "title") == headline.title),
        date_by=tuple(who for who in SPEAKERS if _is_date(_said(article, who, "published"), headline)),
    )


def _runs(pieces: Iterable[Piece]) -> Iterable[Run]:
    for (kept, reason), run in groupby(pieces, key=lambda piece: (piece.kept, piece.reason)):
        yield Run(kept, reason, tuple(run))


def _said(article: FullArticle, who: str, what: str) -> str:
    """What the page or the feed is stored to have said; '' where nothing."""
    statement = article.statements.get(who)
    value = statement.get(what) if isinstance(statement, dict) else None
    return value if isinstance(value, str) else ""


def _is_date(said: str, headline: Headline) -> bool:
    """Whether a statement is the date that is shown."""
    if headline.collected or not said:
        return False
    if headline.precision == "day":
        return said[:10] == f"{headline.when:%Y-%m-%d}"
    try:
        return datetime.fromisoformat(said) == headline.when
    except (TypeError, ValueError):
        return False
