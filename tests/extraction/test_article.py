from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from newsreel.core.types import Block, Entry
from newsreel.extraction import article_from_feed, extract

URL = "https://news.example/world/2025/08/12/workers"
P1 = "Thousands of workers are reportedly being sent abroad to make up for a severe labour shortage, officials said."
P2 = "The shortage stems from battlefield losses, mass mobilisation and an exodus of workers, according to the report."
P3 = "“Waking up was terrifying, realising you had to repeat the same day over again,” he told the broadcaster."
P4 = "Such accounts are rare, and they are only likely to become more so as surveillance measures grow tighter still."

# The junk of a portal's page as its readers saw it: a donation banner, recommendations, adverts, gallery labels.
PAGE = f"""<!doctype html><html lang="en-GB"><head>
<title>Workers ‘treated badly’ abroad – report | The Daily Example</title>
<meta property="og:title" content="Workers ‘treated badly’ abroad – report">
<meta property="og:site_name" content="The Daily Example"><meta property="og:image" content="/lead.jpg">
<meta name="keywords" content="work, migration"><link rel="canonical" href="/world/workers">
<script type="application/ld+json">{{"@context":"https://schema.org","@graph":[{{"@type":"WebSite","name":"x"}},
 {{"@type":["NewsArticle"],"headline":"Workers ‘treated badly’ abroad – report","datePublished":"2025-08-12T10:30:00+01:00",
 "dateModified":"2025-08-12T12:00:00Z","author":[{{"@type":"Person","name":"Ann Bee"}},{{"name":"Cy Dee"}}],
 "articleSection":"World"}}]}}</script></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a></nav>
<main><article><h1>Workers ‘treated badly’ abroad – report</h1>
<div class="byline">By <a href="/ann">Ann Bee</a> and Cy Dee</div>
<div class="donation-banner"><h2>Your support helps us to tell the story</h2><p>{"From climate to tech, we are on the ground. " * 4}</p>
 <a href="/donate">Support Now</a></div>
<div class="story-body"><p>{P1}</p><p>{P2} See <a href="/un">the ban</a>.</p>
<div class="taboola"><p>RECOMMENDED</p><p>Major brand warns it could go out of business</p><p>Undo</p>
<p>Your all-inclusive escape! RIU Hotels | Sponsored</p></div>
<p>open image in gallery</p>
<figure><img src="data:x" data-src="/fire.jpg"><figcaption>Firefighters extinguish a fire (AFP via Getty Images)</figcaption></figure>
<h3>What they said</h3><blockquote><p>{P3}</p></blockquote>
<ul><li>Injuries went untreated</li><li>Movement was <em>controlled</em></li></ul>
<table><tr><th>Year</th><th>Workers</th></tr><tr><td>2024</td><td>10,000</td></tr></table>
<pre>x = 1
y = 2</pre>
<p>{P4}</p><div class="newsletter-signup"><p>Sign up for our newsletter, it is free and comes each day.</p></div>
<p>Read more: <a href="/more">Another story</a></p></div></article>
<aside class="related"><h2>Related</h2><p>{P2} {P3}</p></aside></main>
<footer><p>Copyright The Daily Example, all rights reserved, since 1990.</p></footer></body></html>"""


@pytest.fixture(scope="module")
def article():
    return extract(PAGE.encode(), URL, content_type="text/html; charset=utf-8")


def test_metadata(article) -> None:
    assert article.title == "Workers ‘treated badly’ abroad – report"
    assert article.published == datetime(2025, 8, 12, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert article.published_precision == "time"
    assert article.modified == datetime(2025, 8, 12, 12, tzinfo=UTC)
    assert article.authors == ("Ann Bee", "Cy Dee")
    assert article.site_name == "The Daily Example"
    assert article.section == "World"
    assert article.language == "en-GB"
    assert article.publisher_keywords == ("work", "migration")
    assert article.canonical_url == "https://news.example/world/workers"
    assert article.lead_image == "https://news.example/lead.jpg"
    assert article.reason == ""


def test_blocks_in_order(article) -> None:
    assert article.blocks == (
        Block("paragraph", P1),
        Block("paragraph", P2 + " See the ban."),
        Block("image", "Firefighters extinguish a fire (AFP via Getty Images)", src="https://news.example/fire.jpg"),
        Block("heading", "What they said", level=3),
        Block("quote", P3),
        Block("list", items=("Injuries went untreated", "Movement was controlled")),
        Block("table", items=("Year\tWorkers", "2024\t10,000")),
        Block("code", "x = 1\ny = 2"),
        Block("paragraph", P4),
    )


def test_text_is_the_body_alone(article) -> None:
    assert article.text.startswith(P1 + "\n\n" + P2)
    assert article.text.endswith(P4)
    for junk in (
        "RECOMMENDED",
        "Undo",
        "support",
        "gallery",
        "Getty",
        "newsletter",
        "Read more",
        "Copyright",
        "Bee",
        "RIU",
    ):
        assert junk not in article.text


def test_html_is_sanitised_and_whole(article) -> None:
    assert '<a href="https://news.example/un" rel="noopener noreferrer nofollow">the ban</a>' in article.html
    assert "<em>controlled</em>" in article.html
    assert "<blockquote>" in article.html
    assert article.html.count("<p>") == 4


def test_html_has_the_pictures_with_their_captions(article) -> None:
    caption = "Firefighters extinguish a fire (AFP via Getty Images)"
    figure = f'<figure><img src="https://news.example/fire.jpg" alt=""><figcaption>{caption}</figcaption></figure>'
    assert figure in article.html
    assert article.html.count("<img") == 1


def test_what_was_left_out_is_said_with_its_reason(article) -> None:
    reasons = {reason for _, reason in article.removed}
    assert {"newsletter box", "advert", "caption", "label"} <= reasons
    assert ("open image in gallery", "label") in article.removed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"), (b"  \n", "empty"), ("", "empty"), (b"%PDF-1.7 ...", "PDF"), (b"\x89PNG\r\n\x1a\n\x00", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"), (b"GIF89a", "picture"), (b"RIFF\x00\x00\x00\x00WEBP", "picture"),
        (b"PK\x03\x04", "archive"), (b"\x1f\x8b\x08", "compressed"), (b"\x00\x01\x02\x03" * 100, "binary"),
        (b"<html><body></body></html>", "no running text"), (b"<p>Short.</p>", "no running text"),
    ],
)  # fmt: skip
def test_what_is_no_page_has_a_reason(body: bytes | str, words: str) -> None:
    article = extract(body, URL)
    assert article.text == article.html == ""
    assert words in article.reason


