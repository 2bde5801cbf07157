"""Which addresses are articles, on the source's page: shown with counts and examples, corrected by editors, on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsreel.accounts.models import AuditEntry
from newsreel.archive import site_patterns
from newsreel.archive.models import Channel, Lead, Source
from newsreel.core.urls import identity
from newsreel.discovery.patterns import AddressPatterns
from newsreel.portal.administration import findings
from tests.administration.four import Four
from tests.portal.making import a_channel, a_source

pytestmark = pytest.mark.django_db
EVIL = '"><script>alert(1)</script>'


def learned(source: Source, many: int = 4, folder: str = "dossier", *, article: bool = False) -> None:
    """Outcomes of so many addresses, and the leads of those that were no articles."""
    channel = Channel.objects.filter(source=source, kind="frontpage").first() or a_channel(
        source=source, outcome="ok", etag="1", next_due_at=timezone.now() + timedelta(hours=1)
    )
    Channel.objects.filter(pk=channel.pk).update(kind="frontpage")
    urls = [f"https://{source.site}/{folder}/a-long-way-to-{n:x}x" for n in range(many)]
    site_patterns.learn(
        {source.site: AddressPatterns().lesson((url, article) for url in urls)}, site_patterns.read([source.site])
    )
    for url in urls if not article else ():
        Lead.objects.create(
            key=identity(url), url=url, host=source.site, channel=channel, state="failed", outcome="not_article",
            next_due_at=None,
        )  # fmt: skip


def say(client: Client, source: Source, said: str, folder: str = "dossier", **more: Any) -> str:
    data = {"site": source.site, "shape": f"{source.site}/{folder}/{{words}}", "said": said} | more
    answer = client.post(f"/administration/sources/{source.pk}/addresses/correct/", data, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_shapes_are_shown_with_counts_and_examples(four: Four) -> None:
    source = a_source("The Herald")
    learned(source)
    learned(source, 5, "world", article=True)
    page = four.bob.get(f"/administration/sources/{source.pk}/addresses/").content.decode()
    assert f"{source.site}/dossier/{{phrase}}" in page
    assert "articles: 5 of the latest 5 pages" in page
    assert "articles: 0 of the latest 4 pages" in page
    assert f'href="https://{source.site}/dossier/a-long-way-to-3x"' in page
    assert page.count("taken for no articles") == 1
    assert "/addresses/" in four.bob.get(f"/administration/sources/{source.pk}/").content.decode()


def test_a_source_of_which_nothing_is_known(four: Four) -> None:
    page = four.bob.get(f"/administration/sources/{a_source().pk}/addresses/").content.decode()
    assert "Nothing is known" in page
    assert four.bob.get("/administration/sources/999999/addresses/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_editor_says_articles_and_what_was_set_aside_is_visited_again(four: Four) -> None:
    source, other = a_source("The Herald"), a_source("The Other")
    learned(source)
    learned(other)
    page = say(four.bob, source, "yes")
    assert "4 that were set aside are visited again" in page
    assert "said by an editor" in page
    assert Lead.objects.filter(channel__source=source, state="new", next_due_at__lte=timezone.now()).count() == 4
    assert Lead.objects.filter(channel__source=other, state="failed").count() == 4
    channel = Channel.objects.get(source=source)
    assert (channel.etag, channel.next_due_at <= timezone.now()) == ("", True)
    line = AuditEntry.objects.get()
    assert (line.actor_name, line.act, line.about) == ("bob", "addresses_corrected", "The Herald")
    assert line.details == {"source": source.pk, "shape": f"{source.site}/dossier/{{words}}", "said": "yes"}
    assert "not visited any more" in say(four.bob, source, "no")
    assert "counts again" in say(four.bob, source, "learned")
    assert AuditEntry.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_no_shape_of_the_source_changes_nothing(four: Four) -> None:
    source, other = a_source("The Herald"), a_source("The Other")
    learned(source)
    learned(other)
    for more in ({"shape": "/*/{word}"}, {"site": other.site}, {"shape": ""}, {"shape": "x" * 9999}):
        assert "No address of this source has this shape." in say(four.bob, source, "no", **more)
    assert not AuditEntry.objects.exists()
    path = f"/administration/sources/{source.pk}/addresses/correct/"
    assert four.bob.post(path, {"said": "perhaps"}).status_code == 404
    assert four.alice.post(path, {"said": "no"}).status_code == 403


def test_ten_shapes_cost_as_many_queries_as_twenty(four: Four) -> None:
    source = a_source()
    four.bob.get("/administration/")
    asked = []
    for start in (0, 10):
        for n in range(start, start + 10):
            learned(source, 2, f"folder-{n:x}")
        findings.forget()
        with CaptureQueriesContext(connection) as captured:
            assert four.bob.get(f"/administration/sources/{source.pk}/addresses/").status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_what_a_site_calls_its_folders_is_text(four: Four) -> None:
    source = a_source(EVIL)
    learned(source, 4, EVIL.replace("/", ""))
    page = four.bob.get(f"/administration/sources/{source.pk}/addresses/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
