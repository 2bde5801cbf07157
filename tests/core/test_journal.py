"""The log: bounded, whole lines from several processes, and nobody's data in a line."""

from __future__ import annotations

import logging
import multiprocessing
import re
from pathlib import Path

import pytest

from newsreel.core import journal
from newsreel.core.journal import Journal, Plain


def line(name: str, text: object, *values: object, failure: BaseException | None = None) -> str:
    info = (type(failure), failure, failure.__traceback__) if failure else None
    record = logging.LogRecord(name, logging.WARNING, "/x/library.py", 7, text, values, info)
    return Plain().format(record)


def raised() -> BaseException:
    try:
        raise ValueError("canary secret")
    except ValueError as error:
        return error


def test_our_words_stand_as_they_are() -> None:
    said = line("newsreel.jobs", "Read %d channels and %d pages.", 3, 40)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \S+ WARNING newsreel \d+ newsreel\.jobs Read 3 channels and 40 pages\.", said)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("django.request", "Not Found: %s", ("/user/canary",)),
        ("asyncio", "Task exception was never retrieved canary", ()),
        ("library", {"canary": 1}, ()),
        ("newsreel.crawl", "No answer at %s", ("http://canary:canary@proxy.test:8080/",)),
        ("newsreel.crawl", "Read %s", ("https://news.test/feed?token=canary&x=canary",)),
        ("newsreel.send", "Letter to %s", ("canary.name+x@mail.canary.test",)),
        ("newsreelish", "%s", ("canary",)),
    ],
)
def test_nobodys_data_is_in_a_line(name: str, text: object, values: tuple[object, ...]) -> None:
    assert "canary" not in line(name, text, *values)


def test_a_failure_is_its_kind_and_its_way() -> None:
    for name in ("newsreel.fetch", "library"):
        said = line(name, "It broke", failure=raised())
        assert "canary" not in said
        assert re.search(r"ValueError at test_journal:\d+", said)


def test_a_line_is_one_line() -> None:
    said = line("newsreel", "a\nb\r\u2028c\x1b[31m%s", "x" * 9000)
    assert said.isprintable()
    assert len(said) < 2100


def test_nothing_is_written_where_there_is_no_home(tmp_path: Path) -> None:
    written(Journal(lambda: tmp_path / "missing"), "x")
    assert list(tmp_path.iterdir()) == []


def written(handler: Journal, text: str) -> None:
    handler.handle(logging.LogRecord("newsreel", logging.INFO, "x.py", 1, text, (), None))


def test_the_log_is_its_owners_alone_and_outlives_being_taken_away(tmp_path: Path) -> None:
    handler = Journal(lambda: tmp_path)
    written(handler, "first")
    log = tmp_path / journal.NAME
    assert log.stat().st_mode & 0o777 == 0o600
    log.unlink()
    written(handler, "second")
    assert "second" in log.read_text()
    handler.close()


def fill(home: str, name: int, lines: int) -> None:
    handler = Journal(lambda: Path(home), size=20_000, files=50)
    for number in range(lines):
        written(handler, f"<{name}-{number}-{'x' * (number % 90)}>")


def test_processes_write_one_log_and_no_line_is_lost_or_torn(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=fill, args=(str(tmp_path), name, 1500)) for name in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    files = list(tmp_path.glob("newsreel.log*"))
    assert len(files) > 10
    assert all(file.stat().st_size <= 21_000 for file in files)
    text = "".join(file.read_text() for file in files)
    found = re.findall(r"^\d{4}-.*<(\d)-(\d+)-(x*)>$", text, re.MULTILINE)
    assert len(found) == text.count("\n") == 4500
    assert {(int(name), int(number)) for name, number, _ in found} == {(n, i) for n in range(3) for i in range(1500)}
    assert all(len(tail) == int(number) % 90 for _, number, tail in found)


def test_the_oldest_go(tmp_path: Path) -> None:
    handler = Journal(lambda: tmp_path, size=2000, files=3)
    for number in range(300):
        written(handler, f"line {number}")
    handler.close()
    logs = {path.name for path in tmp_path.iterdir()} - {"newsreel.log.lock"}
    assert logs == {"newsreel.log", "newsreel.log.1", "newsreel.log.2"}
    assert "line 299" in (tmp_path / "newsreel.log").read_text()
    assert sum((tmp_path / name).stat().st_size for name in logs) <= 6000
