"""docs/settings.md, written from the table of settings: ``python -m newsreel.core.settings_page docs/settings.md``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic.fields import FieldInfo

from newsreel.core.settings import PREFIX, Settings, changeable

_HEAD = """\
# Settings

Newsreel reads its settings from the environment. None is needed: every one has a default. A value that cannot be
read is named, in one sentence, before anything starts. Those that can be changed in the portal as well (管理, 设置) are
kept in the database; where the environment has a value, that one holds.

This page is written from `src/newsreel/core/settings.py` by `make docs`; a test fails where it is out of date.

"""
_KINDS: dict[Any, str] = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path"}


def page() -> str:
    """The page, in Markdown: every setting with its variable, kind, default and meaning, in the table's order."""
    return _HEAD + "\n".join(_section(name, field) for name, field in Settings.model_fields.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page to the file named, or to standard output."""
    names = sys.argv[1:] if arguments is None else list(arguments)
    if names:
        Path(names[0]).write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
    return 0


def _section(name: str, field: FieldInfo) -> str:
    return (
        f"## {PREFIX}{name.upper()}\n\n{field.description}\n\n- Kind: {_kind(field)}\n- Default: {_default(field)}\n"
        f"- In the portal: {_in_portal(name)}\n"
    )


def _in_portal(name: str) -> str:
    mark = changeable().get(name)
    if mark is None:
        return "no"
    return "can be changed" + (", and takes effect at the next start" if mark.restart else "")


def _kind(field: FieldInfo) -> str:
    limits = [text for item in field.metadata if (text := _limit(item))]
    return ", ".join([_type(field.annotation), *limits])


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list, separated by commas"
    members = [member for member in get_args(annotation) if member is not type(None)]
    return _KINDS[members[0] if members else annotation]


def _limit(item: object) -> str:
    match item:
        case Ge(ge=least):
            return f"at least {least}"
        case Gt(gt=below):
            return f"more than {below}"
        case Le(le=most):
            return f"at most {most}"
        case Lt(lt=above):
            return f"less than {above}"
        case MinLen(min_length=1):
            return "not empty"
        case MinLen(min_length=length):
            return f"at least {length} characters"
        case MaxLen(max_length=length):
            return f"at most {length} characters"
    return ""


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "see above"
    if field.default in ("", None, ()):
        return "empty"
    return f"`{field.default}`"


if __name__ == "__main__":
    sys.exit(main())
