"""``newsreel user``: the accounts of the portal, from the terminal. The first administrator is made here."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from newsreel.core.errors import Permanent

if TYPE_CHECKING:
    from newsreel.accounts.models import User

ROLES = ("reader", "editor", "administrator")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words of this command."""
    user = commands.add_parser(
        "user", help="accounts of the portal: add, role, reset, disable, enable, list", allow_abbrev=False
    )
    acts = user.add_subparsers(metavar="ACT", dest="action", required=True)
    add = acts.add_parser(
        "add", help="a new account; asks for its password, or gives a link to set it", allow_abbrev=False
    )
    add.add_argument("name")
    add.add_argument("--email", required=True, help="its address, which counts as confirmed")
    add.add_argument("--role", choices=ROLES, default="reader")
    add.add_argument("--password-stdin", action="store_true", help="reads the password from the standard input")
    add.set_defaults(command=_add)
    role = acts.add_parser("role", help="gives an account a role", allow_abbrev=False)
    role.add_argument("name", help="name or address")
    role.add_argument("role", choices=ROLES)
    role.set_defaults(command=_role)
    for act, words, command in (
        ("reset", "a link by which its owner sets a new password; its sessions end", _reset),
        ("disable", "nobody comes in by it any more; its sessions end", _disable),
        ("enable", "it may be used again", _enable),
    ):
        parser = acts.add_parser(act, help=words, allow_abbrev=False)
        parser.add_argument("name", help="name or address")
        parser.set_defaults(command=command)
    acts.add_parser("list", help="all accounts, a line each", allow_abbrev=False).set_defaults(command=_list)


def _add(options: argparse.Namespace) -> int:
    password = _password(options)

    def act() -> None:
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError

        from newsreel.accounts import audit, people
        from newsreel.accounts.models import User
        from newsreel.accounts.roles import Role

        try:
            if password is not None:
                validate_password(password, User(username=options.name, email=options.email))
        except ValidationError as error:
            raise Permanent("bad_password", " ".join(error.messages)) from None
        user = people.add(options.name, options.email, Role(options.role), password)
        audit.record("user_added", user.username, role=user.role)
        print(f"added: {user.username} ({user.role})")
        if password is None:
            print(f"The password is set at {people.reset_link(user)}")

    return _within_archive(act)


def _password(options: argparse.Namespace) -> str | None:
    """None where a link is to be given: there is no terminal to ask at, or nothing was typed."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        return None
    first = getpass.getpass("Password (nothing: a link to set it is given): ")
    if first and first != getpass.getpass("Again: "):
        raise Permanent("bad_password", "The two passwords differ.")
    return first or None


def _role(options: argparse.Namespace) -> int:
    def act() -> None:
        from newsreel.accounts import audit, people
        from newsreel.accounts.roles import Role

        user = _known(options.name)
        before = user.role
        people.set_role(user, Role(options.role))
        audit.record("user_role", user.username, before=before, after=user.role)
        print(f"{user.username}: {before} -> {user.role}")

    return _within_archive(act)


def _reset(options: argparse.Namespace) -> int:
    def act() -> None:
        from newsreel.accounts import audit, people

        user = _known(options.name)
        people.end_sessions([user.pk])
        audit.record("user_reset", user.username)
        print(f"{user.username} sets a new password at {people.reset_link(user)}")

    return _within_archive(act)


def _disable(options: argparse.Namespace) -> int:
    def act() -> None:
        from newsreel.accounts import audit, people

        user = _known(options.name)
        people.disable(user)
        audit.record("user_disabled", user.username)
        print(f"disabled: {user.username}")

    return _within_archive(act)


def _enable(options: argparse.Namespace) -> int:
    def act() -> None:
        from newsreel.accounts import audit, people

        user = _known(options.name)
        people.enable(user)
        audit.record("user_enabled", user.username)
        print(f"enabled: {user.username}")

    return _within_archive(act)


def _list(options: argparse.Namespace) -> int:
    def act() -> None:
        from newsreel.accounts.models import User

        for user in User.objects.order_by("key"):
            print(f"{user.username}\t{user.role}\t{user.email}\t{'' if user.is_active else 'disabled'}".rstrip())

    return _within_archive(act)


def _known(name: str) -> User:
    from newsreel.accounts import people

    user = people.find(name)
    if user is None:
        raise Permanent("no_account", f"There is no account of that name or address: {name}.")
    return user


def _within_archive(act: Callable[[], None]) -> int:
    from newsreel.pipeline.startup import open_archive

    archive = open_archive()
    try:
        from django.db import transaction
        from django.utils import translation

        with translation.override("en"), transaction.atomic():  # terminals read English
            act()
    finally:
        archive.close()
    return 0
