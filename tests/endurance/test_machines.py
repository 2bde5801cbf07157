"""Workers on machines of their own (network namespaces): each reaches the database and the press, until it does not."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsreel.archive.leases import VALID_SECONDS
from tests.endurance.counting import Counter, counted
from tests.endurance.crew import Crew, shake
from tests.endurance.networks import Networks, networks
from tests.endurance.servers import own_server
from tests.endurance.wholeness import assert_once, assert_whole, begin_anew
from tests.installation import Installation, Sample, wait_until

SEED = 20261129
GAP, LATENCY = 1.0, 0.3


@dataclass
class Machines:
    """Three machines with a worker each, one archive, one press."""

    net: Networks
    counter: Counter
    crew: Crew

    @property
    def installation(self) -> Installation:
        return self.crew.installation


@pytest.fixture
def machines(tmp_path: Path, sample: Sample, few_sites: list[str]) -> Iterator[Machines]:
    with (
        networks(3) as net,
        own_server(tmp_path / "server", net.db) as server,
        counted(sample.port, LATENCY, net.out) as counter,
    ):
        settings = {"NEWSREEL_PROXY": counter.proxy, "NEWSREEL_CRAWL_GAP": str(GAP)}
        installation = Installation(tmp_path / "home", server.create("machines"), **settings)
        added = installation.run("add", *few_sites)
        assert added.returncode == 0, added.stderr
        crew = Crew(installation, 3, net.before)
        try:
            yield Machines(net, counter, crew)
        finally:
            crew.end()


@pytest.mark.endure
def test_workers_on_machines_of_their_own_are_killed(machines: Machines, undisturbed: set[str]) -> None:
    moments = random.Random(SEED)
    begin_anew(machines.installation)  # before the workers, and later when nothing is at work: it frees every host
    machines.crew.start()
    found: list[int] = []
    for _ in range(2):
        if found:
            time.sleep(2 * GAP)  # to begin anew forgets that a host asked just now is to have its rest
            begin_anew(machines.installation)
        found += shake(machines.crew, moments, 5, len(undisturbed), longest=4.0)
        machines.crew.start()
        machines.crew.wait_for(len(undisturbed), 120)
        assert_whole(machines.installation, undisturbed)
        assert_once(machines.installation)
        assert machines.counter.rude(GAP) == {}
    # The few sites have few hosts, and who is killed early may have had none: the work went from one machine to another.
    speakers = {address for _, address, _ in machines.counter.log}
    assert len({machines.net.address(number) for number in range(3)} & speakers) >= 2
    assert machines.crew.stop() == [0, 0, 0]
    print(f"stored at the kills: {found} of {len(undisturbed)}")


@pytest.mark.endure
@pytest.mark.parametrize("seconds", [8, 70])
def test_a_machine_loses_the_database_but_not_the_press(
    machines: Machines, undisturbed: set[str], seconds: int
) -> None:
    """It falls silent before another takes its host, and writes nothing when it comes back."""
    crew, counter, net = machines.crew, machines.counter, machines.net
    begin_anew(machines.installation)  # before the workers: it frees every host
    crew.start()
    wait_until(lambda: crew.stored() >= 2, 60, "the first articles")
    number = next(n for n in range(3) if net.address(n) == counter.log[-1][1])
    hosts = {host for _, address, host in counter.log[-4:] if address == net.address(number)}
    net.cut("db", number)
    cut = time.monotonic()
    time.sleep(seconds)
    net.mend("db", number)
    mended = time.monotonic()
    took = crew.wait_for(len(undisturbed), 150)
    last = max(
        (at - cut for at, who, _ in counter.log if who == net.address(number) and cut < at < mended), default=0.0
    )
    others = [at - cut for at, who, host in counter.log if at > cut and host in hosts and who != net.address(number)]
    print(
        f"cut for {seconds} s: its last request {last:.1f} s after the cut, the next one's first there after"
        f" {min(others, default=float('nan')):.1f} s; whole {took:.1f} s after the mending"
    )
    assert last <= VALID_SECONDS + 0.5
    assert_whole(machines.installation, undisturbed)
    assert_once(machines.installation)
    assert counter.rude(GAP) == {}
    if seconds > 30:
        assert others, "nobody took its host"
        begin_anew(machines.installation)  # it is one of the crew again
        before = len(counter.log)
        crew.wait_for(len(undisturbed), 120)
        assert len(counter.log) > before
    assert crew.stop() == [0, 0, 0]
