"""The supervisor of ``newsreel run`` and ``newsreel demo``: keeps everything running, and says what it is doing.

It is in one of two modes. *Real* is the installation's own archive. *Sample* is the fictional press, served on loopback and
crawled into a data folder of its own below the real one; it is opened when asked for, or at a first start without a
network, and left when asked for.
"""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from newsreel.archive import embedded
from newsreel.cli.children import Child
from newsreel.cli.console import tell
from newsreel.cli.ports import free_port, own_address
from newsreel.core.errors import NewsreelError
from newsreel.core.settings import Settings
from newsreel.core.state import SAMPLE_FOLDER, State, mark_sample, take_requests, write_state
from newsreel.pipeline.startup import Archive

WATCH_SECONDS = 0.25
DATABASE_SECONDS = 2.0
STOP_SECONDS = 15.0
PREPARE_SECONDS = 20.0
DRIP_SECONDS = "5"
SAMPLE_KEEPS = tuple(
    f"NEWSREEL_{name}" for name in ("NAME", "LANGUAGE", "TIME_ZONE", "LISTEN", "URL", "TRUSTED_PROXIES", "HSTS")
)
NO_NETWORK = 3  # the exit code of `newsreel starters` where none of them answers
SAMPLE_CRAWL = {"NEWSREEL_CRAWL_GAP": "0", "NEWSREEL_CRAWL_INTERVAL": "3"}


@dataclass
class Plan:
    """What is to be started. ``looking``: the archive has no sources yet, so the starter feeds are tried."""

    archive: Archive | None
    port: int
    settings: Settings
    sample_first: bool = False
    looking: bool = False


