"""What the installation is doing now, in its own words: the strip above the news, and the welcome of an empty portal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsreel.archive import storage
from newsreel.archive.activity import Activity, activity
from newsreel.archive.models import AddRequest
from newsreel.archive.shown import Name
from newsreel.core.settings import settings
from newsreel.core.state import State, is_sample, read_state
from newsreel.portal.names import in_language
from newsreel.portal.outcomes import words

FULL_BYTES = 1024 * 1024  # of the data folder's disk: with less, neither a page nor a row has room


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. ``tone`` is 'busy', 'calm' or 'bad'; ``about`` a source's name or an address."""

    text: str
    tone: str
    about: str = ""
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """``main`` is the one sentence that matters most; ``wishes`` answers those who asked for a site."""

    main: Line
    arrived: str
    troubles: tuple[Line, ...]
    wishes: tuple[Line, ...]
    empty: bool

    @property
    def busy(self) -> bool:
        """Whether something will change within seconds."""
        return self.main.tone == "busy" or any(wish.tone == "busy" for wish in self.wishes)


@cache
def in_sample() -> bool:
    """Whether this process serves the sample; a data folder is the sample's for ever or never."""
    return is_sample(settings().home)


def supervisor() -> State:
    """What the supervisor last said."""
    return read_state(settings().home)


def doing() -> Doing:
    """What is going on."""
    now, state = activity(), supervisor()
    troubles = tuple(
        Line(words(row.outcome), "bad", in_language(Name(row.source, row.source_zh)), row.source_id)
        for row in now.troubles
    )
    return Doing(
        _main(now, state), _arrived(now), troubles, tuple(_wish(wish) for wish in now.wishes), now.sources == 0
    )


def _main(now: Activity, state: State) -> Line:
    if state.phase in ("starting", "looking"):
        return Line(_("Checking whether the first sources answer …"), "busy")
    if state.phase == "opening":
        return Line(_("The sample is being opened …"), "busy")
    if now.sources == 0:
        if state.phase == "no_network":
            return Line(_("No network: none of the first sources answers."), "bad")
        return Line(_("Nothing is read yet: there is no source."), "calm")
    if (fault := _house_fault(now)) != "":
        return Line(_("Collecting is held up: %(reason)s. It goes on by itself.") % {"reason": words(fault)}, "bad")
    if now.reading:
        return Line(_("Reading %(hosts)s …") % {"hosts": _listed(now.reading)}, "busy")
    if now.channels and now.troubled == now.channels:
        return Line(_("No source can be reached: there may be no network."), "bad")
    if now.unread:
        unread = ngettext("%(n)s channel is about to be read.", "%(n)s channels are about to be read.", now.unread)
        return Line(unread % {"n": now.unread}, "busy")
    return Line(_("All sources are read; waiting for their next news."), "calm")


def _house_fault(now: Activity) -> str:
    """The outcome of what is wrong with this installation itself: as the workers say, or as is seen from here, for on a full
    disk a worker's word cannot be written down.
    """
    if now.held:
        return now.held[0].outcome
    home = settings().home
    disks = [
        storage.disk(folder) for folder in (home, home / "evidence")
    ]  # the second may be one that many machines share
    return "disk_full" if any(disk is not None and disk.free < FULL_BYTES for disk in disks) else ""


def _arrived(now: Activity) -> str:
    if not now.recent:
        return ""
    text = ngettext(
        "%(n)s article came in within ten minutes.", "%(n)s articles came in within ten minutes.", now.recent
    )
    return text % {"n": now.recent}


def _listed(hosts: object) -> str:
    return _(", ").join(hosts)  # type: ignore[arg-type]


def _wish(wish: AddRequest) -> Line:
    address = wish.address if len(wish.address) <= 80 else wish.address[:79] + "…"
    state = AddRequest.State
    if wish.state == state.WAITING:
        return Line(_("looking for its feeds …"), "busy", address)
    if wish.state == state.FAILED:
        return Line(words(wish.outcome), "bad", address)
    name = in_language(Name(wish.source.name, wish.source.name_zh)) if wish.source else address
    return Line(_("added") if wish.state == state.ADDED else _("known already"), "calm", name, wish.source_id)
