"""What hubs are asked for (WebSub). Rows say what is due: a worker claims subscriptions, asks their hubs and answers each row.

What is wanted is worked out anew by ``reconcile`` from what the channels offer and whether they are read at all, so that
nobody who pauses, retires, moves or removes one has to think of its hub.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from newsreel.archive import claims
from newsreel.archive.claims import LEASE_SECONDS, LIVE_OWNERS, LOCK_CLASS, Owner
from newsreel.archive.models import Channel, Subscription

AT_ONCE = 500  # new rows of one reconciling; the next makes more
PUSH_GAP = 60  # seconds at least between two readings of a channel for the sake of pushes
KEPT = timedelta(days=30)  # an ended one, so that its address still says that it is gone
# Longer than the longest renewal: a time further ahead is the mark of a clock that was wrong, and counts as past.
MAX_AHEAD = "interval '12 days'"
_DUE = f"(x.next_due_at <= now() OR x.next_due_at > now() + {MAX_AHEAD})"
_HELD = (
    f"""(o.claimed_until > now() AND o.claimed_until < now() + {claims.MAX_AHEAD} AND o.claim_owner IN {LIVE_OWNERS})"""
)
# A row that another process has just claimed at the same hub: one request at once, whichever worker asks.
_FREE = f"NOT EXISTS (SELECT 1 FROM archive_subscription o WHERE o.hub = x.hub AND {_HELD})"
_READ = "NOT c.paused AND NOT s.paused AND s.retired_at IS NULL"
_OFFERED = f"""EXISTS (SELECT 1 FROM archive_channel c JOIN archive_source s ON s.id = c.source_id
               WHERE c.id = x.channel_id AND {_READ} AND c.hub = x.hub AND c.topic = x.topic)"""
_ASKED = "x.asked_at IS NOT NULL AND x.state <> 'denied'"

# A hub that was never asked, or has refused, has nothing to end.
_LEAVE = f"""
    UPDATE archive_subscription x SET mode = 'unsubscribe', attempts = 0, outcome = '', reason = '',
        state = CASE WHEN {_ASKED} THEN 'wanted' ELSE 'ended' END, next_due_at = CASE WHEN {_ASKED} THEN now() END
    WHERE x.mode = 'subscribe' AND NOT {_OFFERED} RETURNING x.channel_id
"""
# Not within an hour of the last request: a feed that names its hub every other time must not make a storm of it.
_RETURN = f"""
    UPDATE archive_subscription x SET mode = 'subscribe', state = 'wanted', attempts = 0, outcome = '', reason = '',
        next_due_at = now(), lease_until = NULL
    WHERE x.mode = 'unsubscribe' AND (x.asked_at IS NULL OR x.asked_at < now() - interval '1 hour') AND {_OFFERED}
        AND x.id = (SELECT max(y.id) FROM archive_subscription y WHERE y.channel_id = x.channel_id AND y.hub = x.hub
                    AND y.topic = x.topic)
        AND NOT EXISTS (SELECT 1 FROM archive_subscription y WHERE y.channel_id = x.channel_id AND y.mode = 'subscribe')
"""
# A channel gets a new hub at most once a day, whatever its feed says every time.
_NEW = f"""
    SELECT c.id, c.hub, c.topic FROM archive_channel c JOIN archive_source s ON s.id = c.source_id
    WHERE c.hub <> '' AND {_READ} AND NOT EXISTS (SELECT 1 FROM archive_subscription y WHERE y.channel_id = c.id
        AND (y.mode = 'subscribe' OR y.made_at > now() - interval '1 day' OR (y.hub = c.hub AND y.topic = c.topic)))
    ORDER BY c.id LIMIT %s
"""
# The portal has another address: what hubs call is the old one. Not within an hour: two workers may be told two addresses.
_MOVED = """
    UPDATE archive_subscription SET next_due_at = now(), attempts = 0
    WHERE mode = 'subscribe' AND base <> %s AND asked_at < now() - interval '1 hour'
        AND (next_due_at IS NULL OR next_due_at > now())
