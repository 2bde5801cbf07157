"""What the sample press has seen of its readers."""

from __future__ import annotations

import json
import urllib.request

from tests.installation import Sample


def requests(sample: Sample) -> int:
    """How often the press has been asked so far."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{sample.port}/stats", timeout=10) as answer:
        return sum(row["requests"] for row in json.load(answer).values())
