"""``newsreel catalogue``: the world's press as the project knows it, and switching its channels on."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from newsreel.cli.console import plural
from newsreel.core.errors import Misconfigured

if TYPE_CHECKING:
    from newsreel.sources import CatalogueChannel, Selection


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of this command."""
    words = commands.add_parser(
        "catalogue", help="the world's press: list its channels, or switch some on", allow_abbrev=False
    )
    words.add_argument(
        "which", nargs="*", metavar="OUTLET", help="outlets by domain, or channels by address; none: all"
    )
    words.add_argument("--country", action="append", default=[], metavar="XX", help="of a country (ISO 3166: GB)")
    words.add_argument("--continent", action="append", default=[], help="of a continent")
    words.add_argument("--language", action="append", default=[], metavar="xx", help="in a language (BCP 47: zh-Hans)")
    words.add_argument("--topic", action="append", default=[], help="about a topic: world, business, sport …")
    words.add_argument("--kind", action="append", default=[], help="of outlets of a kind: newspaper, agency …")
    words.add_argument("--search", default="", metavar="WORDS", help="with these words in a name or address")
    words.add_argument("--starters", action="store_true", help="what a new installation begins with")
    words.add_argument("--add", action="store_true", help="switch on what is selected")
    words.add_argument("--all", action="store_true", help="with --add: really all of the catalogue")
    words.add_argument("--json", action="store_true", help="as JSON")
    words.set_defaults(command=_catalogue)


def _catalogue(options: argparse.Namespace) -> int:
    selection = _selection(options)
    from newsreel.sources import Selection

    narrowed = selection != Selection() or options.which or options.starters
    if options.add and not (narrowed or options.all):
        raise Misconfigured(
            "no_selection", "Say which channels to switch on: by country, language, topic …, or --all of the catalogue."
        )
    channels = _meant(options, selection)
    if options.add:
        return _add(channels, options.json)
    if options.json:
        rows = [_json(channel) for channel in channels]
        print(json.dumps({"channels": rows, "total": len(rows)}, ensure_ascii=False, indent=2))
    else:
        _print(channels)
    return 0


def _selection(options: argparse.Namespace) -> Selection:
    from newsreel.sources import Selection, all_channels, countries, topics
    from newsreel.sources.catalogue import KINDS
    from newsreel.sources.countries import CONTINENTS

    languages = {channel.language for channel in all_channels()}
    languages |= {language.partition("-")[0] for language in languages}
    return Selection(
        continents=_known("continent", options.continent, CONTINENTS),
        countries=_known("country", [code.upper() for code in options.country], countries()),
        languages=_known("language", options.language, sorted(languages)),
        topics=_known("topic", options.topic, topics()),
        kinds=_known("kind", options.kind, KINDS),
        words=options.search,
    )


def _known(what: str, given: list[str], known: Iterable[str]) -> tuple[str, ...]:
    """What was given, if all of it is something. Misconfigured with what there is, where that is a short list."""
    choices = list(known)
    for value in given:
        if value not in choices:
            listed = f" There are: {', '.join(choices)}." if len(choices) <= 20 else ""
            raise Misconfigured(f"bad_{what}", f"{value!r} is no {what} of the catalogue.{listed}")
    return tuple(given)


def _meant(options: argparse.Namespace, selection: Selection) -> list[CatalogueChannel]:
    from newsreel.core.urls import host_of
    from newsreel.sources import in_catalogue, outlet_for, select, starters

    channels = (
        [channel for channel in starters() if selection.holds(channel)] if options.starters else select(selection)
    )
    if not options.which:
        return channels
    meant: set[str] = set()
    for word in options.which:
        channel = in_catalogue(word)
        outlet = outlet_for(word if "://" in word else f"https://{word}/") if channel is None else None
        found = {channel.url} if channel else {row.url for row in channels if outlet and row.outlet.home == outlet.home}
        if not found:
            known = "has no channel of that kind" if outlet else "is not in the catalogue"
            raise Misconfigured("not_in_catalogue", f"{host_of(word) or word!r} {known}.")
        meant |= found
    return [channel for channel in channels if channel.url in meant]


def _add(channels: list[CatalogueChannel], as_json: bool) -> int:
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    try:
        from newsreel.pipeline import bells
        from newsreel.pipeline.importing import refuse_in_sample
        from newsreel.pipeline.patience import patiently
        from newsreel.pipeline.selecting import switch_on

        refuse_in_sample(archive.settings)
        done = patiently(lambda: switch_on(channels, archive.settings.crawl_interval), archive.recover)
        if done.new:
            patiently(lambda: bells.ring("crawl"), archive.recover)
    finally:
        archive.close()
    if as_json:
        print(json.dumps({"new": done.new, "known": done.known, "sources": done.sources}))
    else:
        print(
            f"switched on: {plural(done.new, 'channel')} of {plural(done.sources, 'new source')}; known: {done.known}"
        )
    return 0


def _print(channels: list[CatalogueChannel]) -> None:
    for channel in channels:
        outlet = channel.outlet
        names = " ".join(filter(None, (outlet.name, outlet.name_zh)))
        print(f"{outlet.country} {names} — {channel.name} {channel.name_zh} ({channel.language}, {channel.topic})")
        print(f"   {channel.url}")
    outlets = len({channel.domain for channel in channels})
    print(f"{plural(len(channels), 'channel')} of {plural(outlets, 'outlet')}", file=sys.stderr)


def _json(channel: CatalogueChannel) -> dict[str, str]:
    outlet = channel.outlet
    return {
        "outlet": outlet.name,
        "outlet_zh": outlet.name_zh,
        "outlet_original": outlet.original or outlet.name,
        "channel": channel.name,
        "channel_zh": channel.name_zh,
        "country": outlet.country,
        "language": channel.language,
        "topic": channel.topic,
        "kind": outlet.kind,
        "owner": outlet.owner,
        "home": outlet.home,
        "url": channel.url,
    }
