"""Names of accounts: what may be one, and which two are the same."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 2, 30
_JOINTS = frozenset("-_.")
# Alphabets that hold letters which look alike: a name keeps to one of them, or 'аdmin' with a Cyrillic а is another's.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def name_key(name: str) -> str:
    """Under which a name is known: neither case nor form (fullwidth letters, ligatures) makes another one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())


def check_name(name: str) -> str:
    """The name in its normal form. ValidationError where it cannot be one.

    Letters of any script, digits, and - _ . between them: no @ of whatever form, so that no name is taken for an
    address, and nothing that cannot be seen.
    """
    name = unicodedata.normalize("NFKC", name.strip())
    if not SHORTEST <= len(name) <= LONGEST:
        raise ValidationError(
            _("A name has %(least)d to %(most)d characters.") % {"least": SHORTEST, "most": LONGEST}, code="length"
        )
    if not all(_may_stand(letter) for letter in name) or name[0] in _JOINTS or name[-1] in _JOINTS:
        raise ValidationError(_("A name has letters and digits, and - _ . between them."), code="letters")
    if len({script for letter in name if (script := _script(letter))}) > 1:
        raise ValidationError(_("A name does not mix alphabets that look alike."), code="mixed")
    return name


def _may_stand(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN" or letter in _JOINTS


def _script(letter: str) -> str:
    """Which of the alphabets that look alike a letter is of; '' for all others."""
    name = unicodedata.name(letter, "")
    return next((script for script in _ALIKE if name.startswith(script)), "")
