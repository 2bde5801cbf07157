"""Text of a page -> the same without what costs a parser quadratic time, in one linear pass over its tags.

It takes out what is never read (scripts, styles, comments, drawings), keeps the scripts that hold JSON-LD, and leaves out
tags past the caps. Pages that ``sieve`` finds harmless need it not.
"""

from __future__ import annotations

import re

MAX_BYTES = 8 * 1024 * 1024
MAX_TAGS = 50_000  # opening tags; the longest page of the recorded press has 9,000 nodes
MAX_DEPTH = 300  # open elements; the deepest page of the recorded press has 60
MAX_FORMATTING = 24  # open formatting elements
MAX_ATTRIBUTES_LENGTH = 16_384  # characters of a tag's attributes; beyond it the tag stays without them
MAX_JSON_LD = 1024 * 1024  # characters of a JSON-LD script

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen".split()
)
# These close their like by themselves, so they never nest without another element between.
_SELF_CLOSING = frozenset("p li dd dt option optgroup tr td th tbody thead tfoot rb rt rp rtc html head body".split())
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_BARRIER = frozenset("applet caption html table template marquee object select button".split())
_SPECIAL = _BARRIER | frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form "
    "frameset h1 h2 h3 h4 h5 h6 header hgroup iframe main menu nav noscript ol pre search section summary ul".split()
)
_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
_TOKEN = re.compile(
    r"<(?:!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})(?:>|\Z)"
    r"|[!?/][^>]*+>?)",
    re.DOTALL,
)
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+{_ATTRIBUTES}".encode())
_VALUE = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+')""")
# Elements whose content goes with them. The first of them end at their own closing tag whatever stands inside.
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])[^>]*>?", re.IGNORECASE)
    for name in ("script", "style", "textarea", "xmp", "iframe", "noembed", "noframes", "svg", "template", "title")
}
_MAY_STAY_OPEN = ("svg", "template")
_DROPPED = frozenset(("plaintext", "math", "frameset", "svg", "template"))
_LD_JSON = re.compile(r"""type\s*=\s*["']?\s*application/(?:ld\+)?json""", re.IGNORECASE)
_SHADOW = re.compile(r"shadowrootmode", re.IGNORECASE)


class Scanner:
    """One pass over the tags of a page: what the parser may see."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.data: list[str] = []
        self.title = ""
        self.cut = False
        self._kept: list[str] = []
        self._last = 0  # where the text not yet kept starts
        self._stack: list[str] = []
        self._formatting: dict[str, int] = {}
        self._open_formatting = 0
        self._dropped: dict[str, int] = {}
        self._never_closed: set[str] = set()

    def run(self) -> str:
        """The page without what is never read and what is past the caps."""
        position, tags = 0, 0
        html = self.html
        while match := _TOKEN.search(html, position):
            position = match.end()
            name = match["name"]
            if name is None:
                self._leave_out(match.start(), position)
                continue
            name = name.lower()
            if match["close"]:
                if not self._closes(name):
                    self._leave_out(match.start(), position)
                continue
            if name in _RAW:
                position = self._raw(name, match)
                continue
            tags += 1
            if tags > MAX_TAGS:
                self.cut = True
                self._leave_out(match.start(), len(html))
                break
            if name in _DROPPED or not self._opens(name):
                self._leave_out(match.start(), position)
            elif len(match["attributes"]) > MAX_ATTRIBUTES_LENGTH:
                self._leave_out(match.start(), position, f"<{name}>")
        self._kept.append(html[self._last :])
        return "".join(self._kept)

    def _leave_out(self, start: int, end: int, instead: str = "") -> None:
        self._kept.append(self.html[self._last : start])
        if instead:
            self._kept.append(instead)
        self._last = end

    def _raw(self, name: str, match: re.Match[str]) -> int:
        """An element that goes with its content; where the scan goes on."""
        start = match.end()
        attributes = match["attributes"]
        shown = name == "template" and _SHADOW.search(attributes[:1000])
        # Looked for once only where there is none: the search goes to the page's end.
        closing = None if shown or name in self._never_closed else _RAW[name].search(self.html, start)
        if closing is None and name in _MAY_STAY_OPEN:
            if not shown:
                self._never_closed.add(name)
            self._leave_out(match.start(), start)
            return start
        end = closing.start() if closing else len(self.html)
        if name == "script" and _LD_JSON.search(attributes):
            self.data.append(self.html[start : min(end, start + MAX_JSON_LD)])
        elif name == "title" and not self.title:
            self.title = self.html[start : min(end, start + 2000)]
        after = closing.end() if closing else end
        # A space, so that words on both sides do not grow together.
        self._leave_out(match.start(), after, " ")
        return after

    def _opens(self, name: str) -> bool:
        """Whether an opening tag may be seen by the parser."""
        if name in VOID or name in _SELF_CLOSING or name == "a":
            return True
        if name in _FORMATTING:
            if self._open_formatting >= MAX_FORMATTING:
                self._dropped[name] = self._dropped.get(name, 0) + 1
                return False
            self._formatting[name] = self._formatting.get(name, 0) + 1
            self._open_formatting += 1
            return True
        if len(self._stack) >= MAX_DEPTH:
            self._dropped[name] = self._dropped.get(name, 0) + 1
            self.cut = True
            return False
        self._stack.append(name)
        return True

    def _closes(self, name: str) -> bool:
        """Keeps count of a closing tag, never popping more than a parser would; whether it may be seen."""
        if self._dropped.get(name):
            self._dropped[name] -= 1
            return False
        if name in _DROPPED:
            return False
        if name in _FORMATTING:
            if self._formatting.get(name):
                self._formatting[name] -= 1
                self._open_formatting -= 1
            return True
        stack = self._stack
        barrier = _BARRIER if name in _SPECIAL else _SPECIAL
        for index in range(len(stack) - 1, max(-1, len(stack) - 65), -1):
            if stack[index] == name:
                del stack[index:]
                break
            if stack[index] in barrier:
                break
        return True


def read_markup(html: str) -> str:
    """Markup without what costs a parser quadratic time: for parsers other than ``page``'s."""
    return Scanner(html[:MAX_BYTES]).run()


def count_attributes(html: bytes, start: int) -> int:
    """About how many attributes the tag that opens at ``start`` has, 0 where no tag does."""
    found = _TAG.match(html, start)
    if not found or found.end() - start < 1_000:
        return 0
    return len(_VALUE.sub(b"=", found[0]).split())
