"""``newsreel doctor``: what it looks at, and that it says what to do."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsreel.cli.doctoring import Clock, judge_clocks, push
from tests.first_minute.conftest import MakeHouse
from tests.first_minute.house import House, User, one_line

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def findings(house: House, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = house.command("doctor", "--json", *options)
    assert done.stderr == ""
    return done.returncode, {row["name"]: row for row in json.loads(done.stdout)["findings"]}


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_a_house_in_order_and_what_its_machine_lacks(make_house: MakeHouse, ground: Path) -> None:
    """One data folder, looked at with a Chinese font, without one, without fc-list, and without a network."""
    program(ground / "bin", "fc-list", "echo 'Noto Sans CJK SC,Noto Sans CJK SC Regular'")
    house = make_house(ready=True, PATH=str(ground / "bin"))
    code, found = findings(house, "--no-network")
    assert code == 0
    assert list(found) == [
        "Python",
        "data folder",
        "disk",
        "database",
        "workers",
        "sources",
        "site rules",
        "push",
        "clock",
        "fonts",
    ]
    assert all(row["well"] and not row["advice"] for row in found.values())
    assert "Noto Sans CJK SC" in found["fonts"]["says"]
    assert "GB free" in found["disk"]["says"]
    assert "PostgreSQL 18" in found["database"]["says"]

    program(ground / "bin", "fc-list", "exit 0")
    code, found = findings(house, "--no-network")
    assert code == 0, "no Chinese font is a hint, no fault: the reader's browser may be elsewhere"
    assert "fonts-noto-cjk" in found["fonts"]["advice"]

    (ground / "bin" / "fc-list").unlink()
    code, found = findings(house)
    assert code == 1
    assert found["fonts"]["well"]
    assert [name for name, row in found.items() if not row["well"]] == ["network"]
    assert "NEWSREEL_PROXY" in found["network"]["advice"]
    assert "\n" not in found["network"]["says"]

    plain = house.command("doctor", "--no-network").stdout
    assert [line[:3] for line in plain.splitlines() if not line.startswith(" ")] == ["ok "] * 10


def test_a_folder_that_cannot_be_written_is_the_one_fault_named(make_house: MakeHouse, ordinary_user: User) -> None:
    home = make_house("shut").home
    home.mkdir(mode=0o555)
    code, found = findings(make_house("shut", ordinary_user), "--no-network")
    assert code == 1
    assert [name for name, row in found.items() if not row["well"]] == ["data folder"]
    assert "NEWSREEL_HOME" in found["data folder"]["advice"]


def test_a_database_that_does_not_answer_is_named(make_house: MakeHouse) -> None:
    house = make_house(NEWSREEL_DATABASE_URL="postgresql://newsreel@127.0.0.1:9/newsreel")
    code, found = findings(house, "--no-network")
    assert code == 1
    assert [name for name, row in found.items() if not row["well"]] == ["database"]
    assert "Nothing answers at 127.0.0.1:9" in found["database"]["says"]
    assert "start the database server" in found["database"]["says"]
    assert one_line(house.command("run"))


def test_a_wrong_file_of_site_rules_is_named_once(make_house: MakeHouse, ground: Path) -> None:
    rules = ground / "rules.toml"
    rules.write_text('["odd.test"]\ndrop = ["p["]\nwhy = "It is odd."\ntested_on = "a page"\n', "utf-8")
    house = make_house(ready=True, NEWSREEL_SITE_RULES=str(rules))
    code, found = findings(house, "--no-network")
    assert code == 1
    assert [name for name, row in found.items() if not row["well"]] == ["site rules"]
    assert found["site rules"]["says"] == f"{rules}, line 2: 'p[' is not a CSS selector."
    rules.write_text(rules.read_text("utf-8").replace("p[", "p"), "utf-8")
    code, found = findings(house, "--no-network")
    assert code == 0
    assert str(rules) in found["site rules"]["says"]


def test_a_setting_that_cannot_be_is_one_line(make_house: MakeHouse) -> None:
    assert "NEWSREEL_PORT" in one_line(make_house(NEWSREEL_PORT="x").command("doctor"))


@pytest.mark.parametrize(
    ("ahead", "only_before", "says"),
    [
        (timedelta(seconds=10), False, ""),
        (timedelta(seconds=-10), False, ""),
        (timedelta(seconds=45), False, "45 seconds ahead of the press"),
        (timedelta(hours=-8), False, "8 hours behind the press"),
        (timedelta(days=9000), True, ""),
        (timedelta(days=-9000), True, "9,000 days behind the press"),
    ],
)
def test_a_clock_is_judged_by_another(ahead: timedelta, only_before: bool, says: str) -> None:
    finding = judge_clocks([Clock("the press", NOW - ahead, only_before, seen_at=NOW)])
    assert finding.well is (says == "")
    if says:
        assert says in finding.says
        assert "NTP" in finding.advice


@pytest.mark.endure
def test_it_does_not_hold_what_it_looked_at(make_house: MakeHouse) -> None:
    house = make_house()
    assert house.command("doctor", "--no-network").returncode == 0
    shutil.rmtree(house.home)
    assert house.command("doctor", "--no-network").returncode == 0
    assert not (house.home / "postgres" / "data" / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "none (NEWSREEL_URL is not set): all feeds are looked at from time to time"),
        (
            "http://10.0.0.7",
            "none (http://10.0.0.7 is no address that hubs could reach): all feeds are looked at from time to time",
        ),
        ("https://news.example.org", "hubs push the news of feeds that offer it to https://news.example.org/websub/"),
    ],
)
def test_push_is_a_hint(url: str, says: str) -> None:
    found = push(url)
    assert (found.well, found.says) == (True, says)
