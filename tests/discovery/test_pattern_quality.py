"""What is learned of real sites' addresses holds for their other ones."""

from __future__ import annotations

from tests.enrichment.floors import benchmark, floors
from tests.shared import needs_shared


@needs_shared
def test_the_verdicts_on_recorded_links_are_at_least_as_good_as_they_were() -> None:
    addresses = benchmark("addresses")
    found, by_rules, sites = addresses.judged(addresses.labelled(addresses.rows("fundus", 60)))
    assert sites >= 15
    measured = found._asdict()
    assert {name: measured[name] for name, floor in floors("addresses").items() if measured[name] < floor} == {}
    assert found.lost <= by_rules.lost
