"""Every address, by every method, for everybody: what is answered equals the written table (access_table.txt).

The table is kept by hand: where an answer differs, the test prints both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from newsreel.accounts import invitations, people
from newsreel.accounts.roles import Role
from newsreel.archive.models import AddRequest
from newsreel.core import settings as ours
from newsreel.portal import pictures
from newsreel.portal.access import RULES, Access
from tests.accounts.making import an_account, log_in
from tests.portal.making import a_channel, an_article

TABLE = Path(__file__).with_name("access_table.txt")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
WHO = ("nobody", "reader", "editor", "administrator", "disabled")
# Each request is a transaction of its own: one over all of them would hold back every follower of the server's change logs.
pytestmark = pytest.mark.django_db(transaction=True)


def written() -> dict[tuple[str, str], list[str]]:
    """(address, method) -> what each of WHO is answered. A line: address, methods joined by commas, five answers."""
    table = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, methods, *answers = line.split()
            assert len(answers) == len(WHO), line
            for method in methods.split(","):
                assert (name, method) not in table, line
                table[name, method] = answers
    return table


@pytest.fixture
def parts() -> dict[str, object]:
    """What stands for the variable parts of addresses: things that are there."""
    with connection.cursor() as cursor:  # a bell that another test rang and nobody heard
        cursor.execute("DELETE FROM procrastinate_jobs")
    channel = a_channel()
    article = an_article(channel, keywords=["strait"], topics=["medtop:20000593"])
    *_, signature, written = str(pictures.path_of("https://images.test/a.jpg", "")).split("/")
    return {
        "signature": signature, "written": written,
        "article": article.pk, "source": channel.source_id, "channel": channel.pk, "code": "medtop:20000593",
        "keyword": article.keyword_rows.get().keyword_id, "key": "nonsense", "uidb36": "1", "provider_id": "none",
        "pk": 1, "token": "nonsense", "session": 1,
        "preview": AddRequest.objects.create(address="news.test", preview=True, state="failed").pk,
        "listing": AddRequest.objects.create(
            address="a.opml", preview=True, state="found", found={"list": [], "known": 0, "repeated": 0}).pk,
        "form": "opml",
        "kind": "channel", "outcome": "timed_out", "name": "crawl_gap", "part": "crawl",
        "user": an_account("erin").pk, "group": Group.objects.create(name="Desk").pk,
        "invitation": invitations.make(None, Role.READER)[0].pk,
    }  # fmt: skip


@pytest.fixture
def clients() -> dict[str, Client]:
    """A client of each kind, from another machine."""
    an_account("alice")
    an_account("bob", Role.EDITOR)
    an_account("charlie", Role.ADMINISTRATOR)
    an_account("dora", Role.ADMINISTRATOR)

    dora = log_in("dora")
    left_behind = dict(dora.session.items())
    disabled = people.find("dora")
    assert disabled is not None
    people.disable(disabled)
    session = SessionStore(dora.cookies["sessionid"].value)  # even where the session had stayed
    session.update(left_behind)
    session.save(must_create=True)
    return {
        "nobody": Client(),
        "reader": log_in("alice"),
        "editor": log_in("bob"),
        "administrator": log_in("charlie"),
        "disabled": dora,
    }


def ask(client: Client, method: str, path: str) -> HttpResponse:
    """One request of which nothing remains."""
    kept = client.cookies.output(header="", sep="; ")
    cache.clear()
    with transaction.atomic():
        answer = client.generic(method, path, REMOTE_ADDR="192.0.2.7", QUERY_STRING="")
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(kept)
    return answer


def addresses(parts: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Every address by its name."""

    def walk(resolver: URLResolver, prefix: str, around: set[str]) -> Iterator[tuple[str, set[str]]]:
        for entry in resolver.url_patterns:
            groups = around | set(entry.pattern.regex.groupindex)
            if isinstance(entry, URLResolver):
                yield from walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix, groups)
            else:
                yield f"{prefix}{entry.name}", groups

    for name, groups in walk(get_resolver(), "", set()):
        yield name, reverse(name, kwargs={part: parts[part] for part in groups} or None)


def asked(name: str, table: dict[tuple[str, str], list[str]]) -> list[str]:
    """The methods by which an address is asked: GET, POST, and one of those others for which the same answers are written; all of them
    with NEWSREEL_TEST_ALL.
    """
    if os.environ.get("NEWSREEL_TEST_ALL"):
        return list(METHODS)
    unlike = {" ".join(table.get((name, method), [method])): method for method in sorted(METHODS)}
    return sorted({"GET", "POST", *unlike.values()})


def test_every_answer_is_as_written(parts: dict[str, object], clients: dict[str, Client]) -> None:
    table, found = written(), {}
    for name, path in addresses(parts):
        for method in asked(name, table):
            answers = []
            for who in WHO:
                answers.append(_short(ask(clients[who], method, path)))
            found[name, method] = answers
    differences = [
        f"{name} {method}: {' '.join(found.get((name, method), ['-']))} (written: {' '.join(table.get((name, method), ['-']))})"
        for name, method in sorted(set(found) | {(name, method) for name, _ in table for method in asked(name, table)})
        if table.get((name, method)) != found.get((name, method))
    ]
    assert not differences, "\n".join(differences)
    assert {name for name, _ in found} == set(RULES)


def _short(answer: HttpResponse) -> str:
    """The status; where it leads to, for a redirect to the door."""
    status, location = answer.status_code, answer.headers.get("Location", "")
    return "login" if status == 302 and location.startswith("/account/login/") else str(status)


def test_every_change_needs_its_token(parts: dict[str, object], clients: dict[str, Client]) -> None:
    for name, path in addresses(parts):
        for who in ("nobody", "administrator"):
            clients[who].handler.enforce_csrf_checks = True
            answer = ask(clients[who], "POST", path)
            assert answer.status_code in (403, 405, 404), (name, who, answer.status_code)


def test_for_members_only_nobody_reads(parts: dict[str, object], clients: dict[str, Client]) -> None:
    before = ours.settings()
    ours.use(before.model_copy(update={"members_only": True}))
    try:
        for name, path in addresses(parts):
            if RULES[name] is not Access.PUBLIC:
                continue
            for who, expected in (("nobody", {"login"}), ("disabled", {"login"}), ("reader", {"200", "501"})):
                assert _short(ask(clients[who], "GET", path)) in expected, (name, who)
            assert _short(ask(clients["nobody"], "POST", path)) == "403"
    finally:
        ours.use(before)
