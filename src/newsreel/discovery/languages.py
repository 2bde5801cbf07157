"""Language tags as publishers write them."""

from __future__ import annotations

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def tag(stated: str | None) -> str:
    """A stated language as BCP 47 writes it ('en_us' is 'en-US', 'ZH-HANS' is 'zh-Hans'); '' where it is none."""
    stated = (stated or "").strip()
    if not _TAG.fullmatch(stated):
        return ""
    first, *others = stated.replace("_", "-").split("-")
    return "-".join([first.lower(), *map(_subtag, others)])


def _subtag(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower()
