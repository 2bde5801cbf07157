"""Who listens to the live stream, and what they are told. All of it runs on the event loop's thread."""

from __future__ import annotations

import asyncio
from collections import deque

from newsreel.archive.changes import Position
from newsreel.portal.follower import Event, frame
from newsreel.portal.passes import Pass

STREAMS = 500  # open at once in one process; a browser has one for all its tabs
QUEUE = 100  # batches that wait for a slow reader before the reader is dropped; all readers share their bytes
KEPT = 1000  # events kept for those who come back: 0.5 kB each


class Listener:
    """One open stream: first what was missed, then the queue. None in the queue ends it. ``holder`` is the session that it
    was opened with.
    """

    def __init__(self, missed: list[bytes], holder: Pass | None = None) -> None:
        self.missed = missed
        self.holder = holder
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)
        self.dropped = asyncio.Event()

    def tell(self, text: bytes | None) -> None:
        """Adds to the queue; a reader whose queue is full is dropped, and comes back from where it is."""
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            self.dropped.set()

    def end(self) -> None:
        """Ends the stream after what is queued."""
        self.tell(None)


class Hub:
    """The last events, and everyone who listens."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.position: Position | None = None  # None until the log has been read for the first time
        self._floor = Position(0, 0)  # everything after it is kept
        self._kept: deque[Event] = deque()

    def begin(self, start: Position, end: Position, events: list[Event]) -> None:
        """The end of the log as the follower found it."""
        self._floor = start
        self.position = end
        self._keep(events)

    def publish(self, end: Position, events: list[Event]) -> None:
        """Tells everyone."""
        self._keep(events)
        self.position = end
        if events:
            text = b"".join(event.frame for event in events)
            for listener in tuple(self.listeners):
                listener.tell(text)

    def listen(self, after: Position | None, holder: Pass | None = None) -> Listener:
        """A new listener, who knows everything up to ``after`` (None: up to now). Only once there is a position."""
        assert self.position is not None
        listener = Listener(self._missed(after, self.position), holder)
        self.listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """The stream is closed."""
        self.listeners.discard(listener)

    def end(self) -> None:
        """Ends all streams."""
        for listener in tuple(self.listeners):
            listener.end()

    def _missed(self, after: Position | None, now: Position) -> list[bytes]:
        if after is None:
            return [frame("hello", "1", now)]
        if after < self._floor:
            # Too far behind to be told one by one: the page is to be read anew.
            return [frame("reload", "1", now)]
        return [event.frame for event in self._kept if event.position > after]

    def _keep(self, events: list[Event]) -> None:
        self._kept.extend(events)
        while len(self._kept) > KEPT:
            self._floor = self._kept.popleft().position
