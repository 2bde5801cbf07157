"""Guesses of a code are bounded, whichever process they come to; whoever must have a second factor is led to it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import RequestFactory

from newsreel.accounts import limits
from newsreel.accounts.mfa import Adapter
from newsreel.accounts.roles import Role
from newsreel.core.settings import settings as ours
from newsreel.core.settings import use
from newsreel.portal import access, admission
from tests.accounts.conftest import OpenPortal
from tests.accounts.making import PASSWORD, an_account, log_in
from tests.accounts.visitor import Visitor

SECRET = "JBSWY3DPEHPK3PXP"


def right_code() -> str:
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return str(auth.format_hotp_value(auth.hotp_value(SECRET, counter)))


@pytest.mark.django_db(transaction=True)
def test_guesses_are_bounded_across_two_processes(open_portal: OpenPortal, settings: object) -> None:
    settings.SECRET_KEY = "a key of the tests"  # type: ignore[attr-defined]
    cache.clear()
    user = an_account("alice")
    data = {"secret": Adapter().encrypt(SECRET)}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    visitors = []
    for portal in (open_portal(), open_portal()):
        for _ in range(6):
            visitor = Visitor(portal.url)
            page = visitor.send(visitor.get("/account/login/"), "/account/login/", login="alice", password=PASSWORD)
            assert page.url.endswith("/account/second-factor/authenticate/")
            visitors.append((visitor, page))

    def guess(number: int) -> str:
        visitor, page = visitors[number]
        return visitor.send(page, "/account/second-factor/authenticate/", code=f"00000{number % 10}").text

    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = list(pool.map(guess, range(len(visitors))))
    refused = sum("过多" in text or "尝试" in text or "Too many" in text for text in answers)
    assert len(answers) - refused == limits.SECOND_FACTOR.most
    visitor, page = visitors[0]
    right = visitor.send(page, "/account/second-factor/authenticate/", code=right_code())
    assert right.url.endswith("/account/second-factor/authenticate/")  # not even the right one, for five minutes
    limits.forget(limits.SECOND_FACTOR, str(user.pk))
    cache.clear()
    right = visitor.send(right, "/account/second-factor/authenticate/", code=right_code())
    assert "alice" in right.text
    assert limits.used(limits.SECOND_FACTOR, str(user.pk)) == 0


@pytest.fixture
def administrators_need_one() -> Iterator[None]:
    before = ours()
    use(before.model_copy(update={"second_factor": "administrators"}))
    access.RULES["a page of administrators"] = access.Access.ADMINISTRATOR
    yield
    use(before)
    del access.RULES["a page of administrators"]


@pytest.mark.django_db
@pytest.mark.usefixtures("administrators_need_one")
def test_an_administrator_without_a_second_factor_is_led_to_it() -> None:
    user = an_account("alice", Role.ADMINISTRATOR)
    an_account("bob", Role.READER)
    request = RequestFactory().get("/")
    request.user = user
    answer = admission.refused(request, "a page of administrators")
    assert answer is not None
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/")
    assert 'class="faults"' in log_in("alice").get("/account/second-factor/").content.decode()
    assert 'class="faults"' not in log_in("bob").get("/account/second-factor/").content.decode()
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0})
    assert admission.refused(request, "a page of administrators") is not None  # these alone are none
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": Adapter().encrypt(SECRET)})
    assert admission.refused(request, "a page of administrators") is None
