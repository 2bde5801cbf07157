"""The shape of an address: what it has in common with the other addresses that a site makes in the same way.

'/world/2026/11/28/port-stays-closed-118.html' has the shape '/world/{date}/{words}-{n}.html': dates, numbers, codes and
phrases are named by their kind, the words of folders stay. The wider shape has '*' for these words and no host, so that a
site's sections speak for each other.
"""

from __future__ import annotations

import re
import urllib.parse
from functools import lru_cache

from newsreel.core.urls import host_of, is_tracking, split

MAX_SHAPE = 160  # bytes
MAX_SEGMENTS = 8
MAX_SEGMENT = 200
MAX_PARAMETERS = 4
MAX_FOLDER = 30
PHRASE = 3  # words from which a segment is a phrase: headlines have that many, sections rarely
FOLDER = "*"

_EXTENSION = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,5})$")
_ATOM = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[-_.,~!:+ ]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"(?:19|20)\d\d[-_.]?(?:0?[1-9]|1[0-2])(?:[-_.]?(?:0?[1-9]|[12]\d|3[01]))?$")
_REST_OF_DATE = re.compile(r"(?:\d{1,2}|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|[a-z]{3}|\d{1,2}[-_]\d{1,2})$")
_STAMP = re.compile(r"^([a-z]{0,3})((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(\d*)$")
_MARKED = re.compile(r"^([a-z]{1,3})(\d+)$")
_WIDE = re.compile("[぀-ヿ㐀-鿿가-힯฀-๿]")
_KINDS = re.compile(r"\{[a-z]+\}")


def shapes(url: str) -> tuple[str, str] | None:
    """An address's shape, with its host and the words of its folders, and the wider one without; None for no address."""
    parts = split(url)
    if parts is None:
        return None
    folders, last = _path(parts.path)
    query = _query(parts.query)
    own = f"{host_of(url).removeprefix('www.')}/{'/'.join([*folders, last])}{query}"
    own = own.encode("utf-8", "replace")[:MAX_SHAPE].decode("utf-8", "ignore")
    return own, wider(own)


@lru_cache(maxsize=4096)
def wider(shape: str) -> str:
    """The shape without what is a site's own: its host, and the words of its folders. A wider shape's wider one is itself."""
    path, mark, query = shape.partition("?")
    _, _, path = path.partition("/")
    *folders, last = path.split("/")
    return "/" + "/".join([*(_wider(folder) for folder in folders), last]) + mark + query


def _wider(folder: str) -> str:
    return folder if folder == FOLDER or _KINDS.search(folder) else FOLDER


def _path(path: str) -> tuple[list[str], str]:
    """The folders of a path and its last segment, each by its kind. A date over several segments is one."""
    segments = [segment[:MAX_SEGMENT] for segment in urllib.parse.unquote(path).split("/") if segment]
    if not segments:
        return [], ""
    folders: list[str] = []
    dated = False
    for segment in segments[: MAX_SEGMENTS if len(segments) > MAX_SEGMENTS else -1]:
        lowered = segment.lower()
        if dated and _REST_OF_DATE.match(lowered):
            continue
        dated = bool(_YEAR.fullmatch(lowered) or _DATE.match(lowered))
        folders.append("{date}" if dated else _folder(lowered))
    name = segments[-1]
    found = _EXTENSION.search(name)
    bare, extension = (name[: found.start()], found[0].lower()) if found else (name, "")
    if dated and not extension and _REST_OF_DATE.match(bare.lower()):
        return folders[:-1], "{date}"
    return folders, _kind(bare.lower()) + extension


def _folder(segment: str) -> str:
    """A folder's own words where it has one or two, else its kind."""
    kind = _kind(segment)
    return re.sub(r"[{}*?/]", "_", segment)[:MAX_FOLDER] if kind == "{word}" else kind


@lru_cache(maxsize=8192)
def _kind(segment: str) -> str:
    """What a segment is made of: '{words}-{number}' for 'wahl-in-hessen-li.343191', 'c_{number}' for 'c_1310'."""
    if _YEAR.fullmatch(segment) or _DATE.match(segment):
        return "{date}"
    atoms = [atom for atom in _BREAK.split(segment) if atom]
    kinds = [_atom(atom) for atom in atoms]
    words = sum(kind == "{word}" for kind in kinds) + _unspaced(segment)
    rest = [kind for kind in kinds if kind != "{word}"]
    telling = next((kind for kind in reversed(rest) if kind != "{n}"), rest[-1] if rest else "")
    if words >= PHRASE:
        return "{words}" + (f"-{telling}" if telling else "")
    if not rest:
        return "{word}"
    # A number with a letter or two before it: a site's own mark of an article, as in 'c_1310' or 'art-12345'.
    marks = [
        atom if kind == "{word}" and atom.isascii() and atom.isalpha() and len(atom) <= 3 else kind
        for atom, kind in zip(atoms, kinds, strict=True)
    ]
    return "-".join(marks[:4])


def _atom(atom: str) -> str:
    if atom.isdecimal():
        return "{date}" if _STAMP.match(atom) and len(atom) == 8 else "{n}" if len(atom) <= 3 else "{number}"
    if found := _STAMP.match(atom):
        return f"{found[1]}{{date}}{'{number}' if found[3] else ''}"
    if found := _MARKED.match(atom):
        return f"{found[1]}{{number}}" if len(found[2]) > 3 else f"{found[1]}{{n}}"
    digits = sum(map(str.isdecimal, atom))
    if len(atom) >= 6 and digits >= 2 and atom.isascii():
        return "{code}"
    return "{word}"


def _unspaced(segment: str) -> int:
    """Words beyond one that a segment has in scripts without spaces: three characters count as one."""
    return len(_WIDE.findall(segment)) // 3


def _query(query: str) -> str:
    """The names of what a query says, in order, with the kinds of their values: what only says where a reader came from is none."""
    if not query:
        return ""
    pairs = sorted(
        (name[:20].lower(), value)
        for name, value in urllib.parse.parse_qsl(query[:500], max_num_fields=None)
        if not is_tracking(name)
    )
    said = [f"{re.sub(r'[{}*?/&=]', '_', name)}={_kind(value[:MAX_SEGMENT].lower())}" for name, value in pairs]
    return "?" + "&".join(said[:MAX_PARAMETERS]) if said else ""
