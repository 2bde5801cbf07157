"""Junk of the kinds that portals show inside articles, planted into recorded pages of many publishers and languages.

    python -m benchmarks.planted [--pages 20] [--misses]

Into the article of each page go a banner that asks for money, recommended stories with 'Undo', paid links, pictures with
'open image' and a caption, and a newsletter box. Class names and ids are hashed so that they tell nothing. Then the same page
is flattened to a bare row of paragraphs and headings, so that its text and its links are all there is. Counted: how much of
the article that was read without the junk is still read, and which planted pieces stand in it.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from benchmarks.extraction import rows
from benchmarks.overlap import shingles
from benchmarks.report import table, write_section
from newsreel.core.encoding import decode
from newsreel.extraction import extract
from newsreel.extraction.outline import Outline, read_outline
from newsreel.extraction.stream import Stream, read_stream
from newsreel.extraction.tags import INLINE, LINK, read_tag

SEED = 11
PAGES = 20
WHOLE = 0.99  # of what was read without the junk
_BELOW = (
    "Recorded pages of different publishers in six languages (fundus, magic); an appeal, recommendations with 'Undo', a paid link, a picture with "
    "caption, a newsletter and a teaser between the paragraphs of each article, names hashed; then the same pages flattened to a bare row of "
    "paragraphs and headings. The stored model has seen the pages, not the junk."
)
_NAMES = re.compile(
    # A name without quotes holds no & and no backslash: '<div class=\&quot;lead' stands in an attribute, as a string of a script, and to
    # put a quote there would end the attribute and spill its markup into the page.
    r"""(\s(?:class|id|data-testid|data-component)=)(?:"([^"]*)"|'([^']*)'|([^\s"'>&\\]+)(?=[\s>]))""",
    re.IGNORECASE,
)
# Written for this: in the manner of such boxes, of nobody in particular. Appeal, thanks, call, newsletter, label, undo, gallery, sponsor.
WORDS: dict[str, tuple[str, ...]] = {
    "en": (
        "Our reporters were at the border when the first families crossed it, and they will be there when the cameras have left. We keep our journalism free for every reader, because you and readers like you support us.",
        "If you value what you read here, please donate today. Your contribution pays for the next investigation of our newsroom.",
        "Support us", "Get the morning briefing in your inbox: sign up to our newsletter for free.", "Recommended", "Undo", "open image in gallery", "Sponsored",
    ),
    "de": (
        "Unsere Reporterinnen waren an der Grenze, als die ersten Familien kamen, und sie bleiben, wenn die Kameras fort sind. Wir halten unseren Journalismus frei für alle Leser, weil Sie uns unterstützen.",
        "Wenn Ihnen wichtig ist, was Sie hier lesen, spenden Sie bitte noch heute. Ihre Spende bezahlt die nächste Recherche unserer Redaktion.",
        "Jetzt spenden", "Das Wichtigste am Morgen in Ihrem Postfach: Melden Sie sich kostenlos für unseren Newsletter an.", "Das könnte Sie auch interessieren", "Rückgängig", "Bild vergrößern", "Anzeige",
    ),
    "fr": (
        "Nos reporters étaient à la frontière quand les premières familles sont arrivées, et ils y seront encore quand les caméras seront parties. Notre journalisme reste libre pour tous les lecteurs grâce à votre soutien.",
        "Si ce que vous lisez ici compte pour vous, faites un don dès aujourd'hui. Votre soutien finance la prochaine enquête de notre rédaction.",
        "Faire un don", "L'essentiel chaque matin dans votre boîte : inscrivez-vous gratuitement à notre newsletter.", "À lire aussi", "Annuler", "Agrandir l'image", "Contenu sponsorisé",
    ),
    "es": (
        "Nuestros reporteros estaban en la frontera cuando llegaron las primeras familias, y seguirán allí cuando se marchen las cámaras. Nuestro periodismo es libre para todos los lectores gracias a tu apoyo.",
        "Si valoras lo que lees aquí, dona hoy. Tu donación paga la próxima investigación de nuestra redacción.",
        "Dona ahora", "Lo más importante cada mañana en tu correo: suscríbete gratis a nuestro boletín.", "Te puede interesar", "Deshacer", "Ampliar imagen", "Patrocinado",
    ),
    "ja": (
        "最初の家族が国境を越えたとき、私たちの記者はそこにいました。カメラが去ったあとも残ります。読者のみなさまのご支援があるからこそ、私たちの報道は誰にでも開かれています。",
        "この記事が役に立ったと思われたら、ご寄付をお願いします。みなさまのご支援が、私たちの次の報道を支えます。",
        "寄付する", "朝の主なニュースをメールでお届けします。無料の会員登録はこちら。", "おすすめ", "元に戻す", "画像を拡大する", "スポンサー",
    ),
    "zh": (
        "第一批家庭越过边境时，我们的记者就在现场；镜头撤走以后，他们还会留在那里。我们的新闻向每一位读者开放，因为有您的支持。",
        "如果您认同我们的报道，请今天就捐款。您的支持，让我们的编辑部能做下一次调查报道。",
        "立即订阅", "每天早上，要闻送到您的邮箱：免费订阅本报简报。", "推荐阅读", "撤销", "点击查看大图", "广告",
    ),
}  # fmt: skip
TEASERS = (
    "Harbour town votes on its new bridge", "What the coach said after the final whistle", "Ten gardens to see before the frost",
    "Court hears of missing millions at the savings bank", "Why the night train is back",
)  # fmt: skip
PAID = (
    ("Doctors are amazed by this kitchen trick", "Bright Living"),
    ("New rule for drivers born before 1975", "Save Today"),
)
CAPTIONS = (
    "Firefighters at the old mill on the edge of town early on Tuesday (Ann Bee/AFP via Getty Images)",
    "The minister arrives for the talks in the capital (Reuters)",
)


