"""An article's page as it was recorded, read once more for editors: what became of each of its pieces."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from newsreel.archive.shown import Recorded
from newsreel.archive.snapshots import SnapshotStore
from newsreel.core.errors import Temporary
from newsreel.extraction import Explanation
from newsreel.pipeline.isolation import DEADLINE, Readers
from newsreel.sources import rule_for

AT_ONCE = 2  # children of one web process: each holds one of its few threads
TURN_SECONDS = 5.0
_turns = threading.BoundedSemaphore(AT_ONCE)


def explain_recorded(recorded: Recorded, evidence: Path, *, deadline: float = DEADLINE) -> Explanation:
    """What extraction makes of a recorded page now. ``evidence``: the folder of the records; ``deadline`` in seconds. For a
    thread without an event loop. Misconfigured 'snapshot_missing' or 'snapshot_damaged', Permanent 'reader_hung',
    'reader_crashed' or 'reader_failed', Temporary 'explaining_busy' where there is no turn in time.
    """
    body = SnapshotStore(evidence).read(recorded.record)
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise Temporary("explaining_busy", "Too many recorded pages are being read at once.")
    try:
        return asyncio.run(_explain(body, recorded, deadline))
    finally:
        _turns.release()


async def _explain(body: bytes, recorded: Recorded, deadline: float) -> Explanation:
    rule = rule_for(recorded.url)
    async with Readers(count=1, deadline=deadline) as readers:
        found: Explanation = await readers.call(
            "explain", body, recorded.url, content_type=recorded.content_type or None, rule=rule
        )
    return found
