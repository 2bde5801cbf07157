"""The file of a backup: a plain tar that any tar program lists, written and read in one pass.

    newsreel-backup.json                 what this is: the form's number, the program's version, when
    secret-key, site-rules.toml          files of the data folder
    tables/<table>/000000.copy.zst       rows as COPY's text, some megabytes a piece, packed by zstd
    evidence/<year>/<name>.warc.gz       responses as fetched, as they lie in the data folder
    manifest.json                        what every member must be, by its SHA-256; versions and counts
    manifest.sha256                      the same of the manifest: it is the end, and without it the file was cut

The reader takes only these: regular files under these names, each once. Folders, links, devices, paths that lead elsewhere
and tar's own extensions are refused, and nothing of a member is believed before the manifest has vouched for all.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from newsreel.core.errors import Permanent

M = TypeVar("M", bound=BaseModel)

FORM = 1
BLOCK = tarfile.BLOCKSIZE
PIECE = 1024 * 1024  # bytes read at once
MOST_MEMBERS = 1_000_000
MOST_MANIFEST = 256 * 1024 * 1024  # bytes
HEAD, MANIFEST, END = "newsreel-backup.json", "manifest.json", "manifest.sha256"
SECRET_KEY, SITE_RULES = "secret-key", "site-rules.toml"
EVIDENCE = re.compile(r"\d{4}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,70}\.warc\.gz")
_NAME = re.compile(
    rf"{re.escape(HEAD)}|{re.escape(SECRET_KEY)}|{re.escape(SITE_RULES)}|manifest\.json|manifest\.sha256"
    rf"|tables/[a-z_][a-z0-9_]{{0,62}}/\d{{6}}\.copy\.zst|evidence/{EVIDENCE.pattern}"
)
_SMALL = {HEAD: 4096, END: 200, SECRET_KEY: 4096, SITE_RULES: 1024 * 1024, MANIFEST: MOST_MANIFEST}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Member(_Strict):
    """A file of the backup: ``size`` in bytes; ``raw`` is that of a table's piece unpacked, 0 else."""

    name: str
    size: int = Field(ge=0)
    sha256: str
    raw: int = Field(0, ge=0)


class Table(_Strict):
    """A table with the columns that were taken, in the order of the pieces' text."""

    name: str
    columns: list[str]
    rows: int = Field(ge=0)


class Head(_Strict):
    """The first member: what can be said before anything was read."""

    form: int
    newsreel: str
    made_at: str  # ISO 8601


class Manifest(Head):
    """What a backup holds. ``migrations`` are (app, name) as the database had them; ``sequences`` 'table.column' with the
    last number given out; ``missing`` evidence that was named and not there.
    """

    server: int  # PostgreSQL's number of its version
    migrations: list[list[str]]
    tables: list[Table]
    sequences: dict[str, int]
    with_evidence: bool
    missing: list[str]
    members: list[Member]

    @property
    def size_of_tables(self) -> int:
        """Unpacked, in bytes."""
        return sum(member.raw for member in self.members)

    @property
    def size_of_evidence(self) -> int:
        """In bytes."""
        return sum(member.size for member in self.members if member.name.startswith("evidence/"))

    @property
    def evidence_files(self) -> int:
        """How many."""
        return sum(member.name.startswith("evidence/") for member in self.members)

    def rows(self, table: str) -> int:
        """Of a table; 0 where it is not there."""
        return sum(found.rows for found in self.tables if found.name == table)


class Writer:
    """Writes members to ``out`` one after the other. OSError where it takes no more."""

    def __init__(self, out: BinaryIO, mtime: int) -> None:
        self._out = out
        self._mtime = mtime
        self.members: list[Member] = []
        self.written = 0

    def add(self, name: str, body: bytes, raw: int = 0) -> None:
        """A member whose bytes are at hand."""
        self.add_pieces(name, len(body), [body], raw)

    def add_pieces(self, name: str, size: int, pieces: Iterable[bytes], raw: int = 0) -> None:
        """A member of ``size`` bytes from pieces, which are exactly as many."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"no name of a backup's member: {name}")
        found = tarfile.TarInfo(name)
        found.size, found.mtime, found.mode = size, self._mtime, 0o600
        self._write(found.tobuf(tarfile.GNU_FORMAT, "ascii", "strict"))
        digest, left = hashlib.sha256(), size
        for piece in pieces:
            digest.update(piece)
            left -= len(piece)
            self._write(piece)
        if left:
            raise ValueError(f"{name} is not of the size that was said")
        self._write(bytes(-size % BLOCK))
        self.members.append(Member(name=name, size=size, sha256=digest.hexdigest(), raw=raw))

    def end(self, manifest: Manifest) -> None:
        """Writes the manifest, its digest and tar's end."""
        body = json.dumps(manifest.model_dump(), indent=1).encode("ascii")
        self.add(MANIFEST, body)
        self.add(END, hashlib.sha256(body).hexdigest().encode() + b"\n")
        self._write(bytes(BLOCK * 2))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self.written += len(data)


