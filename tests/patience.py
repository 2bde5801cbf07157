"""How long a test waits for something that takes no time: bounds on the wall's clock, made wide where the machine is busy."""

from __future__ import annotations

import os


def patience(seconds: float) -> float:
    """So many seconds of a quiet machine: where others keep its processors busy, their share more, and half again.

    What a test computes itself is measured by `time.process_time()` instead, which others do not lengthen.
    """
    return seconds * max(1.0, 1.5 * os.getloadavg()[0] / (os.cpu_count() or 1))
