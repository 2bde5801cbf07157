"""What is to be true of an archive whatever was done to its processes."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import psycopg
from warcio.archiveiterator import ArchiveIterator

from tests.installation import Installation


def articles_of(installation: Installation) -> list[str]:
    """The addresses of its articles."""
    return [row[0] for row in installation.rows("SELECT url FROM archive_article ORDER BY url")]


def unfinished(installation: Installation) -> int:
    """How many articles wait for their enrichment."""
    return int(installation.rows("SELECT count(*) FROM archive_article WHERE state <> 'enriched'")[0][0])


def assert_whole(installation: Installation, expected: set[str]) -> None:
    """The same articles as an undisturbed crawl, each once, enriched, with readable evidence; nothing is left to do."""
    found = articles_of(installation)
    assert {url: count for url, count in Counter(found).items() if count > 1} == {}, "articles that came twice"
    assert sorted(expected - set(found)) == [], (
        f"articles that were lost; said of them: {said(installation, expected - set(found))}"
    )
    assert sorted(set(found) - expected) == [], "articles that an undisturbed crawl does not find"
    states = Counter(state for (state,) in installation.rows("SELECT state FROM archive_article"))
    assert states == {"enriched": len(found)}, "articles that were not enriched"
    added = Counter(
        ref
        for (ref,) in installation.rows("SELECT ref FROM archive_change WHERE kind = 'article' AND action = 'added'")
    )
    assert sorted(added.values()) == [1] * len(found), "the change log names an article not once"
    waiting = installation.rows("SELECT url, reason FROM archive_lead WHERE state = 'new'")
    assert waiting == [], "addresses that are still to be read"
    assert installation.rows("SELECT url, reason FROM archive_channel WHERE outcome <> 'ok'") == [], (
        "channels that were not read"
    )
    assert_evidence(installation)


def assert_once(installation: Installation) -> None:
    """Nothing was written twice: one snapshot and no revision an article, one line of the log for each thing that happened."""
    twice = installation.rows("SELECT article_id, count(*) FROM archive_snapshot GROUP BY 1 HAVING count(*) > 1")
    assert twice == [], "articles with two snapshots"
    assert installation.rows("SELECT article_id FROM archive_revision") == [], "articles that nobody changed"
    lines = installation.rows(
        "SELECT ref, action, count(*) FROM archive_change WHERE kind = 'article' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    assert lines == [], "lines of the change log that came twice"
    leads = installation.rows("SELECT url, visits FROM archive_lead WHERE article_id IS NOT NULL AND visits <> 1")
    assert leads == [], "addresses that were visited twice"


def said(installation: Installation, urls: set[str]) -> list[tuple[object, ...]]:
    """What the archive says of addresses."""
    return installation.rows(
        "SELECT url, state, outcome, reason, attempts FROM archive_lead WHERE url = ANY(%s)", sorted(urls)
    )


def assert_evidence(installation: Installation) -> None:
    """Every snapshot's record is where its row says, whole, and of the right SHA-256; every file can be read to its end."""
    folder = installation.home / "evidence"
    rows = installation.rows(
        'SELECT a.id, s.file, s."offset", s.length, s.sha256, s.url FROM archive_article a'
        " LEFT JOIN archive_snapshot s ON s.article_id = a.id"
    )
    assert [row[0] for row in rows if row[1] is None] == [], "articles without evidence"
    records = {path: records_of(path) for path in sorted(folder.glob("*/*.warc.gz"))}
    for _, file, offset, length, digest, url in rows:
        found = records.get(folder / file, {}).get(offset)
        assert found is not None, f"no record in {file} at {offset} for {url}"
        assert found == (length, bytes(digest)), f"another record in {file} at {offset} than that of {url}"


def records_of(path: Path) -> dict[int, tuple[int, bytes]]:
    """All records of a WARC file, as a reader that knows nothing of us finds them: offset -> length, SHA-256 of the body."""
    found: dict[int, tuple[int, bytes]] = {}
    with path.open("rb") as file:
        archive = ArchiveIterator(file)
        for record in archive:
            digest = hashlib.sha256(record.content_stream().read()).digest()
            found[archive.get_record_offset()] = (archive.get_record_length(), digest)
    return found


def begin_anew(installation: Installation) -> None:
    """Forgets all articles and addresses, and makes every channel due; only where nothing is at work."""
    with psycopg.connect(installation.dsn) as connection:
        connection.execute("TRUNCATE archive_article, archive_lead, archive_change CASCADE")
        connection.execute(
            "UPDATE archive_channel SET next_due_at = now(), etag = '', last_modified = '', digest = '', outcome = '', last_ok_at = NULL"
        )
        connection.execute(
            "UPDATE archive_host SET next_due_at = now(), rest_until = NULL, lease_owner = NULL, leased_until = NULL"
        )
