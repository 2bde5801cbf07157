"""Source health: over all, and of one source; each as a page and as JSON (docs/health.md).

Everybody who may read the portal sees how a source is; editors also see addresses, the reasons as they were written down,
and what can be done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from newsreel.accounts.roles import Role
from newsreel.archive import health_shown
from newsreel.archive.coverage import Gap
from newsreel.archive.health_shown import STATES, ChannelHealth, Day, Health, SourceDetail
from newsreel.archive.latencies import median
from newsreel.portal import admission, charts, health_json, health_words
from newsreel.portal.charts import Bars
from newsreel.portal.methods import only
from newsreel.portal.names import in_language, sorting_key

SHOWN = 50
SHOWN_JSON = 500
SORTS = ("state", "name", "articles", "text", "latency", "article")
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the list is wanted."""

    search: str = ""
    state: str = ""
    finding: str = ""
    sort: str = "state"
    number: int = 1

    def query(self, **other: str) -> str:
        """The same with something else, as a query: '?state=bad&sort=name', '?' for all."""
        chosen = {"search": self.search, "state": self.state, "finding": self.finding, "sort": self.sort, **other}
        return "?" + urlencode({name: value for name, value in chosen.items() if value and value != "state"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter or an order: how many it leaves, and whether it is the present one."""

    value: str
    query: str
    many: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A source of the list. ``findings``: (severity, sentence)."""

    health: Health
    findings: tuple[tuple[str, str], ...]
    bars: Bars


@dataclass(frozen=True, slots=True)
class HealthPage:
    """A page of the list; ``total`` sources are meant. ``looked_at``: when the one longest ago was looked over."""

    asked: Asked
    rows: tuple[Row, ...]
    total: int
    pages: int
    states: tuple[Choice, ...]
    findings: tuple[Choice, ...]
    sorts: dict[str, Choice]
    looked_at: datetime | None
    previous: str
    following: str


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words."""

    severity: str
    sentence: str
    advice: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel with the median of its latency in seconds and its share of pages with text."""

    channel: ChannelHealth
    text_share: float | None
    latency: float | None


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap and whose it is (None: everything's); ``seconds`` long."""

    gap: Gap
    channel: ChannelHealth | None
    seconds: float


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One source."""

    detail: SourceDetail
    said: tuple[Said, ...]
    bars: Bars
    first: date
    channels: tuple[ChannelRow, ...]
    gaps: tuple[GapRow, ...]


@only("GET", "HEAD")
def listed(request: HttpRequest) -> HttpResponse:
    """All sources, or those that are meant: a page, or JSON by ``?format=json``."""
    asked = _asked(request)
    as_json = _as_json(request)
    everybody = health_shown.everybody(asked.search)
    meant = [row for row in everybody if asked.finding in ("", row.finding) and asked.state in ("", row.state)]
    meant.sort(key=_order(asked.sort))
    size = SHOWN_JSON if as_json else SHOWN
    pages = max(1, -(-len(meant) // size))
    if asked.number > pages:
        raise Http404
    shown = meant[(asked.number - 1) * size : asked.number * size]
    if as_json:
        return _json(request, health_json.listing(asked.query, everybody, shown, len(meant), asked.number, pages))
    return render(request, "portal/health.html", {"page": _page(asked, everybody, shown, len(meant), pages)})


@only("GET", "HEAD")
def source(request: HttpRequest, source: int) -> HttpResponse:
    """One source: a page, or JSON by ``?format=json``."""
    found = health_shown.detail(source)
    if found is None:
        raise Http404
    if _as_json(request):
        return _json(request, health_json.detail(found, edits=_edits(request)))
    context = {"page": _source_page(found), "edits": _edits(request)}
    return render(request, "portal/health_source.html", context)


def _page(asked: Asked, everybody: Sequence[Health], shown: Sequence[Health], total: int, pages: int) -> HealthPage:
    ids = [row.id for row in shown]
    today, days = health_shown.days(ids)
    findings = health_shown.findings(ids)
    rows = tuple(Row(row, _short(row, findings.get(row.id, ())), _bars(days[row.id], today)) for row in shown)
    looked = [row.looked_at for row in everybody if row.looked_at]
    number = asked.number
    return HealthPage(
        asked,
        rows,
        total,
        pages,
        tuple(_states(asked, everybody)),
        tuple(_findings(asked, everybody)),
        {name: Choice(name, asked.query(sort=name), 0, name == asked.sort) for name in SORTS},
        min(looked, default=None),
        asked.query(page=str(number - 1)) if number > 1 else "",
        asked.query(page=str(number + 1)) if number < pages else "",
    )


def _short(row: Health, findings: Sequence[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    if row.finding and (not findings or findings[0]["name"] != row.finding):
        return (("note", health_words.short(row.finding)),)
    return tuple((each["severity"], health_words.sentence(each["name"], each["facts"])) for each in findings)


def _states(asked: Asked, everybody: Sequence[Health]) -> list[Choice]:
    counts = Counter(row.state for row in everybody)
    choices = [Choice("", asked.query(state="", finding=""), len(everybody), not asked.state)]
    return choices + [
        Choice(name, asked.query(state=name, finding=""), counts[name], asked.state == name)
        for name in STATES
        if counts[name] or asked.state == name
    ]


def _findings(asked: Asked, everybody: Sequence[Health]) -> list[Choice]:
    """What is wrong, by name: where a state is chosen, of that state."""
    meant = [row for row in everybody if (row.state == asked.state if asked.state else row.state in ("bad", "warn"))]
    counts = Counter(row.finding for row in meant if row.finding)
    if asked.finding:
        counts.setdefault(asked.finding, 0)
    return [
        Choice(name, asked.query(finding="" if asked.finding == name else name), many, asked.finding == name)
        for name, many in counts.most_common()
    ]


def _order(sort: str) -> Callable[[Health], tuple[Any, ...]]:
    """The order of the list: what is most worth a look first, what is not known last."""

    def name(row: Health) -> tuple[Any, ...]:
        return (sorting_key(in_language(row.name)), row.id)

    orders: dict[str, Callable[[Health], tuple[Any, ...]]] = {
        "name": name,
        "state": lambda row: (STATES.index(row.state), -(row.per_day or 0), *name(row)),
        "articles": lambda row: (-(row.per_day if row.per_day is not None else -1), *name(row)),
        "text": lambda row: (row.text_share if row.text_share is not None else 2, *name(row)),
        "latency": lambda row: (-(row.latency if row.latency is not None else -1), *name(row)),
        "article": lambda row: (row.article_at is None, row.article_at or _LAST, *name(row)),
    }
    return orders[sort]


def _bars(days: Sequence[Day], today: date, step: int = 4, height: int = 24) -> Bars:
    ill = [day.readings > 0 and day.failed * 2 > day.readings for day in days]
    started = next((number for number, day in enumerate(days) if day.readings), len(days))
    dark = [number > started and not day.readings and day.day < today for number, day in enumerate(days)]
    return charts.bars([day.articles for day in days], ill, dark, step=step, height=height)


def _source_page(found: SourceDetail) -> SourcePage:
    channels = {channel.id: channel for channel in found.channels}
    now = timezone.now()
    gaps = tuple(
        GapRow(gap, channels.get(gap.channel or 0), ((gap.until or now) - gap.since).total_seconds())
        for gap in found.gaps
    )
    return SourcePage(
        found,
        tuple(_said(told["name"], told["severity"], told["facts"]) for told in found.findings),
        _bars(found.days, found.today, step=8, height=96),
        found.today - timedelta(days=len(found.days) - 1),
        tuple(
            ChannelRow(row, health_json.share(row.texts, row.textless), median(row.latencies)) for row in found.channels
        ),
        gaps,
    )


def _said(name: str, severity: str, facts: dict[str, Any]) -> Said:
    since = datetime.fromisoformat(facts["since"]) if facts.get("since") else None
    return Said(severity, health_words.sentence(name, facts), health_words.advice(name), since)


def _asked(request: HttpRequest) -> Asked:
    """The query; what no page of ours has written is no address: 404."""
    given = request.GET
    number = given.get("page", "1")
    asked = Asked(
        given.get("search", "").replace("\x00", "").strip()[:200],
        given.get("state", ""),
        given.get("finding", "")[:40],
        given.get("sort", "") or "state",
        int(number) if number.isascii() and number.isdecimal() and len(number) <= 6 else 0,
    )
    if asked.state not in ("", *STATES) or asked.sort not in SORTS or asked.number < 1:
        raise Http404
    return asked


def _as_json(request: HttpRequest) -> bool:
    form = request.GET.get("format", "")
    if form not in ("", "html", "json"):
        raise Http404
    return form == "json"


def _edits(request: HttpRequest) -> bool:
    person = admission.person(request)
    return person is not None and person.may(Role.EDITOR)


def _json(request: HttpRequest, value: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(value, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
