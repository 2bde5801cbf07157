"""The commands as a person and a script use them: over the sample press, with the real database."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from newsreel.archive.embedded import ServerAddress
from tests import database
from tests.installation import Installation, free_port, fresh_database

POST = "http://www.meridian-post.example/"


def one_line(text: str) -> bool:
    """A reason, not a traceback."""
    return text.startswith("newsreel: ") and len(text.strip().splitlines()) == 1 and "Traceback" not in text


def test_add_from_words_and_from_standard_input(installation: Installation) -> None:
    first = json.loads(installation.run("add", POST, "--json").stdout)["results"][0]
    assert (first["url"], first["status"], first["source"], first["reason"]) == (POST, "added", "The Meridian Post", "")
    assert first["feeds"] == ["http://www.meridian-post.example/feeds/all.rss"]
    # The feed itself, the site without its www, an article of it: all the same source.
    again = installation.run(
        "add", "--json", stdin="\n# a comment\nhttp://meridian-post.example\n" + first["feeds"][0] + "\n"
    )
    assert [row["status"] for row in json.loads(again.stdout)["results"]] == ["known", "known"]
    assert again.returncode == 0
    listed = json.loads(installation.run("sources", "--json").stdout)["sources"]
    assert [row["name"] for row in listed] == ["The Meridian Post"]


def test_every_way_of_offering_news_is_found(installation: Installation) -> None:
    sites = {
        "http://www.higashiminato.example/": "feed",  # RDF
        "http://tidewaterdispatch.example/": "feed",  # JSON Feed
        "http://www.wangyang-morning.example/": "sitemap",
        "http://www.hengchuan-times.example/": "frontpage",
    }
    assert installation.run("add", *sites).returncode == 0
    listed = json.loads(installation.run("sources", "--json").stdout)["sources"]
    assert {row["home_url"]: [channel["kind"] for channel in row["channels"]] for row in listed} == {
        home: [kind] for home, kind in sites.items()
    }


def test_an_address_that_leads_nowhere_is_one_clear_line(installation: Installation) -> None:
    for words in ([""], ["nonsense"], ["https://not-there.example/"]):
        done = installation.run("add", *words)
        assert (done.returncode, one_line(done.stderr)) == (1, True), (words, done.stderr)
    several = ["ftp://a.test/", "http://", "http://127.0.0.1/", "http://[::1]:22/", "\x00"]
    done = installation.run("add", "-", "--json", stdin="\n".join(several) + "\n")
    assert done.returncode == 1
    results = json.loads(done.stdout)["results"]
    assert [row["status"] for row in results] == ["failed"] * len(several)
    assert all(row["reason"] and len(row["reason"].splitlines()) == 1 for row in results), results


def test_a_dead_host_is_one_clear_line(installation: Installation) -> None:
    installation.environment["NEWSREEL_PROXY"] = f"http://127.0.0.1:{free_port()}"
    done = installation.run("add", POST, "--json")
    assert done.returncode == 1
    (row,) = json.loads(done.stdout)["results"]
    assert row["status"] == "failed"
    assert "proxy" in row["reason"]


def test_bad_words_and_settings_are_clear_lines(installation: Installation) -> None:
    for words, code in (
        (("crawl",), 1),
        (("sources", "pause"), 1),
        (("sources", "pause", "nobody.test"), 1),
        (("export", "--since", "yesterday"), 1),
        (("extract", "/not/there.html"), 1),
    ):
        done = installation.run(*words)
        assert (done.returncode, one_line(done.stderr)) == (code, True), done.stderr
    installation.environment["NEWSREEL_PORT"] = "many"
    done = installation.run("sources")
    assert done.returncode == 1
    assert one_line(done.stderr)
    assert "NEWSREEL_PORT" in done.stderr


def test_a_database_that_cannot_be_reached_is_one_clear_line(installation: Installation) -> None:
    installation.environment["NEWSREEL_DATABASE_URL"] = f"postgresql://u:secret@127.0.0.1:{free_port()}/none"
    done = installation.run("sources")
    assert done.returncode == 1
    assert one_line(done.stderr)
    assert "secret" not in done.stderr


def test_crawl_brings_articles_with_all_that_was_said(filled: Installation) -> None:
    articles = filled.exported()
    assert len(articles) > 30
    assert len({article["url"] for article in articles}) == len(articles)
    expected = {
        "url", "canonical_url", "title", "published", "modified", "published_precision", "first_seen", "source", "channel",
        "language", "authors", "topics", "keywords", "text",
    }  # fmt: skip
    assert all(set(article) == expected for article in articles)
    assert all(article["title"] and article["text"] and article["language"] for article in articles)
    assert {article["language"][:2] for article in articles} == {"en", "zh"}
    for article in articles:
        assert datetime.fromisoformat(article["first_seen"]).tzinfo is not None
        if article["published_precision"] == "time":
            assert datetime.fromisoformat(article["published"]) <= datetime.fromisoformat(article["first_seen"])
        elif article["published"]:
            assert len(article["published"]) == 10
    assert sum(bool(article["keywords"]) for article in articles) > len(articles) * 0.9


def test_export_since_goes_on_from_there(filled: Installation) -> None:
    latest = filled.rows("SELECT max(changed_at) FROM archive_article")[0][0]
    everything = filled.run("export", "--since", "2000-01-01").stdout.splitlines()
    assert len(everything) == len(filled.exported())
    last = [json.loads(line) for line in filled.run("export", "--since", latest.isoformat()).stdout.splitlines()]
    assert 1 <= len(last) < len(everything)
    assert filled.run("export", "--since", "2999-01-01").stdout == ""


def test_export_as_csv_and_opml(filled: Installation) -> None:
    rows = list(csv.DictReader(io.StringIO(filled.run("export", "--format", "csv").stdout)))
    assert [row["url"] for row in rows] == [article["url"] for article in filled.exported()]
    from newsreel.sources import parse_opml

    feeds = parse_opml(filled.run("export", "--format", "opml").stdout.encode())
    assert [feed.url for feed in feeds.feeds] == ["http://www.meridian-post.example/feeds/all.rss"]


def test_a_paused_source_is_left_alone_and_a_removed_one_is_gone(installation: Installation) -> None:
    assert installation.run("add", POST).returncode == 0
    assert installation.run("sources", "pause", POST).stdout == "paused: The Meridian Post\n"
    assert json.loads(installation.run("crawl", "--once", "--json").stdout)["new"] == 0
    assert installation.run("sources", "resume", "meridian-post.example").stdout == "resumed: The Meridian Post\n"
    assert json.loads(installation.run("crawl", "--once", "--json").stdout)["new"] > 5
    assert installation.run("sources", "remove", "1").stdout.startswith("removed: The Meridian Post with ")
    assert installation.exported() == []


def test_extract_reads_a_file_standard_input_and_an_address(installation: Installation, tmp_path: object) -> None:
    text = "The harbour was closed on Monday after a ship lost its cargo, the port authority said in a statement. " * 3
    body = f"<article><h1>Harbour closed</h1><p>{text}</p><p>{text}</p></article>"
    page = f"<html><head><title>Harbour closed</title></head><body>{body}</body></html>"
    done = installation.run("extract", "-", "--url", "https://a.test/1", "--json", stdin=page)
    article = json.loads(done.stdout)
    assert done.returncode == 0
    assert (article["title"], article["url"]) == ("Harbour closed", "https://a.test/1")
    assert article["text"].startswith("The harbour was closed")
    assert set(article) >= {
        "canonical_url",
        "published",
        "published_precision",
        "blocks",
        "html",
        "removed",
        "authors",
        "site_name",
    }
    nothing = installation.run("extract", "-", stdin=b"\x00\x01\x02")
    assert nothing.returncode == 1
    assert one_line(nothing.stderr)
    refused = installation.run("extract", "http://169.254.169.254/latest/meta-data/")
    assert refused.returncode == 1
    assert one_line(refused.stderr)


def test_extract_explains_every_piece_of_a_page(installation: Installation, tmp_path: Path) -> None:
    text = "The harbour was closed on Monday after a ship lost its cargo, the port authority said in a statement."
    page = tmp_path / "page.html"
    page.write_text(
        f"<title>Harbour closed</title><nav>Home \x1b[31m</nav><article><h1>Harbour closed</h1><p>{text}</p>"
        f"<p class=box>Our app is better. {text}</p><p>Then {text}</p></article>",
        "utf-8",
    )
    words = ("extract", str(page), "--url", "https://www.odd.test/1", "--explain")
    rules = tmp_path / "rules.toml"
    rules.write_text('["odd.test"]\ndrop = [".box"]\nwhy = "It is odd."\ntested_on = "a page"\n', "utf-8")
    installation.environment["NEWSREEL_SITE_RULES"] = str(rules)
    done = installation.run(*words)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "url: https://www.odd.test/1",
        "title: Harbour closed",
        "site rule: odd.test",
        "",
        "- [navigation] Home [31m",
        "- [title] Harbour closed",
        f"  {text}",
        f"- [site rule] Our app is better. {text}",
        f"  Then {text}",
        "",
        "2 of 5 pieces kept; removed: 1 navigation, 1 title, 1 site rule",
    ]
    told = json.loads(installation.run(*words, "--json").stdout)
    assert told["article"]["title"] == "Harbour closed"
    assert told["site_rule"] == "odd.test"
    assert 0 <= told["pieces"][1].pop("score") <= 1
    assert told["pieces"][1] == {"text": "Harbour closed", "kind": "heading", "kept": False, "reason": "title"}
    rules.write_text("[", "utf-8")
    wrong = installation.run(*words)
    assert wrong.returncode == 1
    assert one_line(wrong.stderr)


def test_in_a_terminal_what_was_removed_is_dimmed(capsys: pytest.CaptureFixture[str]) -> None:
    from newsreel.cli.explained import show
    from newsreel.core.types import Article
    from newsreel.extraction import Explanation, Piece

    pieces = (Piece("Home", "paragraph", False, "navigation"), Piece("The text.", "paragraph", True))
    show(Explanation(Article("https://a.test/"), pieces), "", coloured=True)
    assert capsys.readouterr().out.splitlines()[2:4] == [
        "- \x1b[31m[navigation]\x1b[0m \x1b[2mHome\x1b[0m",
        "  The text.",
    ]


def test_doctor_says_what_is_wrong_and_what_to_do(installation: Installation) -> None:
    well = installation.run("doctor", "--no-network")
    assert well.returncode == 0, well.stdout
    assert "PostgreSQL" in well.stdout
    installation.environment["NEWSREEL_PROXY"] = f"http://127.0.0.1:{free_port()}"
    assert "ok   workers: none is at work" in well.stdout
    ill = installation.run("doctor", "--json")
    findings = {row["name"]: row for row in json.loads(ill.stdout)["findings"]}
    assert ill.returncode == 1
    assert not findings["network"]["well"]
    assert "NEWSREEL_PROXY" in findings["network"]["advice"]


def test_a_newer_schema_is_refused_in_one_line(installation: Installation) -> None:
    assert installation.run("sources").returncode == 0
    installation.rows(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('archive', '9999_future', now()) RETURNING id"
    )
    done = installation.run("sources")
    assert done.returncode == 1
    assert one_line(done.stderr)
    assert "9999_future" in done.stderr


def test_several_first_starts_at_once_migrate_once(tmp_path: Path, database_server: ServerAddress) -> None:
    with fresh_database(database_server, database.EMPTY) as dsn:
        empty = Installation(tmp_path / "home", dsn)
        starts = [empty.start("sources") for _ in range(3)]
        assert [start.wait(60) for start in starts] == [0, 0, 0]
        assert empty.rows("SELECT count(*) - count(DISTINCT (app, name)) FROM django_migrations") == [(0,)]
