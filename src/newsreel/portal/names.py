"""Proper names in the reader's language."""

from __future__ import annotations

import re

from django.utils import translation

from newsreel.archive.shown import Name


def in_language(name: Name) -> str:
    """The Chinese name on Chinese pages where it is known, else the name itself."""
    if (translation.get_language() or "").startswith("zh") and name.name_zh:
        return name.name_zh
    return name.name


def sorting_key(name: str) -> tuple[bytes, str]:
    """Order of names: Chinese by sound as GB 2312 orders its commoner characters, others before them by letter; signs before
    the first letter ('+972', '.týždeň') do not count.
    """
    folded = re.sub(r"^\W+(?=\w)", "", name.casefold())
    return folded.encode("gb18030", "replace"), folded
