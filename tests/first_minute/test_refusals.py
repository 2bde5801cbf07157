"""A first start that cannot be: one line in words that says why and what to do, and nothing half begun."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.first_minute.conftest import MakeHouse
from tests.first_minute.house import House, User, one_line
from tests.installation import ready_home, wait_until

ROOT = os.geteuid() == 0


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("word", ["run", "demo"])
def test_a_taken_port_is_named_before_anything_is_made(make_house: MakeHouse, taken: int, word: str) -> None:
    house = make_house(NEWSREEL_PORT=str(taken))
    said = one_line(house.command(word))
    assert str(taken) in said
    assert "taken" in said
    assert "NEWSREEL_PORT" in said
    assert not list(house.home.rglob("postgres"))


@pytest.mark.parametrize("word", ["run", "demo", "worker", "sources"])
def test_a_wrong_file_of_site_rules_is_named_before_anything_is_made(
    make_house: MakeHouse, tmp_path: Path, word: str
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('["odd.test"]\ndrop = ["p["]\nwhy = "It is odd."\ntested_on = "a page"\n', "utf-8")
    house = make_house(NEWSREEL_SITE_RULES=str(rules))
    assert one_line(house.command(word)).endswith(f"{rules}, line 2: 'p[' is not a CSS selector.")
    assert not house.home.exists()


@pytest.mark.skipif(ROOT, reason="left out: root may open any port")
def test_a_port_below_1024_is_refused_in_words(make_house: MakeHouse) -> None:
    said = one_line(make_house(NEWSREEL_PORT="80").command("run"))
    assert "NEWSREEL_PORT" in said


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NEWSREEL_PORT", "http", "NEWSREEL_PORT"),
        ("NEWSREEL_PORT", "70000", "NEWSREEL_PORT"),
        ("NEWSREEL_SAMPLE", "perhaps", "NEWSREEL_SAMPLE"),
        ("NEWSREEL_TIME_ZONE", "Asia/Pekin", "NEWSREEL_TIME_ZONE"),
    ],
)
def test_a_setting_that_cannot_be_is_named(make_house: MakeHouse, name: str, value: str, says: str) -> None:
    house = make_house(**{name: value})
    said = one_line(house.command("run"))
    assert says in said
    assert value in said
    assert not house.home.exists()


@pytest.mark.parametrize("word", ["run", "demo"])
def test_a_home_that_is_a_file_is_named(make_house: MakeHouse, word: str) -> None:
    house = make_house()
    house.home.write_text("my shopping list")
    said = one_line(house.command(word))
    assert str(house.home) in said
    assert "NEWSREEL_HOME" in said
    assert house.home.read_text() == "my shopping list"


@pytest.mark.parametrize("word", ["run", "demo"])
@pytest.mark.parametrize("below", ["", "/new"])
def test_a_home_that_may_not_be_written_is_named(
    make_house: MakeHouse, ordinary_user: User, word: str, below: str
) -> None:
    shut = make_house("shut").home
    shut.mkdir(mode=0o555)
    house = make_house("shut" + below, ordinary_user)
    said = one_line(house.command(word))
    assert f"{shut}{below}" in said
    assert "NEWSREEL_HOME" in said
    assert list(shut.iterdir()) == []


@pytest.fixture(scope="module")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A data folder that an earlier start has made."""
    import shutil
    import tempfile

    ground = Path(tempfile.mkdtemp(prefix="nr-first-", dir="/tmp"))
    house = House(ground / "home", NEWSREEL_PROXY="http://127.0.0.1:9", NEWSREEL_SAMPLE="never")
    ready_home(house.home)
    yield house
    house.end()
    shutil.rmtree(ground)


def test_a_database_of_another_major_version_is_named(made_before: House) -> None:
    version = made_before.home / "postgres" / "data" / "PG_VERSION"
    kept = version.read_text()
    version.write_text("16\n")
    try:
        said = one_line(made_before.command("run"))
    finally:
        version.write_text(kept)
    assert "PostgreSQL 16" in said
    assert f"PostgreSQL {kept.strip()}" in said
    assert "pg_dump" in said


def test_a_schema_of_a_newer_newsreel_is_named_and_left_alone(made_before: House) -> None:
    from newsreel.archive.embedded import ensure_server, release

    def change(statement: str) -> None:
        with psycopg.connect(ensure_server(made_before.home).dsn, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]
        release(made_before.home)

    change("INSERT INTO django_migrations (app, name, applied) VALUES ('archive', '9999_from_tomorrow', now())")
    try:
        said = one_line(made_before.command("run"))
    finally:
        change("DELETE FROM django_migrations WHERE name = '9999_from_tomorrow'")
    assert "9999_from_tomorrow" in said
    assert "newer" in said
    assert "NEWSREEL_HOME" in said
    assert made_before.command("sources").returncode == 0


@pytest.mark.endure
def test_of_two_runs_at_once_in_a_new_folder_one_goes_on(make_house: MakeHouse) -> None:
    """Begun in the same moment, on two ports: whoever comes second says so and ends, and hurts nothing."""
    houses = [make_house(), make_house()]
    for house in houses:
        house.start()
    wait_until(lambda: any(house.ended() for house in houses), 30, "the end of one of the two")
    (loser,) = [house for house in houses if house.ended()]
    (winner,) = [house for house in houses if house is not loser]
    assert winner.up() > 0
    said = loser.words()
    assert len(said.splitlines()) == 1, said
    assert "Another newsreel run" in said
    assert winner.rows("source") == 0
    assert winner.stop() == 0
    assert "Traceback" not in winner.words()


def test_help_and_a_wrong_word_need_no_home(make_house: MakeHouse) -> None:
    house = make_house()
    assert "newsreel" in house.command("--help").stdout
    wrong = house.command("rnu")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    assert not house.home.exists()
