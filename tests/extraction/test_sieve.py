"""Which pages may go to the parser as they are."""

from __future__ import annotations

import pytest

from newsreel.extraction.sieve import harmless


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"<",
        b"<p>one</p>" * 1000,
        b"<p>" + b"word " * 100_000,
        b"<b>bold</b> <i>italic</i> " * 3000,
        b"<script>" + b"x<y " * 100 + b"a" * 100_000 + b"</script>",
        b'<div data-state="' + b"{a: b, c: 'd'} " * 10_000 + b'">',
    ],
)
def test_what_honest_pages_hold_is_harmless(html: bytes) -> None:
    assert harmless(html)


@pytest.mark.parametrize(
    "html",
    [
        b"<div>" * 20_000,
        b"<p>x" + b"".join(b"<b class=%d><p>" % number for number in range(3000)),
        b"</b>" * 3000 + b"".join(b"<b id=%d><p>" % number for number in range(3000)),
        b"<div " + b"".join(b"a%d " % number for number in range(50_000)) + b">",
        b"<div " + b"".join(b"a%d=1 " % number for number in range(50_000)) + b">",
        b'<div title=">" ' + b"".join(b"a%d " % number for number in range(50_000)) + b">",
        b"".join(b"<i a%d>" % number + b" b" * 900 for number in range(5000)),
    ],
)
def test_what_costs_a_parser_quadratic_time_is_not(html: bytes) -> None:
    assert not harmless(html)
