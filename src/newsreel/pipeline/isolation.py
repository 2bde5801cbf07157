"""Reading foreign bytes in children that can be killed: a hostile page costs a deadline, never the crawler.

What a child answers is unpickled with an allowlist of our own types, so that even a child that was taken over can
only hand us data.
"""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from newsreel.core.errors import Permanent
from newsreel.pipeline.child import FUNCTIONS, HEADER

DEADLINE = 20.0  # seconds; a median page takes some 20 ms
DEADLINES = 6  # at most, for a child that waits for the processor or the disk
MAX_ANSWER = 128 * 1024**2
_ALLOWED = frozenset(
    {
        ("newsreel.core.types", name)
        for name in ("Article", "Block", "Entry", "Feed", "Offer", "Sitemap", "Enrichment", "Keyword", "Topic")
    }
    | {("newsreel.extraction.explaining", name) for name in ("Explanation", "Piece")}
    | {("newsreel.discovery.autodiscovery", "FeedLink")}
    | {("datetime", name) for name in ("datetime", "timezone", "timedelta")}
)


class Readers:
    """A few children, used in turn. An async context manager; belongs to one event loop. ``processor`` says of a process
    what ``_processor`` does.
    """

    def __init__(
        self,
        count: int = 2,
        deadline: float = DEADLINE,
        processor: Callable[[int], tuple[str, float]] | None = None,
    ) -> None:
        self._deadline, self._processor = deadline, processor or _processor
        self._free: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(count):
            self._free.put_nowait(None)  # started when first needed
        self._running: set[asyncio.subprocess.Process] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in list(self._running):
            await self._end(process)

    async def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        """The value of a function of FUNCTIONS. Permanent 'reader_hung', 'reader_crashed' or 'reader_failed' otherwise."""
        if name not in FUNCTIONS:
            raise ValueError(f"{name} is not a function of the child")
        process = await self._free.get()
        try:
            if process is None or process.returncode is not None:
                process = await self._start()
            try:
                ok, value = await self._in_time(process, self._ask(process, name, arguments, options))
            except TimeoutError:
                await self._end(process)
                raise Permanent(
                    "reader_hung", f"Reading took longer than {self._deadline:.0f} seconds and was ended."
                ) from None
            except (OSError, EOFError, asyncio.IncompleteReadError, pickle.UnpicklingError):
                await self._end(process)
                raise Permanent("reader_crashed", "The reader of foreign bytes crashed over this input.") from None
            except BaseException:
                await self._end(process)
                raise
        finally:
            self._free.put_nowait(process if process is not None and process.returncode is None else None)
        if not ok:
            reason = "needed too much memory" if value == "memory" else "failed"
            raise Permanent("reader_failed", f"Reading this input {reason}.")
        return value

    async def _in_time(self, process: asyncio.subprocess.Process, answer: Coroutine[Any, Any, Any]) -> Any:
        """An answer within the deadline; within some more of them while the child has had less time of the processor than
        one, and waits for it: on a machine that has too much to do, a page would else be lost for ever.
        """
        asking = asyncio.ensure_future(answer)
        before = self._processor(process.pid)[1]
        try:
            for _ in range(DEADLINES):
                done, _ = await asyncio.wait({asking}, timeout=self._deadline)
                if done:
                    return asking.result()
                state, used = self._processor(process.pid)
                if state not in ("R", "D") or used - before >= 0.9 * self._deadline:
                    break
            raise TimeoutError
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(
        self, process: asyncio.subprocess.Process, name: str, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if process.stdin is None or process.stdout is None:
            raise EOFError
        request = pickle.dumps((name, arguments, options, DEADLINES * self._deadline))
        process.stdin.write(HEADER.pack(len(request)))
        process.stdin.write(request)
        await process.stdin.drain()
        length = HEADER.unpack(await process.stdout.readexactly(HEADER.size))[0]
        if length > MAX_ANSWER:
            raise EOFError
        return _OurTypes(io.BytesIO(await process.stdout.readexactly(length))).load()

    async def _start(self) -> asyncio.subprocess.Process:
        # No setting, password or proxy of ours reaches the child.
        environment = {
            key: value
            for key, value in os.environ.items()
            if key in ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV")
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "newsreel.pipeline.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
        )
        self._running.add(process)
        return process

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._running.discard(process)
        if process.returncode is None:
            process.kill()
        await process.wait()
        transport = getattr(process, "_transport", None)
        if transport is not None:
            transport.close()


def _processor(pid: int) -> tuple[str, float]:
    """A process's state ('R' would run, 'D' waits for a disk) and the seconds of processor time it had; ('', 0) where
    the system does not say.
    """
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0.0
    return words[0], (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class _OurTypes(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Only the shapes that news has in our house."""
        # Names are compared whole: a dotted one would reach through a class to all of Python.
        if (module, name) in _ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError("not one of our types")
