"""A database that is slow to write slows the crawl, which says why, keeps little in memory, and recovers by itself."""

from __future__ import annotations

import json
import time

import psutil
import psycopg
import pytest

from tests.endurance.counting import counted
from tests.endurance.crew import Crew
from tests.endurance.wholeness import assert_once, assert_whole, begin_anew
from tests.installation import Installation, Sample, wait_until

SLOW = 6.0

_SLOW_DOWN = f"""
    CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep({SLOW}); RETURN NEW; END $$;
    CREATE TRIGGER slow_down BEFORE INSERT ON archive_snapshot FOR EACH ROW EXECUTE FUNCTION slow_down();
"""
_SPEED_UP = "DROP TRIGGER slow_down ON archive_snapshot; DROP FUNCTION slow_down()"


def troubles(installation: Installation) -> set[str]:
    """What the workers say of themselves."""
    return {row[0] for row in installation.rows("SELECT trouble FROM archive_worker")}


def execute(installation: Installation, statements: str) -> None:
    with psycopg.connect(installation.dsn, autocommit=True) as connection:
        connection.execute(statements)


@pytest.mark.endure
def test_a_slow_database(installation: Installation, sample: Sample, undisturbed: set[str]) -> None:
    crew = Crew(installation, 2)
    with counted(sample.port) as counter:
        installation.environment |= {"NEWSREEL_PROXY": counter.proxy, "NEWSREEL_CRAWL_GAP": "0"}
        try:
            crew.start()
            execute(installation, _SLOW_DOWN)
            begin_anew(installation)
            wait_until(lambda: troubles(installation) == {"", "storage_slow"} or troubles(installation) == {"storage_slow"},
                       60, "a word on the slow database")  # fmt: skip
            told = installation.run("doctor", "--no-network", "--json")
            finding = next(row for row in json.loads(told.stdout)["findings"] if row["name"] == "workers")
            assert not finding["well"]
            assert "more than five seconds to store a page" in finding["says"]
            before, memory = counter.requests(), memory_of(crew)
            time.sleep(5 * SLOW)
            asked = counter.requests() - before
            # Two workers, one page at a time each; one more may have been under way.
            assert asked <= 2 * (5 + 2), "pages are fetched that cannot be stored"
            grown = memory_of(crew) - memory
            execute(installation, _SPEED_UP)
            seconds = crew.wait_for(len(undisturbed), 90)
            wait_until(lambda: troubles(installation) == {""}, 20, "a word that all is well")
            print(f"{asked} requests in {5 * SLOW:.0f} s of a slow database, memory {grown / 1e6:+.1f} MB;"
                  f" whole {seconds:.1f} s after it was quick again")  # fmt: skip
            assert grown < 30e6
            assert_whole(installation, undisturbed)
            assert_once(installation)
            assert crew.stop() == [0, 0]
        finally:
            crew.end()
    assert troubles(installation) == set()


def memory_of(crew: Crew) -> int:
    """Bytes of the workers themselves."""
    return sum(psutil.Process(worker.pid).memory_info().rss for worker in crew.workers if worker is not None)
