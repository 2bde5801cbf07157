"""A list that somebody brings: looked through, then taken in, all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsreel.archive.models import Channel, Source
from newsreel.core import settings as ours
from newsreel.core.errors import Permanent
from newsreel.core.settings import Settings
from newsreel.core.state import mark_sample
from newsreel.pipeline.importing import facts_of, look_through, take_in, taken_out
from newsreel.sources import ListedFeed, csv_of, opml_of

pytestmark = pytest.mark.django_db
ROUTE = "rsshub://bilibili/user/video/2267573"


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def opml(*addresses: str) -> bytes:
    return opml_of([ListedFeed(url, title="x") for url in addresses]).encode()


def test_a_list_is_looked_through_and_taken_in(chosen: Settings) -> None:
    body = opml("https://a.test/1", "https://a.test/2", "http://www.a.test/1")
    plan = look_through(body, chosen)
    assert ([feed.url for feed in plan.new], plan.known, plan.repeated) == (
        ["https://a.test/1", "https://a.test/2"],
        0,
        1,
    )
    assert not Channel.objects.exists()
    assert take_in(plan.new, 900).new == 2
    again = look_through(opml("https://a.test/2", "https://a.test/3"), chosen)
    assert ([feed.url for feed in again.new], again.known) == (["https://a.test/3"], 1)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/feed",
        "http://[::1]/feed",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/feed",
        "http://2130706433/feed",
        "http://0x7f.1/feed",
        "http://localhost/feed",
        "http://printer.local/feed",
        "http://user:secret@a.test/feed",
        "http://a.test:22/feed",
    ],
)
def test_one_private_address_refuses_the_whole_list_in_one_line(chosen: Settings, address: str) -> None:
    for body in (opml("https://a.test/1", address), f"address\nhttps://a.test/1\n{address}\n".encode()):
        with pytest.raises(Permanent) as refused:
            look_through(body, chosen)
        assert refused.value.outcome == "list_refused"
        assert len(refused.value.reason.splitlines()) == 1
        assert address[:20] in refused.value.reason
    assert not Channel.objects.exists()


def test_an_address_that_settings_allow_is_taken(chosen: Settings) -> None:
    allowed = chosen.model_copy(update={"allowed_hosts": ("127.0.0.1:8081",)})
    assert len(look_through(opml("http://127.0.0.1:8081/feed"), allowed).new) == 1


def test_the_sample_takes_no_list(chosen: Settings) -> None:
    mark_sample(chosen.home)
    with pytest.raises(Permanent) as refused:
        look_through(opml("https://a.test/1"), chosen)
    assert refused.value.outcome == "sample_only"


@pytest.mark.parametrize(
    ("feed", "site", "name", "name_zh", "channel", "channel_zh"),
    [
        (ListedFeed("https://www.theguardian.com/world/rss", title="World news | The Guardian"),
         "theguardian.com", "The Guardian", "卫报", "World news", "世界新闻"),
        (ListedFeed("https://feeds.harbour.test/x", title="Harbour Times - Sport", home_url="https://www.harbour.test/"),
         "harbour.test", "Harbour Times", "", "Sport", "体育"),
        (ListedFeed("https://harbour.test/x", "海港报", "海港报", "港务", "港务", country="gb", language="en"),
         "harbour.test", "海港报", "海港报", "港务", "港务"),
        (ListedFeed("https://harbour.test/x"), "harbour.test", "harbour.test", "", "", ""),
    ],
)  # fmt: skip
def test_what_is_kept_of_an_entry(
    feed: ListedFeed, site: str, name: str, name_zh: str, channel: str, channel_zh: str
) -> None:
    source, kept = facts_of(feed)
    assert (source.site, source.name, source.name_zh) == (site, name, name_zh)
    assert (kept.name, kept.name_zh) == (channel, channel_zh)


def test_what_goes_out_comes_in_the_same(chosen: Settings) -> None:
    feeds = [
        ListedFeed("https://a.test/1", "Paper A", "甲报", "World", "世界新闻", "feed", "en", "GB", "https://a.test/"),
        ListedFeed("https://b.test/map.xml", "Paper B", "", "", "", "sitemap", "", "", "https://b.test/"),
    ]
    take_in(feeds, 900)
    out = taken_out()
    assert out == feeds
    Source.objects.all().delete()
    take_in(look_through(csv_of(out).encode(), chosen).new, 900)
    assert taken_out() == feeds


def test_ten_thousand_rows(chosen: Settings) -> None:
    feeds = [ListedFeed(f"https://n{n // 3}.test/{n}", f"Paper {n // 3}", channel="World") for n in range(10_000)]
    plan = look_through(csv_of(feeds).encode(), chosen)
    assert len(plan.new) == 10_000
    assert take_in(plan.new, 900).new == Channel.objects.count() == 10_000


def test_lists_hold_routes(tmp_path: Path) -> None:
    chosen = Settings(home=tmp_path, rsshub="https://hub.example.org")
    table = (
        f"address,name,home\n{ROUTE},Videos,\nrsshub://zhihu/hot,热榜,https://www.zhihu.example/\nhttps://a.test/1,,\n"
    )
    outlines = "".join(
        f'<outline text="x" xmlUrl="{url}"/>' for url in (ROUTE, "rsshub://zhihu/hot", "RSSHub://zhihu/hot/")
    )
    opml = f'<opml version="2.0"><body>{outlines}</body></opml>'
    for body, repeated in ((table, 0), (opml, 1)):
        with pytest.raises(Permanent) as refused:
            look_through(body.encode(), Settings(home=tmp_path))
        assert refused.value.outcome == "list_rsshub"
        assert "\n" not in refused.value.reason
        plan = look_through(body.encode(), chosen)
        assert [feed.url for feed in plan.new][:2] == [ROUTE, "rsshub://zhihu/hot"]
        assert plan.repeated == repeated
    plan = look_through(table.encode(), chosen)
    before = ours.own_settings()
    ours.use(chosen)
    try:
        take_in(plan.new, 900)
    finally:
        ours.use(before)
    sites = dict(Channel.objects.values_list("url", "source__site"))
    assert sites == {ROUTE: "bilibili.rsshub", "rsshub://zhihu/hot": "zhihu.example", "https://a.test/1": "a.test"}
    assert set(Channel.objects.values_list("host", flat=True)) == {"hub.example.org", "a.test"}
    assert Source.objects.get(site="bilibili.rsshub").home_url == ""
    for written in (csv_of(taken_out()), opml_of(taken_out())):
        again = look_through(written.encode(), chosen)
        assert (again.new, again.known) == ((), 3)


def test_a_list_for_a_private_instance_is_refused(tmp_path: Path) -> None:
    body = f"address\n{ROUTE}\n".encode()
    with pytest.raises(Permanent) as refused:
        look_through(body, Settings(home=tmp_path, rsshub="http://127.0.0.1:1200"))
    assert refused.value.outcome == "list_refused"
    allowed = Settings(home=tmp_path, rsshub="http://127.0.0.1:1200", allowed_hosts=("127.0.0.1:1200",))
    assert len(look_through(body, allowed).new) == 1
