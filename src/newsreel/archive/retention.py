"""Articles that were kept for as long as the settings say, and what only they needed.

An article goes with its revisions, snapshots, keywords and topics, some hundred in one statement, and a line of the change
log says so for each. What led to it stays as a lead that is REMOVED, also under the article's own key: a feed may name an
address for years, and by it the article would come anew. Such leads, and those that failed, go when their channel
has named others for LEADS_KEPT without them; a channel that brings nothing keeps all of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, connection

from newsreel.archive.models import Rounds
from newsreel.archive.snapshots import SnapshotStore, oldest_day_kept

BATCH = 500  # articles in one statement
ROWS = 5_000  # snapshots or leads in one statement
KEYWORDS = 20_000  # ids looked through by one statement
CHANNELS = 100
LEADS_KEPT = timedelta(days=90)
MOST_DAYS = 7  # of evidence in one round: what a clock that is wrong for long can cost
WRITTEN_WITHIN = timedelta(days=2)  # a file of evidence that somebody may still write to
SETTLED = timedelta(days=7)  # in the archive, by its own clock: the machine that fetched it may have had another


class Place(NamedTuple):
    """How far a round has come: articles in the order in which they are shown, the oldest first."""

    shown_at: datetime
    id: int


class Gone(NamedTuple):
    """What a batch has removed, and where the next one goes on; None at the end."""

    articles: int
    after: Place | None


# An article that is claimed is being enriched, one that is locked is being changed: they are for another day. What people
# have marked to be kept will be one more condition here. shown_at, which has the index, is never later than first_seen.
_FORGET = """
    WITH gone AS MATERIALIZED (
        SELECT id, key, url, channel_id, shown_at FROM archive_article
        WHERE shown_at < now() - %(age)s AND first_seen < now() - %(age)s AND changed_at < now() - least(%(age)s, %(settled)s)
          AND (claim_owner IS NULL OR claimed_until < now() - interval '1 day') AND (shown_at, id) > (%(shown_at)s, %(id)s)
        ORDER BY shown_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ), stones AS (
        INSERT INTO archive_lead (key, url, host, channel_id, entry, state, next_due_at, attempts, visits, etag, last_modified,
            outcome, reason)
        SELECT key, url, coalesce(substring(url FROM '://([^/:?#]{1,255})'), ''), channel_id, '{}', 'removed', NULL, 0, 0, '', '',
            'ok', '' FROM gone WHERE channel_id IS NOT NULL
        ON CONFLICT (key) DO NOTHING
    ), leads AS (
        UPDATE archive_lead SET state = 'removed', article_id = NULL, next_due_at = NULL, entry = '{}', etag = '',
            last_modified = '', outcome = 'ok', reason = '', attempts = 0
        WHERE article_id IN (SELECT id FROM gone)
    ), keywords AS (DELETE FROM archive_articlekeyword WHERE article_id IN (SELECT id FROM gone)
    ), topics AS (DELETE FROM archive_articletopic WHERE article_id IN (SELECT id FROM gone)
    ), revisions AS (DELETE FROM archive_revision WHERE article_id IN (SELECT id FROM gone)
    ), snapshots AS (DELETE FROM archive_snapshot WHERE article_id IN (SELECT id FROM gone)
    ), articles AS (DELETE FROM archive_article WHERE id IN (SELECT id FROM gone)
    ), logged AS (INSERT INTO archive_change (kind, ref, action) SELECT 'article', id, 'removed' FROM gone
    ) SELECT shown_at, id FROM gone ORDER BY shown_at, id
"""
START = Place(datetime.min.replace(tzinfo=UTC), 0)


def forget_articles(days: int, after: Place = START, batch: int = BATCH) -> Gone:
    """Removes the next articles that were first seen more than ``days`` ago, by the database's clock. 0 days: none, ever."""
    if days <= 0:
        return Gone(0, None)
    values: dict[str, Any] = {"age": timedelta(days=days), "settled": SETTLED, "batch": batch, **after._asdict()}
    try:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, values)
            rows = cursor.fetchall()
    except IntegrityError:
        return Gone(0, None)  # somebody referred to one of them at this moment: another time
    return Gone(len(rows), Place(*rows[-1]) if len(rows) == batch else None)


