from __future__ import annotations

import io
import wave

import pytest
from django.test import Client

from newsreel.accounts import drawing, limits
from newsreel.accounts.models import Challenge
from tests.accounts.test_challenges import answer_of

pytestmark = pytest.mark.django_db
NEW = "/account/captcha/"


def _new(client: Client) -> dict[str, str]:
    answer = client.post(NEW)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json())


def test_a_new_one_has_a_picture_and_a_sound() -> None:
    client = Client()
    told = _new(client)
    assert set(told) == {"token", "picture", "sound"}
    picture = client.get(told["picture"])
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.headers["Cache-Control"] == "no-store"
    assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture.content[16:20], "big") == drawing.SIZE[0]
    assert int.from_bytes(picture.content[20:24], "big") == drawing.SIZE[1]
    sound = client.get(told["sound"])
    assert sound.headers["Content-Type"] == "audio/wav"
    assert sound.headers["Cache-Control"] == "no-store"
    with wave.open(io.BytesIO(sound.content)) as file:
        assert 5 < file.getnframes() / file.getframerate() < 11
    assert client.get(told["sound"]).content != sound.content
    assert client.get(told["picture"]).content != picture.content


def test_the_sound_is_in_the_pages_language() -> None:
    """Told by the lengths of the voices: 1 takes 0.65 s and more in Chinese, 0.45 s and less in English.

    Asked for by its pieces, for then the speed and the gaps between the digits are the same in both.
    """
    client = Client()
    told = _new(client)
    Challenge.objects.update(answer="AAAAAA" + "1" * 6)
    lengths = {}
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        answer = client.get(told["sound"], headers={"Range": "bytes=0-1"})
        lengths[language] = int(answer.headers["Content-Range"].removeprefix("bytes 0-1/")) / 16_000
    assert lengths["zh-hans"] > lengths["en"] + 1.0


def test_a_player_gets_pieces_of_one_sound() -> None:
    client = Client()
    told = _new(client)
    first = client.get(told["sound"], headers={"Range": "bytes=0-1"})
    assert first.status_code == 206
    total = int(first.headers["Content-Range"].removeprefix("bytes 0-1/"))
    whole = client.get(told["sound"], headers={"Range": "bytes=0-"})
    assert whole.status_code == 206
    assert len(whole.content) == total
    assert whole.content.startswith(first.content)
    piece = client.get(told["sound"], headers={"Range": f"bytes=1000-{total * 2}"})
    assert piece.content == whole.content[1000:]
    assert piece.headers["Content-Range"] == f"bytes 1000-{total - 1}/{total}"
    beyond = client.get(told["sound"], headers={"Range": f"bytes={total}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{total}")
    for odd in ("bytes=-5", "bytes=5-1,7-9", "lines=1-2", "bytes=" + "9" * 40 + "-"):
        assert client.get(told["sound"], headers={"Range": odd}).status_code == 200


def test_only_its_own_browser_sees_and_hears_it() -> None:
    client, other = Client(), Client()
    told = _new(client)
    _new(other)
    for path in (told["picture"], told["sound"]):
        for stranger in (other, Client()):
            answer = stranger.get(path)
            assert answer.status_code == 404
            assert answer.headers["Cache-Control"] == "no-store"
    assert not Challenge.objects.filter(spoken=True).exists()
    assert client.get(NEW + "unknown/picture.png").status_code == 404


def test_a_new_one_is_asked_for_by_post_and_from_our_own_pages() -> None:
    assert Client().get(NEW).status_code == 405
    assert Client(enforce_csrf_checks=True).post(NEW).status_code == 403
    assert Client().post(NEW + "abc/picture.png").status_code == 405
    assert not Challenge.objects.exists()


def test_beyond_the_limit_it_is_429_in_a_sentence() -> None:
    client = Client()
    told = _new(client)
    for _ in range(limits.CAPTCHA_SESSION.most):
        assert client.get(told["picture"]).status_code == 200
    for answer in (client.get(told["picture"]), client.get(told["sound"]), client.post(NEW)):
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "60"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json() == {"error": "获取验证码过于频繁，请一分钟后再试。"}


def test_an_address_that_throws_its_sessions_away_is_bounded_too() -> None:
    for _ in range(limits.CAPTCHA_CLIENT.most - 5):
        limits.take(limits.CAPTCHA_CLIENT, "127.0.0.1")
    assert [Client().post(NEW).status_code for _ in range(7)] == [200] * 5 + [429] * 2
    assert Client(REMOTE_ADDR="192.0.2.9").post(NEW).status_code == 200


def test_members_only_or_not_the_door_has_its_captcha() -> None:
    client = Client()
    told = _new(client)
    assert answer_of(told["token"])[0]
    assert client.get("/").headers["Content-Security-Policy"].count("media-src 'self'") == 1
