"""The form of a backup's file: what was written is found whole; anything else is refused before it is used."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.archive import backup_file
from newsreel.archive.backup_file import Manifest, Member, Table, Writer, check
from newsreel.archive.restoring import refuse_newer
from newsreel.core.errors import Misconfigured, Permanent

HEAD = {"form": 1, "newsreel": "0.1.0", "made_at": "2026-11-28T12:00:00+00:00"}
BODIES = {
    "secret-key": b"s" * 64,
    "tables/archive_article/000000.copy.zst": b"rows" * 500,
    "evidence/2026/newsreel-20261128-host-1-abcdef.warc.gz": b"record" * 5000,
}


def made(bodies: dict[str, bytes] = BODIES, **more: Any) -> bytes:
    """A backup of these members."""
    out = io.BytesIO()
    writer = Writer(out, 1_790_000_000)
    head = HEAD | {key: more.pop(key) for key in list(more) if key in HEAD}
    writer.add(backup_file.HEAD, json.dumps(head).encode())
    for name, body in bodies.items():
        writer.add(name, body, 10 if name.startswith("tables/") else 0)
    told: dict[str, Any] = {
        "server": 180004, "migrations": [["archive", "0001_archive"]], "sequences": {"archive_article.id": 7},
        "tables": [Table(name="archive_article", columns=["id"], rows=3)], "with_evidence": True, "missing": [],
    }  # fmt: skip
    writer.end(Manifest(**head, **told | more, members=writer.members))
    return out.getvalue()


def outcome(body: bytes) -> str:
    with pytest.raises(Permanent) as caught:
        check(io.BytesIO(body))
    assert "\n" not in caught.value.reason
    return caught.value.outcome


def test_what_was_written_is_whole() -> None:
    manifest = check(io.BytesIO(made()))
    assert [member.name for member in manifest.members] == [backup_file.HEAD, *BODIES]
    assert [member.size for member in manifest.members[1:]] == [len(body) for body in BODIES.values()]
    assert (manifest.rows("archive_article"), manifest.rows("other")) == (3, 0)
    assert (manifest.evidence_files, manifest.size_of_evidence, manifest.size_of_tables) == (1, 30_000, 10)


def test_any_tar_program_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(made())) as archive:
        found = {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]
        assert {member.mode for member in archive.getmembers()} == {0o600}
    assert {name: found[name] for name in BODIES} == BODIES
    assert found["manifest.sha256"].strip().decode() == hashlib.sha256(found["manifest.json"]).hexdigest()


def test_a_member_of_more_than_eight_gigabytes_has_its_size() -> None:
    """Its size is no longer written in octal; the bytes themselves are not made here."""
    out = io.BytesIO()
    with pytest.raises(ValueError, match="size"):
        Writer(out, 0).add_pieces("evidence/2026/a.warc.gz", 9 << 30, [])
    assert 9 << 30 in _sizes(_with_head(out.getvalue()))


def _with_head(rest: bytes) -> io.BytesIO:
    head = io.BytesIO()
    Writer(head, 0).add(backup_file.HEAD, json.dumps(HEAD).encode())
    return io.BytesIO(head.getvalue() + rest)


def _sizes(file: io.BytesIO) -> list[int]:
    sizes: list[int] = []
    try:
        for found in backup_file.members(file):
            sizes.append(found.size)
    except Permanent:
        pass
    return sizes


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.97])
def test_a_file_that_was_cut_is_refused(share: float) -> None:
    whole = made()
    assert outcome(whole[: int(len(whole) * share)]) == "backup_cut"


def test_a_file_without_its_end_is_refused() -> None:
    whole = made()
    place = whole.rindex(b"manifest.sha256")
    assert outcome(whole[:place] + bytes(1024)) == "backup_cut"


def test_a_file_of_something_else_is_refused() -> None:
    other = io.BytesIO()
    with tarfile.open(fileobj=other, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    for body in (b"", b"x", b"no backup at all " * 100, bytes(2048), other.getvalue(), b"\x1f\x8b" + b"x" * 2000):
        assert outcome(body) == "not_a_backup"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_changed_byte_is_seen(data: st.DataObject) -> None:
    whole = bytearray(made())
    place = data.draw(st.integers(0, len(whole) - 1025))
    before = bytes(whole)
    whole[place] ^= data.draw(st.integers(1, 255))
    try:
        manifest = check(io.BytesIO(bytes(whole)))
    except Permanent:
        return
    # What a reader passes over (a member's time, its owner) may be anything: no byte that is used has changed.
    assert manifest == check(io.BytesIO(before))
    assert _bodies(bytes(whole)) == _bodies(before)


def _bodies(body: bytes) -> dict[str, bytes]:
    return {found.name: b"".join(found.pieces) for found in backup_file.members(io.BytesIO(body))}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=4096))
def test_nothing_but_a_reason_comes_of_any_bytes(body: bytes) -> None:
    for tried in (body, made()[:1024] + body):
        assert outcome(tried) in ("not_a_backup", "backup_cut", "backup_damaged")


def _link(info: tarfile.TarInfo) -> None:
    info.type, info.linkname, info.size = tarfile.SYMTYPE, "/etc/passwd", 0


def _device(info: tarfile.TarInfo) -> None:
    info.type, info.size, info.devmajor = tarfile.CHRTYPE, 0, 1


def _of_type(kind: bytes) -> Callable[[tarfile.TarInfo], None]:
    def change(info: tarfile.TarInfo) -> None:
        info.type = kind

    return change


def _named(name: str) -> Callable[[tarfile.TarInfo], None]:
    def change(info: tarfile.TarInfo) -> None:
        info.name = name

    return change


@pytest.mark.parametrize(
    "change",
    [
        _link, _device, _of_type(tarfile.LNKTYPE), _of_type(tarfile.FIFOTYPE), _of_type(tarfile.DIRTYPE),
        _of_type(tarfile.GNUTYPE_LONGNAME), _of_type(tarfile.GNUTYPE_SPARSE), _of_type(tarfile.XHDTYPE),
        _named("../../etc/passwd"), _named("/etc/passwd"), _named("evidence/../../x.warc.gz"),
        _named("evidence/2026/../x.warc.gz"), _named("evidence/2026/.x.warc.gz"), _named("evidence/2026/a/b.warc.gz"),
        _named("tables/../x/000000.copy.zst"), _named('tables/a"b/000000.copy.zst'), _named("secret-key/x"), _named(""),
    ],
)  # fmt: skip
def test_only_plain_files_under_known_names_are_taken(change: Callable[[tarfile.TarInfo], None]) -> None:
    out = io.BytesIO()
    Writer(out, 0).add(backup_file.HEAD, json.dumps(HEAD).encode())
    info = tarfile.TarInfo("secret-key")
    change(info)
    out.write(info.tobuf(tarfile.GNU_FORMAT))
    assert outcome(out.getvalue() + made()[1024:]) == "backup_damaged"


def test_a_member_twice_is_refused() -> None:
    out = io.BytesIO()
    writer = Writer(out, 0)
    writer.add(backup_file.HEAD, json.dumps(HEAD).encode())
    for body in (b"a", b"b"):
        writer.add("secret-key", body)
    told = check(io.BytesIO(made())).model_dump() | {"members": writer.members}
    writer.end(Manifest.model_validate(told))
    assert outcome(out.getvalue()) == "backup_damaged"


@pytest.mark.parametrize("change", [{"members": []}, {"members": [Member(name="x", size=1, sha256="0")]}])
def test_a_manifest_that_says_otherwise_is_not_believed(change: dict[str, Any]) -> None:
    out = io.BytesIO()
    writer = Writer(out, 0)
    writer.add(backup_file.HEAD, json.dumps(HEAD).encode())
    writer.add("secret-key", b"a")
    writer.end(Manifest.model_validate(check(io.BytesIO(made())).model_dump() | change))
    assert outcome(out.getvalue()) == "backup_damaged"


def test_a_newer_form_is_refused_by_its_first_member() -> None:
    assert outcome(made(form=2)) == "backup_newer"


def test_a_newer_schema_is_refused() -> None:
    known = check(io.BytesIO(made()))
    refuse_newer(known)
    refuse_newer(known.model_copy(update={"migrations": [["some_app", "9999_unknown"]]}))
    for step in ("9999_later", "../../../x", "0001_archive\x00"):
        with pytest.raises((Misconfigured, Permanent)):
            refuse_newer(known.model_copy(update={"migrations": [["archive", step]]}))


@pytest.mark.parametrize("size", [1 << 40, -1])
def test_small_members_are_small(size: int) -> None:
    out = io.BytesIO()
    info = tarfile.TarInfo(backup_file.HEAD)
    info.size = size
    out.write(info.tobuf(tarfile.GNU_FORMAT))
    assert outcome(out.getvalue() + bytes(10_000)) == "backup_damaged"
