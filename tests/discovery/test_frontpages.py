"""Front pages: their articles, and nothing else."""

from __future__ import annotations

import importlib.util
from functools import cache
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.urls import identity
from newsreel.discovery import parse_frontpage
from newsreel.discovery.addresses import article_likeness
from tests.shared import SHARED, needs_shared

URL = "https://www.example.com/"
PAGE = """<!doctype html><html><head><title>Example</title></head><body class="home has-nav no-ads">
<header class="site-header"><a href="/"><img src="/logo.svg" alt="Example"></a>
<nav><ul><li><a href="/world">World</a></li><li><a href="/us-and-canada">US and Canada</a></li>
<li><a href="/arts-and-culture/film-and-television">Film and television reviews</a></li>
<li><a href="/live/2025-08-12/all-the-news">Live: all the news of the day</a></li></ul></nav>
<div class="top-bar"><a href="/login?next=/">Sign in to your account</a><a href="https://shop.example.com/">Shop</a></div></header>
<main><section><h2><a href="/world">World</a></h2>
<article class="card"><a href="/world/2025/aug/12/north-korean-labourers"><h3>North Korean labourers ‘worked like slaves’</h3>
<p>They make up for losses.</p></a><a href="/profile/ann-lee">Ann Lee</a>
<a href="/world/2025/aug/12/north-korean-labourers#comments">12 comments</a></article>
<article class="card"><h3><a href="/business/central-bank-raises-rates-again">Central bank raises rates again</a></h3>
<a href="/business/central-bank-raises-rates-again">Read more</a><a href="/tag/central-banks">Central banks</a></article>
<div class="card"><a href="https://sport.example.com/football/68991234"><img src="x.jpg"></a>
<h4><a href="https://sport.example.com/football/68991234">Late goal sends Rovers up</a></h4></div>
<div class="card"><a href="/news/articles/c3d9v5g7x0yo?utm_source=front">Why the harvest failed for a third year</a></div>
<div class="card"><a href="/politik/wahl-in-hessen-li.343191">Wahl in Hessen</a></div>
<div class="ad-slot"><a href="/partner/buy-this-car-now-2025">Buy this car now and save a lot of money</a></div>
<div class="card"><a href="/sponsored/2025/08/12/best-mattress-ever-made">The best mattress that was ever made</a></div>
<div class="card"><a rel="sponsored" href="/deals/12345678-cheap-phones">Cheap phones for everyone this summer</a></div>
<div class="card"><a href="https://other.example.org/2025/08/12/their-own-news">Their own news from another site</a></div>
</section></main>
<aside class="most-read"><h2>Most read</h2><ol><li><a href="/science/2025/08/11/comet-seen">Comet seen by thousands</a></li></ol></aside>
<script>document.write('<a href="/2025/08/12/script-is-no-link">A script is no link at all here</a>')</script>
<!-- <a href="/2025/08/12/comment-is-no-link">A comment is no link at all here</a> -->
<footer><a href="/about-us">About us and our journalists</a><a href="/privacy-policy">Privacy policy</a>
<a href="/terms-and-conditions">Terms and conditions of use</a><a href="/2019/01/02/how-we-are-financed">How we are financed</a></footer>
<div><a href="/contact">Contact us by mail or by phone today</a><a href="/report-2025.pdf">The annual report of 2025 as a file</a>
<a href="/newsletter">Get the newsletter every morning at six</a><a href="mailto:x@example.com">Write to our editors at any time</a>
<a href="/author/84612621/ann-lee">Ann Lee, correspondent</a><a href="/editorial-guidelines">Our editorial guidelines in full</a></div>
</body></html>"""


def test_a_page_with_all_that_pages_have_yields_its_articles() -> None:
    found = parse_frontpage(PAGE.encode(), URL, "text/html; charset=utf-8")
    assert [(entry.url.removeprefix("https://"), entry.title) for entry in found] == [
        ("www.example.com/world/2025/aug/12/north-korean-labourers", "North Korean labourers ‘worked like slaves’"),
        ("www.example.com/business/central-bank-raises-rates-again", "Central bank raises rates again"),
        ("sport.example.com/football/68991234", "Late goal sends Rovers up"),
        ("www.example.com/news/articles/c3d9v5g7x0yo?utm_source=front", "Why the harvest failed for a third year"),
        ("www.example.com/politik/wahl-in-hessen-li.343191", "Wahl in Hessen"),
        ("www.example.com/science/2025/08/11/comet-seen", "Comet seen by thousands"),
    ]
    assert all(entry.published is None for entry in found), "a list states no dates"


