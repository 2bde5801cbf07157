"""Bytes to text by the house's rule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.discovery.encoding import decode

TEXTS = {
    "gb18030": "北京时间八月十二日,外交部发言人在例行记者会上表示中方对此高度关注。",
    "big5hkscs": "台北市長今天出席活動時表示,將持續推動交通建設與環境保護。",
    "cp932": "首相は記者会見で、経済対策について早急にまとめる考えを示した。",
    "euc_jp": "首相は記者会見で、経済対策について早急にまとめる考えを示した。",
    "cp949": "대통령은 오늘 기자회견에서 경제 정책에 대해 설명했다.",
    "cp1251": "Президент подписал закон о бюджете на следующий год",
    "koi8-r": "Президент подписал закон о бюджете на следующий год",
    "cp1252": "Le président a annoncé à l’Élysée une série de mesures économiques très attendues, déjà évoquées",
    "utf-8": "Präsidentin trifft Kanzler",
}


@pytest.mark.parametrize(("name", "text"), TEXTS.items())
def test_an_unstated_encoding_is_detected(name: str, text: str) -> None:
    assert text in decode(f"<rss><channel><title>{text}</title>".encode(name))


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("gb2312", "gb18030"),
        ("iso-8859-1", "cp1252"),
        ("shift_jis", "cp932"),
        ("euc-kr", "cp949"),
        ("latin1", "cp1252"),
    ],
)
def test_names_mean_their_supersets(stated: str, name: str) -> None:
    text = "“" + TEXTS[name] + "”" if name != "cp932" else TEXTS[name]
    assert decode(text.encode(name), f"text/html; charset={stated}") == text


def test_the_page_states_its_encoding_where_the_header_does_not() -> None:
    body = '<html><head><meta charset="windows-1251"><title>День</title>'.encode("cp1251")
    assert "День" in decode(body, "text/html")


def test_one_accident_does_not_make_utf8() -> None:
    body = "Ã© only".encode("cp1252")
    assert decode(body, "text/plain; charset=iso-8859-1") == "Ã© only"


@pytest.mark.parametrize(
    "label", ["punycode", "utf-7", "unicode_escape", "idna", "rot13", "zlib", "base64", "../x", "\x00"]
)
def test_codecs_that_are_no_encodings_are_not_used(label: str) -> None:
    assert decode("+ADw-é".encode(), f"text/xml; charset={label}") == "+ADw-é"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.none() | st.text(max_size=40))
def test_any_bytes_are_text(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type), str)
