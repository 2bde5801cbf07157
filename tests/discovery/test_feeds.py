"""Feeds of every format, as publishers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.types import Feed
from newsreel.discovery import parse_feed

URL = "https://news.example.org/feeds/world.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>World news | The Example</title><link>https://news.example.org/world</link>
<atom:link rel="self" href="https://news.example.org/feeds/world.xml"/><language>en-gb</language>
<item><title>Tom &amp;amp; Jerry &lt;b&gt;win&lt;/b&gt; – report</title><link>/world/2025/aug/12/tom-and-jerry</link>
<guid isPermaLink="false">n-1</guid><pubDate>Tue, 12 Aug 2025 05:12:30 +0200</pubDate>
<dc:creator>Ann Lee</dc:creator><dc:creator>Bo Yi</dc:creator><category>World</category><category>Film &amp; TV</category>
<description>A short &lt;em&gt;summary&lt;/em&gt;.</description>
<content:encoded><![CDATA[<p>The whole text, with a <a href="/more">link</a>.</p>]]></content:encoded>
<media:group><media:title>Not the title</media:title></media:group></item>
<item><title>Second</title><guid>https://news.example.org/2</guid><pubDate>12 Aug 2025</pubDate></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://blog.example.de/a/">
<title type="html">Ein &amp;lt;Blog&amp;gt;</title><link rel="alternate" href="/"/><link rel="self" href="/feed"/>
<entry><id>tag:blog.example.de,2025:1</id><title>5 &lt; 6 und &lt;b&gt;</title>
<link rel="enclosure" href="ton.mp3" type="audio/mpeg"/><link rel="alternate" type="text/html" href="eins.html"/>
<published>2025-08-12T05:12:00+02:00</published><updated>2025-08-13T00:00:01Z</updated>
<author><name>Käthe Groß</name><email>k@example.de</email></author><category term="politik" label="Politik"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ein <i>Text</i></p></div></content></entry>
<entry><id>urn:2</id><title>Nur geändert</title><link href="zwei.html"/><updated>2025-08-14T10:00:00Z</updated></entry>
</feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.jp/"><title>例</title>
<link>https://example.jp/</link><dc:language>ja</dc:language></channel>
<item rdf:about="https://example.jp/1"><title>見出し</title><link>https://example.jp/1.html</link>
<dc:date>2025-08-12T14:00:00+09:00</dc:date><dc:subject>経済</dc:subject></item></rdf:RDF>"""


def read(text: str, encoding: str = "utf-8", content_type: str | None = None) -> Feed:
    return parse_feed(text.encode(encoding), URL, content_type)


def test_rss_is_read_whole() -> None:
    feed = read(RSS)
    assert (feed.title, feed.home_url, feed.language, feed.error) == (
        "World news | The Example",
        "https://news.example.org/world",
        "en-GB",
        None,
    )
    first, second = feed.entries
    assert first.title == "Tom & Jerry win – report"
    assert first.url == "https://news.example.org/world/2025/aug/12/tom-and-jerry"
    assert first.id == "n-1"
    assert first.published == datetime(2025, 8, 12, 3, 12, 30, tzinfo=UTC)
    assert first.published_precision == "time"
    assert first.authors == ("Ann Lee", "Bo Yi")
    assert first.categories == ("World", "Film & TV")
    assert first.summary == "A short summary."
    assert first.html == '<p>The whole text, with a <a href="https://news.example.org/more">link</a>.</p>'
    assert second.url == second.id == "https://news.example.org/2"
    assert (second.published, second.published_precision) == (datetime(2025, 8, 12, tzinfo=UTC), "day")


def test_atom_is_read_whole() -> None:
    feed = read(ATOM)
    assert (feed.title, feed.home_url, feed.language) == ("Ein <Blog>", "https://blog.example.de/", "de")
    first, second = feed.entries
    assert first.title == "5 < 6 und <b>", "plain text has no tags"
    assert first.url == "https://blog.example.de/a/eins.html"
    assert first.published is not None
    assert first.published.utcoffset() == timedelta(hours=2)
    assert first.updated == datetime(2025, 8, 13, 0, 0, 1, tzinfo=UTC)
    assert first.authors == ("Käthe Groß",)
    assert first.categories == ("Politik",)
    assert "<p>Ein <i>Text</i></p>" in first.html
    assert first.language == "de"
    assert second.published is None, "a change is no publication"
    assert second.updated == datetime(2025, 8, 14, 10, tzinfo=UTC)


