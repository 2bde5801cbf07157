"""Pictures with their captions where a page does not say so by ``figure``: a box with a picture and a short text.

A short text in the same box as one picture is its caption where the box or the text is called so, or where the text
ends as credits do; never for its place alone, for a paragraph may stand beside a picture too.
"""

from __future__ import annotations

import re

from newsreel.core.text import squeeze
from newsreel.extraction.page import Node

MAX_WEIGHT = 500.0  # of a caption's text; those of the recorded press have 30 to 350
SHORT_WEIGHT = 260.0  # of a text that only its box's name, or its place, calls a caption
MAX_ELEMENTS = 60  # of a box
PARAGRAPH = 60.0  # of a text before the picture, without a credit: the picture's box is within this one
MOST = 0.6  # of a box's text, where an element in it is called its caption
_PICTURES = frozenset(("img", "amp-img", "picture"))
_CAPTION_NAME = re.compile(
    r"(?:^|[\s_-])(?:cap|captions?|credits?|legende?|legenda|bildunterschrift|bildtext|didascalia|pie-?foto|copyright|"
    r"(?:photo|image|img|pic)-?(?:desc\w*|caption|credit))(?:$|[\s_-])|caption",
    re.IGNORECASE,
)
_PICTURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:img|image|images|imagebox|photo|foto|picture|pic|bild|figure|illustration|visual)(?:$|[\s_-])",
    re.IGNORECASE,
)
_AGENCY = (
    r"AFP|Reuters|AP\b|EPA|dpa|Getty|ANSA|EFE|TASS|Xinhua|Kyodo|AAP|PTI|NTB|TT\b|APA|Photos?\b|Fotos?\b|Images?\b|Bild\b|Picture|Courtesy|"
    r"Handout|Shutterstock|Alamy|iStock|фото|صور|사진|写真|撮影|提供|翻攝|資料照|图片|圖片|[图圖攝摄][/\uff0f:\uff1a]|摄|攝"
)
_CREDIT_END = re.compile(
    rf"(?:[(\uff08\[\u3010][^()\uff08\uff09]{{0,80}}(?:{_AGENCY})[^()\uff08\uff09]{{0,60}}[)\uff09\]\u3011]|"
    r"(?:Photo|Foto|Image|Picture|Credit|Bild|Photograph|Фото|Crédit|Quelle)s?(?: by|:| ©)[^.!?]{2,60}|[\u4e00-\u9fff]{2,8}\s?[摄攝])\.?$",
    re.IGNORECASE,
)
_CREDIT_CLOSES = (")", "\uff09", "]", "\u3011", "摄", "攝")
_CREDIT_WORDS = ("photo", "foto", "image", "picture", "credit", "bild", "фото", "crédit", "quelle")
_CENTRED = re.compile(r"text-align\s*:\s*center|(?:^|[\s_-])(?:text-)?center(?:ed)?(?:$|\s)", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?]\s|[\u3002\uff01\uff1f\u0964]")
_ENDS = re.compile(r"[.!?\u3002\uff01\uff1f\u0964]\W*$")


def caption_of_box(node: Node) -> str | None:
    """The caption in an element that is a box around one picture; None where it is no such box."""
    if node.images != 1 or not 0 < node.weight <= MAX_WEIGHT or node.links > 0.5 * node.weight:
        return None
    named = pictured = False
    for count, child in enumerate(node.walk()):
        pictured = pictured or child.tag in _PICTURES
        if (
            not pictured
            and child.tag == "p"
            and child.weight >= PARAGRAPH
            and not ends_as_credit(squeeze(child.text()))
        ):
            return None
        if count > MAX_ELEMENTS or child.tag in ("h1", "h2", "h3", "h4", "li", "article", "tr"):
            return None
        if child is not node and child.weight >= MOST * node.weight and _CAPTION_NAME.search(_name(child)):
            named = True
    text = squeeze(node.text())
    short = node.weight <= SHORT_WEIGHT and len(_SENTENCE.findall(text)) < 2
    called = named or (short and _PICTURE_NAME.search(_name(node)))
    return text if called or ends_as_credit(text) else None


def follows_picture(node: Node, text: str, weight: float) -> bool:
    """Whether a paragraph that stands right behind a picture is its caption."""
    if weight > SHORT_WEIGHT:
        return False
    if ends_as_credit(text):
        return True
    centred = node.get("align").lower() == "center" or _CENTRED.search(node.get("style") + " " + node.get("class"))
    return bool(centred) and not _ENDS.search(text)


def ends_as_credit(text: str) -> bool:
    """Whether a text ends with a photographer or agency as credits do."""
    return _may_end_as_credit(text) and bool(_CREDIT_END.search(text[-200:]))


def _may_end_as_credit(text: str) -> bool:
    """A look that spares most texts the regular expression."""
    if text.rstrip(".")[-1:] in _CREDIT_CLOSES:
        return True
    tail = text[-80:].lower()
    return any(word in tail for word in _CREDIT_WORDS)


def stands_as_caption(text: str, weight: float) -> bool:
    """Whether a text is a caption wherever it stands: one short sentence that goes over into its credit without a stop."""
    if weight > SHORT_WEIGHT or not _may_end_as_credit(text) or not (credit := _CREDIT_END.search(text[-200:])):
        return False
    told = text[: len(text) - len(text[-200:]) + credit.start()].rstrip()
    return bool(told) and not _ENDS.search(told) and not _SENTENCE.search(told)


def _name(node: Node) -> str:
    return f"{node.get('class')} {node.get('id')}"
