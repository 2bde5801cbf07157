"""Which pages pass for articles where nobody vouches for them."""

from __future__ import annotations

from tests.enrichment.floors import benchmark
from tests.shared import needs_shared


@needs_shared
def test_recorded_articles_pass_and_lists_of_teasers_made_of_them_do_not() -> None:
    addresses = benchmark("addresses")
    pages = addresses.rows("fundus", 28)
    made = list(addresses.lists(pages))
    assert len(made) >= 8
    assert addresses.passed([(page, "https://paper.test/world") for page in made]) == 0
    assert addresses.passed([(row["html"], row["url"]) for row in pages[:12]]) == 1
