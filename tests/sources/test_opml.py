"""Lists of feeds, read and written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.sources import Opml, OpmlFeed, parse_opml, write_opml
from tests.shared import SHARED, needs_shared

LIST = """<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="World"><outline type="rss" text="A &amp; B" xmlUrl="https://e.org/a?x=1&y=2"
 htmlUrl="https://e.org/" category="/Press/Daily,Europe"/></outline></outline>
<outline TEXT="Bare" XMLURL="http://e.org/b"/><outline text="Again" xmlUrl="https://e.org/b"/>
<outline text="No feed" xmlUrl="file:///etc/passwd"/><outline text="Script" xmlUrl="javascript:x"/></body></opml>"""


def test_a_list_is_read_whole() -> None:
    found = parse_opml(LIST.encode())
    assert (found.title, found.error) == ("Mine", None)
    assert found.feeds == (
        OpmlFeed("https://e.org/a?x=1&y=2", "A & B", ("News", "World", "Press", "Daily", "Europe"), "https://e.org/"),
        OpmlFeed("http://e.org/b", "Bare"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_in_other_encodings(encoding: str) -> None:
    text = LIST.replace(' encoding="utf-8"', "").replace("&y", "&amp;y").replace("Bare", "Größe")
    assert parse_opml(text.encode(encoding)).feeds[1].title == "Größe"


@pytest.mark.parametrize(
    ("stated", "encoding", "name"),
    [
        ("GB2312", "gb18030", "人民日报国际新闻频道"),
        ("utf-8", "gb18030", "人民日报国际新闻频道"),
        ("Shift_JIS", "cp932", "朝日新聞のニュース"),
        ("nonsense", "windows-1251", "Новости дня"),
    ],
)
def test_lists_in_encodings_that_the_parser_does_not_know(stated: str, encoding: str, name: str) -> None:
    text = LIST.replace('encoding="utf-8"', f'encoding="{stated}"').replace("Bare", name)
    assert parse_opml(text.encode(encoding)).feeds[1].title == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE opml [<!ENTITY a "b">]>',
        '<!DOCTYPE opml SYSTEM "x>y" [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE opml [<!ELEMENT a ANY>]>",
    ],
)
def test_document_types_with_entities_are_refused(declared: str, encoding: str) -> None:
    text = f"{declared}<opml><body><outline text='&a;' xmlUrl='https://e.org/f'/></body></opml>"
    if encoding == "utf-16-be":
        text = "\ufeff" + text
    found = parse_opml(text.encode(encoding))
    assert found.feeds == ()
    assert found.error is not None
    assert "entities" in found.error


@pytest.mark.parametrize(
    ("body", "word", "count"),
    [
        (b"", "empty", 0),
        (b"words", "not XML", 0),
        (b"<html><body/></html>", "not a list", 0),
        (b"<opml><body/></opml>", "no feeds", 0),
        (b"<opml><body><outline xmlUrl='https://e.org/f'/><oops</body>", "well-formed", 1),
        (b"<opml>" + b"<outline>" * 100_000, "nested", 0),
        (b"<opml><body>" + b"<outline text='x'/>" * 100_000, "more than", 0),
        (b"<opml>" + b"x" * 9_000_000, "larger", 0),
        (b'<?xml version="1.0" encoding="nonsense"?><opml/>', "no feeds", 0),
        (b"\xff\xfe" + b"\0" * 9, "not XML", 0),
    ],
)
def test_what_cannot_be_read_is_said_in_words(body: bytes, word: str, count: int) -> None:
    started = time.process_time()
    found = parse_opml(body)
    assert time.process_time() - started < 1
    assert len(found.feeds) == count
    assert found.error is not None
    assert word in found.error


TEXT = st.text(max_size=20)
FEEDS = st.lists(
    st.builds(
        OpmlFeed,
        st.integers(0, 10**6).map(lambda n: f"https://e.org/{n}?a=1&b='\"<"),
        TEXT,
        st.tuples(TEXT),
        st.just("https://e.org/"),
    ),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(FEEDS)
def test_what_is_written_is_read_again(feeds: list[OpmlFeed]) -> None:
    found = parse_opml(write_opml(feeds, "T").encode())
    assert {feed.url for feed in found.feeds} == {feed.url for feed in feeds}
    assert found.title == "T"


def test_what_is_written_keeps_titles_and_folders() -> None:
    feeds = [
        OpmlFeed("https://e.org/1", 'A "B" & <C>', ("World",), "https://e.org/"),
        OpmlFeed("https://e.org/2", "独立报-世界新闻"),
    ]
    assert list(parse_opml(write_opml(feeds).encode()).feeds) == feeds


@needs_shared
def test_the_lists_of_other_readers() -> None:
    counts = {
        path.name: len(parse_opml(path.read_bytes()).feeds) for path in sorted((SHARED / "suites" / "opml").iterdir())
    }
    assert len(counts) == 6
    assert all(counts.values()), counts
    bombs = [path for path in (SHARED / "suites" / "xml-bombs").iterdir() if b"<!ENTITY" in path.read_bytes()]
    assert len(bombs) >= 6
    assert all("entities" in (parse_opml(path.read_bytes()).error or "") for path in bombs)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_have_an_outcome(inside: bytes) -> None:
    assert isinstance(parse_opml(inside), Opml)
    assert isinstance(parse_opml(b"<opml><body><outline xmlUrl='" + inside), Opml)