@dataclass(slots=True)
class Planted:
    """A page with junk in its article; ``junk`` are the texts that were planted."""

    html: str
    junk: list[str]


def language_of(row: dict[str, Any]) -> str:
    """The language in which junk is planted, by the page's text: one of WORDS."""
    text = " ".join(row["bodies"][0])[:2000]
    if re.search("[\u3040-\u30ff]", text):
        return "ja"
    if re.search("[\u4e00-\u9fff]", text):
        return "zh"
    for name, words in (("de", " der | und | nicht "), ("fr", " les | des | est "), ("es", " los | una | por ")):
        if len(re.findall(words, text)) >= 12:
            return name
    return "en"


def boxes(language: str, chance: random.Random) -> list[tuple[str, list[str]]]:
    """The boxes as markup, each with its texts, in the order of the page."""
    appeal, thanks, call, letter, label, undo, gallery, paid = WORDS[language]
    one, two, three = chance.sample(TEASERS, 3)
    product, brand = chance.choice(PAID)
    caption = chance.choice(CAPTIONS)
    name = f"x{chance.randint(10**6, 10**7)}"
    return [
        (
            f'<div class="{name}"><h2>{escape(call)}</h2><p>{escape(appeal)}</p><p>{escape(thanks)}</p><a href="/g">{escape(call)}</a></div>',
            [appeal, thanks, call],
        ),
        (
            f'<div class="{name}a"><h3>{escape(label)}</h3><div><a href="/s/1">{one}</a><span>{undo}</span></div>'
            f'<div><a href="/s/2">{two}</a><span>{undo}</span></div><div><a href="https://ads.example/c">{product}</a><span>{brand} | '
            f"{paid}</span><span>{undo}</span></div></div>",
            [label, one, two, product, undo],
        ),
        (
            f'<div class="{name}b"><img src="/p/1.jpg" width=800 height=500><span>{escape(gallery)}</span><p>{escape(caption)}</p></div>',
            [gallery, caption],
        ),
        (f'<div class="{name}c"><p>{escape(letter)}</p></div>', [letter]),
        (f'<p><a href="/s/3">{three}</a></p>', [three]),
    ]  # fmt: skip


def plant(row: dict[str, Any], html: str, chance: random.Random) -> Planted | None:
    """A page with all boxes behind paragraphs of its article, its names hashed; None where it has too few."""
    outline = read_outline(read_stream(html))
    body = " ".join(" ".join(part.split()) for part in row["bodies"][0])
    wanted = [
        text for box, text in zip(outline.box, outline.text, strict=True) if outline.tag[box].name == "p" and len(text) > 60 and text[:50] in body
    ]  # fmt: skip
    hashed = _NAMES.sub(lambda name: f'{name[1]}"h{crc32((name[2] or name[3] or name[4] or "").encode())}"', html)
    places = []
    for text in wanted[:-1]:
        start = hashed.find(escape(text[:30], quote=False))
        if (
            start >= 0
            and hashed.count(escape(text[:30], quote=False)) == 1
            and (end := hashed.find("</p>", start)) >= 0
        ):
            places.append(end + 4)
    made = boxes(language_of(row), chance)
    if len(places) < len(made):
        return None
    junk: list[str] = []
    for place, (markup, texts) in sorted(
        zip(sorted(chance.sample(places, len(made))), made, strict=True), reverse=True
    ):
        hashed = hashed[:place] + markup + hashed[place:]
        junk += texts
    return Planted(hashed, junk)