def test_rdf_is_read_whole() -> None:
    feed = read(RDF)
    assert (feed.title, feed.language) == ("例", "ja")
    (entry,) = feed.entries
    assert (entry.title, entry.url) == ("見出し", "https://example.jp/1.html")
    assert entry.published == datetime(2025, 8, 12, 5, tzinfo=UTC)
    assert entry.categories == ("経済",)


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("<link>https://e.org/a</link><guid>https://e.org/b</guid>", "https://e.org/a"),
        ("<guid>https://e.org/b</guid>", "https://e.org/b"),
        ('<guid isPermaLink="false">https://e.org/b</guid>', ""),
        ("<link>javascript:alert(1)</link>", ""),
        ("<link>\n https://e.org/a \n</link>", "https://e.org/a"),
        ("<link>https://e.org/a?x=1&amp;y=2</link>", "https://e.org/a?x=1&y=2"),
        ("<link>https://e.org/a?x=1&y=2</link>", "https://e.org/a?x=1&y=2"),
        ("<link><![CDATA[https://e.org/a?x=1&y=2]]></link>", "https://e.org/a?x=1&y=2"),
        (
            '<link>https://feeds.feedburner.com/~r/x</link><feedburner:origLink xmlns:feedburner="'
            'http://rssnamespace.org/feedburner/ext/1.0">https://e.org/real</feedburner:origLink>',
            "https://e.org/real",
        ),
    ],
)
def test_the_link_is_the_articles_own(inside: str, url: str) -> None:
    (entry,) = read(f'<rss version="2.0"><channel><item><title>t</title>{inside}</item></channel></rss>').entries
    assert entry.url == url


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Thu, 31 Feb 2025 10:00:00 GMT", None),
        ("yesterday", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Wed, 30 Nov 0002 00:00:00 +0000", None),
        ("Tue, 12 Aug 2025 05:12:00 EST", datetime(2025, 8, 12, 10, 12, tzinfo=UTC)),
        ("2025-08-12T05:12:00", datetime(2025, 8, 12, 5, 12, tzinfo=UTC)),
        ("Di, 12 Aug 2025 05:12:00 +0000", datetime(2025, 8, 12, 5, 12, tzinfo=UTC)),
    ],
)
def test_dates_are_stated_or_none(stated: str, expected: datetime | None) -> None:
    (entry,) = read(f"<rss><channel><item><title>t</title><pubDate>{stated}</pubDate></item></channel></rss>").entries
    assert entry.published == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A &amp;quot;B&amp;quot; &#8211; C", 'A "B" – C'),
        ("<![CDATA[<b>Bold</b> &eacute;t&eacute;]]>", "Bold été"),
        ("5 &lt; 6 and 7 &gt; 6", "5 < 6 and 7 > 6"),
        ("AT&T &nbsp; caf&eacute;", "AT&T café"),
        ("  two\n lines  ", "two lines"),
        ("name &lt;redacted&gt; left out", "name <redacted> left out"),
        ("&amp;lt;i&amp;gt;twice&amp;lt;/i&amp;gt;", "twice"),
    ],
)
def test_titles_are_plain_text(title: str, expected: str) -> None:
    (entry,) = read(f"<rss><channel><item><title>{title}</title></item></channel></rss>").entries
    assert entry.title == expected


def test_scripts_are_no_text_but_html_stays_as_it_came() -> None:
    inside = "<![CDATA[<p>One</p><script>evil()</script><p>two</p>]]>"
    (entry,) = read(f"<rss><channel><item><description>{inside}</description></item></channel></rss>").entries
    assert entry.summary == "One two"
    assert entry.html == "<p>One</p><script>evil()</script><p>two</p>"


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),  # bytes that are valid UTF-8 are UTF-8 whatever is stated
        ("utf-8-sig", "windows-1251"),
        ("windows-1251", "windows-1251"),
        ("koi8-r", "koi8-r"),
        ("utf-16", "utf-8"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "nonsense"),
        ("utf-32", "utf-32"),
    ],
)
def test_encodings_by_the_houses_rule(encoding: str, stated: str) -> None:
    feed = read(
        f'<?xml version="1.0" encoding="{stated}"?><rss><channel><title>Новости дня</title><item/></channel></rss>',
        encoding,
    )
    assert feed.title == "Новости дня"


def test_the_header_comes_before_the_declaration() -> None:
    text = '<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><title>Мир</title><item/></channel></rss>'
    assert read(text, "windows-1251", "application/rss+xml; charset=windows-1251").title == "Мир"


