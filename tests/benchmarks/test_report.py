"""The page of figures: a benchmark writes its own section and no other."""

from __future__ import annotations

from pathlib import Path

from benchmarks import report


def test_a_section_takes_the_place_of_its_elder_and_the_rest_stays(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "benchmarks.md"
    report.write_section("one", "One", "first \\1", page)
    report.write_section("two", "Two", "second", page)
    page.write_text(page.read_text("utf-8") + "\nWritten by hand.\n", "utf-8")
    report.write_section("one", "One", "third \\g<0>", page)
    text = page.read_text("utf-8")
    assert text.startswith("# Benchmarks")
    assert "first" not in text
    assert text.count("<!-- one -->") == text.count("<!-- /one -->") == 1
    assert text.index("third \\g<0>") < text.index("second") < text.index("Written by hand.")
    assert text.count("Python 3.") == 2  # where and when stands in each section


def test_tables_are_markdown() -> None:
    assert report.table(["what", "time"], [["a", "1 ms"], ["b", 2]]) == (
        "| what | time |\n| --- | ---: |\n| a | 1 ms |\n| b | 2 |"
    )
    assert [report.milliseconds(seconds) for seconds in (0.00123, 0.0999, 0.2346)] == ["1.2 ms", "99.9 ms", "235 ms"]
