from __future__ import annotations

import re

import pytest

from newsreel.portal import pictures
from newsreel.portal.body import readable
from newsreel.portal.figures import MOST, is_of_the_site, same_picture

URL = "https://news.test/world/1.html"
PIER = "https://news.test/pictures/pier-at-dawn.jpg"


def _through(reference: str) -> str:
    path = pictures.path_of(reference, URL)
    assert path is not None
    return path


def _img(reference: str, alt: str = "", size: str = "") -> str:
    return f'<img src="{_through(reference)}" alt="{alt}"{size} loading="lazy" decoding="async">'


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<img src="https://x.test/a.jpg">', _img("https://x.test/a.jpg")),
        ('<img src="/a.jpg" alt="A &amp; &quot;B&quot;" width="640" height="360">',
         _img("https://news.test/a.jpg", "A &amp; &quot;B&quot;", ' width="640" height="360"')),
        ('<img src="//x.test/a.jpg" srcset="https://x.test/b 2x" sizes="9" class="c" onerror="x()">', _img("https://x.test/a.jpg")),
        ('<img src="https://x.test/a.jpg?w=1&amp;h=2#f" width="50%">', _img("https://x.test/a.jpg?w=1&h=2")),
        ('<p>a<img src="/p.gif" width="1" height="1"></p>', "<p>a</p>"),
        ('<p>a<img src="/p.gif" height="2"></p>', "<p>a</p>"),
        ('<p>a<img src="/p.gif" width="0"></p>', "<p>a</p>"),
        (f'<p>a<img src="/{"a" * 2100}"></p>', "<p>a</p>"),
        ('<p>a<img src="ftp://x.test/a.jpg"><img src="file:///etc/passwd"></p>', "<p>a</p>"),
        ('<figure><img src="/a.jpg"><figcaption>A pier</figcaption></figure>',
         f"<figure>{_img('/a.jpg')}<figcaption>A pier</figcaption></figure>"),
        ('<p>x</p><figure><img src="data:x"><figcaption>A pier</figcaption></figure><p>y</p>', "<p>x</p><p>y</p>"),
        ("<p>x</p><figure> <figcaption>A <em>pier</em></figcaption></figure>", "<p>x</p>"),
        ("<figure><pre>x = 1</pre><figcaption>Code</figcaption></figure>",
         "<figure><pre>x = 1</pre><figcaption>Code</figcaption></figure>"),
        ("<figure><figure><figcaption>In</figcaption></figure><p>a</p></figure>", "<figure><p>a</p></figure>"),
        ('<p>a</p><p><img alt="<img src=x>" src="/a.jpg"></p>', f"<p>a</p><p>{_img('/a.jpg', '&lt;img src=x&gt;')}</p>"),
        ('<p lang="<img src=/a>">a</p>', '<p lang="&lt;img src=/a&gt;">a</p>'),
    ],
)  # fmt: skip
def test_pictures_come_from_the_portal(html: str, shown: str) -> None:
    assert str(readable(html, URL)) == shown


def test_the_number_of_pictures_is_bounded() -> None:
    shown = str(readable("".join(f'<img src="/{n}.jpg">' for n in range(MOST + 20)), URL))
    assert shown.count("<img") == MOST


@pytest.mark.parametrize(
    ("html", "lead", "leads"),
    [
        ("<p>a</p>", PIER, True),
        ("<p>a</p>", "/pictures/pier-at-dawn.jpg", True),
        ("", PIER, True),  # the plain text stands below it
        (f'<figure><img src="{PIER}"></figure><p>a</p>', PIER, False),
        (f'<p>a</p><figure><img src="{PIER}?width=620"></figure>', PIER + "?width=1200&s=1", False),
        ('<p>a</p><img src="/other/pier-at-dawn-640x360.webp">', PIER, False),
        ('<img src="/another.jpg"><p>a</p>', PIER, False),  # there is a picture at the top already
        ('<p>a</p><img src="/another.jpg">', PIER, True),
        ("<p>a</p>", "", False),
        ("<p>a</p>", "data:image/png;base64,AA", False),
        ("<p>a</p>", "https://news.test/static/logo.png", False),
    ],
)
def test_the_lead_picture_is_shown_once(html: str, lead: str, leads: bool) -> None:
    shown = str(readable(html, URL, "Words.", lead))
    assert shown.startswith('<figure class="lead"><img src="/picture/') is leads
    assert len(re.findall("<img", shown)) == html.count("<img") + leads


def test_without_a_text_there_is_no_picture_either() -> None:
    assert str(readable("", URL, "", PIER)) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://i.test/a/242202440_v16_9_1600.jpeg", "https://i.test/b/242202440_v16_9_1200.jpeg", True),
        (
            "https://i.test/wp/harbour-scaled.jpg?fit=9",
            "https://i.test/wp/harbour-1024x683.jpg",
            False,
        ),  # too short to say
        ("https://i.test/wp/the-harbour-scaled.jpg", "https://i.test/wp/the-harbour-1024x683.jpg", True),
        ("https://i.test/1/image.jpg", "https://i.test/2/image.jpg", False),
        ("https://i.test/1/image.jpg?a", "https://i.test/1/image.jpg?b", True),
        ("https://i.test/", "https://i.test/", True),
    ],
)
def test_one_picture_in_two_sizes(one: str, other: str, same: bool) -> None:
    assert same_picture(one, other) is same


@pytest.mark.parametrize(
    ("address", "stands_in"),
    [
        ("https://n.test/static/logo.png", True),
        ("https://n.test/img/default-share.jpg", True),
        ("https://n.test/images/branded_news/853a9a.jpg", True),
        ("https://n.test/sites/default/files/pier.jpg", False),
        ("https://n.test/pictures/logos-on-a-wall.jpg", True),
        ("https://n.test/pictures/logistics.jpg", False),
        ("https://n.test/pier.jpg", False),
    ],
)
def test_pictures_of_the_site(address: str, stands_in: bool) -> None:
    assert is_of_the_site(address) is stands_in
