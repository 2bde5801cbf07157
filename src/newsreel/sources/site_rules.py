"""Rules for odd sites: site_rules.toml, and an installation's own file of the same form (NEWSREEL_SITE_RULES)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from newsreel.core.errors import Misconfigured
from newsreel.core.settings import settings
from newsreel.core.text import squeeze
from newsreel.core.types import SiteRule
from newsreel.core.urls import host_of

NAME = "site_rules.toml"
MAX_BYTES = 1_000_000
_LISTS, _SELECTORS, _WORDS = ("keep", "drop"), ("title", "date"), ("tested_on", "why")
_AT_LINE = re.compile(r"\(at line (\d+)")
_HEADER = re.compile(r"""^\s*\[\s*["']?([^\]"']*)["']?\s*\]""")


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule with the host that it is for, the recorded page that it was tested with, and why it is needed."""

    host: str
    rule: SiteRule
    tested_on: str
    why: str


def rule_for(url: str) -> SiteRule | None:
    """The rule for an address: of its host, else of the nearest domain above it that has one. Misconfigured, in one line,
    where the installation's own file is wrong.
    """
    named = named_rule_for(url)
    return named.rule if named else None


def named_rule_for(url: str) -> NamedRule | None:
    """As ``rule_for``, with the rule's host and its reasons."""
    known = rules(settings().site_rules)
    host = host_of(url).partition(":")[0]
    while host:
        if host in known:
            return known[host]
        host = host.partition(".")[2]
    return None


@cache
def rules(own: Path | None) -> dict[str, NamedRule]:
    """All rules by host: the package's, and over them those of a file. Read once; a change of the file needs a start."""
    ours = read_rules(files("newsreel.sources").joinpath(NAME).read_text(encoding="utf-8"), NAME)
    return ours if own is None else {**ours, **read_rules(_text_of(own), str(own))}


def read_rules(text: str, name: str) -> dict[str, NamedRule]:
    """The rules of a file by host. Misconfigured in one line that names ``name``, the line, and what is wrong there."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        raise _wrong(name, int(line[1]) if line else text.count("\n") + 1, "this is not valid TOML") from None
    except RecursionError:
        raise _wrong(name, 1, "this is nested too deeply") from None
    return {host: _rule(host, table, name, text) for host, table in tables.items()}


def _rule(host: str, table: Any, name: str, text: str) -> NamedRule:
    if ":" in host or host_of(f"https://{host}/") != host:
        raise _wrong(name, _line(text, host), f"{_short(host)} is not a host's name, as example.org is")
    if not isinstance(table, dict):
        raise _wrong(name, _line(text, host), f"{_short(host)} is no table of selectors")
    for key, value in table.items():
        if key not in (*_LISTS, *_SELECTORS, *_WORDS):
            raise _wrong(name, _line(text, host, key), f"{_short(key)} is not a part of a rule")
        listed = isinstance(value, list) and all(isinstance(part, str) for part in value)
        if not (listed if key in _LISTS else isinstance(value, str)):
            kind = "a list of selectors" if key in _LISTS else "a text"
            raise _wrong(name, _line(text, host, key), f"{key} must be {kind}")
    for key, selector in _selectors(table):
        if not _is_selector(selector):
            raise _wrong(name, _line(text, host, selector, key), f"{_short(selector)} is not a CSS selector")
    if not any(table.get(key) for key in (*_LISTS, *_SELECTORS)):
        raise _wrong(name, _line(text, host), f"the rule for {host} selects nothing")
    for key in _WORDS:
        if not table.get(key, "").strip():
            raise _wrong(name, _line(text, host), f"the rule for {host} does not say {key}")
    keep, drop = (tuple(table.get(key, ())) for key in _LISTS)
    rule = SiteRule(keep, drop, table.get("title", ""), table.get("date", ""))
    return NamedRule(host, rule, table["tested_on"], squeeze(table["why"]))


def _selectors(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _LISTS:
        yield from ((key, selector) for selector in table.get(key, ()))
    yield from ((key, table[key]) for key in _SELECTORS if table.get(key))


def _is_selector(text: str) -> bool:
    try:
        LexborHTMLParser("<p>").css(text)
    except (SelectolaxError, ValueError):  # ValueError: surrogates
        return False
    return True


def _line(text: str, host: str, *parts: str) -> int:
    """The number of the line in which a part of a host's table stands: the first of these that is found, else the table."""
    lines = text.splitlines()
    headers = [(number, match[1].strip()) for number, line in enumerate(lines, 1) if (match := _HEADER.match(line))]
    start = next((number for number, header in headers if header == host), 1)
    end = next((number for number, _ in headers if number > start), len(lines) + 1)
    for part in filter(None, parts):
        written = (part, part.replace("\\", "\\\\").replace('"', '\\"'))
        for number in range(start + bool(headers), end):
            if any(form in lines[number - 1] for form in written):
                return number
    return start


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            body = opened.read(MAX_BYTES + 1)
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise Misconfigured("bad_site_rules", f"NEWSREEL_SITE_RULES: {file}: {why}.") from None
    if len(body) > MAX_BYTES:
        raise Misconfigured("bad_site_rules", f"NEWSREEL_SITE_RULES: {file}: larger than {MAX_BYTES:,} bytes.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(str(file), body.count(b"\n", 0, error.start) + 1, "this is not UTF-8") from None


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")


def _wrong(name: str, line: int, what: str) -> Misconfigured:
    return Misconfigured("bad_site_rules", f"{name}, line {line}: {what}.")