def test_a_page_of_paragraphs_without_any_names() -> None:
    html = f"<h1>A title of its own</h1><p>{P1}<p>{P2}<p>{P4}"
    assert extract(html, URL).text == f"{P1}\n\n{P2}\n\n{P4}"


def test_lines_broken_twice_are_paragraphs() -> None:
    assert extract(f"<h1>T</h1><div>{P1}<br><br>{P2}<br>{P3}</div>", URL).text == f"{P1}\n\n{P2} {P3}"


def test_chinese() -> None:
    one = "新华社北京八月十二日电,国家主席在人民大会堂会见了来访的各国代表,就共同关心的问题交换了意见。"
    two = "双方表示,将继续加强在经济、科技、文化等各个领域的合作,推动两国关系不断向前发展,造福两国人民。"
    html = f"""<html lang=zh-CN><head><meta charset=gb2312><title>国家主席会见各国代表_新闻频道_示例网</title></head><body>
    <div class=nav><a href=/>首页</a></div><h1>国家主席会见各国代表</h1><div class=info>2025年08月12日 10:30 来源:示例网</div>
    <div id=content><p>  {one}</p><p>  {two}</p><p>责任编辑:张三</p></div><p>相关新闻</p></body></html>"""
    article = extract(html.encode("gbk"), "https://news.example/c/1.html")
    assert article.title == "国家主席会见各国代表"
    assert article.text == f"{one}\n\n{two}"
    assert article.published == datetime(2025, 8, 12, 2, 30, tzinfo=UTC)  # half past ten in Shanghai
    assert article.language == "zh-CN"


def test_paragraphs_in_elements_called_widgets_are_kept() -> None:
    html = "".join(f'<div class="elementor-widget share-{n}"><p>{p}</p></div>' for n, p in enumerate((P1, P2, P3, P4)))
    assert extract(f"<body>{html}</body>", URL).text == f"{P1}\n\n{P2}\n\n{P3}\n\n{P4}"


def test_a_body_that_only_the_data_holds() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "A b c d", "articleBody": f"{P1}\n\n{P2}\n{P3} <b>{P4}"})
    html = (
        f"<h1>A b c d</h1><p>{P1}</p><script type='application/ld+json'>{data.replace('<', chr(92) + 'u003c')}</script>"
    )
    article = extract(html, URL)
    assert article.text == f"{P1}\n\n{P2}\n\n{P3} {P4}"
    assert article.html.count("<p>") == 3


def test_a_feeds_own_text() -> None:
    published = datetime(2025, 8, 12, 10, tzinfo=UTC)
    entry = Entry(
        id="1", url=URL, title="A  title", published=published, authors=("Ann",), categories=("World",),
        html=f"<p onclick=x>{P1}</p><h2>More</h2><p>Short <a href='/x'>one</a>.</p><script>1</script><img src=/a.jpg alt=View>",
    )  # fmt: skip
    article = article_from_feed(entry, "en")
    assert article.text == f"{P1}\n\nMore\n\nShort one."
    assert 'href="https://news.example/x"' in article.html
    assert "script" not in article.html
    assert article.html.endswith('<figure><img src="https://news.example/a.jpg" alt="View"></figure>')
    assert (article.title, article.published, article.language) == ("A title", published, "en")
    assert article.lead_image == "https://news.example/a.jpg"
    assert article_from_feed(Entry("2", URL)).reason


def test_a_heading_that_says_the_title_again_is_no_part_of_the_text() -> None:
    text = "The port authority said on Monday that the harbour would stay closed until the cargo was recovered. " * 3
    html = f"""<html><head><title>The harbour is closed</title></head><body><h1>The harbour is closed</h1>
    <article><h2>The harbour is closed</h2><p>{text}</p><h2>What comes next</h2><p>{text}</p></article></body></html>"""
    article = extract(html, "https://a.example/1")
    assert article.title == "The harbour is closed"
    assert article.text == f"{text.strip()}\n\nWhat comes next\n\n{text.strip()}"
    assert "The harbour is closed" not in article.html
