"""What was learned of sites' addresses: read for a batch by one statement, written back by one, nothing locked meanwhile; and
what editors say of them, in the transaction of their act.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection, transaction

from newsreel.archive.models import SitePatterns
from newsreel.archive.site_memories import ATTEMPTS, NOTHING, Remembered
from newsreel.discovery.patterns import AddressPatterns, Correction, merged

# A row that another has written since we read it stays as it is, and is not in the answer.
_WRITE = """
    INSERT INTO archive_sitepatterns AS known (site, data, outcomes, version, corrected)
    SELECT *, false FROM unnest(%s::text[], %s::bytea[], %s::int[], %s::int[])
    ON CONFLICT (site) DO UPDATE
    SET data = excluded.data, outcomes = excluded.outcomes, version = excluded.version, updated_at = now()
    WHERE known.version = excluded.version - 1
    RETURNING site
"""


def read(sites: Iterable[str]) -> dict[str, Remembered]:
    """What is known of each of the sites; those of which nothing is known are missing. One statement."""
    wanted = sorted(set(sites))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT site, data, version FROM archive_sitepatterns WHERE site = ANY(%s)", [wanted])
        return {site: Remembered(bytes(data), version) for site, data, version in cursor.fetchall()}


def learn(lessons: Mapping[str, AddressPatterns], known: Mapping[str, Remembered]) -> set[str]:
    """Adds what visits have taught of each site to what is ``known`` of it as it was read; one statement, and two more each
    time that others wrote meanwhile. The sites that could not be written, as others were always quicker: that costs a
    lesson, never a correction. It may run twice.
    """
    left = {site: lessons[site] for site in sorted(lessons) if site and lessons[site]}
    current = dict(known)
    for attempt in range(ATTEMPTS):
        if not left:
            break
        if attempt:
            current = read(left)
        written = _write({site: current.get(site, NOTHING) for site in left}, left)
        left = {site: lesson for site, lesson in left.items() if site not in written}
    return set(left)


def correct(site: str, shape: str, said: Correction) -> AddressPatterns:
    """Writes down what an editor says of the addresses of a shape, whatever workers write meanwhile; the patterns as they are
    now.
    """
    with transaction.atomic():
        SitePatterns.objects.bulk_create(
            [SitePatterns(site=site, data=AddressPatterns().to_bytes(), outcomes=0)], ignore_conflicts=True
        )
        row = SitePatterns.objects.select_for_update().get(site=site)
        patterns = merged([bytes(row.data)]).correct(shape, said)
        row.data, row.version, row.corrected = patterns.to_bytes(), row.version + 1, True
        row.save(update_fields=["data", "version", "corrected"])
    return patterns


def _write(known: Mapping[str, Remembered], lessons: Mapping[str, AddressPatterns]) -> set[str]:
    """Writes the patterns of these sites, in the order of their names; those that were."""
    grown = {site: merged([known[site].data]).merge(lessons[site]) for site in sorted(known)}
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                list(grown),
                [patterns.to_bytes() for patterns in grown.values()],
                [len(patterns) for patterns in grown.values()],
                [known[site].version + 1 for site in grown],
            ],
        )
        return {row[0] for row in cursor.fetchall()}
