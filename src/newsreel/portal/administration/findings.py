"""Whatever is wrong at this moment, each in a plain sentence with what can be done."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsreel.archive import storage
from newsreel.archive.work import Health, Queue, Work, health, work
from newsreel.core.settings import Settings, settings
from newsreel.core.state import State, read_state

LEAST_FREE = 2 * 1024**3  # as newsreel doctor has it
MOST_CLOCK_DIFFERENCE = timedelta(seconds=30)
STARVING = timedelta(minutes=30)
BEHIND = timedelta(minutes=30)
LETTERS_LATE = timedelta(minutes=10)
WISHES_LATE = timedelta(minutes=3)
KEPT_SECONDS = 5.0  # the badge stands on every page


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` says what is wrong, ``advice`` what to do, ``link`` where."""

    text: str
    advice: str = ""
    link: str = ""


_guard = threading.Lock()
_kept: dict[str, tuple[float, tuple[Finding, ...]]] = {}


def now() -> tuple[Finding, ...]:
    """What is wrong, looked at most every few seconds."""
    language = translation.get_language() or ""
    with _guard:
        kept = _kept.get(language)
    if kept is None or time.monotonic() - kept[0] > KEPT_SECONDS:
        kept = (time.monotonic(), look())
        with _guard:
            _kept[language] = kept
    return kept[1]


def forget() -> None:
    """The next look is a fresh one: something was changed."""
    with _guard:
        _kept.clear()


def look() -> tuple[Finding, ...]:
    """The same, now: a fixed number of queries."""
    chosen = settings()
    todo, state = work(), read_state(chosen.home)
    found = [*_processes(todo, state), *_reading(health(STARVING), state), *_late(todo), *_letters(todo, chosen)]
    return (*found, *_machine(todo, chosen))


def _processes(todo: Work, state: State) -> Iterator[Finding]:
    if not todo.workers:
        yield Finding(
            _("No worker has told of itself within half a minute: nothing is read, and no letter is sent."),
            _("Start newsreel run, or newsreel worker."),
        )
    if state.phase == "no_network":
        yield Finding(_("No network: none of the first sources answers."))


def _reading(found: Health, state: State) -> Iterator[Finding]:
    link = reverse("administration:sources") + "?which=faulty"
    if found.channels and found.faulty_channels == found.channels:
        yield Finding(_("No source can be reached: there may be no network."), link=link)
    elif found.faulty_sources:
        n = found.faulty_sources
        yield Finding(
            ngettext("%(n)s source cannot be read.", "%(n)s sources cannot be read.", n) % {"n": n},
            _("The list says why, and when each is tried again."),
            link,
        )
    if found.starving.many and found.starving.since:
        n = found.starving.many
        text = ngettext(
            "%(n)s channel should have been read long ago: the oldest has waited for %(time)s.",
            "%(n)s channels should have been read long ago: the oldest has waited for %(time)s.",
            n,
        )
        yield Finding(
            text % {"n": n, "time": timesince(found.starving.since)},
            _("The crawl does not keep up: add a worker, or let more hosts be read at once."),
            reverse("administration:work"),
        )


def _late(todo: Work) -> Iterator[Finding]:
    link = reverse("administration:work")
    if _waits(todo.articles, BEHIND):
        yield Finding(
            _("Articles wait for their topics and keywords for more than half an hour."),
            _("A worker does this beside reading: add one where it does not keep up."),
            link,
        )
    if _waits(todo.wishes, WISHES_LATE):
        yield Finding(_("Sites that somebody asked for are not looked at."), link=link)


def _letters(todo: Work, chosen: Settings) -> Iterator[Finding]:
    link = reverse("administration:settings") + "#mail"
    if (
        not chosen.smtp and chosen.url and chosen.registration != "closed"
    ):  # on this machine alone the log has the links
        yield Finding(
            _("People may register, but there is no mail server: nobody can confirm an address or reset a password."),
            _("Name a mail server, or close the registration."),
            link,
        )
    if todo.letters_failed:
        n = todo.letters_failed
        yield Finding(
            ngettext(
                "%(n)s letter of the last day could not be sent.", "%(n)s letters of the last day could not be sent.", n
            )
            % {"n": n},
            _("See whether the mail server takes them."),
            link,
        )
    if chosen.smtp and _waits(todo.letters, LETTERS_LATE):
        yield Finding(_("Letters wait for more than ten minutes to be sent."), link=link)


def _machine(todo: Work, chosen: Settings) -> Iterator[Finding]:
    disk = storage.disk(chosen.home)
    if disk is not None and disk.free < LEAST_FREE:
        yield Finding(
            _("The disk is nearly full: %(free)s are free.") % {"free": filesizeformat(disk.free)},
            _("Make room, or keep the evidence for fewer days."),
            reverse("administration:storage"),
        )
    if abs(timezone.now() - todo.database_time) > MOST_CLOCK_DIFFERENCE:
        yield Finding(
            _("The clocks of this machine and of the database differ by more than half a minute."),
            _("Set both by a time service (NTP)."),
        )


def _waits(queue: Queue, patience: timedelta) -> bool:
    since: datetime | None = queue.since
    return bool(queue.many) and since is not None and timezone.now() - since > patience
