"""The front door: ``newsreel`` and its commands.

A person reads reasons here, one line each, never a traceback; scripts read JSON and the exit code.
"""

from __future__ import annotations

import argparse
import logging.config
import os
import sys
from collections.abc import Callable, Sequence

from newsreel import __version__
from newsreel.cli import (
    backing_up,
    catalogue,
    crawling,
    doctoring,
    exporting,
    extracting,
    importing,
    running,
    sources,
    users,
)
from newsreel.core import journal
from newsreel.core.errors import NewsreelError
from newsreel.core.settings import settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code: 0 done, 1 it failed with a reason, 2 wrong words, 130 interrupted."""
    options = _parser().parse_args(arguments)
    journal.call_us(options.verb)
    logging.config.dictConfig(journal.configured(lambda: settings().home))
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except NewsreelError as error:
        print(f"newsreel: {error.reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("newsreel: interrupted; what was done is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (| head): nothing is wrong, and Python must not say so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="newsreel",
        description="The world's press as one clean, searchable, rolling newspaper.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"newsreel {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, dest="verb")
    for module in (
        running,
        sources,
        catalogue,
        importing,
        crawling,
        extracting,
        exporting,
        backing_up,
        users,
        doctoring,
    ):
        module.register(commands)
    return parser
