"""``newsreel backup`` and ``newsreel restore``: an installation as one file, and back."""

from __future__ import annotations

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from newsreel.cli.console import Progress, plural
from newsreel.core.errors import Misconfigured
from newsreel.core.journal import note
from newsreel.core.settings import Settings, settings

if TYPE_CHECKING:
    from newsreel.archive.backup_file import Manifest

SAY_EVERY = 0.2  # seconds
_AGAIN = "Run the same command again when that is mended: it goes on where it was."


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of these commands."""
    backup = commands.add_parser(
        "backup", help="the whole installation into one file, while it runs", allow_abbrev=False
    )
    backup.add_argument("file", metavar="FILE", help="where to; '-': to standard output")
    backup.add_argument("--without-evidence", action="store_true", help="leave the pages as fetched (WARC) out")
    backup.add_argument("--verify", action="store_true", help="only read FILE, and say whether it is whole")
    backup.set_defaults(command=_backup)
    restore = commands.add_parser("restore", help="a backup into an empty data folder", allow_abbrev=False)
    restore.add_argument("file", metavar="FILE", help="a file that newsreel backup has made")
    restore.set_defaults(command=_restore)


def _backup(options: argparse.Namespace) -> int:
    if options.verify:
        manifest = _verified(options.file)
        print(f"whole: {_words(manifest)}, made {manifest.made_at} by Newsreel {manifest.newsreel}")
        return 0
    from newsreel.cli.guarding import end_in_order
    from newsreel.pipeline.startup import open_archive

    end_in_order()
    with _target(options.file) as out:
        archive = open_archive()
        try:
            manifest = _write(out, archive.settings, with_evidence=not options.without_evidence)
        finally:
            archive.close()
    print(f"backed up: {_words(manifest)}", file=sys.stderr)
    note("Backed up: %s; %d files could not be read.", _words(manifest), len(manifest.missing))
    if manifest.missing:
        print(
            f"newsreel: {plural(len(manifest.missing), 'file')} of evidence that the database names could not be read, "
            f"and {'is' if len(manifest.missing) == 1 else 'are'} not in the backup.",
            file=sys.stderr,
        )
    return 0


def _write(out: BinaryIO, chosen: Settings, *, with_evidence: bool) -> Manifest:
    from newsreel.archive import backing_up

    shown = _Shown()
    try:
        manifest = backing_up.write(
            out,
            chosen,
            with_evidence=with_evidence,
            progress=lambda at: shown.say(f"backing up: {at.doing}, {at.written / 1e6:,.0f} MB"),
        )
        out.flush()
    except BrokenPipeError:
        raise Misconfigured("backup_cut", "Whoever was to take the backup went away: it is not whole.") from None
    except OSError as error:
        raise Misconfigured(
            "disk_failed", f"The backup could not be written: {error.strerror}. Nothing of it is left."
        ) from None
    finally:
        shown.end()
    return manifest


@contextmanager
def _target(name: str) -> Iterator[BinaryIO]:
    """Where a backup goes. A file has its name only when it is whole and on the disk; it is its owner's alone."""
    if name == "-":
        if sys.stdout.isatty():
            raise Misconfigured("no_file", "A backup is no text for a terminal: name a file, or a program behind a |.")
        yield sys.stdout.buffer
        return
    path = Path(name)
    if path.is_dir():
        raise Misconfigured("no_file", f"{name} is a folder: name a file.")
    if path.exists() and not path.is_file():
        raise Misconfigured("no_file", f"{name} is no plain file: write to it by '-' and a > of the shell.")
    draft = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Misconfigured("no_file", f"{name} cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "wb") as out:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured("backup_running", f"Another backup is being written to {name}.") from None
        try:
            os.ftruncate(descriptor, 0)  # what a killed one has left
            os.fchmod(descriptor, 0o600)
            yield out
            _finish(out, draft, path)
        except BaseException:  # an interrupt too: no half file is left
            draft.unlink(missing_ok=True)
            raise


def _finish(out: BinaryIO, draft: Path, path: Path) -> None:
    try:
        out.flush()
        os.fsync(out.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Misconfigured("disk_failed", f"The backup could not be written: {error.strerror}.") from None


def _restore(options: argparse.Namespace) -> int:
    if options.file == "-":
        raise Misconfigured("no_file", "A backup is read twice, first to see that it is whole: name a file.")
    manifest = _verified(options.file)
    from newsreel.archive import restoring
    from newsreel.archive.database import check_server
    from newsreel.cli.guarding import alone, end_in_order

    chosen = settings()
    restoring.refuse_newer(manifest)
    restoring.look_at_home(chosen.home, manifest, own_database=bool(chosen.database_url))
    if chosen.database_url:
        check_server(chosen.database_url)
        restoring.look_at_database(chosen.database_url, manifest)
    end_in_order()
    with alone(chosen.home):
        mark = restoring.begin(chosen.home, manifest)
        _bring_in(options.file, manifest, chosen, mark)
    print(f"restored: {_words(manifest)}, into {chosen.home}")
    note("Restored from a backup of %s: %s.", manifest.made_at, _words(manifest))
    if (chosen.home / "site-rules.toml").exists():
        print(f"Its site rules are used where NEWSREEL_SITE_RULES names {chosen.home / 'site-rules.toml'}.")
    return 0


def _bring_in(name: str, manifest: Manifest, chosen: Settings, mark: str) -> None:
    import psycopg
    from django.db import DatabaseError

    from newsreel.archive import restoring
    from newsreel.pipeline.startup import connect

    shown = _Shown()
    archive = connect(chosen)
    try:
        database = archive.settings.database_url
        if restoring.make_schema(manifest, mark):
            with _opened(name) as file:
                restoring.load_tables(file, manifest, database, mark, shown.say)
        restoring.bring_up_to_date()
        with _opened(name) as file:
            restoring.put_files(file, manifest, chosen.home, shown.say)
        restoring.end(chosen.home, database)
    except OSError as error:
        raise Misconfigured(
            "disk_failed", f"The data folder could not be written: {error.strerror}. {_AGAIN}"
        ) from None
    except (psycopg.Error, DatabaseError) as error:
        full = isinstance(error, psycopg.errors.DiskFull) or isinstance(error.__cause__, psycopg.errors.DiskFull)
        reason = "The database's disk is full." if full else "The database did not take the backup, or went away."
        raise Misconfigured("disk_full" if full else "database_lost", f"{reason} {_AGAIN}") from None
    finally:
        shown.end()
        archive.close()


def _verified(name: str) -> Manifest:
    from newsreel.archive.backup_file import check

    shown = _Shown()
    try:
        with _opened(name) as file:
            return check(file, lambda done: shown.say(f"checking: {done / 1e6:,.0f} MB"))
    finally:
        shown.end()


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise Misconfigured("no_file", f"{name} cannot be read: {error.strerror or 'it is no file'}.") from None
    with file:
        yield file


def _words(manifest: Manifest) -> str:
    evidence = f"{plural(manifest.evidence_files, 'file')} of evidence" if manifest.with_evidence else "no evidence"
    articles, sources = manifest.rows("archive_article"), manifest.rows("archive_source")
    return f"{plural(articles, 'article')} of {plural(sources, 'source')}, {evidence}"


class _Shown(Progress):
    """Progress that is not written more often than an eye can read."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0.0

    def say(self, text: str) -> None:
        now = time.monotonic()
        if now - self._at > SAY_EVERY:
            self._at = now
            super().say(text)
