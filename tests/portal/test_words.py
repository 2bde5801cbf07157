"""Every text in Chinese too, and the compiled catalogue made of the texts that stand beside it."""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.translation.template import templatize

import newsreel
from newsreel.archive.shown import Name
from newsreel.portal import languages, names, outcomes

PACKAGE = Path(newsreel.__file__).parent
APPS = {name: PACKAGE / name for name in ("portal", "accounts")}  # each has its own texts in its own catalogue
_STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(?:_|gettext|ngettext|pgettext|gettext_noop)\(\s*({_STRING}(?:\s*,\s*{_STRING})?)")
HAN = re.compile(r"[一-鿿]")


def _entries(text: str) -> dict[str, str]:
    """msgid (after its context and \\x04, where it has one) -> msgstr, of a .po file without fuzzy entries."""
    entries = {}
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            match = re.match(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$', line)
            if match:
                key = match[1]
                fields[key] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                fields[key] += ast.literal_eval(line)
        context = fields["msgctxt"] + "\x04" if "msgctxt" in fields else ""
        entries[context + fields["msgid"]] = fields.get("msgstr", fields.get("msgstr[0]", ""))
    return entries


def _catalogue(app: str) -> Path:
    return APPS[app] / "locale" / "zh_Hans" / "LC_MESSAGES"


PO = {app: _entries((_catalogue(app) / "django.po").read_text("utf-8")) for app in APPS}


def _said_in_code(text: str) -> set[str]:
    """The texts given to gettext's functions in Python, or in a template made into such calls."""
    found = set()
    for match in CALL.finditer(text):
        parts = ast.literal_eval(re.sub(r"\bu(['\"])", r"\1", f"({match[1]},)"))
        found.add("\x04".join(parts) if match[0].startswith("pgettext") else parts[0])
    return found


def _said(app: str) -> set[str]:
    said = set()
    for path in APPS[app].rglob("*.py"):
        said |= _said_in_code(path.read_text("utf-8"))
    for suffix in ("html", "txt"):
        for path in APPS[app].rglob(f"templates/**/*.{suffix}"):
            said |= _said_in_code(templatize(path.read_text("utf-8")))
    return said


@pytest.mark.parametrize("app", APPS)
def test_every_text_of_the_pages_is_in_a_catalogue(app: str) -> None:
    said = _said(app)
    assert len(said) > 50
    assert said - set().union(*PO.values()) == set()
    assert set(PO[app]) - said - {""} == set()  # and nothing is left over


def test_a_text_stands_in_one_catalogue_only() -> None:
    assert (set(PO["portal"]) & set(PO["accounts"])) - {""} == set()


@pytest.mark.parametrize(("app", "msgid"), [(app, text) for app in APPS for text in sorted(set(PO[app]) - {""})])
def test_every_text_has_a_chinese_one(app: str, msgid: str) -> None:
    text = PO[app][msgid]
    assert HAN.search(text) or msgid.split("\x04")[-1] in (", ", ":")
    marks = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>")
    assert sorted(marks.findall(text)) == sorted(marks.findall(msgid))


@pytest.mark.parametrize("app", APPS)
def test_the_compiled_catalogue_is_current(app: str) -> None:
    with (_catalogue(app) / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert {key[0] if isinstance(key, tuple) else key: text for key, text in compiled.items() if key} == {
        key: text for key, text in PO[app].items() if key
    }


def test_every_outcome_of_reading_a_channel_has_words() -> None:
    named = set()
    for room in ("fetching", "discovery"):
        for path in (PACKAGE / room).rglob("*.py"):
            named |= set(re.findall(r'\b(?:Permanent|Temporary|Skip)\(\s*"([a-z_]+)"', path.read_text("utf-8")))
    assert "timed_out" in named
    assert {name for name in named if name in outcomes.words(name)} == set(), "without words in portal/outcomes.py"


@pytest.mark.parametrize(
    ("language", "direction"),
    [("ar", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("fa", "rtl"), ("ur", "rtl"), ("en", "ltr"), ("zh-Hans", "ltr"),
     ("", "auto"), ("und", "auto"), ("uz-Arab", "rtl"), ("fa-Latn", "ltr")],
)  # fmt: skip
def test_direction(language: str, direction: str) -> None:
    assert languages.direction(language) == direction


def test_names_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert names.in_language(Name("The Independent", "独立报")) == "独立报"
        assert names.in_language(Name("Le Monde")) == "Le Monde"
    with translation.override("en"):
        assert names.in_language(Name("The Independent", "独立报")) == "The Independent"


def test_chinese_names_are_sorted_by_sound() -> None:
    assert sorted(["新华网", "独立报", "半岛", "BBC"], key=names.sorting_key) == ["BBC", "半岛", "独立报", "新华网"]
    assert sorted(["BBC", ".týždeň", "+972", "/Film", "!"], key=names.sorting_key) == [
        "!",
        "+972",
        "BBC",
        "/Film",
        ".týždeň",
    ]


def test_a_title_in_no_known_language_is_isolated() -> None:
    template = Template("{% load newsreel_pages %}{{ ''|direction }}")
    assert template.render(Context()) == "auto"