class Found(NamedTuple):
    """A member as the reader meets it: its bytes must be taken before the next one."""

    name: str
    size: int
    pieces: Iterator[bytes]


def members(file: BinaryIO) -> Iterator[Found]:
    """The members of a file, forward only. Permanent 'not_a_backup', 'backup_damaged' or 'backup_cut'."""
    number, seen_end = 0, False
    while True:
        block = file.read(BLOCK) if number == 0 else _exactly(file, BLOCK)
        if block == bytes(BLOCK):
            break
        if len(block) < BLOCK:
            raise _foreign()
        name, size = _header(block, number)
        number += 1
        if seen_end or number > MOST_MEMBERS:
            raise _damaged(name)
        seen_end = name == END
        pieces = _pieces(file, size)
        yield Found(name, size, pieces)
        for _ in pieces:  # what was not taken
            pass
        if any(_exactly(file, -size % BLOCK)):
            raise _damaged(name)
    if not seen_end:
        raise _cut() if number else _foreign()


def check(file: BinaryIO, progress: Callable[[int], None] = lambda done: None) -> Manifest:
    """Reads a whole backup and compares every digest; ``progress`` is told the bytes read. Nothing else is touched.

    Permanent 'not_a_backup', 'backup_newer', 'backup_cut' or 'backup_damaged'.
    """
    met: list[tuple[str, int, str]] = []
    small: dict[str, bytes] = {}
    done = 0
    for name, size, pieces in members(file):
        digest, kept = hashlib.sha256(), bytearray()
        for piece in pieces:
            digest.update(piece)
            done += len(piece)
            progress(done)
            if name in (HEAD, MANIFEST, END):
                kept += piece
        met.append((name, size, digest.hexdigest()))
        if name in (HEAD, MANIFEST, END):
            small[name] = bytes(kept)
        if name == HEAD:
            _refuse_newer(_parsed(Head, small[HEAD], HEAD))
    if small.get(END, b"").strip() != hashlib.sha256(small.get(MANIFEST, b"")).hexdigest().encode():
        raise _damaged(MANIFEST)
    manifest = _parsed(Manifest, small.get(MANIFEST, b""), MANIFEST)
    _compare(met, manifest)
    return manifest


def _compare(met: list[tuple[str, int, str]], manifest: Manifest) -> None:
    named = [(member.name, member.size, member.sha256) for member in manifest.members]
    if len({name for name, *_ in met}) != len(met):
        raise _damaged(MANIFEST)
    for found, wanted in zip(met[:-2], named, strict=False):
        if found != wanted:
            raise _damaged(found[0])
    if len(met) - 2 != len(named) or [name for name, *_ in met[-2:]] != [MANIFEST, END]:
        raise _damaged(MANIFEST)


def _header(block: bytes, number: int) -> tuple[str, int]:
    try:
        found = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, ValueError):
        raise _foreign() if number == 0 else _damaged(f"part {number + 1}") from None
    if number == 0 and found.name != HEAD:
        raise _foreign()
    regular = found.type == tarfile.REGTYPE and not found.linkname
    if not (regular and _NAME.fullmatch(found.name) and 0 <= found.size <= _SMALL.get(found.name, 1 << 50)):
        raise Permanent(
            "backup_damaged", f"Part {number + 1} of the backup is nothing that a backup holds: it is not used."
        )
    return found.name, found.size


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        piece = file.read(min(size, PIECE))
        if not piece:
            raise _cut()
        size -= len(piece)
        yield piece


def _exactly(file: BinaryIO, size: int) -> bytes:
    return b"".join(_pieces(file, size))


def _parsed(kind: type[M], body: bytes, name: str) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError:
        raise _damaged(name) from None


def _refuse_newer(head: Head) -> None:
    if head.form > FORM:
        raise Permanent(
            "backup_newer",
            f"The backup was made by a newer Newsreel ({head.newsreel[:20]!r}): restore it with that version.",
        )


def _foreign() -> Permanent:
    return Permanent("not_a_backup", "This is not a backup made by newsreel backup.")


def _cut() -> Permanent:
    return Permanent("backup_cut", "The backup ends before its end: it was cut off, and is not used.")


def _damaged(name: str) -> Permanent:
    return Permanent("backup_damaged", f"The backup is damaged ({name}): it is not used.")
