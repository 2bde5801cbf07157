"""What was found of a source, in plain words: one sentence each, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsreel.portal import outcomes

Facts = dict[str, Any]

_STATES = {
    "bad": _("at fault"),
    "warn": _("needs a look"),
    "fine": _("in order"),
    "new": _("not read yet"),
    "paused": _("paused"),
    "retired": _("read no more"),
}
# In a few words, for a choice among them.
_SHORT = {
    "refused": _("refuses our crawler"),
    "robots": _("forbidden by robots.txt"),
    "robots_away": _("robots.txt cannot be reached"),
    "gone": _("address no longer there"),
    "no_name": _("name not in the DNS"),
    "certificate": _("certificate not valid"),
    "asks_for_less": _("asks us to come less often"),
    "their_fault": _("a fault of the site"),
    "unreachable": _("no answer"),
    "lost_way": _("redirected to nowhere"),
    "moved": _("address moved"),
    "no_links": _("no links to articles"),
    "unreadable": _("feed cannot be read"),
    "fault": _("another fault"),
    "feed_empty": _("feed is empty"),
    "pages_fail": _("pages cannot be had"),
    "no_text": _("pages without text"),
    "text_fell": _("fewer pages with text"),
    "silent": _("silent"),
    "slower": _("fewer articles than usual"),
    "latency_grew": _("answers more slowly"),
    "nothing_yet": _("no article yet"),
    "not_looking": _("we were not looking"),
    "not_read": _("not read in time"),
    "channels_paused": _("some channels paused"),
    "no_channels": _("without channels"),
    "not_yet": _("not read yet"),
    "paused": _("paused"),
    "retired": _("read no more"),
}
_WHY = {
    "not_running": _("Newsreel was not running"),
    "not_read": _("it was not read in time"),
    "paused": _("paused by an editor"),
    "retired": _("read no more"),
    "overrun": _("more was published than the channel shows at once"),
    "database_lost": _("the database could not be reached"),
}
_ANEW = _("Look at the site in a browser. If it goes on, add its address anew to find the channels it has now.")
_WAIT = _("It is tried again by itself, less and less often. If the site opens in a browser, a proxy may be needed.")
_TEMPLATE = _(
    "The site's pages have probably been rebuilt. Compare an article with its original page; a rule for this site may help."
)
_ADVICE = {
    "refused": _("Ask the publisher to let Newsreel in, or look for another feed or a news sitemap of theirs."),
    "robots": _("The publisher does not want programs to read this. Ask for permission, or read the source no more."),
    "robots_away": _WAIT,
    "gone": _ANEW,
    "no_name": _(
        "Look whether the site has another address now. If many sources say so, it is the DNS of this machine."
    ),
    "certificate": _(
        "The site has to renew it. If your network's proxy opens secure connections, name its authority (NEWSREEL_CA_FILE)."
    ),
    "asks_for_less": _("This is heeded by itself. If it goes on, let more time pass between two requests."),
    "their_fault": _WAIT,
    "unreachable": _WAIT,
    "lost_way": _ANEW,
    "no_links": _ANEW,
    "unreadable": _ANEW,
    "feed_empty": _ANEW,
    "pages_fail": _("Open one of its articles in a browser: the site may let programs read its feed, but not its pages."),
    "no_text": _TEMPLATE,
    "text_fell": _TEMPLATE,
    "silent": _ANEW,
    "nothing_yet": _ANEW,
    "not_looking": _("See what is wrong now, or ask newsreel doctor."),
    "not_read": _("The crawl does not keep up: add a worker, or let more hosts be read at once."),
}  # fmt: skip


def state(name: str) -> str:
    """A source's state."""
    return str(_STATES.get(name, name))


def short(name: str) -> str:
    """A finding's name in a few words."""
    return str(_SHORT.get(name, name))


def why(name: str) -> str:
    """Why something was not read."""
    return str(_WHY[name]) if name in _WHY else outcomes.words(name)


def advice(name: str) -> str:
    """What can be done about a finding; '' where nothing is to be done."""
    return str(_ADVICE.get(name, ""))


def sentence(name: str, facts: Facts) -> str:
    """A finding in one sentence."""
    said = _SENTENCES[name](facts) if name in _SENTENCES else short(name)
    many, of = facts.get("channels"), facts.get("of")
    if many and of and many < of and name != "channels_paused":
        return gettext("%(said)s (%(many)s of %(of)s channels)") % {"said": said, "many": many, "of": of}
    return said


