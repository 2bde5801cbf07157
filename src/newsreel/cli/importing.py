"""``newsreel import``: the feeds of a list from another reader, or of a table."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from newsreel.cli.console import plural
from newsreel.core.errors import Misconfigured

if TYPE_CHECKING:
    from newsreel.pipeline.importing import Plan


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of this command."""
    words = commands.add_parser(
        "import", help="add the feeds of a list (OPML) or a table (CSV): all of them, or none", allow_abbrev=False
    )
    words.add_argument("file", metavar="FILE", help="the list; '-': from standard input")
    words.add_argument("--preview", action="store_true", help="only say what would be added")
    words.add_argument("--json", action="store_true", help="the outcome as JSON")
    words.set_defaults(command=_import)


def _import(options: argparse.Namespace) -> int:
    body = _body(options.file)
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    try:
        from newsreel.pipeline import bells
        from newsreel.pipeline.importing import look_through, take_in
        from newsreel.pipeline.patience import patiently

        plan = patiently(lambda: look_through(body, archive.settings), archive.recover)
        if plan.new and not options.preview:
            patiently(lambda: take_in(plan.new, archive.settings.crawl_interval), archive.recover)
            patiently(lambda: bells.ring("crawl"), archive.recover)
    finally:
        archive.close()
    _say(plan, options)
    return 0


def _body(name: str) -> bytes:
    """The file's bytes, one more than a list may have at most: that one is refused for its size."""
    from newsreel.sources.opml import MAX_BYTES

    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Misconfigured("no_file", f"{name} cannot be read: {error.strerror or 'it is no file'}.") from None


def _say(plan: Plan, options: argparse.Namespace) -> None:
    if options.json:
        counts = {"new": len(plan.new), "known": plan.known, "repeated": plan.repeated, "added": not options.preview}
        print(json.dumps(counts | {"feeds": [feed.url for feed in plan.new]}, ensure_ascii=False, indent=2))
        return
    if options.preview:
        for feed in plan.new:
            print(" — ".join(filter(None, (feed.outlet or feed.title, feed.channel, feed.url))))
    verb = "would be added" if options.preview else "added"
    print(f"{verb}: {plural(len(plan.new), 'channel')}; known already: {plan.known}; named twice: {plan.repeated}")
