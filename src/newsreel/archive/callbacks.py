"""What hubs say to us (WebSub): that they push, that they do not, that there is news. Short statements for the web process;
what a hub may make us write is bounded, however often it calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest, Least, Now

from newsreel.archive.models import Channel, Subscription
from newsreel.archive.subscriptions import PUSH_GAP

# One more push within a second is none that anybody waits for.
_AT_MOST_ONCE = timedelta(seconds=1)
_KNOWN = """
    SELECT x.id, x.mode, x.state, x.asked_at IS NOT NULL, x.topic, x.secret, x.method,
        coalesce(NOT c.paused AND NOT s.paused AND s.retired_at IS NULL AND c.hub = x.hub AND c.topic = x.topic, false)
    FROM archive_subscription x
    LEFT JOIN archive_channel c ON c.id = x.channel_id LEFT JOIN archive_source s ON s.id = c.source_id
    WHERE x.token = %s
"""


@dataclass(frozen=True, slots=True)
class Known:
    """The subscription that a callback's address stands for. ``asked``: its hub was ever asked. ``live``: its channel is read,
    and still offers this hub.
    """

    pk: int
    mode: str
    state: str
    asked: bool
    topic: str
    secret: str
    method: str
    live: bool

    @property
    def over(self) -> bool:
        """Whether the hub is to stop calling."""
        return self.mode != "subscribe" or self.state in ("denied", "ended") or not self.live


def known(token: str) -> Known | None:
    """The subscription of a token. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [token])
        row = cursor.fetchone()
    return Known(*row) if row else None


def verified(subscription: Known, lease: float, renew_in: float) -> None:
    """The hub pushes for ``lease`` seconds from now; in ``renew_in`` it is asked again."""
    rows = Subscription.objects.filter(pk=subscription.pk, mode="subscribe")
    rows.filter(~Q(state="verified") | Q(verified_at__lt=Now() - _AT_MOST_ONCE)).update(
        state=Subscription.State.VERIFIED, verified_at=Now(), lease_until=Now() + timedelta(seconds=lease),
        next_due_at=Now() + timedelta(seconds=renew_in), attempts=0, method="", outcome="", reason="",
    )  # fmt: skip


def ended(subscription: Known) -> None:
    """The hub has heard that we want no more."""
    rows = Subscription.objects.filter(pk=subscription.pk, mode="unsubscribe").exclude(state="ended")
    rows.update(state=Subscription.State.ENDED, next_due_at=None, lease_until=None)


def denied(subscription: Known, reason: str) -> None:
    """The hub does not push to us, or not any more; it is not asked again while the publisher offers nothing else."""
    rows = Subscription.objects.filter(pk=subscription.pk, mode="subscribe").exclude(state="denied")
    if rows.update(
        state=Subscription.State.DENIED, next_due_at=None, lease_until=None, outcome="hub_denied", reason=reason[:500]
    ):
        Channel.objects.filter(subscriptions=subscription.pk).update(pushed_at=None)


def pushed(subscription: Known, method: str) -> bool:
    """There is news: the channel is due as soon as it was not read for PUSH_GAP; whether it was not due already.

    A channel that could not be read last time keeps its pause, and a host its Retry-After: a hub hurries nobody who asked
    for patience.
    """
    soon = Greatest(Now(), F("last_read_at") + Value(timedelta(seconds=PUSH_GAP)))
    rows = Channel.objects.filter(subscriptions=subscription.pk)
    hurried = rows.filter(failures=0, next_due_at__gt=soon).update(next_due_at=Least(F("next_due_at"), soon))
    # One in the time to come is of a clock that was wrong.
    rows.filter(Q(pushed_at=None) | Q(pushed_at__lt=Now() - _AT_MOST_ONCE) | Q(pushed_at__gt=Now())).update(
        pushed_at=Now()
    )
    told = Subscription.objects.filter(pk=subscription.pk).filter(~Q(method=method) | Q(outcome="push_unsigned"))
    told.update(method=method, outcome="", reason="")
    return bool(hurried)


def unsigned(subscription: Known) -> None:
    """A push came without the right signature: said once, until one comes with it."""
    rows = Subscription.objects.filter(pk=subscription.pk).exclude(outcome="push_unsigned")
    rows.update(outcome="push_unsigned", reason="A push came without a valid signature, and was ignored.")
