from __future__ import annotations

from datetime import timedelta

from protego import Protego

from newsreel.sample.outlets import outlets
from newsreel.sample.timetable import timetable
from newsreel.sample.truth import disallowed, truth
from tests.sample.week import OPENING, START


def test_one_truth_for_every_article_and_one_more_for_every_correction() -> None:
    first, all_of_them = truth(START), truth(START, later_versions=True)
    assert len(first) == len({one.url for one in first}) == len(timetable(START))
    assert {one.version for one in first} == {0}
    assert len(all_of_them) == len(first) + sum(len(one.piece.versions) - 1 for one in timetable(START))


def test_a_silent_correction_changes_the_text_and_nothing_else_of_the_page_s_identity() -> None:
    states = [one for one in truth(START, later_versions=True) if "astra-linde-ferry-aground" in one.url]
    assert [one.version for one in states] == [0, 1]
    assert "409 of the 412" in states[0].text
    assert "409 of the 412" not in states[1].text
    assert "all 412 people on board" in states[1].text
    assert (states[0].url, states[0].published, states[0].announced) == (states[1].url, states[1].published, False)


def test_no_mark_is_left_in_the_text() -> None:
    for one in truth(START, later_versions=True):
        assert "{" not in one.text.replace('{\n  "traveler"', "").replace('{"type"', ""), one.url
        assert not any(mark in one.text for mark in ("](", "![", "## ", "\n> ", "```")), one.url


def test_a_day_is_a_day_and_stands_at_midnight() -> None:
    for one in truth(START):
        if one.outlet == "higashiminato":
            assert one.precision == "day"
            assert (one.published.hour, one.published.minute, one.published.utcoffset()) == (0, 0, timedelta(0))
        else:
            assert one.precision == "time"
            assert START <= one.published <= OPENING


def test_a_paper_that_says_no_zone_is_marked_and_its_local_time_told() -> None:
    assert {one.outlet for one in truth(START) if not one.zoned} == {"hengchuan-times"}
    for one in truth(START):
        if one.outlet == "hengchuan-times":
            assert one.local - one.published.replace(tzinfo=None) == timedelta(hours=8)


def test_text_and_title_have_plain_spaces() -> None:
    for one in truth(START, later_versions=True):
        assert "\u3000" not in one.text + one.title


def test_what_robots_keep_back_is_marked_as_a_robot_reads_it() -> None:
    robots = {outlet.host: Protego.parse(outlet.robots) for outlet in outlets().values()}
    kept = [one for one in truth(START) if not one.allowed]
    assert [one.outlet for one in kept] == ["veilleur-du-ponant"]
    for one in truth(START):
        assert robots[one.url.split("/")[2]].can_fetch(one.url, "Newsreel") is one.allowed


def test_disallowed_rules() -> None:
    assert disallowed("User-agent: *\nDisallow: /a/\nDisallow:\n# Disallow: /c\nSitemap: http://x.example/s\n") == [
        "/a/"
    ]


def test_the_drip_moves_the_dates_of_the_last_articles() -> None:
    assert truth(START, drip=60)[-1].appears == OPENING + timedelta(minutes=20)
