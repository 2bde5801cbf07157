"""Why something was not done, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsreel.archive.preferences import BadValue
from newsreel.core.errors import NewsreelError
from newsreel.sources.lists import RefusedList

_WORDS = {
    "last_administrator": _("This is the last administrator: name another one first."),
    "invitation_used": _("This invitation has been used already."),
    "nothing_chosen": _("Choose at least one channel."),
    "too_many_wishes": _("Enough addresses are being looked at already: try again in a minute."),
    "setting_fixed": _("This setting is given by the environment, which overrules the portal."),
    "bad_setting": _("This setting cannot be changed in the portal."),
    "no_address": _("This account has no confirmed address to which a letter could go."),
    "bad_email": _("This is not a valid e-mail address."),
    "bad_days": _("An invitation holds for 1 to 365 days."),
    "bad_role": _("There is no such role."),
    "list_empty": _("The list is empty."),
    "list_too_large": _("The list is larger than 8 MB."),
    "list_too_long": _("The list has more than 50,000 entries."),
    "list_too_deep": _("The list is nested deeper than a list of feeds is."),
    "list_entities": _("The list declares a document type with entities, which could grow without bound: refused."),
    "list_broken": _("The list is damaged: it cannot be read to its end."),
    "list_unknown": _("This is neither a list of feeds (OPML) nor a table of them (CSV)."),
    "list_no_feeds": _("The list names no feeds."),
    "list_odd": _("The list has entries that name no address of the web."),
    "list_refused": _("The list holds an address that is private or special."),
    "list_rsshub": _("The list holds addresses of RSSHub, and the settings name no instance: name one first."),
    "sample_only": _("This is the sample: leave it to add sources."),
    "bad_shape": _("No address of this source has this shape."),
    "bad_group": _("A group's name has 1 to 150 characters."),
    "bad_gap": _("A gap is a number of seconds, at most an hour."),
    "gap_short": _("Only an administrator may have a source asked more often than the setting says."),
    "bad_header": _("A header is written as Name: value, in printable ASCII."),
    "header_ours": _("One of these headers is the crawler's own, as Host, User-Agent and Range are."),
    "too_many_headers": _("At most ten headers are sent."),
    "bad_path": _("A path begins with a slash, and holds no spaces, stars and question marks."),
    "too_many_paths": _("At most twenty paths can be named."),
    "bad_proxy": _("The proxy must be written as http://host:port."),
    "bad_ports": _("Ports are numbers from 1 to 65535, ten at most."),
    "no_reason": _("An exception from robots.txt needs a reason, of at most 500 characters."),
    "source_retired": _("The source is read no more."),
    "group_known": _("There is a group of that name already."),
}
_VALUES: dict[str, Any] = {
    "greater_than_equal": _("It must be at least %(limit)s."),
    "less_than_equal": _("It must be at most %(limit)s."),
    "string_too_short": _("It must not be empty."),
    "string_too_long": _("It must have at most %(limit)s characters."),
    "int_parsing": _("It must be a whole number."),
    "int_from_float": _("It must be a whole number."),
    "float_parsing": _("It must be a number."),
    "finite_number": _("It must be a number."),
    "bool_parsing": _("It must be yes or no."),
    "literal_error": _("It must be one of the values to choose from."),
    "address": _("It must be an address that begins with %(limit)s://."),
    "unprintable": _("It is too long, or holds signs that cannot be seen."),
}


def words(error: NewsreelError) -> str:
    """One sentence. A fault without words of its own is told as it came, in English."""
    if isinstance(error, BadValue):
        if error.kind in _VALUES:
            return str(_VALUES[error.kind]) % {"limit": error.limit}
        return gettext("This value is not taken: it %(reason)s.") % {"reason": error.reason.rstrip(".")}
    if isinstance(error, RefusedList) and error.entries:
        return f"{_WORDS[error.outcome]} {', '.join(error.entries)}"
    return str(_WORDS.get(error.outcome, error.reason))