def forget_evidence(store: SnapshotStore, now: datetime, days: int) -> int:
    """Removes files of evidence older than ``days`` and the rows that name them, at most MOST_DAYS' worth; how many files.

    The rows go first: a record without a row may remain after a crash, a row without its record never.
    """
    if days <= 0:
        return 0
    names = store.files_before(oldest_day_kept(now, days), now - WRITTEN_WITHIN, MOST_DAYS)
    while names and _forget_snapshots(names):
        pass
    store.remove(names)
    return len(names)


def forget_evidence_of_nothing(store: SnapshotStore, now: datetime, article_days: int) -> int:
    """Removes files of evidence from before the oldest article, which no row names any more; how many."""
    if article_days <= 0:
        return 0
    day = oldest_day_kept(now - SETTLED, article_days)
    names = store.files_before(day, now - WRITTEN_WITHIN)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT EXISTS (SELECT FROM archive_snapshot WHERE file = name)",
            [names],
        )
        gone = [str(row[0]) for row in cursor.fetchall()]
    store.remove(gone)
    return len(gone)


def _forget_snapshots(files: Sequence[str]) -> bool:
    """Whether there may be more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM archive_snapshot WHERE id IN (SELECT id FROM archive_snapshot WHERE file = ANY(%s) LIMIT %s)"
            " RETURNING id), revisions AS (UPDATE archive_revision SET snapshot_id = NULL WHERE snapshot_id IN (SELECT id FROM gone))"
            " SELECT count(*) FROM gone",
            [list(files), ROWS],
        )
        row = cursor.fetchone()
    return bool(row and row[0] == ROWS)


def forget_keywords(rounds: Rounds) -> int:
    """Looks through the next keywords for those that no article has; how many went. The round begins anew at the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id) FROM (SELECT id FROM archive_keyword WHERE id > %s ORDER BY id LIMIT %s) AS next",
            [rounds.keyword, KEYWORDS],
        )
        last = (cursor.fetchone() or (None,))[0]
        if last is None:
            _go_on(rounds, keyword=0)
            return 0
        try:
            cursor.execute(
                "DELETE FROM archive_keyword WHERE id IN (SELECT id FROM archive_keyword k WHERE id > %s AND id <= %s"
                " AND NOT EXISTS (SELECT FROM archive_articlekeyword a WHERE a.keyword_id = k.id) FOR UPDATE SKIP LOCKED)",
                [rounds.keyword, last],
            )
            gone = int(cursor.rowcount)
        except IntegrityError:
            gone = 0  # an article came to have one of them at this moment: another time
    _go_on(rounds, keyword=last)
    return gone


def forget_leads(rounds: Rounds) -> int:
    """Looks through the next channels for addresses that led to nothing that is there, and that they name no more; how many
    went. What a channel has named is known to within a week, and only while it brings something.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id) FROM (SELECT id FROM archive_channel WHERE id > %s ORDER BY id LIMIT %s) AS next",
            [rounds.channel, CHANNELS],
        )
        last = (cursor.fetchone() or (None,))[0]
        if last is None:
            _go_on(rounds, channel=0)
            return 0
        values: list[Any] = [rounds.channel, last, LEADS_KEPT, ROWS]
        cursor.execute(
            "DELETE FROM archive_lead WHERE id IN (SELECT l.id FROM archive_lead l JOIN (SELECT channel_id, max(named_at) AS last"
            " FROM archive_lead WHERE channel_id > %s AND channel_id <= %s GROUP BY channel_id) AS c USING (channel_id)"
            " WHERE l.article_id IS NULL AND l.next_due_at IS NULL AND l.named_at < c.last - %s LIMIT %s FOR UPDATE OF l SKIP LOCKED)",
            values,
        )
        gone = int(cursor.rowcount)
    if gone < ROWS:  # else these channels have more
        _go_on(rounds, channel=last)
    return gone


def _go_on(rounds: Rounds, **columns: int) -> None:
    for name, value in columns.items():
        setattr(rounds, name, value)
    Rounds.objects.filter(pk=rounds.pk).update(**columns)
