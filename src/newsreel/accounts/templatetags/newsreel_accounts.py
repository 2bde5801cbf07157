"""What the pages of accounts ask for besides what their views give."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from newsreel.accounts import factors
from newsreel.accounts.models import User
from newsreel.core.settings import settings

register = template.Library()


@register.simple_tag
def sign_on_name() -> str:
    """What the provider of single sign-on is called; '' where there is none."""
    chosen = settings()
    return (chosen.oidc_name or _("Single sign-on")) if chosen.oidc_url and chosen.oidc_client else ""


@register.simple_tag(takes_context=True)
def factor_is_missing(context: dict[str, Any]) -> bool:
    """Whether the reader must set up a second factor before going on."""
    reader = context.get("reader")
    return isinstance(reader, User) and factors.is_missing(reader)
