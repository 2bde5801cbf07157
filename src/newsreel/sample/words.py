"""How each language of the sample press writes a day: months, weekdays, the direction of its script."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from string import Template

_DAY = re.compile(r"\{(wd|md)([+-]\d)?\}")


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words for dates. ``day`` is a string.Template over ``$month``, ``$name`` and ``$day``."""

    code: str
    name: str
    direction: str
    day: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]

    def names(self, moment: datetime) -> dict[str, str]:
        """The parts of a local moment for a Template: y, m, mm, d, dd, h, hh, mi, month, weekday, tz."""
        return {
            "y": str(moment.year),
            "m": str(moment.month),
            "mm": f"{moment.month:02}",
            "d": str(moment.day),
            "dd": f"{moment.day:02}",
            "h": str(moment.hour),
            "hh": f"{moment.hour:02}",
            "mi": f"{moment.minute:02}",
            "month": self.months[moment.month - 1],
            "weekday": self.weekdays[moment.weekday()],
            "tz": moment.tzname() or "",
        }

    def dated(self, text: str, moment: datetime) -> str:
        """``{wd-1}`` and ``{md}`` in a text, as the weekday before the article's local day, and that day itself."""

        def day(found: re.Match[str]) -> str:
            names = self.names(moment + timedelta(days=int(found[2] or 0)))
            return names["weekday"] if found[1] == "wd" else Template(self.day).substitute(names)

        return _DAY.sub(day, text)


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Every language of the sample press by its BCP 47 code, from press/languages.toml."""
    found = tomllib.loads(resources.files("newsreel.sample").joinpath("press/languages.toml").read_text("utf-8"))
    return {
        code: Language(
            code=code,
            name=row["name"],
            direction=row.get("direction", "ltr"),
            day=row["day"],
            months=tuple(row["months"]),
            weekdays=tuple(row["weekdays"]),
        )
        for code, row in found.items()
    }
