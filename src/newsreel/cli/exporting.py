"""``newsreel export``: the archive on standard output."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from datetime import UTC, datetime

from newsreel.core.errors import Misconfigured

LISTS = ("authors", "topics", "keywords")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of this command."""
    export = commands.add_parser("export", help="the articles (or the sources) on standard output", allow_abbrev=False)
    export.add_argument("--since", metavar="TIME", help="only what was added or changed since (ISO 8601)")
    export.add_argument(
        "--format",
        choices=["jsonl", "csv", "opml", "sources-csv"],
        default="jsonl",
        help="opml and sources-csv give the sources",
    )
    export.set_defaults(command=_export)


def _export(options: argparse.Namespace) -> int:
    since = _moment(options.since) if options.since else None
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    try:
        from newsreel.archive.exporting import COLUMNS, articles

        if options.format in ("opml", "sources-csv"):
            _sources(options.format)
        elif options.format == "csv":
            writer = csv.DictWriter(sys.stdout, COLUMNS)
            writer.writeheader()
            for row in articles(since):
                writer.writerow({**row, **{name: "; ".join(row[name]) for name in LISTS}})
        else:
            for row in articles(since):
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    finally:
        archive.close()
    return 0


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Misconfigured(
            "bad_time",
            f"--since {text!r} is not a time as ISO 8601 writes it: 2025-08-12 or 2025-08-12T10:30:00+08:00.",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sources(form: str) -> None:
    from newsreel.pipeline.importing import taken_out
    from newsreel.sources import csv_of, opml_of

    sys.stdout.write(opml_of(taken_out()) if form == "opml" else csv_of(taken_out()))
