"""Houses for tests of the first minute: data folders of their own in a short private folder, whatever the test does."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import newsreel
from tests.first_minute.house import CLOSED, MYSELF, House, User
from tests.installation import ready_home

MakeHouse = Callable[..., House]


@pytest.fixture
def ground() -> Iterator[Path]:
    """A short folder that every user may enter: homes of several users stand in it, and sockets need short paths."""
    made = Path(tempfile.mkdtemp(prefix="nr-first-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    for record in made.rglob("postgres.socket"):
        shutil.rmtree(record.read_text().strip(), ignore_errors=True)
    shutil.rmtree(made)


@pytest.fixture
def make_house(ground: Path) -> Iterator[MakeHouse]:
    """Makes a house below the ground, without a network and without the sample unless the settings say so. ``ready``: its database has
    been there before.
    """
    made: list[House] = []

    def make(name: str = "home", user: User = MYSELF, *, ready: bool = False, **environment: str) -> House:
        if ready:
            ready_home(ground / name)
        settings = {"NEWSREEL_PROXY": CLOSED, "NEWSREEL_SAMPLE": "never"} | environment
        made.append(House(ground / name, user, **settings))
        return made[-1]

    yield make
    for house in made:
        house.end()


@pytest.fixture(scope="session")
def ordinary_user() -> User:
    """Whoever runs the tests, where that is not root; root plays 'nobody', where the project can be reached by it."""
    if os.geteuid() != 0:
        return MYSELF
    packages, project = site.getsitepackages()[0], str(Path(newsreel.__file__).parent.parent)
    # The tests' own Python may lie in root's home; the system's will do, where it is of the same version.
    system = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, system):
        user = User("nobody", python, f"{project}:{packages}")
        try:
            probe = [python, "-c", "import newsreel.cli, psycopg"]
            done = subprocess.run(probe, env=user.environment, cwd="/", capture_output=True, **user.account)
        except OSError:
            continue
        if done.returncode == 0:
            return user
    pytest.skip("left out: this project, or a Python for it, lies where an ordinary user may not enter")
