"""Live streams and what else is answered beside Django's views end with the session that they were opened with."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsreel.accounts import people
from newsreel.accounts.models import User
from newsreel.archive.changes import Position
from newsreel.portal import passes
from newsreel.portal.hub import Listener
from newsreel.portal.live import LiveStream
from tests.accounts.making import an_account, log_in
from tests.accounts.visiting import open_portals
from tests.installation import Installation
from tests.portal.making import a_channel, an_article
from tests.portal.serving import Portal, Stream

if TYPE_CHECKING:
    from pathlib import Path

    from newsreel.archive.embedded import ServerAddress

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def members(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal for members only."""
    home = tmp_path_factory.mktemp("members")
    with open_portals(database_server, home, 1, NEWSREEL_MEMBERS_ONLY="true") as running:
        yield running[0]


@pytest.fixture(scope="module")
def public(
    django_db_setup: None, database_server: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    with open_portals(database_server, tmp_path_factory.mktemp("public"), 1) as running:
        yield running[0]


def _cookie(name: str) -> str:
    return "sessionid=" + log_in(name).cookies["sessionid"].value


def _ends_within(stream: Stream, seconds: float) -> bool:
    began = time.monotonic()
    try:
        while time.monotonic() - began < seconds:
            stream.next()
    except (EOFError, TimeoutError, http.client.HTTPException) as error:
        return not isinstance(error, TimeoutError) and time.monotonic() - began < seconds
    return False


def _forget(portal: Portal) -> None:
    time.sleep(passes.REMEMBERED + 0.1)


@pytest.mark.parametrize("cookie", ["", "sessionid=invented", "sessionid=" + "x" * 5000])
def test_members_only_is_for_members_only(members: Portal, cookie: str) -> None:
    for method in ("GET", "HEAD"):
        assert members.get("/live", method=method, Cookie=cookie)[0] == 403


def _another_password(user: User) -> None:
    user.set_password("quite another long one 2")
    user.save()


def _no_session(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_session WHERE session_key IN (SELECT session_key FROM usersessions_usersession WHERE user_id = %s)",
            [user.pk],
        )


ENDS = {
    "disabled": people.disable,
    "deleted": people.delete,
    "elsewhere": lambda user: people.end_sessions([user.pk]),
    "changed": _another_password,
    "gone": _no_session,
}


def test_a_members_stream_ends_with_the_session(members: Portal) -> None:
    users = {name: an_account(name) for name in ENDS}
    an_account("bob")
    cookies = {name: _cookie(name) for name in ENDS}
    channel = a_channel()
    with ExitStack() as opened:
        streams = {name: opened.enter_context(members.stream(Cookie=cookie)) for name, cookie in cookies.items()}
        bobs = opened.enter_context(members.stream(Cookie=_cookie("bob")))
        for one in (*streams.values(), bobs):
            one.next("hello")
        for name, end in ENDS.items():
            end(users[name])
        assert [name for name, stream in streams.items() if not _ends_within(stream, 10)] == []
        an_article(channel, "for bob")
        assert bobs.next("added").data["title"] == "for bob"
    _forget(members)
    for cookie in cookies.values():
        assert members.get("/live", method="HEAD", Cookie=cookie)[0] == 403


def test_the_row_alone_is_enough(members: Portal) -> None:
    """Whoever changes the database itself (the command line, another process) need not end sessions too."""
    user = an_account("alice")
    with members.stream(Cookie=_cookie("alice")) as stream:
        stream.next("hello")
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert _ends_within(stream, 10)


def test_disabled_from_the_terminal(members: Portal, database_server: ServerAddress, tmp_path: Path) -> None:
    """``newsreel user disable`` is a process of its own: page, picture and stream end with the row."""
    an_account("alice")
    an_account("bob")
    cookie = _cookie("alice")
    channel = a_channel()
    house = Installation(tmp_path, database_server.dsn_of(connection.settings_dict["NAME"]))
    with members.stream(Cookie=cookie) as stream, members.stream(Cookie=_cookie("bob")) as other:
        for one in (stream, other):
            one.next("hello")
        assert members.get("/account/", Cookie=cookie)[0] == 200
        done = house.run("user", "disable", "alice")
        assert (done.returncode, done.stdout) == (0, "disabled: alice\n"), done.stderr
        assert members.get("/account/", Cookie=cookie)[0] == 302
        assert _ends_within(stream, 10)
        an_article(channel, "for bob")
        assert other.next("added").data["title"] == "for bob"
    assert members.get("/live", method="HEAD", Cookie=cookie)[0] == 403


def test_where_everybody_may_read_nobodys_stream_goes_on(public: Portal) -> None:
    user = an_account("alice")
    channel = a_channel()
    with public.stream() as nobody, public.stream(Cookie=_cookie("alice")) as hers:
        nobody.next("hello")
        hers.next("hello")
        people.disable(user)
        assert _ends_within(hers, 10)
        an_article(channel, "for all")
        assert nobody.next("added").data["title"] == "for all"


def _stream_of(names: list[str]) -> tuple[LiveStream, list[Listener]]:
    stream = LiveStream(dict)
    stream.hub.begin(Position(0, 0), Position(5, 0), [])
    listeners = []
    for name in names:
        found = passes._look(log_in(name).cookies["sessionid"].value)
        assert found is not None
        listeners.append(stream.hub.listen(None, found))
    return stream, listeners


@pytest.mark.parametrize("count", [5, 50])
def test_all_streams_are_looked_through_with_one_query(count: int) -> None:
    users = [an_account(f"reader{number}") for number in range(count)]
    _, listeners = _stream_of([user.username for user in users])
    nobody_knows = {listener.holder for listener in listeners if listener.holder}
    people.disable(users[0])
    with CaptureQueriesContext(connection) as queries:
        good = passes._still(frozenset(nobody_knows))
    assert len(queries) == 1
    assert {one.account for one in good} == {user.pk for user in users[1:]}


def test_the_name_of_the_cookie_is_the_installations(settings: Any) -> None:
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"
    scope = {"headers": [(b"cookie", b"sessionid=a; __Host-sessionid=b")]}
    assert passes.session_of(scope) == "b"
