"""Evidence: the responses as fetched, in WARC files, one a process and day.

A record is on the disk (fsync) before the commit that names it: a record without a row may remain after a crash,
a row without its record never. The folder is shared between machines; file names never meet.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import socket
import threading
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsreel.core.errors import Misconfigured, Permanent, Temporary
from newsreel.core.types import Response
from newsreel.fetching.decoding import Decoder, codings

MAX_BODY = 64 * 1024 * 1024  # bytes decoded; the gate lets no answer be larger than 20 MB
_GZIP = zlib.MAX_WBITS | 16  # each record is a gzip member of its own, as WARC wants it


class Record(NamedTuple):
    """Where a response lies: ``file`` below the evidence folder, ``offset`` and ``length`` in bytes, SHA-256 of its body."""

    file: str
    offset: int
    length: int
    sha256: bytes


class SnapshotStore:
    """The evidence folder as one process sees it. ``write`` may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._guard = threading.Lock()
        self._day: date | None = None
        self._file: BinaryIO | None = None
        self._name = ""

    def write(self, response: Response) -> Record:
        """Appends the response and syncs it. Temporary 'disk_full' or 'disk_failed' where the disk does not take it."""
        body = _record_bytes(response)
        digest = hashlib.sha256(response.body).digest()
        with self._guard:
            try:
                file = self._open(response.fetched_at.astimezone(UTC).date())
                offset = file.seek(0, os.SEEK_END)
                try:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    self._undo(offset)
                    raise
            except OSError as error:
                raise _disk_error(error) from None
            return Record(self._name, offset, len(body), digest)

    def read(self, record: Record) -> bytes:
        """The decoded body of a record. Misconfigured 'snapshot_missing' where the file is gone, 'snapshot_damaged' where it
        is not what was written.
        """
        try:
            with (self.folder / record.file).open("rb") as file:
                file.seek(record.offset)
                written = file.read(record.length)
        except OSError:
            raise Misconfigured("snapshot_missing", f"The evidence file {record.file} cannot be read.") from None
        try:
            body = _body_of(written)
        except (Permanent, ArchiveLoadFailed, zlib.error, EOFError, ValueError):
            body = b""
        if hashlib.sha256(body).digest() != bytes(record.sha256):
            raise Misconfigured("snapshot_damaged", f"The evidence file {record.file} is not what was written.")
        return body

    def close(self) -> None:
        """Ends the day's file."""
        with self._guard:
            self._end()

    def files_before(self, day: date, unwritten_since: datetime, most_days: int | None = None) -> list[str]:
        """The files of the days before ``day``, of the ``most_days`` oldest only; none that was written to
        after ``unwritten_since``."""
        found: dict[date, list[str]] = {}
        for path in self.folder.glob("*/newsreel-*.warc.gz"):
            of = day_of(path.name)
            if of is not None and of < day and _last_written(path) < unwritten_since.timestamp():
                found.setdefault(of, []).append(str(path.relative_to(self.folder)))
        return [name for of in sorted(found)[:most_days] for name in sorted(found[of])]

    def remove(self, names: Sequence[str]) -> None:
        """Removes files."""
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def _open(self, day: date) -> BinaryIO:
        if self._file is not None and self._day == day:
            return self._file
        self._end()
        host = "".join(letter for letter in socket.gethostname() if letter.isalnum())[:20] or "host"
        self._name = f"{day:%Y}/newsreel-{day:%Y%m%d}-{host}-{os.getpid()}-{secrets.token_hex(3)}.warc.gz"
        path = self.folder / self._name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb")
        self._day = day
        _sync_folder(path.parent)
        return self._file

    def _undo(self, offset: int) -> None:
        """Half a record must not stand before the next one. The buffer may still hold some of it: leave this file."""
        if self._file is None:
            return
        path = self.folder / self._name
        try:
            self._end()
        finally:
            if path.exists():
                os.truncate(path, offset)

    def _end(self) -> None:
        file, self._file, self._day = self._file, None, None
        if file is not None:
            try:
                file.close()
            except OSError:
                return  # what could not be flushed is cut off by _undo


def day_of(name: str) -> date | None:
    """The day of a file's records, by its name; None for a file that is not ours."""
    stamp = name.split("-")[1] if name.count("-") else ""
    try:
        return datetime.strptime(stamp, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _last_written(path: Path) -> float:
    """By the file system's clock; now and for ever where it cannot be asked."""
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")


def oldest_day_kept(now: datetime, days: int) -> date:
    """The first day whose evidence is still kept."""
    return (now - timedelta(days=days)).astimezone(UTC).date()


def _body_of(written: bytes) -> bytes:
    """The body of a record's response. warcio's own content_stream knows no zstd, which some hosts answer with."""
    found = next(iter(ArchiveIterator(BytesIO(written))), None)
    if found is None or found.http_headers is None:
        return b""
    headers = found.http_headers.headers
    names = codings([value for name, value in headers if name.lower() == "content-encoding"])
    decoder = Decoder(names, MAX_BODY)
    decoder.feed(found.raw_stream.read())
    return decoder.so_far()  # whether it is all of it is said by its digest


def _record_bytes(response: Response) -> bytes:
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=False)  # its own compression is zlib's level 9: 17 ms a page
    # The body is de-chunked (but still compressed): a Transfer-Encoding would be a lie about it.
    kept = [(name, value) for name, value in response.headers if name.lower() != "transfer-encoding"]
    status = f"{response.status} {_phrase(response.status)}"
    headers = StatusAndHeaders(status, kept, protocol=f"HTTP/{response.http_version}")
    stamp = response.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    record = writer.create_warc_record(
        response.url,
        "response",
        payload=BytesIO(response.wire_body),
        length=len(response.wire_body),
        http_headers=headers,
        warc_headers_dict={"WARC-Date": stamp},
    )
    writer.write_record(record)
    if response.header("content-encoding") not in (None, "", "identity"):
        return zlib.compress(buffer.getbuffer(), 0, wbits=_GZIP)  # it came compressed: nothing is to be gained
    # 168 recorded pages of 336 KB on average: ISA-L's level 2 makes 72 KB of one in 0.4 ms, zlib's level 1 74 KB in
    # 1.8 ms, its level 6 62 KB in 4.8 ms. Any gzip reads it.
    packed: bytes = isal_zlib.compress(buffer.getbuffer(), 2, wbits=_GZIP)
    return packed


def _phrase(status: int) -> str:
    return {200: "OK", 203: "Non-Authoritative Information", 206: "Partial Content"}.get(status, "Answer")


def _disk_error(error: OSError) -> Temporary:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Temporary(
            "disk_full", "The disk of the data folder is full: nothing more is fetched until there is room."
        )
    return Temporary("disk_failed", f"The data folder cannot be written ({os.strerror(error.errno or 0)}).")


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk only when its folder is."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
