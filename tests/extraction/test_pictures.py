from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsreel.extraction import extract
from newsreel.extraction.page import Node
from newsreel.extraction.pictures import figure, size_of, source_of, with_caption

URL = "https://news.example/world/1"
TEXT = "<p>" + "The pier was rebuilt after the storm, and the boats came back. " * 6 + "</p>"


def image(**attributes: str) -> Node:
    return Node("img", {name.replace("_", "-"): value for name, value in attributes.items()})


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ({"src": "/a.jpg"}, "https://news.example/a.jpg"),
        ({"src": "/a.jpg#part"}, "https://news.example/a.jpg"),
        ({"src": "data:image/gif;base64,x", "data_src": "/a.jpg"}, "https://news.example/a.jpg"),
        ({"src": "data:image/gif;base64,x"}, ""),
        ({"src": "javascript:x()"}, ""),
        ({"srcset": "/s.jpg 320w, /m.jpg 1280w, /l.jpg 4000w"}, "https://news.example/m.jpg"),
        ({"srcset": "/s.jpg 320w, /m.jpg 640w"}, "https://news.example/m.jpg"),
        ({"srcset": "/a.jpg,/b.jpg 2x"}, "https://news.example/a.jpg,/b.jpg"),
        ({"srcset": "/a.jpg 1x,/b.jpg 2x"}, "https://news.example/b.jpg"),
        ({"srcset": "/a.jpg"}, "https://news.example/a.jpg"),
        ({"src": "/img/placeholder.png", "data_srcset": "/a,w_640.jpg 640w"}, "https://news.example/a,w_640.jpg"),
        ({"src": "/img/placeholder.png"}, "https://news.example/img/placeholder.png"),
        ({"srcset": "data:x 1x, http://[ 2x"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_where_a_picture_is(attributes: dict[str, str], source: str) -> None:
    assert source_of(image(**attributes), URL) == source


def test_the_sources_of_a_picture_element_count_too() -> None:
    article = extract(
        f"<h1>T</h1>{TEXT}<picture><source srcset='/w.webp 1300w'><img src='data:x' alt='A pier'></picture>{TEXT}", URL
    )
    assert '<figure><img src="https://news.example/w.webp" alt="A pier"></figure>' in article.html


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        ("640", "360", (640, 360)),
        ("640px", "360", (640, 360)),
        ("100%", "360", None),
        ("", "", None),
        ("１", "1", None),
    ],
)
def test_sizes(width: str, height: str, size: tuple[int, int] | None) -> None:
    assert size_of(image(width=width, height=height)) == size


def test_a_figure_escapes_what_it_is_given() -> None:
    made = figure("https://x/?a=1&b='\"", image(alt='"><script>', width="9", height="8"), "<b>", "c")
    assert (
        made
        == '<figure><img src="https://x/?a=1&amp;b=&#x27;&quot;" alt="&quot;&gt;&lt;script&gt;" width="9" height="8">'
        "<figcaption>&lt;b&gt; c</figcaption></figure>"
    )
    assert with_caption(made, "d").endswith("<figcaption>d</figcaption></figure>")
    assert with_caption(made, "d").count("<figcaption>") == 1


@pytest.mark.parametrize("size", ["width=1 height=1", "width=600 height=1", "height=0", "width=2px"])
def test_pictures_that_count_readers_are_no_pictures(size: str) -> None:
    article = extract(f"<h1>T</h1>{TEXT}<img src=https://t.example/p.gif {size}>{TEXT}", URL)
    assert "<img" not in article.html
    assert [block for block in article.blocks if block.kind == "image"] == []


def test_what_is_to_be_clicked_on_is_no_caption() -> None:
    page = f"<h1>T</h1>{TEXT}<figure><img src=/a.jpg><figcaption><button>open in gallery</button>A pier</figcaption></figure>{TEXT}"
    assert "<figcaption>A pier</figcaption>" in extract(page, URL).html


@given(st.text(alphabet="a/.,: 12wx\n\t%", max_size=200))
def test_any_srcset_is_fine(text: str) -> None:
    source = source_of(image(srcset=text), URL)
    assert source == "" or source.startswith("http")
