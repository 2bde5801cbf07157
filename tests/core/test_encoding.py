"""Bytes to text by the house's rule."""

from __future__ import annotations

import codecs
import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.encoding import codec_of, decode, stated_encoding
from newsreel.core.encoding_labels import CODECS, FURTHER
from tests.shared import SHARED, needs_shared

CHINESE = "新华社北京八月十二日电 国家主席在人民大会堂会见了来访的各国代表,就共同关心的问题交换了意见。"
RUSSIAN = "Правительство двенадцатого августа приняло новые меры поддержки экономики, сообщает пресс-служба."
FRENCH = "Le gouvernement a présenté à l’Assemblée un projet de loi très attendu sur l’économie, a déclaré la ministre."


def page(text: str, codec: str, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(codec)


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


@pytest.mark.parametrize("space", ["", " \n\r\n"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("start", ["<?xml version='1.0'?><a>", "<!doctype html>", "<rss>"])
def test_wide_encodings_without_a_mark(space: str, codec: str, start: str) -> None:
    text = space + start + CHINESE
    assert decode(text.encode(codec), "text/xml; charset=utf-8") == (text, codec)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_marks(codec: str) -> None:
    assert decode(("\ufeff" + RUSSIAN).encode(codec), "text/html; charset=windows-1252") == (RUSSIAN, codec)


@pytest.mark.parametrize("label", ["utf-16", "utf-16be", "utf-32"])
def test_wide_names_over_narrow_bytes_are_false(label: str) -> None:
    html = page(RUSSIAN, "cp1251", f'<meta charset="{label}">')
    assert RUSSIAN in decode(html, f"text/html; charset={label}")[0]
    assert decode(b"abc", f"text/plain; charset={label}") == ("abc", "utf-8")
    wide = RUSSIAN.encode("utf-16-le")
    assert decode(wide, "text/plain; charset=utf-16le") == (RUSSIAN, "utf-16-le")


def test_a_name_of_utf8_that_the_bytes_disprove_is_none() -> None:
    assert RUSSIAN in decode(page(RUSSIAN, "cp1251", '<meta charset="windows-1251">'), "text/html; charset=utf-8")[0]
    assert CHINESE in decode(page(CHINESE, "gb18030", '<meta charset="utf-8">'), "text/html")[0]
    broken = RUSSIAN.encode()[:40] + b"\xff" + RUSSIAN.encode()[41:]
    assert decode(broken, "text/html; charset=utf-8")[1] == "utf-8"


def test_no_more_is_read_than_the_limit() -> None:
    assert decode(page(CHINESE, "utf-8"), limit=60)[0] == page(CHINESE, "utf-8")[:60].decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("document", "codec"),
    [
        ('<?xml version="1.0" encoding="koi8-r"?><rss><item><![CDATA[<meta charset=big5>]]>', "koi8_r"),
        ("<br /><b>Warning</b>: old\n<?xml version='1.0' encoding='GB2312' ?><rss>", "gb18030"),
        ('<?xml version="1.0" encoding="utf-16"?><rss>', "utf-8"),
        ('<?xml version="1.0" encoding="koi8-r"?><html><head><meta charset="windows-1251">', "cp1251"),
        ('<?xml version="1.0" encoding="koi8-r"?><!-- a --><html><head>', "koi8_r"),
        ("<html><script>\"<?xml version='1.0' encoding='koi8-r'?>\"</script><meta charset=\"big5\">", "big5hkscs"),
        ('<html><pre><?xml encoding="koi8-r"?></pre>', None),
        ('<?xml version="1.0" encoding="nonsense"?><rss>', None),
        ("<rss><channel>", None),
    ],
)
def test_declarations(document: str, codec: str | None) -> None:
    assert stated_encoding(document.encode()) == codec


@pytest.mark.parametrize(
    ("stated", "name", "text"),
    [
        ("gb2312", "gb18030", "“北京时间八月十二日,外交部发言人在例行记者会上表示中方对此高度关注。”"),
        ("iso-8859-1", "cp1252", "“Le président a annoncé à l’Élysée une série de mesures économiques”"),
        ("shift_jis", "cp932", "首相は記者会見で、経済対策について①早急にまとめる考えを示した。"),
        ("euc-kr", "cp949", "“대통령은 오늘 기자회견에서 똠방각하에 대해 설명했다.”"),
        ("latin1", "cp1252", "“Le président a annoncé à l’Élysée une série de mesures économiques”"),
    ],
)
def test_names_mean_their_supersets(stated: str, name: str, text: str) -> None:
    assert decode(text.encode(name), f"text/html; charset={stated}") == (text, name)


def test_the_page_states_its_encoding_where_the_header_does_not() -> None:
    body = '<html><head><meta charset="windows-1251"><title>День</title>'.encode("cp1251")
    assert "День" in decode(body, "text/html")[0]


def test_one_accident_does_not_make_utf8() -> None:
    assert decode("Ã© only".encode("cp1252"), "text/plain; charset=iso-8859-1")[0] == "Ã© only"
    assert decode("Euro €".encode(), "text/plain; charset=windows-1252") == ("Euro €", "utf-8")
    assert decode("ВБ".encode("cp1251"), "text/plain; charset=windows-1251")[0] == "ВБ"


def test_a_lone_byte_at_the_end_is_not_the_half_of_a_character() -> None:
    assert decode("Voilà le café".encode("cp1252")[-4:])[0] == "café"


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
        # XML's and the publishers' own spellings
        ("utf_8", "utf-8"), ("latin-1", "cp1252"), ("iso_8859_1", "cp1252"), ("win-1251", None), ("windows_1251", "cp1251"),
        ("ISO_8859-9", "cp1254"), ("cp437", "cp437"), ("utf-32", "utf-32-le"), ("hz-gb-2312", "hz"), ("ms949", "cp949"),
        ("cp936", "gb18030"), ("iso8859-2\"", None), ("a" * 100_000, None), ("gb2312\n", "gb18030"), ("ｕtf-8", None),
    ],
)  # fmt: skip
def test_labels(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    "label",
    "punycode utf-7 u7 unicode_escape raw_unicode_escape idna rot13 zlib base64 hex mbcs oem undefined charmap ../x cp037 \0".split(
        " "
    ),
)
def test_codecs_that_are_no_encodings_are_not_used(label: str) -> None:
    assert codec_of(label) is None
    assert decode("+ADw-é".encode(), f"text/xml; charset={label}") == ("+ADw-é", "utf-8")


