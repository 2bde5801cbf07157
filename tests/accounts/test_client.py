from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import RequestFactory

from newsreel.accounts.client import client_address, client_network
from newsreel.core import settings as ours


@pytest.fixture
def behind_a_proxy() -> Iterator[None]:
    before = ours.settings()
    ours.use(before.model_copy(update={"trusted_proxies": ("10.0.0.1", "10.0.0.2")}))
    yield
    ours.use(before)


def asked(peer: str, forwarded: str = "") -> str | None:
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **more))


def test_nobody_is_believed_by_default() -> None:
    assert asked("192.0.2.7", "198.51.100.1") == "192.0.2.7"
    assert asked("127.0.0.1", "198.51.100.1") == "127.0.0.1"
    assert asked("") is None


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_trusted_proxy_is_believed_as_far_as_it_saw_itself() -> None:
    assert asked("10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert asked("10.0.0.1", "6.6.6.6, 198.51.100.1") == "198.51.100.1"  # the first was forged by the reader
    assert asked("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2") == "198.51.100.1"
    assert asked("10.0.0.1", "rubbish") == "10.0.0.1"
    assert asked("10.0.0.1", "198.51.100.1, rubbish") == "10.0.0.1"
    assert asked("192.0.2.7", "198.51.100.1") == "192.0.2.7"


def test_a_household_of_ipv6_is_one() -> None:
    one, other = (
        client_network(RequestFactory().get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2:3::4", "2001:db8:1:2::5")
    )
    assert one == other == "2001:db8:1:2::/64"
    assert client_network(RequestFactory().get("/", REMOTE_ADDR="::ffff:192.0.2.7")) == "192.0.2.7"
