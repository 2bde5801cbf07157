"""What was learned of sites: read for a batch of pages by one statement, written back by one, nothing locked meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from newsreel.extraction.learning import remembered

ATTEMPTS = 5


class Remembered(NamedTuple):
    """A site's memory as bytes, and which writing of it; b'' and 0 where nothing is known of the site."""

    data: bytes
    version: int


NOTHING = Remembered(b"", 0)

# A row that another has written since we read it stays as it is, and is not in the answer.
_WRITE = """
    INSERT INTO archive_sitememory AS known (site, data, pages, version)
    SELECT * FROM unnest(%s::text[], %s::bytea[], %s::int[], %s::int[])
    ON CONFLICT (site) DO UPDATE SET data = excluded.data, pages = excluded.pages, version = excluded.version, updated_at = now()
    WHERE known.version = excluded.version - 1
    RETURNING site
"""


def read(sites: Iterable[str]) -> dict[str, Remembered]:
    """What is known of each of the sites; those of which nothing is known are missing. One statement."""
    wanted = sorted(set(sites))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT site, data, version FROM archive_sitememory WHERE site = ANY(%s)", [wanted])
        return {site: Remembered(bytes(data), version) for site, data, version in cursor.fetchall()}


def learn(lessons: Mapping[str, Sequence[bytes]], known: Mapping[str, Remembered]) -> set[str]:
    """Adds what pages of each site have taught to what is ``known`` of it as it was read; one statement, and two more
    each time that others wrote meanwhile. The sites whose memory could not be written, as others were always quicker:
    that costs a lesson, never news. It may run twice: a lesson that is learned already changes nothing.
    """
    left = {site: lessons[site] for site in sorted(lessons) if site and lessons[site]}
    current = dict(known)
    for attempt in range(ATTEMPTS):
        if not left:
            break
        if attempt:
            current = read(left)
        written = _write({site: current.get(site, NOTHING) for site in left}, left)
        left = {site: some for site, some in left.items() if site not in written}
    return set(left)


def _write(known: Mapping[str, Remembered], lessons: Mapping[str, Sequence[bytes]]) -> set[str]:
    """Writes the memories of these sites, in the order of their names; those that were."""
    merged = {site: remembered([known[site].data, *lessons[site]]) for site in sorted(known)}
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                list(merged),
                [memory.to_bytes() for memory in merged.values()],
                [len(memory) for memory in merged.values()],
                [known[site].version + 1 for site in merged],
            ],
        )
        return {row[0] for row in cursor.fetchall()}
