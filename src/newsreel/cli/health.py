"""How the sources are, in a few lines: ``newsreel sources --health``, and a line of ``newsreel doctor``. An archive is open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newsreel.cli.console import plural

if TYPE_CHECKING:
    from newsreel.archive.health_shown import Health

SHOWN = 40
MOST_NAMES = 4


def show(as_json: bool) -> None:
    """Looks over the sources and prints what was found, the gravest first; as JSON all of it, in the fields of docs/health.md."""
    from django.utils import translation

    from newsreel.archive import health_shown
    from newsreel.pipeline.overseeing import look_over
    from newsreel.portal import health_json, health_words

    while look_over():
        pass
    everybody = health_shown.everybody()
    with translation.override("en"):
        if as_json:
            found = health_json.listing(str, everybody, everybody, len(everybody), 1, 1)
            print(json.dumps(found, ensure_ascii=False, indent=2))
            return
        wrong = [row for row in everybody if row.state in ("bad", "warn")]
        wrong.sort(key=lambda row: (health_shown.STATES.index(row.state), -(row.per_day or 0), row.id))
        print(summary(everybody))
        findings = health_shown.findings([row.id for row in wrong[:SHOWN]])
        for row in wrong[:SHOWN]:
            said = [health_words.sentence(each["name"], each["facts"]) for each in findings.get(row.id, ())]
            print(f"{'BAD ' if row.state == 'bad' else 'look'}  {row.name.name} ({row.site}): {'; '.join(said)}")
        if len(wrong) > SHOWN:
            print(f"      and {len(wrong) - SHOWN:,} more: newsreel sources --health --json")


def summary(rows: Sequence[Health]) -> str:
    """'400 sources: 347 in order, 43 at fault (11 silent, 7 refuses our crawler, …), 6 need a look'. In the present language."""
    from newsreel.archive.health_shown import STATES
    from newsreel.portal import health_words

    states: Counter[str] = Counter(row.state for row in rows)
    parts = []
    for state in ("fine", *(name for name in STATES if name != "fine")):
        if states[state]:
            names = Counter(row.finding for row in rows if row.state == state == "bad").most_common(MOST_NAMES)
            inside = ", ".join(f"{many:,} {health_words.short(name)}" for name, many in names)
            parts.append(f"{states[state]:,} {health_words.state(state)}" + (f" ({inside})" if inside else ""))
    return f"{plural(len(rows), 'source')}" + (f": {', '.join(parts)}" if parts else "")