CHINESE = """<html><head><meta charset="gb2312"><base href="http://news.example.cn/"></head><body>
<div id="nav"><a href="/china/">国内新闻频道</a><a href="/world/">国际新闻频道首页</a></div>
<ul><li><a href="n1/2024/0424/c1001-40223222.html">促进航天技术更好惠及人民</a></li>
<li><a href="/a/20250812/100123.htm">外交部：中方对此高度关注</a></li>
<li><a href="/detail?newsid=88213">多地发布高温预警 注意防暑降温</a></li></ul>
<div class="footer"><a href="/about/">关于我们</a><a href="/licence/2025081234.html">互联网新闻信息服务许可证编号</a></div></body></html>"""


def test_a_chinese_page_in_its_own_encoding() -> None:
    found = parse_frontpage(CHINESE.encode("gb18030"), "http://news.example.cn/index.html")
    assert [(entry.url.removeprefix("http://news.example.cn/"), entry.title) for entry in found] == [
        ("n1/2024/0424/c1001-40223222.html", "促进航天技术更好惠及人民"),
        ("a/20250812/100123.htm", "外交部：中方对此高度关注"),
        ("detail?newsid=88213", "多地发布高温预警 注意防暑降温"),
    ]


BARE = """<body><table><tr><td><a href=/2025/08/12/a-report-on-bread><img src=1.jpg></a></td></tr>
<tr><td><a href="https://www.example.com/story/123456">https://www.example.com/story/123456</a></td></tr>
<tr><td><a href="/sport">Sport</a> <a href="/sport/results-and-tables">Results</a></td></tr></table>"""


def test_links_without_words_are_judged_by_their_addresses() -> None:
    found = parse_frontpage(BARE.encode(), URL)
    assert [(entry.url, entry.title) for entry in found] == [
        ("https://www.example.com/2025/08/12/a-report-on-bread", ""),
        ("https://www.example.com/story/123456", ""),
    ]


def test_a_page_that_is_all_one_menu_still_has_its_articles() -> None:
    page = """<nav><a href="/about">About</a><a href="/world">World</a>
    <a href="/2025/08/12/man-bites-dog">Man bites dog in the park</a></nav>"""
    assert [entry.title for entry in parse_frontpage(page.encode(), URL)] == ["Man bites dog in the park"]


@pytest.mark.parametrize(
    "path",
    "/2025/08/12/x /news/2025-08-12/x /a/20250812/x.html /world/man-bites-dog-in-park /story/123456 /?p=12345 /article?id=9876 "
    "/news/articles/c3d9v5g7x0yo /articles/AST1F4445T1FUTIL02SM.html /archive/63076 /autoren/jane-doe/a-long-phrase-about-it "
    "/x/y-1.16990729 /article/1011185".split(),
)
def test_addresses_that_are_articles(path: str) -> None:
    assert article_likeness("https://e.org" + path) >= 2


@pytest.mark.parametrize(
    "path",
    "/tag/war /topics/c2vdnvdg6xxt /author/84612621/jane-doe /privacy-policy /terms-of-use.html /about /help/faq /x/photo.jpg /feed.xml "
    "/login?next=/2 /search?q=war /en/contact /category/2 /news/page/12345 /account/subscribe /sponsored/2025/08/12/a-b-c-d".split(),
)
def test_addresses_that_are_none(path: str) -> None:
    assert article_likeness("https://e.org" + path) < 0


@pytest.mark.parametrize("path", "/ /world /world/europe /us-news /en/ /economy03 /shinsai311/".split())
def test_addresses_that_say_nothing(path: str) -> None:
    assert 0 <= article_likeness("https://e.org" + path) < 2


@cache
def press() -> ModuleType:
    spec = importlib.util.spec_from_file_location("press", SHARED / "press" / "press.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_shared
@pytest.mark.parametrize("bare", [False, True], ids=["titles", "bare"])
def test_the_front_pages_of_the_recorded_press(bare: bool) -> None:
    sites = press().load([SHARED / "corpus" / "fundus"])
    if bare:
        press().bare(sites)
    missing, extra = set(), set()
    for site in sites.values():
        wanted = {identity(row["url"]) for row in site.articles.values()}
        found = {
            identity(entry.url) for entry in parse_frontpage(press().front_page(site).encode(), f"https://{site.host}/")
        }
        missing |= wanted - found
        extra |= found - wanted
    assert len(sites) > 100
    assert missing == set()
    assert extra == set()


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(["<a href='/2025/08/12/", "'>", "</a>", "<nav>", "x", "<", '"', "</div>"]))
    .map("".join)
    .map(str.encode)
)
def test_any_bytes_have_an_outcome(body: bytes) -> None:
    for entry in parse_frontpage(body, URL):
        assert entry.url.startswith("https://www.example.com/")
