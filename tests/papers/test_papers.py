"""The papers are complete: every command, verb, setting, room, decision and picture is in them, and every link leads somewhere."""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from newsreel import __version__
from newsreel.cli import _parser
from newsreel.core.settings import PREFIX, Settings
from tests.shared import SHARED

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
VERB = re.compile(r"^([a-z-]+):.*?## (.+)$", re.MULTILINE)


@cache
def _paper(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _papers() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    for folder in ("docs", "src", "tests", "benchmarks", "tools"):
        yield from (ROOT / folder).rglob("*.md")


PAPERS = sorted(str(path.relative_to(ROOT)) for path in _papers())


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    (found,) = (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found)


COMMANDS = _commands(_parser())
VERBS = dict(VERB.findall(_paper("Makefile")))


def _row(command: str) -> str:
    """The line of a command in the README's table."""
    rows = re.findall(rf"^\| `{command}(?: [^`]*)?` \|.*$", _paper("README.md"), re.MULTILINE)
    assert len(rows) == 1, f"the README's table of commands has {len(rows)} lines of {command}"
    return str(rows[0])


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_readme_has_every_command(command: str) -> None:
    assert _row(command)


def test_the_readme_has_no_other_command() -> None:
    rows = re.findall(r"^\| `(\w+)(?: [^`]*)?` \|", _paper("README.md"), re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_explains_itself(command: str) -> None:
    actions = [action for action in COMMANDS[command]._actions if action.dest not in ("help", "action")]
    assert [action.dest for action in actions if not action.help] == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_json_is_said_where_it_is(command: str) -> None:
    said = _paper("README.md").split("answer scripts with `--json`")[0].rsplit("\n\n", 1)[-1]
    has = any("--json" in action.option_strings for action in COMMANDS[command]._actions)
    assert (f"`{command}`" in said) == has


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_of_the_makefile_is_told_and_is_no_file(verb: str) -> None:
    told = " ".join(_paper(name) for name in ("README.md", "CONTRIBUTING.md"))
    assert re.search(rf"\bmake {verb}\b", told)
    phony = re.search(r"^\.PHONY: (.*)$", _paper("Makefile"), re.MULTILINE)
    assert phony is not None
    assert verb in phony[1].split()


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    targets = re.findall(r"^([a-z-]+):", _paper("Makefile"), re.MULTILINE)
    assert sorted(targets) == sorted(VERBS)


def test_only_verbs_that_exist_are_told() -> None:
    told = set(chain.from_iterable(re.findall(r"(?:`|^    )make ([a-z-]+)\b", _paper(name), re.M) for name in PAPERS))
    assert told - set(VERBS) == set()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_has_its_part(name: str) -> None:
    assert f"\n## {PREFIX}{name.upper()}\n" in _paper("docs/settings.md")


@pytest.mark.parametrize("paper", PAPERS)
def test_only_settings_that_exist_are_told(paper: str) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {"NEWSREEL_CHROMIUM", "NEWSREEL_REQUIRE_BROWSER"}  # of the tests alone
    assert set(re.findall(r"\bNEWSREEL_[A-Z_]+\b", _paper(paper))) - known == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_link_leads_somewhere(paper: str) -> None:
    base = (ROOT / paper).parent
    targets = [link.split("#")[0] for link in LINK.findall(_paper(paper)) if "://" not in link]
    assert [target for target in targets if target and not (base / target).exists()] == []


def test_links_stay_in_the_project() -> None:
    for paper in PAPERS:
        for link in LINK.findall(_paper(paper)):
            if "://" not in link:
                assert ((ROOT / paper).parent / link).resolve().is_relative_to(ROOT), (paper, link)


def test_every_room_is_in_the_picture() -> None:
    rooms = {path.parent.name for path in (ROOT / "src" / "newsreel").glob("*/__init__.py")}
    told = set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", _paper("ARCHITECTURE.md"), re.M)))
    )
    assert rooms - told == set()


@pytest.mark.parametrize("paper", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"])
def test_only_files_that_exist_are_told(paper: str) -> None:
    """`pipeline/isolation.py` and its like, from the project's folder or the package's."""
    told = re.findall(r"`((?:[\w.]+/)+[\w.]+\.(?:py|md|toml|tsv|po|html|lock))`", _paper(paper))
    assert told or paper == "README.md"
    assert [name for name in told if not any((ROOT / at / name).exists() for at in ("", "src/newsreel"))] == []


def test_every_decision_is_listed() -> None:
    pages = {path.name for path in (ROOT / "docs" / "adr").glob("0*.md")}
    assert pages == set(LINK.findall(_paper("docs/adr/README.md")))


def test_every_decision_has_the_same_parts() -> None:
    for path in sorted((ROOT / "docs" / "adr").glob("0*.md")):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences")), path.name


def test_every_picture_is_shown() -> None:
    pictures = {f"docs/screenshots/{path.name}" for path in (ROOT / "docs" / "screenshots").glob("*.png")}
    assert pictures
    assert pictures - set(LINK.findall(_paper("README.md"))) == set()
    assert sum((ROOT / name).stat().st_size for name in pictures) < 1_500_000


def test_the_changes_name_this_version() -> None:
    assert re.search(rf"^## {re.escape(__version__)}\b", _paper("CHANGELOG.md"), re.MULTILINE)


ASVS = SHARED / "suites" / "asvs" / "asvs-5.0.0.csv"


def test_every_requirement_of_the_standard_is_answered_and_every_test_named_exists() -> None:
    answered = re.findall(
        r"^\| (V\d+\.\d+\.\d+) \| (\d) \| (held|open|not applicable) \| (.+) \|$",
        _paper("docs/security.md"),
        re.MULTILINE,
    )
    assert len(answered) == len({requirement for requirement, *_ in answered}) == 60
    for requirement, _, state, by in answered:
        assert by.strip(), requirement
        for name in re.findall(r"`(tests/[^`]+)`", by):
            assert state == "held"
            assert (ROOT / name).exists(), f"{requirement} names {name}"


@pytest.mark.skipif(not ASVS.exists(), reason="left out: ../shared/suites/asvs is not there")
def test_the_requirements_are_those_of_the_standard() -> None:
    with ASVS.open(encoding="utf-8-sig") as file:
        asked = {
            (row["req_id"], row["L"])
            for row in csv.DictReader(file)
            if row["chapter_id"] in ("V6", "V7", "V8") and row["L"] in ("1", "2")
        }
    told = set(re.findall(r"^\| (V\d+\.\d+\.\d+) \| (\d) \|", _paper("docs/security.md"), re.MULTILINE))
    assert told == asked