"""
_CLAIM = f"""
    UPDATE archive_subscription x SET claim_owner = %s, claimed_until = now() + make_interval(secs => %s),
        attempts = attempts + 1, asked_at = now(), base = CASE mode WHEN 'subscribe' THEN %s ELSE base END,
        state = CASE WHEN mode = 'subscribe' AND state = 'verified' AND lease_until > now() THEN state ELSE 'asked' END
    WHERE x.id IN (SELECT x.id FROM archive_subscription x WHERE {_DUE} AND {_FREE}
                   ORDER BY x.next_due_at LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING id, hub, topic, mode, token, secret, base, attempts
"""


@dataclass(frozen=True, slots=True)
class Ask:
    """One claimed subscription: what a hub is to be asked. ``attempts`` counts this one too."""

    pk: int
    hub: str
    topic: str
    mode: str
    token: str
    secret: str
    base: str
    attempts: int


def offered(channel: Channel, hub: str, topic: str) -> None:
    """What a channel's publisher offers now; '' and '' for nothing."""
    Channel.objects.filter(pk=channel.pk).update(hub=hub, topic=topic)


def reconcile(base: str) -> None:
    """Makes of what the channels offer what hubs are to be asked. ``base`` is the portal's address."""
    with transaction.atomic(), connection.cursor() as cursor:
        _one_at_once(cursor)
        cursor.execute(_LEAVE)
        left = [row[0] for row in cursor.fetchall() if row[0] is not None]
        cursor.execute(_RETURN)
        cursor.execute(_NEW, [AT_ONCE])
        Subscription.objects.bulk_create(
            Subscription(channel_id=id_, hub=hub, topic=topic, token=_secret(), secret=_secret())
            for id_, hub, topic in cursor.fetchall()
        )
        cursor.execute(_MOVED, [base])
        Channel.objects.filter(pk__in=left).update(pushed_at=None)


def claim(owner: Owner, base: str, limit: int) -> list[Ask]:
    """Subscriptions that are due, now ours to ask for, and none at a hub that another asks just now.

    They count as asked from here on: a hub may verify before it answers.
    """
    number = owner.alive()
    with transaction.atomic(), connection.cursor() as cursor:
        _one_at_once(cursor)
        cursor.execute(_CLAIM, [number, LEASE_SECONDS, base, limit])
        return sorted((Ask(*row) for row in cursor.fetchall()), key=lambda ask: ask.pk)


def due() -> bool:
    """Whether a worker would find a hub to ask."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM archive_subscription x WHERE {_DUE} AND {_FREE})")
        return bool(cursor.fetchone()[0])


def accepted(owner: Owner, ask: Ask, pause: float) -> None:
    """The hub has taken the request and is to verify it; if it has not in ``pause`` seconds, it is asked again."""
    told = ("hub_silent", "The hub takes requests, but does not verify them.") if ask.attempts > 1 else ("", "")
    _answer(owner, ask, pause, *told)


def again(owner: Owner, ask: Ask, outcome: str, reason: str, pause: float | None) -> None:
    """The hub could not be asked, or has refused: it is asked again in ``pause`` seconds, or never. What was agreed on
    before holds until its lease ends.
    """
    over = Subscription.State.ENDED if ask.mode == "unsubscribe" and pause is None else Subscription.State.FAILED
    holds = When(state="verified", lease_until__gt=Now(), then=F("state"))
    _answer(owner, ask, pause, outcome, reason, state=Case(holds, default=Value(over)))


def give_back(owner: Owner, asks: list[Ask]) -> None:
    """Claimed, but not asked after all: due at once, and the attempt does not count."""
    rows = Subscription.objects.filter(pk__in=[ask.pk for ask in asks], claim_owner=owner.number)
    rows.update(claim_owner=None, claimed_until=None, attempts=F("attempts") - 1)


def put_off(hub: str, seconds: float) -> None:
    """A hub does not answer: nothing else that is due there is asked for so long."""
    due = Subscription.objects.filter(hub=hub, next_due_at__lte=Now(), claim_owner=None)
    due.update(next_due_at=Now() + timedelta(seconds=seconds))


def forget(age: timedelta = KEPT) -> int:
    """Removes what ended longer ago and is not offered any more; how many."""
    old = Subscription.objects.filter(state="ended", made_at__lt=Now() - age)
    return old.exclude(channel__hub=F("hub"), channel__topic=F("topic")).delete()[0]


def _answer(owner: Owner, ask: Ask, pause: float | None, outcome: str, reason: str, **columns: Any) -> None:
    freed = {"claim_owner": None, "claimed_until": None}
    # Where another took it after our claim ran out, the answer is the other's.
    rows = Subscription.objects.filter(pk=ask.pk, claim_owner=owner.number)
    # What the hub has said meanwhile, or that the channel was given up, counts for more.
    late = Q(verified_at__gte=F("asked_at")) | ~Q(mode=ask.mode) | Q(state__in=("denied", "ended"))
    if rows.filter(late).update(**freed):
        return
    due = None if pause is None else Now() + timedelta(seconds=pause)
    rows.update(**freed, **columns, next_due_at=due, outcome=outcome[:40], reason=reason[:500])


def _one_at_once(cursor: Any) -> None:
    """Until the transaction ends: two who claim at once would not see each other's rows."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s, 1)", [LOCK_CLASS + 1])


def _secret() -> str:
    return secrets.token_urlsafe(32)
