"""``python wrong_clock.py FILE COMMAND …``: newsreel with a clock that is wrong by the seconds that FILE says at the moment.

A machine's clock that is set while a program runs: time.time() alone moves, time.monotonic() does not.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

_right = time.time
_file = Path(sys.argv.pop(1))


def _wrong() -> float:
    return _right() + float(_file.read_text() or 0)


time.time = _wrong

if __name__ == "__main__":
    from newsreel.cli import main

    sys.exit(main())
