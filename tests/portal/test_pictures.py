"""The signed addresses, and what answers them."""

from __future__ import annotations

import base64

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from newsreel.portal import pictures

URL = "https://news.test/world/1.html"
PATH = pictures.path_of("https://images.test/a.jpg?w=1&h=2", URL) or ""


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("https://images.test/a.jpg", "https://images.test/a.jpg"),
        ("../b.jpg#top", "https://news.test/b.jpg"),
        ("//images.test/图片.jpg", "https://images.test/图片.jpg"),
        ("a b.jpg", "https://news.test/world/a%20b.jpg"),
    ],
)
def test_an_address_there_and_back(reference: str, address: str) -> None:
    path = pictures.path_of(reference, URL)
    assert path is not None
    assert pictures.address_in(path) == address
    _, _, signature, written = path.split("/")
    assert path == reverse("portal:picture", args=(signature, written))


@pytest.mark.parametrize(
    "reference",
    ["data:image/png;base64,AA", "javascript:x()", "file:///etc/passwd", "ftp://x.test/a", "http://", "http://[", "http://x:99999999/", 
     "a\x00b", "/" + "a" * 2048, "/" + "图" * 700, "http:\\\\x.test"],
)  # fmt: skip
def test_what_is_not_signed(reference: str) -> None:
    assert pictures.path_of(reference, URL) is None


def _swapped(place: int) -> str:
    return PATH[:place] + ("A" if PATH[place] != "A" else "B") + PATH[place + 1 :]


@pytest.mark.parametrize("place", range(len(pictures.PREFIX), len(PATH)))
def test_every_altered_letter_is_noticed(place: int) -> None:
    if PATH[place] != "/":
        assert pictures.address_in(_swapped(place)) is None


@pytest.mark.parametrize(
    "path",
    [
        PATH + "A",
        PATH + "=",
        PATH[:-1],
        PATH.replace("/picture/", "/pictures/"),
        PATH.replace("/picture/", "/picture//"),
        PATH + "/",
        "/picture/",
        "/picture/" + "A" * 27 + "/" + "A" * 5000,
        "/picture/" + "A" * 27 + "/" + base64.urlsafe_b64encode(b"http://127.0.0.1/").decode().rstrip("="),
        "/picture/https://images.test/a.jpg",
        "/picture/\u4e2d" * 20,
    ],
)
def test_other_paths_name_no_picture(path: str) -> None:
    assert pictures.address_in(path) is None


def test_the_signature_is_of_this_installations_key() -> None:
    with override_settings(SECRET_KEY="another"):
        assert pictures.address_in(PATH) is None
    assert pictures.address_in(PATH) is not None


@given(st.text(max_size=300))
def test_any_reference_and_any_path_are_fine(text: str) -> None:
    path = pictures.path_of(text, URL)
    assert path is None or (pictures.address_in(path) or "").startswith(("http://", "https://"))
    assert pictures.address_in(text) is None
    assert pictures.address_in("/picture/" + text) is None


def test_under_plain_django_the_address_exists() -> None:
    client = Client()
    assert client.get(PATH).status_code == 501
    assert client.get(_swapped(len(PATH) - 1)).status_code == 404
    assert client.get("/picture/x/y").status_code == 404
    assert client.post(PATH).status_code == 405
