"""What a body is."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.discovery import sniff


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b'<?xml version="1.0"?><!-- <html> --><rss version="2.0">', "text/html", "feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', None, "feed"),
        (b'<rdf:RDF xmlns:rdf="x">', "application/xml", "feed"),
        (b"<br /><b>Warning</b> in x.php\n<rss>", "text/html", "feed"),
        ("<rss><channel>".encode("utf-16"), None, "feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"', "application/json", "feed"),
        (b'{"items": []}', None, "feed"),
        (b'{"error": 404}', "application/json", "unknown"),
        (b"<urlset>", "text/xml", "sitemap"),
        (b"<sm:sitemapindex xmlns:sm='x'>", None, "sitemap"),
        (gzip.compress(b"<urlset>", mtime=0), None, "sitemap"),
        (b"https://e.org/a\nhttps://e.org/b\n", "text/plain", "sitemap"),
        (b"<!doctype html><html>", "application/rss+xml", "html"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>\n<title>x</title>", None, "html"),
        (b"<p>fragment", None, "html"),
        (b"<x><y/></x>", "application/xml", "unknown"),
        (b"", None, "unknown"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "unknown"),
    ],
)
def test_by_what_it_is_not_what_it_is_called(body: bytes, content_type: str | None, kind: str) -> None:
    assert sniff(body, content_type) == kind


@given(st.binary(max_size=300), st.none() | st.text(max_size=20))
def test_any_bytes_are_of_a_kind(body: bytes, content_type: str | None) -> None:
    assert sniff(body, content_type) in ("feed", "sitemap", "html", "unknown")
