"""What the settings and their values are called, and how each is typed in."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsreel.core.settings import Settings

_GROUPS = {
    "portal": _("The portal"),
    "people": _("Who comes in"),
    "mail": _("Mail"),
    "sign_on": _("Single sign-on"),
    "crawl": _("Reading the press"),
    "evidence": _("What is kept"),
}
_WORDS = {
    "name": (_("Name of the portal"), _("As readers see it.")),
    "language": (_("Language"), _("Of the pages until a reader chooses.")),
    "time_zone": (
        _("Time zone"),
        _("Of the times shown until the reader's browser has told its own, as Asia/Shanghai."),
    ),
    "members_only": (_("Members only"), _("Whether the portal is for people with an account only.")),
    "registration": (_("Registration"), _("Who may make an account.")),
    "captcha": (_("Captcha at the login"), _("Registration always asks for one.")),
    "second_factor": (_("Second factor"), _("Who must have an authenticator app or a passkey.")),
    "smtp": (
        _("Mail server"),
        _("smtp://user:password@host:587, or smtps://…:465. It is never shown again. Without one no mail is sent."),
    ),
    "mail_from": (_("Sender of mails"), _("Empty: newsreel@ and the portal's host.")),
    "oidc_url": (_("Address of the provider"), _("OpenID Connect. Empty: no single sign-on.")),
    "oidc_client": (_("Client ID"), _("That the provider knows this portal by.")),
    "oidc_secret": (_("Client secret"), _("It is never shown again.")),
    "oidc_name": (_("Name of the provider"), _("As the login page calls it.")),
    "contact": (
        _("Contact for publishers"),
        _("An address (mail or page) that is sent along, so that a publisher can reach whoever runs this portal."),
    ),
    "crawl_gap": (_("Gap between two requests"), _("Seconds, for each host.")),
    "crawl_hosts": (_("Hosts read at once"), _("By each worker.")),
    "crawl_interval": (
        _("Time between two looks"),
        _("Seconds, for a channel at the start; it adapts to how often the channel brings news."),
    ),
    "rsshub": (
        _("RSSHub instance"),
        _("Asked for addresses as rsshub://namespace/route, as https://rsshub.example.org. Empty: they are not read."),
    ),
    "snapshot_days": (_("Days of evidence"), _("For how long the pages as fetched are kept. 0: for ever.")),
    "article_days": (
        _("Days of articles"),
        _("For how long articles are kept after they were first seen, with all that belongs to them. 0: for ever."),
    ),
    "picture_cache": (
        _("Room for pictures"),
        _("Megabytes for pictures that were fetched for readers; the oldest go first."),
    ),
}
_VALUES: dict[tuple[str, Any], Any] = {
    ("language", "zh-hans"): _("Chinese"),
    ("language", "en"): _("English"),
    ("registration", "open"): _("everybody"),
    ("registration", "invitation"): _("whoever is invited"),
    ("registration", "closed"): _("nobody"),
    ("captcha", "always"): _("always"),
    ("captcha", "after_failures"): _("after failures"),
    ("second_factor", "optional"): _("nobody"),
    ("second_factor", "administrators"): _("administrators"),
    ("second_factor", "everybody"): _("everybody"),
    ("snapshot_days", 0): _("for ever"),
    ("article_days", 0): _("for ever"),
}


def groups() -> list[str]:
    """The groups, in the order of the page."""
    return list(_GROUPS)


def group(name: str) -> str:
    """A group of settings."""
    return str(_GROUPS.get(name, name))


def of(name: str) -> tuple[str, str]:
    """A setting's label and its help; of one without words its name and its own description."""
    label, help_ = _WORDS.get(name, (name, Settings.model_fields[name].description or ""))
    return str(label), str(help_)


def value(name: str, value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value in ("", None):
        return gettext("empty")
    return str(_VALUES.get((name, value), written(value)))


def written(value: Any) -> str:
    """A value as it is typed in."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def choices(name: str) -> list[tuple[str, str]]:
    """What there is to choose from; empty where a value is typed."""
    annotation = Settings.model_fields[name].annotation
    if annotation is bool:
        return [("true", gettext("yes")), ("false", gettext("no"))]
    if get_origin(annotation) is Literal:
        return [(written(choice), value(name, choice)) for choice in get_args(annotation)]
    return []


def kind(name: str) -> str:
    """'whole', 'number' or 'text': the keyboard that a telephone shows."""
    annotation = Settings.model_fields[name].annotation
    return {int: "whole", float: "number"}.get(annotation, "text") if isinstance(annotation, type) else "text"


def limits(name: str) -> dict[str, str]:
    """The bounds that a browser can hold."""
    found: dict[str, str] = {}
    for item in Settings.model_fields[name].metadata:
        if isinstance(item, Ge):
            found["min"] = str(item.ge)
        elif isinstance(item, Le):
            found["max"] = str(item.le)
        elif isinstance(item, MaxLen):
            found["maxlength"] = str(item.max_length)
    return found
