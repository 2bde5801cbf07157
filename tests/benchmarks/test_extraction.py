"""The benchmark of extraction: another extractor can be measured, a rival may be missing or raise, and the tables say what was counted."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from benchmarks import extraction, extraction_costs, rivals
from newsreel.core.types import Article
from tests.shared import needs_shared

PAGE = b"""<html><head><title>Bridge reopens - The Example</title></head><body><nav><a href="/">Home</a> <a href="/a">News</a></nav>
<article><h1>Bridge reopens</h1><p>The old bridge over the river was opened again on Tuesday after two years of work, the town said.</p>
<p>It had been closed because rust was found in the cables, and <b>buses</b> had to take a long way round through the hills.</p>
<p>Shops near the bridge hope that visitors will come back now, for many had lost half of their trade in that time.</p></article>
<footer>All rights reserved</footer></body></html>"""


@needs_shared
def test_an_extractor_that_is_passed_in_is_the_one_that_is_measured() -> None:
    asked: list[str] = []

    def learned(html: bytes, url: str) -> Article:
        asked.append(url)
        return Article(url, text=f"{len(html)} bytes")

    scores = extraction.measure("magic", 2, learned)
    truth = [row for row, _ in extraction.rows("magic")][:2]
    assert [score.article.text.endswith(" bytes") for score in scores] == [True, True]
    assert asked == [row["url"] for row in truth]
    assert [score.f1 for score in scores] == [0, 0]
    assert [score.title for score in scores] == [None, None]


def test_a_text_that_is_the_body_scores_one() -> None:
    row = {
        "id": "1",
        "url": "https://a.test/",
        "bodies": [["other"], ["One two three", "four five"]],
        "title": "A",
        "published": "2025-01-02",
    }
    score = extraction.score(row, b"", lambda html, url: Article(url, title="a", text="One two three\n\nfour five"))
    assert (score.f1, score.precision, score.recall, score.rouge) == (1, 1, 1, 1)
    assert (score.title, score.title_near, score.day, score.authors) == (True, True, False, None)
    assert extraction.line([score])[-4:] == ["100.0 %", "100.0 %", "0.0 %", "–"]


def test_ours_is_not_forgiven_an_exception_and_a_rival_is() -> None:
    def broken(html: bytes, url: str) -> Article:
        raise ValueError(url)

    with pytest.raises(ValueError, match=r"a\.test"):
        extraction.score({"id": "1", "url": "https://a.test/", "bodies": [["a"]]}, b"", broken)
    assert rivals._guarded(broken)(b"", "https://a.test/") == Article("https://a.test/", reason=rivals.RAISED)


@pytest.mark.parametrize(
    ("name", "module"),
    [("trafilatura", "trafilatura"), ("readability-lxml", "readability"), ("resiliparse", "resiliparse")],
)
def test_a_rival_reads_the_article_or_is_said_to_be_missing(name: str, module: str) -> None:
    if find_spec(module) is None:
        with pytest.raises(rivals.MissingError, match="not installed"):
            rivals.contestant(name)
        return
    article = rivals.contestant(name).extract(PAGE, "https://a.test/bridge")
    assert "rust was found in the cables, and buses had" in " ".join(article.text.split())
    assert "All rights reserved" not in article.text
    assert article.title.startswith("Bridge reopens")


def test_ours_may_be_named() -> None:
    assert rivals.contestant(rivals.OURS, "benchmarks.rivals:Article").extract is rivals.Article
    assert "rust" in rivals.contestant(rivals.OURS).extract(PAGE, "https://a.test/bridge").text


def test_rates_and_ratios_are_pages_by_seconds_round_by_round() -> None:
    took = [
        {"pages": {"a": 10, "b": 10}, "spent": {"ours": {"a": [1, 2], "b": [1, 2]}, "it": {"a": [4, 4], "b": [6, 6]}}},
        {"pages": {"a": 10, "b": 10}, "spent": {"ours": {"a": [2, 2], "b": [2, 2]}, "it": {"a": [4, 4], "b": [8, 8]}}},
    ]
    assert extraction_costs.rates(took, "ours", ["a", "b"]) == [10, 5]
    assert extraction_costs.rates(took, "ours", ["a"], clock=True) == [5, 5]
    assert "| ours | 7.5 | 7.5 | 7.5 | 5.0 |" in extraction_costs.speeds(took, ["a", "b"], ["ours", "it"])
    assert "| ours / it | 3.00 | 5.00 | **4.00** | 3.00 to 5.00 |" in extraction_costs.ratios(
        took, ["a", "b"], ["ours", "it"]
    )
    assert [extraction_costs.figure(ratio) for ratio in (0.0252, 6.128)] == ["0.025", "6.13"]


@needs_shared
def test_speed_and_memory_are_measured_in_processes_of_their_own() -> None:
    asked = {"corpora": ["magic"], "count": 2, "names": [rivals.OURS, rivals.BARE], "ours": "newsreel:extract"}
    took = extraction_costs.child("speed", **asked, round=1)
    assert took["pages"] == {"magic": 2}
    assert took["spent"][rivals.OURS]["magic"][0] > took["spent"][rivals.BARE]["magic"][0] > 0
    held = extraction_costs.child("memory", **{**asked, "names": [extraction_costs.READING]})
    assert 5_000 < held["loaded"] <= held["peak"]


@needs_shared
def test_a_sample_is_taken_from_the_whole_corpus() -> None:
    urls = [row["url"] for row, _ in extraction.rows("magic")]
    assert [page.url for page in extraction_costs.sample(["magic"], 4)] == urls[::18]
    assert [page.url for page in extraction_costs.sample(["magic"], 100)] == urls
