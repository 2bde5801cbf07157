"""The catalogue and lists of feeds on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from newsreel.sources import ListedFeed, csv_of, opml_of
from tests.cli.test_commands import one_line
from tests.installation import Installation


def test_the_catalogue_is_listed_without_a_database(installation: Installation) -> None:
    installation.environment["NEWSREEL_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    found = json.loads(installation.run("catalogue", "--country", "jp", "--kind", "newspaper", "--json").stdout)
    assert found["total"] == len(found["channels"]) > 5
    assert {row["country"] for row in found["channels"]} == {"JP"}
    asahi = next(row for row in found["channels"] if row["outlet_original"] == "朝日新聞")
    assert (asahi["outlet_zh"], asahi["channel_zh"]) == ("朝日新闻", "新闻")
    listed = installation.run("catalogue", "independent.co.uk", "--topic", "sport")
    assert "The Independent 独立报 — Football 足球" in listed.stdout
    assert listed.returncode == 0


def test_what_the_catalogue_does_not_know_is_one_clear_line(installation: Installation) -> None:
    for words in (
        ("--country", "ZZ"),
        ("--language", "xx"),
        ("--topic", "nonsense"),
        ("--kind", "nonsense"),
        ("--continent", "atlantis"),
        ("nobody-knows.example",),
        ("--add",),
    ):
        done = installation.run("catalogue", *words)
        assert (done.returncode, one_line(done.stderr)) == (1, True), (words, done.stderr)


def test_channels_are_switched_on_singly_and_by_selection(installation: Installation) -> None:
    first = json.loads(installation.run("catalogue", "asahi.com", "--topic", "politics", "--add", "--json").stdout)
    assert first == {"new": 1, "known": 0, "sources": 1}
    more = installation.run("catalogue", "--country", "NZ", "--add")
    assert more.stdout.startswith("switched on: ")
    again = json.loads(installation.run("catalogue", "--country", "NZ", "--add", "--json").stdout)
    assert (again["new"], again["sources"]) == (0, 0)
    assert again["known"] > 5
    names = [row["name_zh"] for row in json.loads(installation.run("sources", "--json").stdout)["sources"]]
    assert {"朝日新闻", "新西兰先驱报"} <= set(names)


def test_a_list_is_previewed_taken_in_and_taken_out(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(csv_of([ListedFeed(f"https://n{n}.test/feed", f"Paper {n}", "报") for n in range(3)]), "utf-8")
    preview = json.loads(installation.run("import", str(file), "--preview", "--json").stdout)
    assert (preview["new"], preview["added"]) == (3, False)
    assert json.loads(installation.run("sources", "--json").stdout)["sources"] == []
    assert installation.run("import", str(file)).stdout == "added: 3 channels; known already: 0; named twice: 0\n"
    assert "known already: 3" in installation.run("import", "-", stdin=file.read_text("utf-8")).stdout
    opml = installation.run("export", "--format", "opml").stdout
    assert opml.count("xmlUrl=") == 3
    table = installation.run("export", "--format", "sources-csv").stdout
    assert table.splitlines()[0] == "outlet,outlet_zh,channel,channel_zh,kind,language,country,home,address"
    assert "Paper 1,报," in table


def test_what_is_refused_is_one_clear_line_and_adds_nothing(installation: Installation, tmp_path: Path) -> None:
    many = "".join(f"<outline xmlUrl='https://a.test/{n}'/>" for n in range(100_000))
    lists = {  # those that are too deep or have entities: tests/sources/test_lists.py
        "many": f"<opml><body>{many}</body></opml>",
        "private": opml_of([ListedFeed("https://a.test/1"), ListedFeed("http://192.168.1.1/feed")]),
    }
    for name, text in lists.items():
        file = tmp_path / name
        file.write_text(text, "utf-8")
        done = installation.run("import", str(file))
        assert (done.returncode, one_line(done.stderr)) == (1, True), (name, done.stderr)
    gone = installation.run("import", str(tmp_path / "not-there"))
    assert (gone.returncode, one_line(gone.stderr)) == (1, True)
    assert json.loads(installation.run("sources", "--json").stdout)["sources"] == []
