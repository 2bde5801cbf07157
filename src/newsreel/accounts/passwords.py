"""Which passwords are refused beside Django's list of common ones: those made of this portal's own words."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from newsreel.accounts.roles import Role
from newsreel.core.settings import settings

# Whoever guesses passwords of a known portal begins with these.
OWN_WORDS = (
    "newsreel",
    "环球要闻",
    "password",
    "passwort",
    "密码",
    "mima",
    "qwerty",
    "admin",
    "新闻",
    "xinwen",
    *Role.values,
)
_SHORTEST_REST = 6


class NoOwnWords:
    """A validator of Django's: at least six characters must be left when the portal's own words are taken away."""

    def validate(self, password: str, user: object = None) -> None:
        """ValidationError where too little is left."""
        rest = unicodedata.normalize("NFKC", password).casefold()
        for word in sorted(own_words(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < min(_SHORTEST_REST, len(password)) and len(rest) < len(password):
            raise ValidationError(_("This password is made of words that are easy to guess here."), code="own_words")

    def get_help_text(self) -> str:
        """What a form says beforehand."""
        return _("At least 8 characters, and none of the passwords that many use.")


def own_words() -> set[str]:
    """OWN_WORDS, and the words of the portal's name and host."""
    named = re.findall(r"\w{3,}", f"{settings().name} {urlsplit(settings().url).hostname or ''}")
    return {word.casefold() for word in (*OWN_WORDS, *named)}
