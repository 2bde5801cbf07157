"""``newsreel sources set``: what is said is kept and on record, all of it or nothing."""

from __future__ import annotations

import argparse

import pytest

from newsreel.accounts.models import AuditEntry
from newsreel.archive.models import Source
from newsreel.cli import reaching
from newsreel.core.errors import Misconfigured
from tests.portal.making import a_source

pytestmark = pytest.mark.django_db


def said(source: Source, *words: str) -> list[str]:
    parser = argparse.ArgumentParser()
    reaching.register(parser)
    done = reaching.change(source, parser.parse_args(words))
    source.refresh_from_db()
    return done


def test_all_of_it() -> None:
    source = a_source()
    done = said(
        source, "--gap", "2.5", "--header", "Cookie: a=1", "--proxy", "http://me:word@p.test:1", "--ports", "8443",
        "--robots-exception", "/open/", "--reason", "agreed by letter",
    )  # fmt: skip
    assert done == [
        "gap: 2.5 s; headers: Cookie",
        "proxy: http://••••••••@p.test:1; other ports: 8443",
        "robots.txt: not asked for /open/",
    ]
    assert (source.gap, source.headers, source.proxy) == (2.5, [["Cookie", "a=1"]], "http://me:word@p.test:1")
    assert (source.free_paths, source.free_by) == (["/open/"], "command line")
    lines = AuditEntry.objects.order_by("pk")
    assert [line.act for line in lines] == ["source_pace", "source_way", "robots_excepted"]
    assert "word" not in str([line.details for line in lines])
    assert "a=1" not in str([line.details for line in lines])
    done = said(source, "--gap", "", "--header", "", "--proxy", "", "--ports", "", "--robots-exception", "")
    assert done == [
        "gap: as the setting says; headers: none", "proxy: as the setting says; other ports: none", "robots.txt: obeyed",
    ]  # fmt: skip
    assert (source.gap, source.headers, source.proxy, source.free_paths) == (None, [], "", [])


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ((), "nothing_to_set"),
        (("--gap", "soon"), "bad_gap"),
        (("--gap", "2", "--header", "Host: evil.test"), "header_ours"),
        (("--gap", "2", "--robots-exception", "/"), "no_reason"),
    ],
)
def test_what_is_not_taken_changes_nothing(words: tuple[str, ...], outcome: str) -> None:
    source = a_source()
    with pytest.raises(Misconfigured) as caught:
        said(source, *words)
    assert caught.value.outcome == outcome
    source.refresh_from_db()
    assert source.gap is None
    assert not AuditEntry.objects.exists()
