"""From the first start to the first news: with and without a network, by the page's own forms, and by the sample."""

from __future__ import annotations

import time

import pytest

from tests.first_minute.conftest import MakeHouse
from tests.first_minute.house import CLOSED, House, Visitor, absences, one_line
from tests.first_minute.presses import REFUSING, press_with_a_refusing_site
from tests.installation import wait_until
from tests.patience import patience

PAGES = ("/", "/sources/", "/about/", "/article/1/", "/source/1/", "/nothing-here")


def shows_the_sample(house: House) -> str:
    """Waits for the sample with its articles; the front page."""
    return house.shows("/", "【示例】", "/article/", seconds=patience(40))


def test_without_a_network_the_sample_opens_by_itself_and_is_left_with_one_click(make_house: MakeHouse) -> None:
    house = make_house(NEWSREEL_SAMPLE="auto").start()
    house.up()
    wait_until(lambda: "no starter feed answers" in house.words(), patience(25), "the end of the search")
    assert time.monotonic() - house.started_at < patience(25)  # ten to begin, fifteen to look
    shows_the_sample(house)
    wait_until(lambda: house.rows("article", sample=True) > 30, patience(40), "the sample's articles")
    for path in PAGES:
        page = house.visitor.get(path)
        assert "<title>【示例】" in page, path
        assert "当前没有网络，显示的是示例" in page, path
    english = Visitor(house.port)
    assert "<title>[Sample] " in english.send("/", "/language/", language="en")
    assert (house.rows("source"), house.rows("article")) == (0, 0), "the archive of one's own is untouched"

    # Nothing but the fiction comes into the sample, and nobody else may leave it.
    house.visitor.send("/", "/add/", token_of="/sample/leave/", address="https://www.bbc.co.uk/news")
    wait_until(lambda: "www.bbc.co.uk/news 示例中不能添加其他来源" in house.visitor.strip(), 20, "the refusal")
    assert house.visitor.status("/sample/leave/") == 405

    with absences(house.port) as gone:
        left = time.monotonic()
        assert "正在退出示例" in house.visitor.send("/", "/sample/leave/")
        page = house.shows("/", "添加网站", "打开示例", seconds=patience(30))
        seconds = time.monotonic() - left
    print(
        f"from the click on 'leave' to the empty portal: {seconds:.1f} s; nobody answered for {sum(gone):.2f} s of it"
    )
    assert sum(gone) < patience(1)
    assert "【示例】" not in page
    assert "/article/" not in page
    assert (house.rows("source"), house.rows("article")) == (0, 0)
    assert house.stop() == 0
    assert "Traceback" not in house.words()


@pytest.mark.endure
def test_never_means_never(make_house: MakeHouse) -> None:
    house = make_house(NEWSREEL_SAMPLE="never").start()
    house.up()
    house.shows("/", "没有网络", "添加网站", "打开示例")
    time.sleep(1)
    assert "【示例】" not in house.visitor.get("/")
    assert not (house.home / "sample").exists()
    assert (house.rows("source"), house.rows("article")) == (0, 0)


def test_a_site_added_in_the_page_brings_its_articles_and_what_fails_gets_its_reason(make_house: MakeHouse) -> None:
    with press_with_a_refusing_site() as proxy:
        house = make_house(ready=True, NEWSREEL_PROXY=proxy, NEWSREEL_CRAWL_GAP="0").start()
        house.up()
        house.shows("/", "没有网络", "添加网站")
        asked = time.monotonic()
        house.visitor.send("/", "/add/", address=f"http://{REFUSING}/news")
        house.visitor.send("/", "/add/", address="http://nobody.example/")
        house.visitor.send("/", "/add/", address="ftp://www.meridian-post.example/")
        house.visitor.send("/", "/add/", address="不是网址")
        house.visitor.send("/", "/add/", address="http://www.meridian-post.example/")
        house.shows("/", "The Meridian Post", "/article/")
        print(f"from the form to the first article: {time.monotonic() - asked:.1f} s")
        wait_until(lambda: "正在查找" not in house.visitor.strip(), 30, "all answers")
        strip = house.visitor.strip()
        assert f"http://{REFUSING}/news 网站的 robots.txt 不允许抓取" in strip
        assert "http://nobody.example/ 页面已不存在" in strip
        assert "ftp://www.meridian-post.example/ 网址无效" in strip
        assert "不是网址 网址无效" in strip
        assert "Meridian Post 已添加" in strip
        assert house.rows("source") == 1
        assert "【示例】" not in house.visitor.get("/")
        assert house.stop() == 0
    assert "Traceback" not in house.words()


@pytest.mark.endure
def test_a_sample_that_cannot_be_opened_leaves_all_as_it_is(make_house: MakeHouse) -> None:
    house = make_house()
    house.home.mkdir()
    (house.home / "sample").write_text("in the way")
    house.start().up()
    house.shows("/", "没有网络")
    house.visitor.send("/", "/sample/open/")
    wait_until(lambda: "sample cannot be opened" in house.words(), 20, "the reason")
    page = house.shows("/", "没有网络", "添加网站")
    assert "【示例】" not in page
    assert house.stop() == 0
    assert "Traceback" not in house.words()


@pytest.mark.endure
def test_demo_and_its_removal(make_house: MakeHouse) -> None:
    house = make_house(NEWSREEL_PROXY=CLOSED)
    none = house.command("demo", "--remove")
    assert (none.returncode, none.stdout) == (0, "There is no sample to remove.\n")
    house.start("demo").up()
    page = shows_the_sample(house)
    assert "当前显示的是示例" in page
    assert 'action="/sample/leave/"' not in page, "there is nothing to go back to"
    assert not (house.home / "postgres").exists(), "only the sample's own folder is made"
    assert "Another newsreel" in one_line(house.command("demo", "--remove"))
    refused = house.command_in_sample("add", "https://www.bbc.co.uk/news")
    assert "sample" in one_line(refused)
    first = house.rows("article", sample=True)
    wait_until(lambda: house.rows("article", sample=True) > first, patience(25), "the next article")
    assert house.stop() == 0
    (house.home / "mine.txt").write_text("mine")
    removed = house.command("demo", "--remove")
    assert removed.returncode == 0, removed.stderr
    assert not (house.home / "sample").exists()
    assert (house.home / "mine.txt").read_text() == "mine"
    assert "Traceback" not in house.words()
