"""The memories of sites: one statement to read, one to write, and two who learn at once lose nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from newsreel.archive import housekeeping, site_memories
from newsreel.archive.models import SiteMemory as Row
from newsreel.archive.site_memories import Remembered
from newsreel.extraction import SiteMemory
from newsreel.extraction.memory import MAX_MEMORY_BYTES

pytestmark = pytest.mark.django_db(transaction=True)

BOX = "This story is part of the Harbour Project, in which reporters from nine towns follow the same ships for a year."


def lesson(number: int, site: str = "paper.test") -> bytes:
    texts = [
        f"What stands on page {chr(97 + number) * 5} alone and nowhere else of this paper, number {line}"
        for line in "abcd"
    ]
    return SiteMemory().lesson([*texts, BOX], f"https://{site}/{number}").to_bytes()


def seen(site: str = "paper.test") -> list[int]:
    return SiteMemory.from_bytes(site_memories.read([site])[site].data).recurring([BOX], f"https://{site}/x")


def test_what_is_learned_is_read_again_by_one_statement_each() -> None:
    taught = {site: [lesson(number, site) for number in range(3)] for site in ("a.test", "b.test", "c.test")}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        known = site_memories.read(taught)
        assert site_memories.learn(taught, known) == set()
    assert len(queries) == 2
    assert known == {}
    with CaptureQueriesContext(connection) as queries:
        known = site_memories.read([*taught, "unknown.test", "a.test"])
    assert len(queries) == 1
    assert sorted(known) == ["a.test", "b.test", "c.test"]
    assert seen("b.test") == [3]
    assert Row.objects.get(site="a.test").pages == 3
    assert site_memories.read([]) == {}


def test_learning_the_same_twice_changes_nothing() -> None:
    taught = {"paper.test": [lesson(0), lesson(1)]}
    site_memories.learn(taught, {})
    before = Row.objects.get().data
    site_memories.learn(taught, {})  # as after an answer that was lost
    site_memories.learn(taught, site_memories.read(taught))
    assert bytes(Row.objects.get().data) == bytes(before)


def test_who_read_before_another_wrote_adds_to_what_that_one_wrote() -> None:
    known = site_memories.read(["paper.test"])
    site_memories.learn({"paper.test": [lesson(0)]}, known)
    assert site_memories.learn({"paper.test": [lesson(1)]}, known) == set()
    assert seen() == [2]


def test_many_who_learn_at_once_lose_no_lesson() -> None:
    def work(number: int) -> set[str]:
        try:
            known = site_memories.read(["paper.test", "other.test"])
            return site_memories.learn(
                {"paper.test": [lesson(number)], "other.test": [lesson(number, "other.test")]}, known
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        left = list(pool.map(work, range(12)))
    missed = sum("paper.test" in some for some in left)
    assert seen() == [12 - missed]
    assert missed <= 2  # those who were five times slower than others say so


def test_a_row_that_cannot_be_read_is_learned_anew() -> None:
    Row.objects.create(site="paper.test", data=b"of another version", pages=9, version=4)
    site_memories.learn({"paper.test": [lesson(0), b"no lesson"]}, site_memories.read(["paper.test"]))
    assert seen() == [1]
    assert Row.objects.get().version == 5


def test_a_row_that_was_forgotten_meanwhile_is_there_again() -> None:
    site_memories.learn({"paper.test": [lesson(0)]}, {})
    known = site_memories.read(["paper.test"])
    Row.objects.all().delete()
    site_memories.learn({"paper.test": [lesson(1)]}, known)
    assert seen() == [2]


def test_no_site_and_no_lesson_is_nothing_to_write() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert site_memories.learn({"": [lesson(0)], "paper.test": []}, {}) == set()
    assert len(queries) == 0
    assert Remembered(b"", 0) == site_memories.NOTHING


def test_the_database_holds_no_memory_larger_than_one_can_be() -> None:
    Row.objects.create(site="a.test", data=b"x" * MAX_MEMORY_BYTES, pages=1)
    with pytest.raises(IntegrityError):
        Row.objects.create(site="b.test", data=b"x" * 131_073, pages=1)


def test_sites_that_are_read_no_more_are_forgotten_and_the_others_are_bounded() -> None:
    for number in range(5):
        site_memories.learn({f"{number}.test": [lesson(0)]}, {})
        Row.objects.filter(site=f"{number}.test").update(updated_at=Now() - timedelta(days=number * 10))
    assert housekeeping.forget_site_memories(timedelta(days=35), 100) == 1
    assert housekeeping.forget_site_memories(timedelta(days=35), 2) == 2
    assert sorted(Row.objects.values_list("site", flat=True)) == ["0.test", "1.test"]
