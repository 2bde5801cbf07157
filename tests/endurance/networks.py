"""Network namespaces as machines: each with a way to the database and another to the press, of which each can be cut."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NETS = ("db", "out")


class Networks:
    """``many`` machines. Their ways to the database meet at the address ``db``, those to the press at ``out``."""

    def __init__(self, many: int) -> None:
        self.mark, self.many = secrets.token_hex(2), many
        part = 1 + secrets.randbelow(250)
        self._parts = {"db": f"10.213.{part}", "out": f"10.214.{part}"}
        self.db, self.out = (f"{self._parts[net]}.1" for net in NETS)

    @property
    def before(self) -> list[str]:
        """The words that start a command on machine {}."""
        return ["ip", "netns", "exec", f"n{self.mark}-{{}}"]

    def address(self, number: int) -> str:
        """Where a machine's requests to the press come from."""
        return f"{self._parts['out']}.{number + 10}"

    def make(self) -> None:
        for net in NETS:
            _ip(f"link add b{self.mark}{net} type bridge")
            _ip(f"addr add {self._parts[net]}.1/24 dev b{self.mark}{net}")
            _ip(f"link set b{self.mark}{net} up")
        for number in range(self.many):
            space = f"n{self.mark}-{number}"
            _ip(f"netns add {space}")
            _ip(f"-n {space} link set lo up")
            for net in NETS:
                _ip(f"link add {self._end(net, number)} type veth peer name {net} netns {space}")
                _ip(f"link set {self._end(net, number)} master b{self.mark}{net} up")
                _ip(f"-n {space} addr add {self._parts[net]}.{number + 10}/24 dev {net}")
                _ip(f"-n {space} link set {net} up")

    def cut(self, net: str, number: int) -> None:
        """As if the cable were pulled: nothing is said to either side."""
        _ip(f"link set {self._end(net, number)} nomaster")

    def mend(self, net: str, number: int) -> None:
        _ip(f"link set {self._end(net, number)} master b{self.mark}{net}")

    def remove(self) -> None:
        for number in range(self.many):
            _ip(f"netns del n{self.mark}-{number}", strict=False)
        for net in NETS:
            for number in range(self.many):
                _ip(f"link del {self._end(net, number)}", strict=False)
            _ip(f"link del b{self.mark}{net}", strict=False)

    def _end(self, net: str, number: int) -> str:
        return f"v{self.mark}{net}{number}"


@contextmanager
def networks(many: int) -> Iterator[Networks]:
    """Some, removed at the end; the test is left out, with the reason, where they cannot be made."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("left out: only root can make network namespaces, by the program ip")
    made = Networks(many)
    try:
        made.make()
    except subprocess.CalledProcessError as error:
        made.remove()
        pytest.skip(f"left out: no network namespaces can be made here ({error.stderr.decode().strip()})")
    try:
        yield made
    finally:
        made.remove()


def _ip(words: str, *, strict: bool = True) -> None:
    subprocess.run(["ip", *words.split()], check=strict, capture_output=True)
