from __future__ import annotations

import urllib.parse
from datetime import timedelta

import pytest

from newsreel.core.text import squeeze
from newsreel.sample.edition import Edition, encoded
from newsreel.sample.outlets import Outlet, outlets
from newsreel.sample.timetable import DRIPPED
from newsreel.sample.truth import Truth, truth
from tests.sample.week import OPENING, START, get, packed, parsed, visible

EVERY = list(outlets().values())
OLD = [outlet for outlet in EVERY if outlet.encoding != "utf-8"]
# Other decoders of the same label: browsers read Shift_JIS as Windows-31J.
ALSO_KNOWN_AS = {"shift_jis": "cp932", "gb18030": "gb18030", "cp1251": "windows-1251"}


def addresses_on(edition: Edition, url: str, outlet: Outlet) -> set[str]:
    """The addresses of a page's links and pictures on its own host."""
    answer = get(edition, url)
    if not answer.content_type.startswith("text/html"):
        return set()
    nodes = parsed(answer, outlet).css("[href], [src]")
    found = {node.attributes.get("href") or node.attributes.get("src") or "" for node in nodes}
    whole = {urllib.parse.urldefrag(urllib.parse.urljoin(url, reference)).url for reference in found if reference}
    return {address for address in whole if urllib.parse.urlsplit(address).netloc == outlet.host}


@pytest.mark.parametrize("outlet", EVERY, ids=lambda outlet: outlet.id)
def test_every_address_on_a_site_answers_and_its_front_page_leads_to_every_article(outlet: Outlet) -> None:
    edition = Edition(START)
    left, seen = [outlet.root], {outlet.root}
    while left:
        url = left.pop()
        assert get(edition, url).status == 200, url
        fresh = addresses_on(edition, url, outlet) - seen
        seen |= fresh
        left += sorted(fresh)
    assert {one.url for one in truth(START) if one.outlet == outlet.id} <= seen


@pytest.mark.parametrize("outlet", OLD, ids=lambda outlet: outlet.id)
def test_old_encodings_are_what_they_say(outlet: Outlet) -> None:
    edition = Edition(START)
    for one in truth(START):
        if one.outlet != outlet.id or one.language == "en":
            continue
        answer = get(edition, one.url)
        assert answer.content_type == "text/html"
        assert f"charset={outlet.charset}".encode() in answer.body[:1024].replace(b'"', b"")
        assert answer.body.decode(outlet.charset) == answer.body.decode(ALSO_KNOWN_AS[outlet.encoding])
        with pytest.raises(UnicodeDecodeError):
            answer.body.decode("utf-8")


def test_a_character_that_decoders_read_differently_is_a_reference() -> None:
    japanese, russian = outlets()["higashiminato"], outlets()["ozyorny-kurier"]
    assert encoded("東湊—新聞～", japanese) == "東湊&#8212;新聞&#65374;".encode("shift_jis")
    assert encoded("пролив — 漢", russian) == "пролив — &#28450;".encode("cp1251")
    assert encoded("湊", outlets()["meridian-post"]) == "湊".encode()


def test_what_is_not_there_is_404() -> None:
    edition = Edition(START)
    for url in ("http://www.meridian-post.example/nothing", "http://www.harbour-ledger.example/feeds/all.rss"):
        assert get(edition, url).status == 404
    assert get(edition, "http://elsewhere.example/").status == 404
    assert get(edition, "http://press.example/nothing").status == 404


def test_a_front_page_s_parameters_and_an_article_s_make_no_other_page() -> None:
    edition = Edition(START)
    url = next(one.url for one in truth(START) if one.outlet == "harbour-ledger")
    assert get(edition, f"{url}?utm_source=feed").body == get(edition, url).body


def test_the_press_lists_itself() -> None:
    edition = Edition(START)
    assert outlets()["hengchuan-times"].name in get(edition, "http://press.example/").body.decode()
    assert b'"feed": "none"' in get(edition, "http://press.example/sites").body


def shown(edition: Edition, one: Truth, seconds: float) -> tuple[str, str]:
    page = parsed(get(edition, one.url, OPENING + timedelta(seconds=seconds)), outlets()[one.outlet])
    heading = page.css_first("h1")
    assert heading is not None
    return squeeze(heading.text()), packed(visible(page))


@pytest.mark.parametrize(
    "slug", sorted({one.url for one in truth(START, later_versions=True) if one.version}), ids=lambda url: url[-24:]
)
def test_a_later_version_stands_after_its_time(slug: str) -> None:
    states = [one for one in truth(START, later_versions=True) if one.url == slug]
    for state, seconds in ((states[0], 0), (states[-1], 3600)):
        title, text = shown(Edition(START), state, seconds)
        assert title == state.title
        assert all(packed(part) in text for part in state.text.split("\n\n"))
    assert states[0].text != states[-1].text


def test_a_later_version_stands_after_so_many_readings_too() -> None:
    edition = Edition(START)
    first, second = (one for one in truth(START, later_versions=True) if "/astra-linde-ferry-aground" in one.url)
    read = [shown(edition, first, 0)[1] for _ in range(3)]
    assert ["409ofthe412" in text for text in read] == [True, True, False]
    assert packed(second.text.split("\n\n")[2]) in read[2]


def test_a_head_request_is_no_reading() -> None:
    edition = Edition(START)
    url = urllib.parse.urlsplit(next(one.url for one in truth(START) if "/astra-linde-ferry-aground" in one.url))
    for _ in range(5):
        answer = edition.answer(url.netloc, url.path, OPENING, counts=False)
    assert "409 of the 412" in answer.body.decode()


def listed(edition: Edition, outlet: Outlet, seconds: float) -> str:
    """All that an outlet tells of its articles: the front page and the feed."""
    now = OPENING + timedelta(seconds=seconds)
    told = get(edition, outlet.root, now).body.decode(outlet.charset)
    if outlet.feed != "none":
        told += get(edition, outlet.root[:-1] + outlet.feed_path, now).body.decode(outlet.charset)
    return told


def test_the_drip_brings_one_article_after_the_other_to_pages_feeds_and_sitemaps() -> None:
    edition = Edition(START, drip=5)
    late = truth(START, drip=5)[-DRIPPED:]
    for number, one in enumerate(late, 1):
        outlet, path = outlets()[one.outlet], urllib.parse.urlsplit(one.url).path
        before, after = number * 5 - 0.1, number * 5.0
        assert get(edition, one.url, OPENING + timedelta(seconds=before)).status == 404
        assert get(edition, one.url, OPENING + timedelta(seconds=after)).status == 200
        assert path not in listed(edition, outlet, before)
        assert listed(edition, outlet, after).count(path) >= (1 if outlet.feed == "none" else 2)


def test_a_dripped_article_s_corrections_wait_for_its_own_appearance() -> None:
    edition = Edition(START, drip=100)
    one = next(one for one in edition.printed if one.piece.slug == "typhoon-selune-taiwan-flights")
    assert one.appears > OPENING
    assert [edition.version(one, one.appears + timedelta(seconds=late)) for late in (0, 39, 40)] == [0, 0, 1]


def test_bytes_change_only_with_the_press() -> None:
    edition, again = Edition(START, seed=3), Edition(START, seed=3)
    for outlet in EVERY:
        assert get(edition, outlet.root).etag == get(again, outlet.root).etag
    for one in truth(START)[:20]:
        assert get(edition, one.url).etag == get(again, one.url).etag
