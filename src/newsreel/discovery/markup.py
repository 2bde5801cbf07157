"""Foreign XML made small and well-formed, before any parser sees it.

Feed parsers are quadratic in places (measured with feedparser 6.0.14: an author's name of 40 kB takes 5.5 s, 6,000
categories 0.5 s and 60,000 a hundred times that), and read what is not well-formed as tag soup. Here one linear pass writes a
well-formed document instead: matched tags, quoted attributes, known entities as characters, one fixed set of
namespaces, only the elements that we read, and caps on all of it. Documents that declare entities are refused.
"""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass, field

from newsreel.core.xml import ENTITIES, ILLEGAL
from newsreel.discovery.elements import (
    BY_URI,
    CONTENT,
    ENTRIES,
    KNOWN,
    PEOPLE,
    REPEATED,
    STRUCTURE,
    WRITTEN,
    written_name,
)

MAX_TEXT = 3_000_000
MAX_TAGS = 60_000
MAX_ENTRIES = 500
MAX_DEPTH = 60
MAX_TAG_LENGTH = 16_384
MAX_ATTRIBUTES = 60
MAX_ATTRIBUTE = 2_048
MAX_CONTENT = 300_000
MAX_FIELD = 2_000
MAX_NAME = 200
MAX_BASE = 200
MAX_BASES = 5  # one within the other
MAX_REPEATS = 40
MAX_CLOSINGS = 60

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,60}(?::[A-Za-z_][A-Za-z0-9._-]{0,60})?(?=[\s/>])")
_TAG_END = re.compile(r"""(?:[^>"'<]|"[^"<]*+"|'[^'<]*+')*+>""")
_ATTRIBUTE = re.compile(r"""([A-Za-z_][\w.:-]*+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_BLANK = re.compile(r"\n{16,}")


@dataclass(slots=True)
class Markup:
    """A document made well-formed: ``root`` names its first element, ``problem`` says what was left out, and why."""

    xml: str = ""
    root: str = ""
    problem: str | None = None
    refused: bool = False


@dataclass(slots=True)
class _Open:
    name: str
    prefixes: dict[str, str]
    repeats: dict[str, int] = field(default_factory=dict)
    length: int = 0


def entity_text(text: str) -> str:
    """Entities of XML and HTML as characters; what is none stays as it is."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return html.entities.html5.get(name + ";", match[0])
    number = int(decimal) if decimal else int(hexadecimal, 16)
    try:
        return chr(number)
    except (ValueError, OverflowError):
        return "�"


def escape(text: str) -> str:
    """Text or an attribute's value as XML writes it; characters that XML does not allow are left out."""
    text = ILLEGAL.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def attributes_of(source: str) -> list[tuple[str, str]]:
    """Names (lower case, first of each) and values of a start tag's inside."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        if len(found) >= MAX_ATTRIBUTES:
            break
        value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4]
        found.setdefault(match[1].lower(), entity_text(value)[:MAX_ATTRIBUTE])
    return list(found.items())


def clean(text: str) -> Markup:
    """A feed's text as a small well-formed document, in one pass."""
    return _Writer(text).run()


class _Writer:
    def __init__(self, text: str) -> None:
        self.text = text[:MAX_TEXT]
        self.result = Markup()
        if len(text) > MAX_TEXT:
            self.result.problem = f"Only its first {MAX_TEXT // 1_000_000} million characters were read."
        self.out: list[str] = []
        self.stack: list[_Open] = []
        self.content_at = 0  # depth of the open content element, 0 for none
        self.skipping: tuple[str, int] | None = None
        self.closings: dict[str, int] = {}  # by name, where it is closed for the last time; -1 for never
        self.position = self.tags = self.entries = 0
        self.name = ""  # of the start tag being read, as it is written
        self.last_entry: tuple[int, int] | None = None  # where the entry being written began: output, depth

    def run(self) -> Markup:
        size = len(self.text)
        while self.position < size:
            start = self.text.find("<", self.position)
            if start < 0:
                start = size
            self.write_text(entity_text(self.text[self.position : start]))
            if start == size:
                break
            following = self.markup(start)
            if following is None:
                break
            self.position = following
        self.finish()
        return self.result

    def finish(self) -> None:
        if self.result.refused:
            return
        while self.stack:
            self.out.append(f"</{self.stack.pop().name}>")
        self.result.xml = "".join(self.out)

    def stop(self, problem: str) -> None:
        """No more is read; an entry that was not read to its end is taken back where others were."""
        self.result.problem = problem
        if self.last_entry and self.entries > 1:
            length, depth = self.last_entry
            del self.out[length:]
            del self.stack[depth:]

    def markup(self, start: int) -> int | None:
        """Reads one piece of markup at ``start``; where to go on, or None for the end."""
        text = self.text
        following = text[start + 1 : start + 2]
        if following == "!":
            return self.declaration(start)
        if following == "?":
            end = text.find("?>", start)
            return end + 2 if end >= 0 else None
        closing = following == "/"
        name = _NAME.match(text, start + 1 + closing)
        self.tags += 1
        if name is None and self.tags <= MAX_TAGS:
            self.write_text("<")
            return start + 1
        if name is None or self.tags > MAX_TAGS:
            self.stop(f"It has too many elements: only the first {MAX_TAGS} were read.")
            return None
        return self.close(name) if closing else self.open(name)

    def declaration(self, start: int) -> int | None:
        text = self.text
        if text.startswith("<!--", start):
            end = text.find("-->", start + 4)
            return end + 3 if end >= 0 else None
        if text.startswith("<![CDATA[", start):
            end = text.find("]]>", start + 9)
            self.write_text(text[start + 9 : end if end >= 0 else len(text)])
            return end + 3 if end >= 0 else None
        end = text.find(">", start)
        declared = text[start : end if end >= 0 else len(text)]
        if declares_entities(declared):
            self.result = Markup(problem=ENTITIES, refused=True)
            return None
        return end + 1 if end >= 0 else None

    def open(self, name: re.Match[str]) -> int | None:
        end = _TAG_END.match(self.text, name.end(), name.end() + MAX_TAG_LENGTH)
        stop = end.end() if end else self.text.find(">", name.end()) + 1
        if not stop:
            return None
        inside = self.text[name.end() : stop - 1]
        if len(inside) > MAX_TAG_LENGTH:
            self.stop("It has an element of a size that no feed has.")
            return None
        empty = inside.endswith("/")
        self.name, raw = name[0], name[0].lower()
        if self.skipping and raw.rpartition(":")[2] in ENTRIES and self.skipping[0].rpartition(":")[2] not in ENTRIES:
            self.skipping = None  # what was to be left out was never closed
        if self.skipping:
            if not empty and raw == self.skipping[0]:
                self.skipping = (raw, self.skipping[1] + 1)
            return stop
        attributes = attributes_of(inside) if "=" in inside else []
        if not self.start(raw, attributes, empty):
            return None
        return stop

    def start(self, raw: str, attributes: list[tuple[str, str]], empty: bool) -> bool:
        prefixes = self.prefixes(attributes)
        written = written_name(raw, prefixes)
        if not self.stack:
            if not self.root(raw, written, attributes):
                return False
        elif self.content_at and written not in ENTRIES:
            self.inline(raw, attributes, empty, prefixes)
            return True
        if self.content_at:
            self.unwind(self.content_at - 1)
        if written in ENTRIES and not self.entry():
            return False
        if self.stack and not self.wanted(written):
            if not empty and self.is_closed(raw):
                self.skipping = (raw, 1)
            return True
        if self.stack:
            deep = len(self.stack) > MAX_BASES
            self.out.append(f"<{written}{_attributes(attributes, inline=deep)}>")
        self.push(written, prefixes, empty)
        return True

    def root(self, raw: str, written: str, attributes: list[tuple[str, str]]) -> bool:
        self.result.root = raw.rpartition(":")[2]
        if written.lower() not in STRUCTURE:
            return False
        declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in WRITTEN.items())
        own = dict(attributes).get("xmlns:" + raw.rpartition(":")[0] if ":" in raw else "xmlns", "")
        if BY_URI.get(own.lower()) == "" and not written.startswith("rdf"):
            declared += f' xmlns="{escape(own)}"'
        self.out.append(f"<{written}{declared}{_attributes(attributes)}>")
        return True

    def entry(self) -> bool:
        while self.stack and any(opened.name in ENTRIES for opened in self.stack):
            self.unwind(len(self.stack) - 1)
        self.entries += 1
        self.last_entry = (len(self.out), len(self.stack))
        if self.entries > MAX_ENTRIES:
            self.stop(f"It has more entries than are read at once: only the first {MAX_ENTRIES} were read.")
            return False
        return True

    def wanted(self, written: str) -> bool:
        if written not in KNOWN or len(self.stack) >= MAX_DEPTH:
            return False
        if written in REPEATED:
            repeats = self.stack[-1].repeats
            repeats[written] = repeats.get(written, 0) + 1
            return repeats[written] <= MAX_REPEATS
        return True

    def is_closed(self, raw: str) -> bool:
        """Whether an element that is left out is ever closed; else only its tag is left out ('<br>' in an item)."""
        if raw not in self.closings and len(self.closings) < MAX_CLOSINGS:
            self.closings[raw] = self.text.rfind(f"</{self.name}")
        return self.closings.get(raw, len(self.text)) > self.position

    def inline(self, raw: str, attributes: list[tuple[str, str]], empty: bool, prefixes: dict[str, str]) -> None:
        """Markup inside a text is kept as it is, without prefixes; nested deeper than any text is, its tags go."""
        name = raw.rpartition(":")[2]
        if len(self.stack) < MAX_DEPTH + self.content_at:
            written = _attributes(attributes, inline=True)
            self.stack[self.content_at - 1].length += len(name) + len(written)
            if self.stack[self.content_at - 1].length < MAX_CONTENT:
                self.out.append(f"<{name}{written}>")
                self.push(name, prefixes, empty)

    def push(self, name: str, prefixes: dict[str, str], empty: bool) -> None:
        if empty and len(self.stack):
            self.out.append(f"</{name}>")
            return
        self.stack.append(_Open(name, prefixes))
        if name in CONTENT and not self.content_at and len(self.stack) > 1:
            self.content_at = len(self.stack)

    def close(self, name: re.Match[str]) -> int | None:
        end = self.text.find(">", name.end())
        raw = name[0].lower()
        if self.skipping:
            depth = self.skipping[1] - (raw == self.skipping[0])
            parent_ends = raw.rpartition(":")[2] in ENTRIES and self.skipping[0].rpartition(":")[2] not in ENTRIES
            self.skipping = (self.skipping[0], depth) if depth and not parent_ends else None
            if not parent_ends:
                return end + 1 if end >= 0 else None
        if self.stack:
            self.closed(raw)
        return end + 1 if end >= 0 else None

    def closed(self, raw: str) -> None:
        prefixes = self.stack[-1].prefixes
        written = written_name(raw, prefixes)
        local = raw.rpartition(":")[2]
        for depth in range(len(self.stack) - 1, 0, -1):
            inline = self.content_at and depth >= self.content_at
            if self.stack[depth].name == (local if inline else written):
                self.unwind(depth)
                if written in ENTRIES:
                    self.last_entry = None
                return

    def unwind(self, depth: int) -> None:
        while len(self.stack) > depth:
            self.out.append(f"</{self.stack.pop().name}>")
        if len(self.stack) < self.content_at:
            self.content_at = 0

    def prefixes(self, attributes: list[tuple[str, str]]) -> dict[str, str]:
        known = self.stack[-1].prefixes if self.stack else {}
        declared = {name[6:]: uri for name, uri in attributes if name == "xmlns" or name.startswith("xmlns:")}
        if declared and len(known) < MAX_REPEATS:
            return {**known, **declared}
        return known

    def write_text(self, text: str) -> None:
        if not text or self.skipping or not self.stack:
            return
        holder = self.stack[self.content_at - 1] if self.content_at else self.stack[-1]
        room = _room(holder.name, inside=bool(self.content_at)) - holder.length
        if room > 0:
            holder.length += len(text)
            self.out.append(_characters(text[:room]))


