"""How long an HTTP answer says that it stays as it is. Source: RFC 9111, 4.2 (Cache-Control, Age, Expires)."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime

from newsreel.core.types import Response

# Beyond it a cache's rule is one for files that never change, which was put on a feed by mistake.
LONGEST_MEANT = 86_400
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?=,|$)', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|,)\s*(?:no-store|no-cache)\s*(?=[,=]|$)", re.IGNORECASE)


def fresh_seconds(response: Response) -> int | None:
    """Seconds for which an answer stays fresh by its own word, from now on; None where it says nothing, or nothing that can be meant
    (zero, less, more than a day). Asking sooner would most often be answered from the same cache.
    """
    control = ",".join(value for name, value in response.headers if name.lower() == "cache-control")[:2000]
    if _NOT_KEPT.search(control):
        return None
    stated = _MAX_AGE.search(control)
    seconds = int(stated[1]) if stated else _until_expiry(response)
    if seconds is None or seconds > LONGEST_MEANT:
        return None
    age = (response.header("age") or "").strip()
    left = seconds - (int(age[:12]) if age.isascii() and age.isdigit() else 0)
    return left if left > 0 else None


def _until_expiry(response: Response) -> int | None:
    expires = _moment(response.header("expires"))
    if expires is None:
        return None
    said = _moment(response.header("date")) or response.fetched_at
    return int((expires - said).total_seconds())


def _moment(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        found = email.utils.parsedate_to_datetime(value.strip()[:100])
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
