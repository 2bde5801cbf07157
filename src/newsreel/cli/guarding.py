"""Processes that belong together."""

from __future__ import annotations

import os
import signal
import threading
import time


def stop_with_parent() -> None:
    """Ends this process, in order, when the one that started it is gone: a supervisor that was killed cannot say so."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(20)
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