def test_every_label_names_a_codec_of_python() -> None:
    for codec in {*CODECS.values()} | FURTHER:
        text = "abc" if codec.startswith("utf-") else b"abc".decode(codec)
        assert text.encode(codec).decode(codec) == "abc"


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


@needs_shared
def test_feeds_of_feedparser_are_read_without_loss() -> None:
    """All but the two files whose bytes are broken on purpose, by the header that each names in its comment."""
    files = sorted((SHARED / "suites/feedparser/encoding").glob("*.xml"))
    assert len(files) > 70
    for path in files:
        body = path.read_bytes()
        stated = re.search(rb"Content-type:\s*([^\r\n]+)", body[:600], re.IGNORECASE)
        text, _ = decode(body, stated[1].decode("latin-1") if stated else None)
        assert ("\ufffd" in text) == (path.stem in {"bozo_invalid-bytes-with-bom", "bozo_linenoise"}), path.name


SIZE = 2_000_000
HOSTILE = {
    "noise": random.Random(1).randbytes(SIZE),
    "high": bytes(byte | 0x80 for byte in random.Random(2).randbytes(SIZE)),
    "broken": b"\xff" * SIZE,
    "alone": b"a\xe9 " * (SIZE // 3),
    "nearly": b"\xc3\xa9\xff" * (SIZE // 3),
    "tags": b"<a<" * (SIZE // 3) + b"\xff",
    "attributes": b'<meta x="' * (SIZE // 9) + b"\xff",
    "equals": b"<a == " * (SIZE // 6) + b"\xff",
    "comments": b"<!--" * (SIZE // 4) + b"\xff",
    "declarations": b"<?xml encoding=" * (SIZE // 15) + b"\xff",
    "spaces": b" " * SIZE + b"\xff",
    "wide": b" \0" * (SIZE // 2) + b"x",
    "escapes": b"\x1b$" * (SIZE // 2),
    "meta": b'<meta content="' + b"charset=" * 2_000 + b'" http-equiv=content-type>\xe9',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_two_megabytes_take_no_time(name: str) -> None:
    """Measured: 0.04 s at most for 8 MB."""
    for header in (None, "text/html; charset=" + " " * 100_000, "charset " * 20_000):
        started = time.process_time()
        text, _ = decode(HOSTILE[name], header)
        assert time.process_time() - started < 0.5
        assert text


@given(st.binary(max_size=400), st.none() | st.text(max_size=40).map(lambda text: f"text/html; charset={text}"))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_some_text(body: bytes, content_type: str | None) -> None:
    text, codec = decode(body, content_type)
    assert isinstance(text, str)
    assert codec in {*CODECS.values()} | FURTHER


PIECES = [
    b"<", b"<meta ", b"charset=", b"<?xml ", b"encoding='", b"gbk", b"utf-16", b"'", b'"', b">", b"=", b"\0", b" ", b"<!--",
    b"\xff\xfe", b"\xc3\xa9", b"\xb0\xa1", b"\x1b$B", b"http-equiv=content-type content=",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_pieces_of_statements_are_some_text(pieces: list[bytes]) -> None:
    assert isinstance(decode(b"".join(pieces))[0], str)


@given(st.binary(max_size=200), st.none() | st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_header_is_borne(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type)[0], str)
