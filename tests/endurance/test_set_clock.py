"""The clock of the database, and of its machine's workers, is set by a day and a year while they run."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.endurance.counting import counted
from tests.endurance.crew import Crew
from tests.endurance.servers import own_server
from tests.endurance.wholeness import articles_of, assert_once, assert_whole, begin_anew
from tests.installation import Installation, Sample, wait_until

DAY = 86400
YEAR = 365 * DAY
GAP = 0.2


@pytest.fixture(scope="session")
def preload(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A library that moves the clock of what it is loaded into, and the file that says by how many seconds."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("left out: there is no C compiler here")
    folder = tmp_path_factory.mktemp("clock", numbered=True)
    library, by = folder / "moved_clock.so", Path(f"/tmp/newsreel-moved-clock-{folder.name}-{time.time_ns()}")
    source = Path(__file__).with_name("moved_clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"], check=True)
    readable = Path(f"{by}.so")  # PostgreSQL's user must be able to read both
    shutil.copy(library, readable)
    readable.chmod(0o755)
    by.write_text("0")
    by.chmod(0o644)
    return readable, by


@pytest.mark.endure
@pytest.mark.parametrize("seconds", [DAY, -YEAR], ids=["a day forward", "a year back"])
def test_the_clock_is_set_while_they_work(
    tmp_path: Path,
    preload: tuple[Path, Path],
    sample: Sample,
    few_sites: list[str],
    undisturbed: set[str],
    seconds: int,
) -> None:
    library, by = preload
    by.write_text("0")
    before = ["/usr/bin/env", f"LD_PRELOAD={library}", f"MOVED_CLOCK={by}"]
    with own_server(tmp_path / "server", before=before) as server, counted(sample.port) as counter:
        settings = {"NEWSREEL_PROXY": counter.proxy, "NEWSREEL_CRAWL_GAP": str(GAP)}
        installation = Installation(tmp_path / "home", server.create("clock"), **settings)
        assert installation.run("add", *few_sites).returncode == 0
        crew = Crew(installation, 2, before)
        try:
            begin_anew(installation)  # before the workers: it frees every host
            crew.start()
            wait_until(lambda: crew.stored() > 3, 60, "the first articles")
            asked = []
            for moved in (seconds, 0):
                start = counter.requests()
                by.write_text(str(moved))
                took = crew.wait_for(len(undisturbed), 120)
                time.sleep(15)  # a storm would show by now
                asked.append(counter.requests() - start)
                print(f"clock moved to {moved:+} s: whole after {took:.1f} s, {asked[-1]} requests")
                assert set(articles_of(installation)) == undisturbed
            # At most one look at each channel, page and robots.txt for each time that the clock was set.
            most = len(undisturbed) + 2 * len(few_sites) + 5
            assert max(asked) <= 2 * most, asked
            begin_anew(installation)
            crew.wait_for(len(undisturbed), 90)  # and they still work
            assert_whole(installation, undisturbed)
            assert_once(installation)
            far = "next_due_at > now() + interval '26 hours'"
            for table in ("channel", "lead", "host"):
                assert installation.rows(f"SELECT count(*) FROM archive_{table} WHERE {far}") == [(0,)]
            assert {name: seen for name, seen in counter.seen.items() if seen.most_at_once > 1} == {}
            assert crew.stop() == [0, 0]
        finally:
            crew.end()
            by.write_text("0")
