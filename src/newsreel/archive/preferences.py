"""Settings that were changed in the portal: rows that lie over the defaults where the environment says nothing.

A change is a line of the change log too, so that each web process takes it up through its follower; a worker looks at
every sweep. Nothing is read for a single page.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from django.db.models.functions import Now
from pydantic import ValidationError

from newsreel.archive import changes
from newsreel.archive.models import Preference
from newsreel.core import settings as ours
from newsreel.core.errors import Permanent
from newsreel.core.settings import Changeable, Settings

log = logging.getLogger("newsreel.settings")

KIND = "setting"  # of a line in the change log
ROWS_SQL = "SELECT name, value::text FROM archive_preference"
MOST_LENGTH = 2000
_SCHEMES = {
    "smtp": ("smtp", "smtps"),
    "oidc_url": ("https", "http"),
    "rsshub": ("https", "http"),
}  # of settings that name a server
Origin = Literal["environment", "portal", "default"]


class BadValue(Permanent):
    """A value that a setting does not take. ``kind`` is pydantic's name for the fault, ``limit`` the bound that it names."""

    def __init__(self, reason: str, kind: str, limit: str = "") -> None:
        super().__init__("bad_setting", reason)
        self.kind = kind
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as the page shows it. Of a secret the value is at most the host that it names; ``is_set`` says whether
    there is one.
    """

    name: str
    mark: Changeable
    value: Any
    default: Any
    origin: Origin
    is_set: bool


def shown() -> tuple[Shown, ...]:
    """The settings that can be changed in the portal, as they hold now."""
    own, now = ours.own_settings(), ours.settings()
    rows = set(Preference.objects.values_list("name", flat=True))
    return tuple(_shown(name, mark, own, now, rows) for name, mark in ours.changeable().items())


def _shown(name: str, mark: Changeable, own: Settings, now: Settings, rows: set[str]) -> Shown:
    value = getattr(now, name)
    origin: Origin = "environment" if name in own.model_fields_set else "portal" if name in rows else "default"
    default = Settings.model_fields[name].get_default(call_default_factory=True)
    return Shown(name, mark, _hint(value) if mark.secret else value, default, origin, value not in ("", None))


def _hint(value: Any) -> str | None:
    """Of a secret that is an address, the part that is none."""
    try:
        parts = urlsplit(str(value))
        return (
            f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "") if parts.hostname else None
        )
    except ValueError:
        return None


def write(name: str, text: str) -> bool:
    """Keeps a value, in the caller's transaction; whether it is another than the one that was kept or holds.

    Permanent 'bad_setting' where the setting does not take it (BadValue), or is not one that the portal may change.
    """
    _refuse_fixed(name)
    value = read_value(name, text)
    row = Preference.objects.select_for_update().filter(pk=name).first()
    before = row.value if row else getattr(ours.settings(), name)
    if value == before:
        return False
    Preference.objects.update_or_create(name=name, defaults={"value": value, "changed_at": Now()})
    changes.record(KIND, [0], "changed")
    return True


def reset(name: str) -> bool:
    """Forgets a value, in the caller's transaction: the default holds again. Whether there was one."""
    _refuse_fixed(name)
    gone, _ = Preference.objects.filter(pk=name).delete()
    if gone:
        changes.record(KIND, [0], "changed")
    return bool(gone)


def read_value(name: str, value: Any) -> Any:
    """A value by the setting's own rules. BadValue where they do not allow it."""
    if isinstance(value, str):
        value = value.strip()
        if len(value) > MOST_LENGTH or not value.isprintable():
            raise BadValue("The value is too long, or holds signs that cannot be seen.", "unprintable")
        if value and name in _SCHEMES:
            _check_address(value, _SCHEMES[name])
    try:
        return getattr(Settings(**{name: value}), name)
    except ValidationError as error:
        fault = next((fault for fault in error.errors() if fault["loc"] and fault["loc"][0] == name), None)
    if fault is None:
        raise BadValue("The settings of the environment cannot be read.", "environment")
    limits = fault.get("ctx", {})
    limit = next(
        (str(limits[key]) for key in ("ge", "le", "gt", "lt", "min_length", "max_length") if key in limits), ""
    )
    raise BadValue(str(fault["msg"]).removeprefix("Value error, "), str(fault["type"]), limit)


def take_up() -> bool:
    """Reads what was changed and lets this process follow it; whether anything is different then."""
    return take_up_rows(Preference.objects.values_list("name", "value"))


def take_up_texts(rows: Iterable[tuple[str, str]]) -> bool:
    """The same with the rows of ROWS_SQL."""
    return take_up_rows((name, json.loads(text)) for name, text in rows)


def take_up_rows(rows: Iterable[tuple[str, Any]]) -> bool:
    """The same with rows that were read. What another version of this program kept and this one does not take is left out."""
    marks, values = ours.changeable(), {}
    for name, value in rows:
        if name in marks:
            try:
                values[name] = read_value(name, value)
            except BadValue as error:
                log.warning("The setting %s as changed in the portal is not taken: %s", name, error.reason)
    return ours.overlay(values)


def _check_address(value: str, schemes: tuple[str, ...]) -> None:
    """BadValue where a value is no address: somebody sits before the form and can mend it."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise BadValue(
            f"It is not an address that begins with {' or '.join(f'{s}://' for s in schemes)}", "address", schemes[0]
        )


def _refuse_fixed(name: str) -> None:
    if name not in ours.changeable():
        raise Permanent("bad_setting", "This setting cannot be changed in the portal.")
    if name in ours.own_settings().model_fields_set:
        raise Permanent("setting_fixed", "This setting is given by the environment, which overrules the portal.")