def _characters(text: str) -> str:
    """Text as XML writes it; as CDATA where it holds markup: expat reports every entity by a call of its own, which
    takes 3.6 s for 4 MB of '&lt;'.
    """
    text = _BLANK.sub("\n\n", text)
    if "<" not in text and "&" not in text and ">" not in text:
        return ILLEGAL.sub("", text)
    return "<![CDATA[" + ILLEGAL.sub("", text).replace("]]>", "]] >") + "]]>"


def _room(name: str, *, inside: bool) -> int:
    """How many characters are kept of an element's text. People's names are the short ones: feedparser looks for mail
    addresses in them in quadratic time.
    """
    if inside:
        return MAX_CONTENT
    return MAX_NAME if name in PEOPLE else MAX_FIELD


def _attributes(attributes: list[tuple[str, str]], *, inline: bool = False) -> str:
    """A start tag's attributes as XML writes them. A base is kept where a feed has it, and short: every link of the
    feed is joined to it, at a cost of its length.
    """
    kept = []
    for name, value in attributes:
        if name in ("xml:base", "base"):
            if inline or len(value) > MAX_BASE:
                continue
        elif name.startswith("xmlns") or (":" in name and name not in ("xml:lang", "rdf:about")):
            continue
        kept.append(f' {name}="{escape(value)}"')
    return "".join(kept)


def declares_entities(declaration: str) -> bool:
    """Whether a '<!…' declaration carries entities, or an inner subset, where they would stand."""
    lowered = declaration.lower()
    return lowered.startswith("<!entity") or (
        lowered.startswith("<!doctype") and ("[" in lowered or "<!entity" in lowered)
    )
