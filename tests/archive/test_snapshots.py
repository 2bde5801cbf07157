"""Evidence: readable by any WARC reader, whole after a crash, no half record after a full disk."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from newsreel.archive.snapshots import SnapshotStore
from newsreel.core.errors import Misconfigured, Temporary
from newsreel.core.types import Response

NOON = datetime(2025, 8, 12, 12, 0, tzinfo=UTC)


def answer(body: bytes, url: str = "https://news.test/a", at: datetime = NOON) -> Response:
    packed = gzip.compress(body, mtime=0)
    headers = (
        ("Content-Type", "text/html"),
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Set-Cookie", "a=1"),
    )
    return Response(url, url, 200, headers, body, packed, at)


def test_a_record_gives_back_what_was_fetched(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    bodies = [f"<p>Seite {n} – ü</p>".encode() * (n + 1) for n in range(5)]
    records = [store.write(answer(body)) for body in bodies]
    assert [store.read(record) for record in records] == bodies
    assert [record.sha256 for record in records] == [hashlib.sha256(body).digest() for body in bodies]
    assert len({record.file for record in records}) == 1
    assert [record.offset for record in records] == [sum(r.length for r in records[:n]) for n in range(5)]
    store.close()


def test_every_coding_that_the_gate_takes_is_undone(tmp_path: Path) -> None:
    from newsreel.fetching.decoding import zstd

    store = SnapshotStore(tmp_path)
    body = b"<p>The same words again and again.</p>" * 300
    packed = {"zstd": zstd.compress(body), "br": brotli.compress(body), "gzip": gzip.compress(body), "identity": body}
    for name, wire in packed.items():
        headers = (("Content-Type", "text/html"), ("content-encoding", name))
        assert (
            store.read(
                store.write(Response("https://news.test/a", "https://news.test/a", 200, headers, body, wire, NOON))
            )
            == body
        )
    store.close()


def test_a_record_that_is_not_what_was_written_is_no_page(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    record = store.write(answer(b"<p>x</p>"))
    store.close()
    file = tmp_path / record.file
    whole = file.read_bytes()
    for damaged in (whole[:40], b"x" * len(whole), whole[:-30] + b"\x00" * 30, b""):
        file.write_bytes(damaged)
        with pytest.raises(Misconfigured) as caught:
            store.read(record)
        assert caught.value.outcome == "snapshot_damaged"
    file.unlink()
    with pytest.raises(Misconfigured) as caught:
        store.read(record)
    assert caught.value.outcome == "snapshot_missing"


def test_the_file_is_an_ordinary_warc(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    record = store.write(answer(b"<p>x</p>"))
    store.close()
    with (tmp_path / record.file).open("rb") as file:
        (found,) = [
            (r.rec_type, r.rec_headers["WARC-Target-URI"], r.rec_headers["WARC-Date"], r.http_headers["Content-Encoding"],
             r.http_headers.get_header("Transfer-Encoding"), r.content_stream().read())
            for r in ArchiveIterator(file)
        ]  # fmt: skip
    assert found == ("response", "https://news.test/a", "2025-08-12T12:00:00.000000Z", "gzip", None, b"<p>x</p>")


def test_what_came_compressed_is_not_compressed_again_and_the_rest_is(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    body = b"<p>The same words again and again.</p>" * 3000
    packed = answer(body)
    plain = Response(packed.url, packed.url, 200, (("Content-Type", "text/html"),), body, body, NOON)
    records = [store.write(packed), store.write(plain)]
    assert [store.read(record) for record in records] == [body, body]
    assert records[0].length == pytest.approx(len(packed.wire_body), abs=700)
    assert records[1].length < len(body) / 20
    store.close()


def test_one_file_a_process_and_day(tmp_path: Path) -> None:
    store, other = SnapshotStore(tmp_path), SnapshotStore(tmp_path)
    names = [
        store.write(answer(b"a")).file,
        store.write(answer(b"b", at=NOON + timedelta(days=1))).file,
        other.write(answer(b"c")).file,
    ]
    assert len(set(names)) == 3
    assert [name.split("-")[1] for name in names] == ["20250812", "20250813", "20250812"]
    store.close()
    other.close()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("left out: no small disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_a_reason_and_leaves_no_half_record(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        store = SnapshotStore(disk)
        kept = [store.write(answer(os.urandom(40_000)))]
        with pytest.raises(Temporary) as caught:
            kept.extend(store.write(answer(os.urandom(40_000))) for _ in range(10))
        assert caught.value.outcome == "disk_full"
        filler = disk / kept[0].file
        for record in kept:
            assert hashlib.sha256(store.read(record)).digest() == record.sha256
        # Nothing stands behind the last whole record.
        assert filler.stat().st_size == kept[-1].offset + kept[-1].length
        store.close()


def test_a_folder_that_cannot_be_written_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    with pytest.raises(Temporary) as caught:
        SnapshotStore(tmp_path / "evidence").write(answer(b"x"))
    assert caught.value.outcome == "disk_failed"


def test_days() -> None:
    from newsreel.archive.snapshots import oldest_day_kept

    assert oldest_day_kept(NOON, 30) == date(2025, 7, 13)


def test_a_crash_between_record_and_row_leaves_a_readable_file(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    record = store.write(answer(b"<p>x</p>"))
    # No close: the process is gone. What was written is on the disk all the same.
    with (tmp_path / record.file).open("rb") as file:
        assert len(list(ArchiveIterator(io.BytesIO(file.read())))) == 1
    store.close()