ENTITY = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize(
    "text",
    [
        ENTITY,
        '<?xml version="1.0" encoding="utf-8"?>' + ENTITY,
        "<!-- first -->\n" + ENTITY,
        ENTITY.replace("DOCTYPE", "doctype"),
        '<!DOCTYPE rss SYSTEM "a>b" [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel/></rss>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://e.org/x.dtd"> %p;]><rss><channel/></rss>',
        "<!DOCTYPE rss [<!ELEMENT rss ANY>]><rss><channel><title>t</title></channel></rss>",
        "<rss><!DOCTYPE rss [<!ENTITY a 'b'>]><channel><title>&a;</title></channel></rss>",
    ],
)
def test_document_types_with_entities_are_refused(text: str, encoding: str) -> None:
    feed = read(text, encoding)
    assert feed.entries == ()
    assert feed.title == ""
    assert feed.error is not None
    assert "entities" in feed.error


def test_entities_are_never_looked_up_by_a_header_that_lies() -> None:
    feed = parse_feed(ENTITY.encode("utf-16-le"), URL, "application/rss+xml; charset=utf-7")
    assert feed.error is not None
    assert "entities" in feed.error


def test_a_document_type_without_entities_is_no_fault() -> None:
    netscape = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
    feed = read(netscape + '<rss version="0.91"><channel><title>caf&eacute;</title><item/></channel></rss>')
    assert (feed.title, feed.error) == ("café", None)


def test_an_article_about_entities_is_no_attack() -> None:
    inside = "<![CDATA[Write <!DOCTYPE x [<!ENTITY a 'b'>]> at the start.]]>"
    feed = read(f"<rss><channel><item><description>{inside}</description></item></channel></rss>")
    assert feed.error is None
    assert "<!ENTITY" in feed.entries[0].html


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<br />\n<b>Warning</b>: x in <b>y.php</b><br />\n<?xml version='1.0'?><rss><channel><title>T</title>{}", "T"),
        ("\n\n<?xml version='1.0'?><rss><channel><title>T</title>{}</channel></rss>", "T"),
        ("<rss><channel><title>T</title><generator>x</generator>{}", "T"),
        ("<rss><channel><title>A & B</title><link>x?a=1&b=2</link>{}</channel></rss>", "A & B"),
        ("<rss><channel><title>T</title><media:thumbnail url='x'>{}</channel></rss>", "T"),
        ("<rss><channel><title>T\x00\x08</title>{}</channel></rss>", "T"),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title>{}</a:feed>', "T"),
    ],
)
def test_broken_feeds_are_read_as_far_as_they_can_be(text: str, title: str) -> None:
    items = "<item><title>One</title><link>https://e.org/1</link><p></item><item><title>Two</title><br><link>https://e.org/2</link></item>"
    feed = read(text.format(items))
    assert feed.title == title
    assert [entry.title for entry in feed.entries] == ["One", "Two"]
    assert [entry.url for entry in feed.entries] == ["https://e.org/1", "https://e.org/2"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!doctype html><html><head><title>404</title></head><body>Not found</body></html>", "web page"),
        (b"<html><body><rss><channel><item/></channel></rss></body></html>", "web page"),
        (b"<urlset><url><loc>https://e.org/</loc></url></urlset>", "sitemap"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"just words", "not a feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "not a feed"),
        (b"<root><a>b</a></root>", "not a feed"),
    ],
)
def test_what_is_no_feed_is_said_in_words(body: bytes, word: str) -> None:
    feed = parse_feed(body, URL, "application/rss+xml")
    assert feed.entries == ()
    assert feed.error is not None
    assert word in feed.error


def test_only_the_first_entries_of_an_endless_feed_are_read() -> None:
    items = "".join(f"<item><title>{n}</title><link>https://e.org/{n}</link></item>" for n in range(800))
    feed = read(f"<rss><channel><title>T</title>{items}</channel></rss>")
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(500)]
    assert feed.error is not None
    assert "500" in feed.error


def test_strings_that_name_files_are_not_opened(tmp_path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text("<rss><channel><title>secret</title><item/></channel></rss>")
    for name in (str(secret), f"file://{secret}"):
        assert parse_feed(name.encode(), URL).title == ""


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_have_an_outcome(body: bytes) -> None:
    assert isinstance(parse_feed(body, URL), Feed)


WORDS = (
    "<rss> <channel> <item> </item> <title> </title> <description> </description> <![CDATA[ ]]> <entry> <link/> &amp; &#x41; &x; <a:b>"
    " <!-- --> <?x?> \x00 é 中 ' > < <p> </p> text <br> <link> </link> <dc:creator> <category> <content:encoded> <a/b/c=d> <link/href='"
)
PIECES = st.sampled_from([word.replace("/h", " h").replace("a/b/c", "a b c") for word in WORDS.split(" ")])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_mixture_of_markup_has_an_outcome(pieces: list[str]) -> None:
    feed = read("<rss><channel>" + "".join(pieces), "utf-8")
    assert feed.error != "It is not XML that can be read.", "what we wrote ourselves must be well-formed"