def row_of(stream: Stream, outline: Outline) -> list[str]:
    """A page's leaves as a bare row of paragraphs, headings and items: pieces of a stream, links and emphasis within."""
    pieces = [""]
    for leaf, box in enumerate(outline.box):
        name = outline.tag[box].name if box >= 0 else "p"
        name = name if name in ("h1", "h2", "h3", "li") else "p"
        start = outline.begin[leaf]
        while start > 1 and read_tag(stream.pieces[start - 1]).kind in (LINK, INLINE):
            start -= 2  # what was opened before the first word
        inner = stream.pieces[start : outline.stop[leaf]]
        pieces += [f"<{name}>", *(inner if len(inner) % 2 else inner[:-1]), f"</{name}>", ""]
    return pieces


def flattened(html: str) -> str:
    """A page as a bare row of paragraphs and headings, its head as it was."""
    stream = read_stream(html)
    head = html[: html.lower().find("<body")] if "<body" in html.lower() else ""
    return f"{head}<body>{''.join(row_of(stream, read_outline(stream)))}</body>"


def pages(count: int) -> Iterator[tuple[dict[str, Any], str, Planted]]:
    """Recorded pages of different publishers, as many languages as there are, with their planted form."""
    chance = random.Random(SEED)
    found: dict[str, list[tuple[dict[str, Any], str]]] = {}
    seen: set[str] = set()
    for corpus in ("fundus", "magic"):
        for row, page in rows(corpus):
            host = urlsplit(row["url"]).hostname or row["id"]
            if host not in seen:
                seen.add(host)
                found.setdefault(language_of(row), []).append((row, decode(page, None)[0]))
    queues = [chance.sample(some, len(some)) for some in found.values()]
    while count and any(queues):
        for queue in queues:
            if not queue or not count:
                continue
            row, html = queue.pop()
            if (planted := plant(row, html, chance)) is not None:
                count -= 1
                yield row, html, planted


def judged(row: dict[str, Any], html: str, planted: Planted, changed: str) -> tuple[float, list[str]]:
    """How much of the text that is right without junk is still there (0 to 1), and the junk in it."""
    truth = shingles("\n".join(row["bodies"][0]))
    before = shingles(extract(html, row["url"]).text) & truth
    text = extract(changed, row["url"]).text
    kept = (shingles(text) & before).total() / max(before.total(), 1)
    lines = {" ".join(line.split()) for line in text.split("\n")}
    return kept, [junk for junk in planted.junk if junk in lines or (len(junk) > 40 and junk in text)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--misses", action="store_true", help="name the junk that was taken for text")
    arguments = parser.parse_args()
    whole: dict[str, list[float]] = {"in boxes": [], "flattened": []}
    junk: dict[str, list[int]] = {"in boxes": [], "flattened": []}
    planted_in_all = 0
    for row, html, planted in pages(arguments.pages):
        planted_in_all += len(planted.junk)
        for way, changed in (("in boxes", planted.html), ("flattened", flattened(planted.html))):
            kept, missed = judged(row, html, planted, changed)
            whole[way].append(kept)
            junk[way].append(len(missed))
            if arguments.misses and (missed or kept < 0.99):
                sys.stdout.write(f"  {way:9} {row['id'][:40]} {kept:.3f} {missed}\n")
    cells = [
        [
            way,
            str(len(whole[way])),
            f"{sum(whole[way]) / len(whole[way]):.3f}",
            str(sum(kept >= WHOLE for kept in whole[way])),
            f"{sum(junk[way])} of {planted_in_all}",
            str(sum(not some for some in junk[way])),
        ]
        for way in whole
    ]
    text = table(
        ["", "pages", "of the articles kept", "pages whole", "planted pieces in the text", "pages without any"], cells
    )
    sys.stdout.write(f"{text}\n")
    if arguments.pages == PAGES:
        write_section(
            "extraction-planted",
            "Junk planted into recorded articles (`python -m benchmarks.planted`)",
            f"{text}\n\n{_BELOW}",
        )


if __name__ == "__main__":
    main()
