"""How much a text says."""

from __future__ import annotations

import re

# A Chinese, Japanese or Korean character says as much as so many Latin ones.
WIDE_WEIGHT = 2.5
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def weight(text: str) -> float:
    """How much a text says, in Latin characters."""
    return len(text) if text.isascii() else len(text) + (WIDE_WEIGHT - 1) * len(_WIDE.findall(text))