def length(seconds: float) -> str:
    """'3 days', '20 hours', '5 minutes'."""
    days, hours, minutes = int(seconds // 86400), int(seconds // 3600), max(int(seconds // 60), 1)
    if hours >= 48:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if hours:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def rate(per_day: float) -> str:
    """'40 a day', 'one in 7 days'."""
    if per_day >= 0.95:
        return gettext("%(n)s a day") % {"n": figure(per_day)}
    return gettext("one in %(n)s days") % {"n": figure(1 / per_day)} if per_day > 0 else gettext("none")


def figure(value: float) -> str:
    """A number with as many digits as are worth reading."""
    places = 0 if value >= 9.5 else 1
    return number_format(round(value, places), places).removesuffix(".0")  # which only cuts off


def percent(share: float) -> str:
    """'97 %'; nothing is rounded to all or none."""
    if 0 < share < 1:
        share = min(max(share, 0.01), 0.99)
    return f"{share:.0%}"


def _refused(facts: Facts) -> str:
    return (
        gettext("%(status)s: the site refuses our crawler") % facts
        if facts.get("status")
        else gettext("the site refuses our crawler")
    )


def _gone(facts: Facts) -> str:
    return (
        gettext("%(status)s: the address is no longer there") % facts
        if facts.get("status")
        else gettext("the address is no longer there")
    )


def _their_fault(facts: Facts) -> str:
    return (
        gettext("%(status)s: the site has a fault of its own") % facts
        if facts.get("status")
        else gettext("the site has a fault of its own")
    )


def _silent(facts: Facts) -> str:
    said = {"time": length(facts["seconds"]), "rate": rate(facts["per_day"])}
    return gettext("no article in %(time)s, usually %(rate)s") % said


def _no_text(facts: Facts) -> str:
    if not facts.get("since"):
        return gettext("no page has had text yet")
    return gettext("no page has had text since %(day)s") % {"day": _day(facts["since"])}


def _pages_fail(facts: Facts) -> str:
    said = {"failed": facts["failed"], "pages": facts["pages"], "why": outcomes.words(facts["outcome"])}
    return gettext("%(failed)s of %(pages)s pages of the last days could not be had: %(why)s") % said


def _text_fell(facts: Facts) -> str:
    said = {"share": percent(facts["share"]), "usual": percent(facts["usual"])}
    return gettext("only %(share)s of the pages have text, usually %(usual)s") % said


def _slower(facts: Facts) -> str:
    return gettext("%(now)s in the last week, usually %(usual)s") % {
        "now": rate(facts["per_day"]),
        "usual": rate(facts["usual"]),
    }


def _latency(facts: Facts) -> str:
    said = {"now": figure(facts["seconds"]), "usual": figure(facts["usual"])}
    return gettext("answers after %(now)s s, usually after %(usual)s s") % said


def _nothing_yet(facts: Facts) -> str:
    n = facts["days"]
    return ngettext("read for %(n)s day, and no article yet", "read for %(n)s days, and no article yet", n) % {"n": n}


def _not_looking(facts: Facts) -> str:
    said = {"moment": _moment(facts["since"]), "why": why(facts["why"])}
    return gettext("we have not looked since %(moment)s: %(why)s") % said


def _paused_channels(facts: Facts) -> str:
    return gettext("%(many)s of %(of)s channels are paused") % {"many": facts["channels"], "of": facts["of"]}


_SENTENCES: dict[str, Callable[[Facts], str]] = {
    "refused": _refused,
    "gone": _gone,
    "robots": lambda facts: gettext("robots.txt forbids reading it"),
    "no_name": lambda facts: gettext("the host's name is gone from the DNS"),
    "certificate": lambda facts: gettext("the certificate is not valid, or has expired"),
    "their_fault": _their_fault,
    "unreachable": lambda facts: gettext("the site does not answer"),
    "no_links": lambda facts: gettext("no links to articles are found on the front page"),
    "unreadable": lambda facts: gettext("what comes is no feed that can be read"),
    "fault": lambda facts: outcomes.words(facts.get("outcome", "")),
    "feed_empty": lambda facts: gettext("the feed is empty"),
    "pages_fail": _pages_fail,
    "no_text": _no_text,
    "text_fell": _text_fell,
    "silent": _silent,
    "slower": _slower,
    "latency_grew": _latency,
    "nothing_yet": _nothing_yet,
    "not_looking": _not_looking,
    "not_read": lambda facts: gettext("it was not read in time: no worker came to it"),
    "channels_paused": _paused_channels,
    "paused": lambda facts: gettext("paused by an editor"),
}


def _moment(text: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


def _day(text: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d}"
