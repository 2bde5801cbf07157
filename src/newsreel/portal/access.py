"""Who may open which address. An address without a rule is not served: the check fails before anything starts."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from newsreel.accounts.roles import Role


class Access(Enum):
    """Who. Each but the first two holds for an account that is signed in and not disabled."""

    ALWAYS = "everybody, also where the portal is for members only"
    PUBLIC = "everybody, or members where the portal is for members only"
    BEGINNING = "editors, and this machine until there is an administrator"  # see acts.py
    MEMBER = "every account"
    EDITOR = "editors"
    ADMINISTRATOR = "administrators"

    @property
    def role(self) -> Role | None:
        """The role that is needed; None where none is."""
        return _ROLES.get(self)


_ROLES = {
    Access.BEGINNING: Role.EDITOR,
    Access.MEMBER: Role.READER,
    Access.EDITOR: Role.EDITOR,
    Access.ADMINISTRATOR: Role.ADMINISTRATOR,
}

RULES: dict[str, Access] = {
    "portal:home": Access.PUBLIC,
    "portal:article": Access.PUBLIC,
    "portal:extraction": Access.EDITOR,
    "portal:source": Access.PUBLIC,
    "portal:channel": Access.PUBLIC,
    "portal:topic": Access.PUBLIC,
    "portal:keyword": Access.PUBLIC,
    "portal:sources": Access.PUBLIC,
    "portal:health": Access.PUBLIC,
    "portal:health_source": Access.PUBLIC,
    "portal:catalogue": Access.PUBLIC,
    "portal:catalogue_add": Access.BEGINNING,
    "portal:about": Access.PUBLIC,
    "portal:language": Access.ALWAYS,
    "portal:activity": Access.PUBLIC,
    "portal:add": Access.BEGINNING,
    "portal:open_sample": Access.BEGINNING,
    "portal:leave_sample": Access.BEGINNING,
    "portal:healthz": Access.ALWAYS,
    "portal:live": Access.PUBLIC,
    "portal:picture": Access.PUBLIC,
    "portal:websub": Access.ALWAYS,  # for hubs: who knows the address
    # The door, and what is behind it
    "account_login": Access.ALWAYS,
    "account_logout": Access.ALWAYS,
    "account_inactive": Access.ALWAYS,
    "account_signup": Access.ALWAYS,
    "account_email_verification_sent": Access.ALWAYS,
    "account_confirm_email": Access.ALWAYS,
    "account_reset_password": Access.ALWAYS,
    "account_reset_password_done": Access.ALWAYS,
    "account_reset_password_from_key": Access.ALWAYS,
    "account_reset_password_from_key_done": Access.ALWAYS,
    "mfa_authenticate": Access.ALWAYS,
    "mfa_login_webauthn": Access.ALWAYS,
    "openid_connect_login": Access.ALWAYS,
    "openid_connect_callback": Access.ALWAYS,
    "socialaccount_login_cancelled": Access.ALWAYS,
    "socialaccount_login_error": Access.ALWAYS,
    "socialaccount_signup": Access.ALWAYS,
    "accounts:captcha": Access.ALWAYS,
    "accounts:captcha_picture": Access.ALWAYS,
    "accounts:captcha_sound": Access.ALWAYS,
    "accounts:home": Access.MEMBER,
    "accounts:export": Access.MEMBER,
    "accounts:delete": Access.MEMBER,
    "accounts:end_session": Access.MEMBER,
    "account_reauthenticate": Access.MEMBER,
    "account_email": Access.MEMBER,
    "account_change_password": Access.MEMBER,
    "account_set_password": Access.MEMBER,
    "mfa_index": Access.MEMBER,
    "mfa_reauthenticate": Access.MEMBER,
    "mfa_activate_totp": Access.MEMBER,
    "mfa_deactivate_totp": Access.MEMBER,
    "mfa_view_recovery_codes": Access.MEMBER,
    "mfa_generate_recovery_codes": Access.MEMBER,
    "mfa_download_recovery_codes": Access.MEMBER,
    "mfa_list_webauthn": Access.MEMBER,
    "mfa_add_webauthn": Access.MEMBER,
    "mfa_reauthenticate_webauthn": Access.MEMBER,
    "mfa_edit_webauthn": Access.MEMBER,
    "mfa_remove_webauthn": Access.MEMBER,
    "usersessions_list": Access.MEMBER,
    "socialaccount_connections": Access.MEMBER,
    "invitation": Access.ALWAYS,
    # The administration
    "administration:home": Access.EDITOR,
    "administration:sources": Access.EDITOR,
    "administration:preview_ask": Access.EDITOR,
    "administration:preview": Access.EDITOR,
    "administration:preview_add": Access.EDITOR,
    "administration:sources_list": Access.EDITOR,
    "administration:sources_look": Access.EDITOR,
    "administration:sources_found": Access.EDITOR,
    "administration:sources_take": Access.EDITOR,
    "administration:sources_export": Access.EDITOR,
    "administration:source": Access.EDITOR,
    "administration:source_pause": Access.EDITOR,
    "administration:source_resume": Access.EDITOR,
    "administration:source_retire": Access.EDITOR,
    "administration:source_pace": Access.EDITOR,
    "administration:source_way": Access.ADMINISTRATOR,
    "administration:source_robots": Access.ADMINISTRATOR,
    "administration:source_addresses": Access.EDITOR,
    "administration:source_correct": Access.EDITOR,
    "administration:channel_pause": Access.EDITOR,
    "administration:channel_resume": Access.EDITOR,
    "administration:work": Access.EDITOR,
    "administration:failures": Access.EDITOR,
    "administration:failure": Access.EDITOR,
    "administration:failure_retry": Access.EDITOR,
    "administration:users": Access.ADMINISTRATOR,
    "administration:user": Access.ADMINISTRATOR,
    "administration:user_role": Access.ADMINISTRATOR,
    "administration:user_disable": Access.ADMINISTRATOR,
    "administration:user_enable": Access.ADMINISTRATOR,
    "administration:user_sessions": Access.ADMINISTRATOR,
    "administration:user_factors": Access.ADMINISTRATOR,
    "administration:user_reset": Access.ADMINISTRATOR,
    "administration:user_groups": Access.ADMINISTRATOR,
    "administration:user_delete": Access.ADMINISTRATOR,
    "administration:groups": Access.ADMINISTRATOR,
    "administration:group_add": Access.ADMINISTRATOR,
    "administration:group_delete": Access.ADMINISTRATOR,
    "administration:invitations": Access.ADMINISTRATOR,
    "administration:invitation_make": Access.ADMINISTRATOR,
    "administration:invitation_withdraw": Access.ADMINISTRATOR,
    "administration:settings": Access.ADMINISTRATOR,
    "administration:settings_change": Access.ADMINISTRATOR,
    "administration:settings_reset": Access.ADMINISTRATOR,
    "administration:storage": Access.ADMINISTRATOR,
    "administration:record": Access.ADMINISTRATOR,
}


def route_names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The full name of every address ('portal:home'); of one without a name, its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from route_names(entry, space)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}" if entry.name else str(entry.pattern)


@register("security")
def check_access(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Django's system check: each address has a rule, and no rule is left over."""
    return errors_of(set(route_names()))


def errors_of(names: set[str]) -> list[CheckMessage]:
    """What is wrong with the rules, the addresses being these."""
    missing = [Error(f"The address {name!r} has no access rule.", id="newsreel.E001") for name in names - set(RULES)]
    unused = [Error(f"The access rule {name!r} has no address.", id="newsreel.E002") for name in set(RULES) - names]
    return [*missing, *unused]
