"""Which element is the article, what is a caption, who wrote it, what it is called."""

from __future__ import annotations

import json

import pytest

from newsreel.extraction import extract

URL = "https://news.example/a"
SHORT = [
    f"The first story's paragraph {n} tells of a harbour, its ships, and the people who work on them all day."
    for n in range(6)
]
LONG = [
    f"The second story's paragraph {n} tells of a match, its goals, and the coach who did not want to leave at all."
    for n in range(12)
]


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def data(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **fields})}</script>"


def test_the_article_around_the_title_goes_before_a_longer_one() -> None:
    html = f"""<title>Harbour at work</title><main><article><h1>Harbour at work</h1>{paragraphs(SHORT)}</article>
    <div><article><h1>Coach stays on</h1>{paragraphs(LONG)}</article></div></main>"""
    assert extract(html, URL).text == "\n\n".join(SHORT)


def test_what_the_data_calls_the_text_says_where_it_is() -> None:
    html = f"""{data(headline="Harbour at work today", articleBody=" ".join(SHORT))}<h1>Harbour at work today</h1>
    <div><div class=a>{paragraphs(SHORT)}</div></div><section><div>{paragraphs(LONG * 4)}</div></section>"""
    text = extract(html, URL).text
    assert text.startswith("\n\n".join(SHORT))
    assert text.count("second story") <= 1  # the piece beside what was found may be the article's
    assert "second story" in extract(html.replace("articleBody", "other"), URL).text  # without it the longer one


@pytest.mark.parametrize(
    "box",
    [
        "<div class=pic><img src=/a.jpg><p>The pier at dawn</p></div>",
        "<div><img src=/a.jpg><span class=caption>The pier at dawn</span></div>",
        "<p align=center><img src=/a.jpg></p><p align=center>The pier at dawn</p>",
        "<p><img src=/a.jpg></p><p>The pier at dawn (Photo: Ann Bee)</p>",
        "<div class='photo gallery'><figure><img src=/a.jpg><figcaption>The pier at dawn</figcaption></figure></div>",
        "<div class=share-image><figure><img src=/a.jpg><figcaption>The pier at dawn</figcaption></figure></div>",
    ],
)
def test_captions_are_the_pictures(box: str) -> None:
    article = extract(f"<h1>Harbour</h1><div>{paragraphs(SHORT[:3])}{box}{paragraphs(SHORT[3:])}</div>", URL)
    assert article.text == "\n\n".join(SHORT)
    pictures = [block for block in article.blocks if block.kind == "image"]
    assert [picture.src for picture in pictures] == ["https://news.example/a.jpg"]
    assert pictures[0].text.startswith("The pier at dawn")


def test_a_paragraph_beside_a_picture_is_text() -> None:
    text = "The pier was built a hundred years ago, and nobody remembers who paid for it. Its lamps came later."
    html = (
        f"<h1>Harbour</h1><div>{paragraphs(SHORT)}<div><img src=/a.jpg><p>{text}</p></div>{paragraphs(LONG[:2])}</div>"
    )
    assert text in extract(html, URL).text


def test_a_paragraph_in_one_box_with_a_pictures_box_is_text() -> None:
    picture = "<div><img src=/a.jpg><span>Enlarge</span><p>The pier at dawn (Ann Bee/Reuters)</p></div>"
    boxes = [f"<div><p>{text}</p>{picture if place == 2 else ''}</div>" for place, text in enumerate(SHORT)]
    article = extract(f"<h1>Harbour</h1><div>{''.join(boxes)}</div>", URL)
    assert article.text == "\n\n".join(SHORT)


@pytest.mark.parametrize(
    ("head", "names"),
    [
        (data(author=[{"@type": "Person", "name": "Anne-Marie Bee"}]), ("Anne-Marie Bee",)),
        (data(author={"@type": "Person", "givenName": "Ann", "familyName": "Bee"}), ("Ann Bee",)),
        (data(author=[{"@id": "https://news.example/#/schema/person/9"}]) + "<meta name=author content='Ann Bee'>", ("Ann Bee",)),
        (data(author={"@type": "Organization", "name": "The Paper"}) + "<meta name=author content='Ann Bee'>", ("Ann Bee",)),
        (data(author={"@type": "Organization", "name": "The Paper"}), ("The Paper",)),
        ("<meta name=author content='By Ann Bee and Cy Dee, political correspondent'>", ("Ann Bee", "Cy Dee")),
        ("<meta name=author content='Von Ann Bee, Redaktion'>", ("Ann Bee",)),
        ("<meta property=article:author content='https://social.example/ann'>", ()),
    ],
)  # fmt: skip
def test_authors_are_names(head: str, names: tuple[str, ...]) -> None:
    assert extract(f"{head}<h1>Harbour at work</h1>{paragraphs(SHORT)}", URL).authors == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Par Ann Bee", ("Ann Bee",)),
        ("来源\uff1a某报 作者\uff1a王小明 【打印】", ("王小明",)),
        ("記者 王小明\uff0f台北報導", ("王小明",)),
        ("By the river the ships wait for the tide to turn.", ()),
    ],
)
def test_bylines_without_a_class(line: str, names: tuple[str, ...]) -> None:
    assert extract(f"<h1>Harbour at work</h1><p>{line}</p>{paragraphs(SHORT)}", URL).authors == names


def test_a_title_is_what_statements_share_behind_kickers_that_differ() -> None:
    title = "The ships have waited for nine long years outside"
    kickers = (
        f"<title>Trade: {title}</title><meta property=og:title content='Trade: {title}'><h1>Sea news - {title}</h1>"
    )
    assert extract(kickers + paragraphs(SHORT), URL).title == title


def test_items_and_rows_are_parts_of_their_own() -> None:
    rows = [
        ("Coal from the north", "1,200 tonnes in March"),
        ("Timber, sawn", "40 tonnes, less than ever"),
        ("Herring", "3 tonnes"),
    ]
    items = ["One thing that the town can do today", "Two things that it should leave to others"]
    table = "".join(f"<tr><td>{name}</td><td>{size}</td></tr>" for name, size in rows)
    listed = "".join(f"<li>{item}</li>" for item in items)
    html = f"<h1>Harbour</h1>{paragraphs(SHORT)}<ul>{listed}</ul><table>{table}</table>{paragraphs(LONG[:4])}"
    expected = [*items, *("\t".join(row) for row in rows)]
    assert "\n\n" + "\n\n".join(expected) + "\n\n" in extract(html, URL).text


def test_text_blocks_and_html_end_at_the_same_place() -> None:
    article = extract(
        "<h1>T</h1>"
        + "".join(f"<p>Paragraph {n} of a very long page, with words. {'word ' * 150}</p>" for n in range(3000)),
        URL,
    )
    last = article.blocks[-1].text[:40]
    assert last in article.html
    assert article.text.count("\n\n") + 1 == len(article.blocks) == article.html.count("<p>")
