"""Letters are claimed once, answered once, and keep no text that they need no longer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.utils import timezone

from newsreel.archive import letters
from newsreel.archive.claims import Owner
from newsreel.archive.models import Letter
from tests.installation import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def an_owner() -> Owner:
    kept = ("dbname", "user", "password", "host", "port")
    return Owner({key: str(value) for key, value in connection.get_connection_params().items() if key in kept})


@pytest.fixture
def owner() -> Iterator[Owner]:
    made = an_owner()
    yield made
    made.close()


def a_letter(**columns: Any) -> Letter:
    return Letter.objects.create(**{"recipient": "a@b.test", "subject": "s", "text": "t", "html": "h"} | columns)


def test_a_letter_is_sent_once_and_loses_its_text(owner: Owner) -> None:
    row = a_letter()
    assert letters.due()
    (post,) = letters.claim(owner, 10)
    assert (post.recipient, post.text, post.attempts) == ("a@b.test", "t", 1)
    assert not letters.due()
    assert letters.claim(owner, 10) == []
    letters.sent(owner, post)
    row.refresh_from_db()
    assert (row.state, row.outcome, row.text, row.html, row.claim_owner) == ("sent", "sent", "", "", None)
    letters.failed(owner, post, "late", "a second answer counts for nothing")
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_dropped_letter_is_never_due(owner: Owner) -> None:
    a_letter(state=Letter.State.DROPPED)
    assert not letters.due()
    assert letters.claim(owner, 10) == []


def test_the_pauses_grow_and_end(owner: Owner) -> None:
    row = a_letter()
    pauses = []
    for _ in range(10):
        (post,) = letters.claim(owner, 10)
        letters.again(owner, post, "mail_deferred", "later")
        row.refresh_from_db()
        pauses.append(round((row.next_due_at - timezone.now()).total_seconds() / 60))
        assert letters.claim(owner, 10) == []
        Letter.objects.update(next_due_at=Now())
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]
    Letter.objects.update(written_at=Now() - letters.GIVE_UP - timedelta(minutes=1))
    (post,) = letters.claim(owner, 10)
    letters.again(owner, post, "mail_deferred", "later")
    row.refresh_from_db()
    assert (row.state, row.outcome, row.reason, row.text) == ("failed", "mail_deferred", "later", "")


def test_a_letter_given_back_has_not_been_tried(owner: Owner) -> None:
    a_letter()
    letters.give_back(owner, letters.claim(owner, 10))
    (post,) = letters.claim(owner, 10)
    assert post.attempts == 1


def test_what_a_dead_owner_had_is_free_at_once(owner: Owner) -> None:
    a_letter()
    other = an_owner()
    assert len(letters.claim(other, 10)) == 1
    assert letters.claim(owner, 10) == []
    other.close()
    wait_until(letters.due, 5, "the end of a session")
    (post,) = letters.claim(owner, 10)
    assert post.attempts == 2


def test_many_at_once_share_letters_without_taking_one_twice() -> None:
    for _ in range(60):
        a_letter()

    owners = [an_owner() for _ in range(4)]

    def take(mine: Owner) -> list[int]:
        found = [post.pk for _ in range(5) for post in letters.claim(mine, 7)]
        connections.close_all()
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [pk for found in pool.map(take, owners) for pk in found]
    for owner in owners:
        owner.close()
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 60


def test_old_letters_are_forgotten_but_not_those_that_wait() -> None:
    old = Now() - letters.KEPT - timedelta(hours=1)
    for state in Letter.State:
        a_letter(state=state, written_at=old)
        a_letter(state=state)
    assert letters.forget() == 3
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["dropped", "failed", "sent", "waiting", "waiting"]