class Supervisor:
    """Runs until it is told to stop (SIGINT, SIGTERM)."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._stopping = False
        self._said = False
        self._children: list[Child] = []
        self._prepared: list[Child] = []  # of the sample, while it is being opened
        self._home = plan.settings.home
        self._state = State("starting")
        self._holds_sample = False

    def run(self) -> int:
        """Keeps everything running; the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        looked_at = time.monotonic()
        try:
            if self._plan.sample_first:
                self._open_sample("asked")
            else:
                self._open_real(looking=self._plan.looking)
            while not self._stopping:
                for child in self._children:
                    child.tend()
                self._announce()
                self._look_at_starters()
                self._obey()
                if time.monotonic() - looked_at > DATABASE_SECONDS:
                    looked_at = time.monotonic()
                    self._tend_database()
                time.sleep(WATCH_SECONDS)
        finally:
            tell("stopping …")
            self._children += self._prepared
            self._end_children()
            if self._holds_sample:
                embedded.release(self._sample_home)
        return 0

    @property
    def _sample_home(self) -> Path:
        return self._plan.settings.home / SAMPLE_FOLDER

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _open_real(self, *, looking: bool) -> None:
        own = {**os.environ, "NEWSREEL_PORT": str(self._plan.port)}
        others = [Child("worker", ["newsreel", "worker"], own)]
        if looking:
            tell("a first start: looking whether the starter feeds answer …")
            others.append(Child("starters", ["newsreel", "starters"], own, once=True))
        portal = self._portal(own)
        self._end_all_but_the_portal()
        self._become(self._plan.settings.home, State("looking" if looking else "running"))
        self._change_children(portal, others)

    def _open_sample(self, because: str) -> None:
        home = self._sample_home
        tell("opening the sample press (fictional outlets, in a data folder of its own) …")
        mark_sample(home)
        if self._children:
            self._say(State("opening"))
        embedded.ensure_server(home)
        self._holds_sample = True
        port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSREEL_")}
        named = {name: os.environ[name] for name in SAMPLE_KEEPS if name in os.environ}
        own = kept | named | SAMPLE_CRAWL | {
            "NEWSREEL_HOME": str(home),
            "NEWSREEL_PORT": str(self._plan.port),
            "NEWSREEL_PROXY": f"http://127.0.0.1:{port}",
        }  # fmt: skip
        press = ["newsreel.sample.server", "--port", str(port), "--drip", DRIP_SECONDS]
        others = [
            Child("sample press", press, kept),
            Child("sample", ["newsreel", "starters", "--sample"], own, once=True),
            Child("worker", ["newsreel", "worker"], own),
        ]
        portal = self._portal(own)
        if self._children:
            self._prepare(others)
            if self._stopping:
                return
        self._end_all_but_the_portal()
        self._become(home, State("sample", because, leave=self._plan.archive is not None))
        self._change_children(portal, others)

    def _portal(self, own: dict[str, str]) -> Child:
        """A portal. Where one runs already the next loads beside it, and takes its port in the moment that it ends."""
        if not self._children:
            return Child("portal", ["newsreel", "web"], own)
        portal = Child("portal", ["newsreel", "web", "--takeover"], own)
        portal.tend()
        self._prepared = [portal]
        return portal

    def _prepare(self, others: list[Child]) -> None:
        """Runs what needs no port until its single task is done, while what ran before still answers readers."""
        deadline = time.monotonic() + PREPARE_SECONDS
        self._prepared += others
        while not self._stopping and time.monotonic() < deadline:
            for child in (*self._prepared, *self._children):
                child.tend()
            if all(child.exit_code is not None for child in others if child.once):
                return
            time.sleep(WATCH_SECONDS)

    def _become(self, home: Path, state: State) -> None:
        """From here on ``home`` is what is shown; what was asked for in it before is of no meaning any more."""
        self._home = home
        take_requests(home)
        self._say(state)

    def _change_children(self, portal: Child, others: list[Child]) -> None:
        """The last step of a change: one portal ends, the next takes its port."""
        self._end_children()
        self._children, self._prepared = [portal, *others], []

    def _say(self, state: State) -> None:
        self._state = state
        write_state(self._home, state)

    def _announce(self) -> None:
        if not self._said and _answers(self._plan.settings):
            self._said = True
            tell(f"{self._plan.settings.name} is at {self._plan.settings.address}")

    def _look_at_starters(self) -> None:
        """Whether the starter feeds have answered: without any there is no network, and the sample is shown."""
        if self._state.phase != "looking":
            return
        code = next((child.exit_code for child in self._children if child.once), None)
        if code is None:
            return
        if code != NO_NETWORK:
            self._say(State("running"))
            return
        self._say(State("no_network"))
        if self._plan.settings.sample == "never":
            tell("no starter feed answers: there is no network. Sources can be added all the same.")
            return
        tell("no starter feed answers: there is no network, so here is the sample.")
        self._change(lambda: self._open_sample("no_network"))

    def _obey(self) -> None:
        for wish in take_requests(self._home):
            if wish == "open_sample" and self._state.phase != "sample":
                self._change(lambda: self._open_sample("asked"))
            elif wish == "leave_sample" and self._state.phase == "sample" and self._plan.archive is not None:
                tell("leaving the sample.")
                self._change(lambda: self._open_real(looking=False))

    def _change(self, opening: Callable[[], None]) -> None:
        """Starts something else in the place of what runs, which goes on where that cannot be. The sample's database
        ends with the sample.
        """
        left, before = self._holds_sample, self._state
        try:
            opening()
        except (NewsreelError, OSError) as error:
            reason = (
                error.reason if isinstance(error, NewsreelError) else f"The sample cannot be opened: {error.strerror}."
            )
            tell(reason, fault=True)
            _end(self._prepared)
            self._prepared = []
            self._say(before)
            return
        self._said = False
        if left:
            embedded.release(self._sample_home)
            self._holds_sample = False

    def _tend_database(self) -> None:
        try:
            if self._holds_sample:
                embedded.revive(self._sample_home)
            if self._plan.archive is not None:
                self._plan.archive.recover()
        except NewsreelError as error:
            tell(error.reason, fault=True)

    def _end_all_but_the_portal(self) -> None:
        """A worker may have to come to the end of something: readers do not wait for that."""
        _end([child for child in self._children if child.name != "portal"])
        self._children = [child for child in self._children if child.name == "portal"]

    def _end_children(self) -> None:
        _end(self._children)
        self._children = []


def _end(children: list[Child]) -> None:
    for child in children:
        child.stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait(deadline)


def _answers(chosen: Settings) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        address = f"http://{own_address(chosen.listen)}:{chosen.port}/healthz"
        question = urllib.request.Request(address, headers={"Host": "localhost"})  # one of the names that are answered
        with direct.open(question, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
