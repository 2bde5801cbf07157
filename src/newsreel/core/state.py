"""What the processes of one installation tell each other without a database: two small files in the data folder.

``state.json`` is the supervisor's word on what it is doing, for the portal to show. ``control/`` holds requests from the
portal to the supervisor, each an empty file with the request's name.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Phase = Literal["starting", "looking", "running", "no_network", "opening", "sample"]
Request = Literal["open_sample", "leave_sample"]
REQUESTS: tuple[Request, ...] = ("open_sample", "leave_sample")
SAMPLE_FOLDER = "sample"
_SAMPLE_MARK = "this-is-the-sample"


@dataclass(frozen=True, slots=True)
class State:
    """``phase``: 'looking' tries the starter feeds, 'no_network' found none of them, 'opening' prepares the sample.
    ``because``: why the sample is open, 'asked' or 'no_network'. ``leave``: whether there is an archive of one's own
    to go back to.
    """

    phase: Phase = "running"
    because: str = ""
    leave: bool = False


def write_state(home: Path, state: State) -> None:
    """Says what is going on; a disk that does not take it must not stop the supervisor."""
    draft = home / f".state.{os.getpid()}"
    try:
        draft.write_text(json.dumps(asdict(state)))
        draft.replace(home / "state.json")
    except OSError:
        draft.unlink(missing_ok=True)


def read_state(home: Path) -> State:
    """What the supervisor last said; 'running' where nobody said anything (the portal was started alone)."""
    try:
        found = json.loads((home / "state.json").read_text())
        return State(found["phase"], found["because"], bool(found["leave"]))
    except (OSError, ValueError, KeyError, TypeError):
        return State()


def request(home: Path, wish: Request) -> None:
    """Asks the supervisor for something."""
    folder = home / "control"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / wish).touch()


def take_requests(home: Path) -> list[Request]:
    """The requests that are waiting; they are gone then."""
    taken: list[Request] = []
    for wish in REQUESTS:
        try:
            (home / "control" / wish).unlink()
        except OSError:
            continue
        taken.append(wish)
    return taken


def mark_sample(home: Path) -> None:
    """Makes a data folder the sample's own, for ever."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / _SAMPLE_MARK).touch()


def is_sample(home: Path) -> bool:
    """Whether a data folder is the sample's."""
    return (home / _SAMPLE_MARK).exists()
