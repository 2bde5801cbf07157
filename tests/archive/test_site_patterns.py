"""The patterns of sites: one statement to read, one to write, and nothing is lost between a worker and an editor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from newsreel.archive import housekeeping, site_patterns
from newsreel.archive.models import SitePatterns
from newsreel.discovery.patterns import AddressPatterns, merged

pytestmark = pytest.mark.django_db(transaction=True)
SHAPE = "paper.test/x/{words}-{n}"


def lesson(number: int, *, article: bool = True) -> AddressPatterns:
    return AddressPatterns().lesson([(f"https://paper.test/x/a-long-way-{number}", article)])


def kept(site: str = "paper.test") -> AddressPatterns:
    return merged([site_patterns.read([site])[site].data])


def test_what_is_learned_is_read_again_by_one_statement_each() -> None:
    with CaptureQueriesContext(connection) as queries:
        known = site_patterns.read(["b.test", "a.test", "a.test"])
        assert site_patterns.learn({"a.test": lesson(1), "b.test": lesson(2), "": lesson(3)}, known) == set()
    assert len(queries) == 2
    assert known == {}
    with CaptureQueriesContext(connection) as queries:
        assert sorted(site_patterns.read(["a.test", "b.test", "unknown.test"])) == ["a.test", "b.test"]
        assert site_patterns.read([]) == {}
        assert site_patterns.learn({"a.test": AddressPatterns()}, {}) == set()
    assert len(queries) == 1
    assert SitePatterns.objects.get(site="a.test").outcomes == 1


def test_an_editor_between_a_worker_s_reading_and_writing_is_not_lost() -> None:
    known = site_patterns.read(["paper.test"])
    site_patterns.learn({"paper.test": lesson(0)}, known)
    site_patterns.correct("paper.test", SHAPE, "no")
    assert site_patterns.learn({"paper.test": lesson(1)}, known) == set()
    assert (len(kept()), kept().judge_shape(SHAPE)) == (2, "no")
    assert SitePatterns.objects.get().corrected


def test_workers_and_editors_at_once_lose_nothing() -> None:
    def work(number: int) -> set[str]:
        try:
            if number % 4 == 3:
                site_patterns.correct("paper.test", f"paper.test/{number}", "yes")
                return set()
            return site_patterns.learn({"paper.test": lesson(number)}, site_patterns.read(["paper.test"]))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        missed = sum(map(len, pool.map(work, range(12))))
    assert len(kept()) == 9 - missed
    assert missed <= 2  # those who were five times slower than others say so
    assert [row.shape for row in kept().known() if row.correction] == [f"paper.test/{n}" for n in (11, 3, 7)]


def test_a_row_that_cannot_be_read_is_learned_anew() -> None:
    SitePatterns.objects.create(site="paper.test", data=b"of another version", outcomes=9, version=4)
    site_patterns.learn({"paper.test": lesson(0)}, site_patterns.read(["paper.test"]))
    assert len(kept()) == 1
    site_patterns.correct("paper.test", SHAPE, "yes")
    assert SitePatterns.objects.get().version == 6


def test_the_database_holds_no_patterns_larger_than_they_can_be() -> None:
    with pytest.raises(IntegrityError):
        SitePatterns.objects.create(site="b.test", data=b"x" * 131_073, outcomes=1)


def test_sites_that_are_read_no_more_are_forgotten_but_what_an_editor_said_is_kept() -> None:
    for number in range(5):
        site_patterns.learn({f"{number}.test": lesson(0)}, {})
        SitePatterns.objects.filter(site=f"{number}.test").update(updated_at=Now() - timedelta(days=number * 10))
    site_patterns.correct("4.test", SHAPE, "no")
    assert housekeeping.forget_site_patterns(timedelta(days=25), 100) == 1
    assert housekeeping.forget_site_patterns(timedelta(days=25), 2) == 1
    assert sorted(SitePatterns.objects.values_list("site", flat=True)) == ["0.test", "1.test", "4.test"]
