"""The cases of feedparser's, miniflux's and reader's suites in which we say what they expect: a frozen list, that may only grow.

agreed.txt holds the list, tests/quality_floors.toml how long it is at least. Run this file (``python -m
tests.discovery.test_agreement``) to write the list anew, and to see what disagrees.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.discovery.expectations import Wish, agrees, by_hand, feedparsers
from tests.shared import SHARED, needs_shared

HERE = Path(__file__).parent
SUITES = SHARED / "suites"
LIST = HERE / "agreed.txt"
FLOORS = tomllib.loads((HERE.parent / "quality_floors.toml").read_text("utf-8"))["feeds"]


def cases() -> Iterator[tuple[str, str, str | None, list[Wish]]]:
    """Each case: the file, from where it comes, its content type, what is expected."""
    for path in sorted((SUITES / "feedparser").rglob("*")):
        if path.is_file():
            wishes, content_type = feedparsers(path)
            name = str(path.relative_to(SUITES))
            if wishes:
                yield name, f"http://127.0.0.1:8097/tests/{name}", content_type, wishes
    for name, truth in tomllib.loads((HERE / "truths.toml").read_text("utf-8")).items():
        yield name, "http://www.example.com/feeds/feed.xml", None, by_hand(truth["feed"], truth.get("entry", []))


def measured() -> tuple[list[str], list[str]]:
    """The cases that agree, and those that do not."""
    agreed: list[str] = []
    differing: list[str] = []
    for name, url, content_type, wishes in cases():
        good = agrees((SUITES / name).read_bytes(), url, content_type, wishes)
        (agreed if good else differing).append(name)
    return agreed, differing


@needs_shared
def test_what_agreed_once_agrees() -> None:
    agreed, differing = measured()
    frozen = LIST.read_text("utf-8").split()
    print(f"{len(agreed)} of {len(agreed) + len(differing)} cases agree")
    assert sorted(set(frozen) - set(agreed)) == []
    assert sorted(set(agreed) - set(frozen)) == [], "more agree: the list may grow"
    assert len(frozen) >= FLOORS["agreed"]


if __name__ == "__main__":
    now, not_yet = measured()
    LIST.write_text("\n".join(now) + "\n", "utf-8")
    print(f"{len(now)} of {len(now) + len(not_yet)} agree. Not:", *not_yet, sep="\n")
