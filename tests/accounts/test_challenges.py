from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from django.db.models import F
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsreel.accounts import challenges, limits
from newsreel.accounts.models import Attempt, Challenge

pytestmark = pytest.mark.django_db


def a_visitor(key: str | None = None, address: str = "127.0.0.1") -> HttpRequest:
    """A request of a browser that holds this session key."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    request.session = SessionStore(key)
    return request


def answer_of(token: str) -> tuple[str, str]:
    """The letters and the digits."""
    answer = Challenge.objects.get(token_sha256=challenges._digest(token)).answer
    return answer[:6], answer[6:]


def _pass(seconds: int) -> None:
    Challenge.objects.update(expires_at=F("expires_at") - timedelta(seconds=seconds))


def test_a_right_answer_passes_once() -> None:
    visitor = a_visitor()
    token = challenges.make(visitor)
    letters, digits = answer_of(token)
    assert len(letters) == 6
    assert set(letters) <= set(challenges.LETTERS)
    assert digits.isdecimal()
    assert challenges.answered(visitor, token, letters)
    assert not challenges.answered(visitor, token, letters), "replayed"


def test_a_wrong_answer_uses_it_up_too() -> None:
    visitor = a_visitor()
    token = challenges.make(visitor)
    letters, _ = answer_of(token)
    assert not challenges.answered(visitor, token, letters[:-1])
    assert not challenges.answered(visitor, token, letters)


def test_another_browser_cannot_answer_it_nor_use_it_up() -> None:
    visitor, other = a_visitor(), a_visitor()
    token, _theirs = challenges.make(visitor), challenges.make(other)
    letters, _ = answer_of(token)
    for stranger in (other, a_visitor(), a_visitor("x" * 32)):
        assert challenges.letters(stranger, token) is None
        assert challenges.digits(stranger, token) is None
        assert not challenges.answered(stranger, token, letters)
    assert challenges.answered(a_visitor(visitor.session.session_key), token, letters), (
        "the same browser's next request"
    )


def test_an_invented_session_key_is_not_taken_over() -> None:
    visitor = a_visitor("abcdefghijklmnopqrstuvwxyz012345")
    challenges.make(visitor)
    assert visitor.session.session_key != "abcdefghijklmnopqrstuvwxyz012345"


def test_it_lasts_ten_minutes() -> None:
    visitor = a_visitor()
    early, late = challenges.make(visitor), challenges.make(visitor)
    in_time, too_late = answer_of(early)[0], answer_of(late)[0]
    _pass(595)
    assert challenges.answered(visitor, early, in_time)
    _pass(6)
    assert challenges.letters(visitor, late) is None
    assert challenges.digits(visitor, late) is None
    assert not challenges.answered(visitor, late, too_late)


def test_the_digits_count_once_they_were_asked_for() -> None:
    visitor = a_visitor()
    unheard, heard = challenges.make(visitor), challenges.make(visitor)
    assert not challenges.answered(visitor, unheard, answer_of(unheard)[1])
    digits = challenges.digits(visitor, heard)
    assert digits == answer_of(heard)[1]
    assert challenges.answered(visitor, heard, digits)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("ab3 cd4", "AB3CD4"),
        ("ＡＢ３ＣＤ４", "AB3CD4"),
        ("　ａｂ３\tｃｄ４\n", "AB3CD4"),
        ("三 五七〇幺九", "357019"),
        ("①②3", "123"),
    ],
)
def test_what_is_the_same_answer(typed: str, normal: str) -> None:
    assert challenges.normal(typed) == normal


def test_case_width_and_blanks_do_not_matter_in_the_answer() -> None:
    visitor = a_visitor()
    for written in (
        str.lower,
        lambda text: " ".join(text),
        lambda text: "".join(chr(ord(each) + 0xFEE0) for each in text),
    ):
        token = challenges.make(visitor)
        assert challenges.answered(visitor, token, written(answer_of(token)[0]))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters()), st.text(st.characters()))
@example("\x00", "\x00")
@example("\ud800", "\udfff")
@example("x" * 100_000, "ﷺ" * 10_000)
def test_whatever_is_typed_is_no_fault(token: str, typed: str) -> None:
    visitor = a_visitor()
    visitor.session.create()
    assert not challenges.answered(visitor, token, typed)
    assert len(challenges.normal(typed)) <= 2000
    assert challenges.letters(visitor, token) is None


def test_answering_is_one_statement() -> None:
    visitor = a_visitor()
    token = challenges.make(visitor)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        challenges.answered(visitor, token, "")
    assert [query["sql"].split()[0] for query in queries] == ["DELETE"]
    assert "RETURNING" in queries[0]["sql"]


def test_ten_are_open_in_a_browser_and_the_oldest_goes() -> None:
    visitor, other = a_visitor(), a_visitor()
    theirs = challenges.make(other)
    tokens = [challenges.make(visitor) for _ in range(challenges.OPEN + 3)]
    assert [challenges.letters(visitor, token) is not None for token in tokens] == [False] * 3 + [
        True
    ] * challenges.OPEN
    assert challenges.letters(other, theirs)


def test_a_browser_may_ask_thirty_times_a_minute() -> None:
    visitor = a_visitor()
    token = challenges.make(visitor)  # made with the session, so not counted against it
    for _ in range(15):
        challenges.letters(visitor, token)
        challenges.digits(visitor, token)
    for refused in (challenges.letters, challenges.digits):
        with pytest.raises(challenges.TooMany):
            refused(visitor, token)
    with pytest.raises(challenges.TooMany):
        challenges.make(visitor)
    assert challenges.answered(visitor, token, answer_of(token)[0]), "what is open can be answered"


def test_an_address_may_ask_for_so_many_whatever_sessions_it_throws_away() -> None:
    for _ in range(limits.CAPTCHA_CLIENT.most - 5):
        limits.take(limits.CAPTCHA_CLIENT, "127.0.0.1")
    for _ in range(5):
        challenges.make(a_visitor())
    with pytest.raises(challenges.TooMany):
        challenges.make(a_visitor())
    assert challenges.make(a_visitor(address="192.0.2.1"))


def test_every_letter_comes_and_none_much_more_often() -> None:
    visitors = [a_visitor(address=f"192.0.2.{number}") for number in range(100)]
    answers = [answer_of(challenges.make(visitor)) for visitor in visitors for _ in range(5)]
    letters, digits = (Counter("".join(part)) for part in zip(*answers, strict=True))
    assert set(letters) == set(challenges.LETTERS)
    assert set(digits) == set(challenges.DIGITS)
    assert max(letters.values()) < 250, "143 of each are to be expected, give or take 12"
    assert len({answer for answer, _ in answers}) == 500


def test_neither_token_nor_session_is_kept() -> None:
    visitor = a_visitor()
    token = challenges.make(visitor)
    row = Challenge.objects.get()
    assert token.encode() not in bytes(row.token_sha256)
    assert str(visitor.session.session_key).encode() not in bytes(row.session_sha256)


def test_what_has_run_out_is_swept() -> None:
    visitor = a_visitor()
    challenges.make(visitor)
    challenges.make(a_visitor())
    Challenge.objects.filter(session_sha256=challenges._session(visitor)).update(
        expires_at=F("expires_at") - challenges.LASTS
    )
    Attempt.objects.update(until=F("until") - timedelta(minutes=2))
    assert (
        challenges.sweep() == 1 + 1
    )  # the attempts of the client; a new session's first challenge counts for no session
    assert Challenge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_get_it_once() -> None:
    visitor = a_visitor()
    token = challenges.make(visitor)
    letters, _ = answer_of(token)
    ready, passed = threading.Barrier(16), []

    def answer() -> None:
        request = a_visitor(visitor.session.session_key)
        ready.wait()
        passed.append(challenges.answered(request, token, letters))
        connections.close_all()

    threads = [threading.Thread(target=answer) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 15 + [True]
