"""What the portal says of itself, and what may be done in it from this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from newsreel.archive import registry, wishes, workers
from newsreel.archive.claims import Owner
from newsreel.archive.models import AddRequest, Channel
from newsreel.archive.registry import ChannelFacts, SourceFacts
from newsreel.core import settings as ours
from newsreel.core.state import State, mark_sample, read_state, take_requests, write_state
from newsreel.portal import doing
from tests.archive import making
from tests.endurance.disks import small_disk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder of the test's own."""
    before = ours.settings()
    ours.use(before.model_copy(update={"home": tmp_path}))
    doing.in_sample.cache_clear()
    yield tmp_path
    ours.use(before)
    doing.in_sample.cache_clear()


@pytest.fixture
def client() -> Client:
    """A browser on this machine."""
    return Client(HTTP_HOST="localhost")


def a_source(site: str = "news.test") -> Channel:
    _, (channel,) = registry.register(
        SourceFacts(site, "News", f"https://{site}/"), [ChannelFacts(f"https://{site}/feed", "feed")], 900
    )
    return channel


@pytest.fixture(autouse=True)
def no_old_bells(db: None) -> None:
    """Another test may have rung one that nobody heard: a second one would fail within this test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def strip(client: Client) -> str:
    return client.get("/activity/").content.decode()


def test_an_empty_portal_offers_two_ways(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "添加网站" in page
    assert "打开示例" in page
    assert 'action="/add/"' in page
    assert "还没有新闻来源" in page
    client.cookies["django_language"] = "en"
    page = client.get("/").content.decode()
    assert "Add a site by its address" in page
    assert "Open the sample" in page


@pytest.mark.parametrize(
    ("phase", "words"),
    [("looking", "正在试连首批新闻来源"), ("no_network", "没有网络"), ("running", "还没有新闻来源")],
)
def test_it_says_what_the_supervisor_does(client: Client, home: Path, phase: str, words: str) -> None:
    write_state(home, State(phase))  # type: ignore[arg-type]
    assert words in strip(client)


def test_it_says_what_is_read_what_came_and_what_refuses(client: Client) -> None:
    channel = a_source()
    assert "1 个频道等待读取" in strip(client)
    making.was_not_read(channel, "robots_disallowed", "The robots.txt says no.")
    page = strip(client)
    assert "1 家来源读取失败" in page
    assert "robots.txt" in page
    assert "所有来源都无法连接" in page
    making.was_read(channel)
    assert "等待更新" in strip(client)


@pytest.mark.parametrize(
    ("outcome", "words", "english"),
    [
        ("disk_full", "采集暂停：本机磁盘已满或出错。", "Collecting is held up: the disk here is full or at fault."),
        ("storage_slow", "采集暂停：本机存储缓慢", "Collecting is held up: storing takes long here"),
        ("database_lost", "采集暂停：数据库没有响应", "Collecting is held up: the database does not answer"),
    ],
)
def test_it_says_what_holds_up_the_workers(client: Client, outcome: str, words: str, english: str) -> None:
    a_source()
    worker = Owner({})
    workers.tell(worker, outcome)
    assert f'<p class="bad">{words}' in strip(client)
    client.cookies["django_language"] = "en"
    assert english in strip(client)
    workers.tell(worker, "")
    assert english not in strip(client)


def test_a_full_disk_is_seen_although_no_worker_can_write_of_it(client: Client, home: Path) -> None:
    a_source()
    with small_disk(home / "evidence", 2) as disk:
        assert "held up" not in strip(client)
        disk.fill(leaving=4096)
        assert "采集暂停：本机磁盘已满或出错。" in strip(client)


@pytest.mark.django_db(transaction=True)  # a bell is rung outside any transaction
def test_a_wish_is_kept_answered_and_shown(client: Client) -> None:
    assert client.post("/add/", {"address": "example.org"}).status_code == 302
    assert "example.org" in strip(client)
    assert "正在查找新闻源" in strip(client)
    wish = AddRequest.objects.get()
    wishes.answer(wishes.Wish(wish.pk, wish.address), "failed", outcome="dns_failed", reason="No such host.")
    assert "主机" in strip(client) or "域名" in strip(client)
    a_source()
    client.post("/add/", {"address": "news.test"})
    wish = AddRequest.objects.latest("id")
    wishes.answer(wishes.Wish(wish.pk, wish.address), "added", site="news.test")
    assert "已添加" in strip(client)


@pytest.mark.django_db(transaction=True)  # a bell is rung outside any transaction
def test_what_is_asked_is_bounded(client: Client) -> None:
    for number in range(wishes.MOST_WAITING):
        assert client.post("/add/", {"address": f"site{number}.test"}).status_code == 302
    assert client.post("/add/", {"address": "more.test"}).status_code == 429
    assert AddRequest.objects.count() == wishes.MOST_WAITING
    AddRequest.objects.all().delete()
    client.post("/add/", {"address": "x\x00" * 5000})
    assert len(AddRequest.objects.get().address) <= wishes.MOST_LENGTH


@pytest.mark.parametrize("path", ["/add/", "/sample/open/", "/sample/leave/"])
@pytest.mark.parametrize(
    "request_",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REMOTE_ADDR": "::1", "HTTP_FORWARDED": "for=203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "testserver"},
    ],
)
def test_acts_are_for_this_machine_alone(home: Path, path: str, request_: dict[str, str]) -> None:
    answer = Client().post(path, {"address": "example.org"}, **({"HTTP_HOST": "localhost"} | request_))
    assert answer.status_code == 403
    assert AddRequest.objects.count() == 0
    assert take_requests(home) == []


def test_acts_need_the_page_s_own_token_and_post() -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    for path in ("/add/", "/sample/open/", "/sample/leave/"):
        assert strict.post(path, {"address": "example.org"}).status_code == 403
        assert strict.get(path).status_code == 405
    assert AddRequest.objects.count() == 0


def test_the_sample_is_asked_for_and_left(home: Path) -> None:
    client = Client(HTTP_HOST="localhost:8000")
    assert "正在打开示例" in client.post("/sample/open/").content.decode()
    assert take_requests(home) == ["open_sample"]
    assert take_requests(home) == []
    assert "正在退出示例" in client.post("/sample/leave/").content.decode()
    assert take_requests(home) == ["leave_sample"]


def test_every_page_of_the_sample_is_marked(client: Client, home: Path) -> None:
    for path in ("/", "/sources/", "/about/", "/nothing"):
        assert "示例" not in client.get(path).content.decode().partition("<main")[0]
    mark_sample(home)
    doing.in_sample.cache_clear()
    write_state(home, State("sample", "no_network", leave=True))
    for path in ("/", "/sources/", "/about/", "/nothing"):
        page = client.get(path).content.decode()
        assert "【示例】" in page
        assert "当前没有网络，显示的是示例" in page
    assert 'action="/sample/leave/"' in client.get("/").content.decode()
    write_state(home, State("sample", "asked"))
    assert 'action="/sample/leave/"' not in client.get("/").content.decode()


def test_a_spoiled_state_file_is_no_fault(home: Path) -> None:
    for spoiled in ("", "{", "[]", '{"phase": 1}', "null"):
        (home / "state.json").write_text(spoiled)
        assert read_state(home) == State()
