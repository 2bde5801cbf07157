from __future__ import annotations

import codecs
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.extraction import decode
from newsreel.extraction.encoding import codec_of, stated_encoding
from newsreel.extraction.encoding_labels import CODECS
from tests.shared import SHARED, needs_shared

CHINESE = "新华社北京八月十二日电 国家主席在人民大会堂会见了来访的各国代表,就共同关心的问题交换了意见。"
TAIWAN = "中央社台北十二日電 總統今天在總統府會見來訪的各國代表,就共同關心的問題交換意見。這是他們的第一次會面。"
JAPANESE = "政府は十二日、新しい経済対策を閣議で決定した。物価の上昇に対応するためのもので、来年から実施される。"
KOREAN = "정부는 12일 새로운 경제 대책을 발표했다. 물가 상승에 대응하기 위한 것으로 내년부터 시행되는 정책이다."
RUSSIAN = "Правительство двенадцатого августа приняло новые меры поддержки экономики, сообщает пресс-служба."
FRENCH = "Le gouvernement a présenté à l’Assemblée un projet de loi très attendu sur l’économie, a déclaré la ministre."
GREEK = "Η κυβέρνηση ανακοίνωσε σήμερα νέα μέτρα για την οικονομία και την κοινωνία της χώρας."
ARABIC = "أعلنت الحكومة اليوم عن إجراءات جديدة لدعم الاقتصاد في البلاد خلال العام المقبل"


def page(text: str, codec: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(codec)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (CHINESE, "gb18030"), (TAIWAN, "big5hkscs"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (KOREAN, "cp949"),
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"), (FRENCH, "cp1252"), (GREEK, "cp1253"), (ARABIC, "cp1256"),
        (CHINESE, "utf-8"), (FRENCH, "utf-8"), (JAPANESE, "iso2022_jp"),
    ],
)  # fmt: skip
def test_what_nobody_states_is_detected(text: str, codec: str) -> None:
    assert text in decode(page(text, codec))[0]


def test_the_header_comes_before_the_page() -> None:
    html = page(CHINESE, "gbk", '<meta charset="windows-1252">')
    assert CHINESE in decode(html, "text/html; charset=GB2312")[0]


def test_the_page_comes_before_detection() -> None:
    html = page("Жажда", "koi8_r", '<meta http-equiv=content-type content="text/html; charset=koi8-r">')
    assert "Жажда" in decode(html)[0]


def test_valid_utf8_wins_whatever_is_said() -> None:
    html = page(CHINESE, "utf-8", '<meta charset="gb2312">')
    assert CHINESE in decode(html, "text/html; charset=iso-8859-1")[0]


def test_a_few_bytes_that_look_like_utf8_do_not() -> None:
    html = '<meta charset="gbk"><p>联通</p>'.encode("gbk")
    assert "联通" in decode(html)[0]


def test_a_byte_order_mark_wins() -> None:
    assert decode(codecs.BOM_UTF16_LE + "é€".encode("utf-16-le"), "text/html; charset=utf-8") == ("é€", "utf-16-le")
    assert decode(codecs.BOM_UTF8 + b"abc", "text/html; charset=shift_jis") == ("abc", "utf-8")


def test_utf8_cut_in_the_middle_of_a_character() -> None:
    assert decode(page(CHINESE, "utf-8")[:60])[1] == "utf-8"


def test_utf8_with_a_broken_byte_stays_utf8() -> None:
    html = page(FRENCH * 20, "utf-8") + b"\xff"
    assert "présenté à l’Assemblée" in decode(html)[0]


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("GB2312", "gb18030"), (" gbk ", "gb18030"), ("Shift_JIS", "cp932"), ("ISO-8859-1", "cp1252"), ("euc-kr", "cp949"),
        ("ks_c_5601-1987", "cp949"), ("utf8", "utf-8"), ("latin1", "cp1252"), ("rot13", None), ("zip", None), ("", None),
    ],
)  # fmt: skip
def test_labels(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


def test_every_label_names_a_codec_of_python() -> None:
    for codec in set(CODECS.values()):
        assert b"abc".decode(codecs.lookup(codec).name if "utf-16" not in codec else "ascii") == "abc"


@needs_shared
@pytest.mark.parametrize("name", ["tests1.dat", "tests2.dat"])
def test_statements_of_html5lib(name: str) -> None:
    """The meta element's statement, where the standard's prescan finds one that is not UTF-16 or a default."""
    cases = re.split(rb"(?:^|\n)#data\n", (SHARED / "suites/html5lib/encoding" / name).read_bytes())[1:]
    seen = 0
    for case in cases:
        html, _, expected = case.partition(b"\n#encoding\n")
        wanted = codec_of(expected.strip().decode("ascii"))
        seen += 1
        if not html.startswith(codecs.BOM_UTF8):
            assert (stated_encoding(html) or "cp1252") == wanted, html
    assert seen >= (50 if name == "tests1.dat" else 5)


@given(st.binary(max_size=400), st.none() | st.text(max_size=40).map(lambda text: f"text/html; charset={text}"))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_some_text(html: bytes, content_type: str | None) -> None:
    text, codec = decode(html, content_type)
    assert isinstance(text, str)
    assert codec in {*CODECS.values()}
