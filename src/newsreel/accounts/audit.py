"""The record of administrative acts: who did what to whom, when and from where. It is only ever added to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsreel.accounts.client import client_address
from newsreel.accounts.models import AuditEntry, User

COMMAND_LINE = "command line"

# What each act is called on the page.
WORDS = {
    "user_added": _("added an account"),
    "user_role": _("changed a role"),
    "user_disabled": _("disabled an account"),
    "user_enabled": _("enabled an account"),
    "user_groups": _("changed groups"),
    "user_deleted": _("deleted an account"),
    "account_deleted": _("deleted the own account"),
    "user_reset": _("reset a password"),
    "user_sessions_ended": _("ended the sessions of an account"),
    "user_second_factors_removed": _("removed the second factors of an account"),
    "group_added": _("added a group"),
    "group_deleted": _("deleted a group"),
    "invited": _("invited"),
    "invitation_withdrawn": _("withdrew an invitation"),
    "source_added": _("asked for a source"),
    "channels_added": _("switched on channels of the catalogue"),
    "list_taken": _("took in a list of feeds"),
    "source_paused": _("paused a source"),
    "source_resumed": _("resumed a source"),
    "source_retired": _("retired a source"),
    "source_pace": _("changed the gap or headers of a source"),
    "source_way": _("changed the proxy or ports of a source"),
    "robots_excepted": _("made an exception from robots.txt"),
    "robots_obeyed": _("ended an exception from robots.txt"),
    "addresses_corrected": _("corrected which addresses are articles"),
    "channel_paused": _("paused a channel"),
    "channel_resumed": _("resumed a channel"),
    "setting_changed": _("changed a setting"),
    "setting_reset": _("reset a setting"),
    "failures_retried": _("had failures tried again"),
}


def record(
    act: str, about: str = "", *, request: HttpRequest | None = None, actor_name: str = "", **details: Any
) -> AuditEntry:
    """Writes an act of WORDS, within the caller's transaction. Without a request it was the command line; ``actor_name``
    is for one whose account is gone.
    """
    if act not in WORDS:
        raise ValueError(f"an act without words: {act}")
    user = request.user if request is not None else None
    actor = user if isinstance(user, User) and user.pk is not None else None
    return AuditEntry.objects.create(
        actor=actor,
        actor_name=actor.username if actor else actor_name or (COMMAND_LINE if request is None else ""),
        act=act,
        about=about[:200],
        details=details,
        address=client_address(request) if request is not None else None,
    )
