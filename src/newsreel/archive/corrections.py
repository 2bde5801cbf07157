"""What editors say of a source's addresses: read for a page, and written with all that follows from it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now

from newsreel.archive import site_patterns
from newsreel.archive.models import Channel, Lead, Source
from newsreel.core.errors import Permanent
from newsreel.core.urls import site_of
from newsreel.discovery.patterns import Correction, Known, merged
from newsreel.discovery.shapes import shapes

MOST_SITES = 5  # of one source
MOST_SHAPES = 100  # shown of a site
MOST_LEADS = 5000  # looked over for those that a correction brings back
# By what is said now: what was set aside by its page or by an editor's earlier word.
_RETURNING: dict[Correction, tuple[str, ...]] = {
    "yes": ("not_article", "not_wanted"),
    "no": (),
    "learned": ("not_wanted",),
}
WATCHED = (Channel.Kind.FRONTPAGE, Channel.Kind.SITEMAP)


@dataclass(frozen=True, slots=True)
class SiteShapes:
    """What is known of the addresses of one of a source's sites; those with the most outcomes first."""

    site: str
    shapes: tuple[Known, ...]


def sites_of(source: Source) -> list[str]:
    """The sites whose addresses a source names: its own, and those of its channels. One query."""
    rows = Channel.objects.filter(source=source).order_by("id").values_list("url", flat=True)[:200]
    return list(dict.fromkeys(site for url in (source.home_url, *rows) if (site := site_of(url))))[:MOST_SITES]


def known_shapes(source: Source) -> list[SiteShapes]:
    """What is known of a source's addresses. Two queries."""
    sites = sites_of(source)
    rows = site_patterns.read(sites)
    return [SiteShapes(site, tuple(merged([rows[site].data]).known()[:MOST_SHAPES])) for site in sites if site in rows]


def correct(source: Source, site: str, shape: str, said: Correction) -> int:
    """Writes down what an editor says of the addresses of a shape; how many that were set aside are visited again. The source's
    front pages and sitemaps are read anew at once. Permanent 'bad_shape' where no address of the source has that shape.
    """
    with transaction.atomic():
        known = {row.shape for one in known_shapes(source) if one.site == site for row in one.shapes}
        if shape not in known:
            raise Permanent("bad_shape", "No address of this source has that shape.")
        site_patterns.correct(site, shape, said)
        again = _bring_back(source, shape, _RETURNING[said])
        Channel.objects.filter(source=source, kind__in=WATCHED).update(etag="", last_modified="", next_due_at=Now())
    return again


def _bring_back(source: Source, shape: str, outcomes: Sequence[str]) -> int:
    """Makes addresses of a shape that were set aside with some outcomes due again; how many."""
    if not outcomes:
        return 0
    rows = Lead.objects.filter(channel__source=source, article=None, outcome__in=outcomes)
    urls = rows.order_by("-id").values_list("pk", "url")[:MOST_LEADS]
    meant = [pk for pk, url in urls if shape in (shapes(url) or ())]
    return Lead.objects.filter(pk__in=meant).update(
        state=Lead.State.NEW, next_due_at=Now(), attempts=0, outcome="", reason=""
    )
