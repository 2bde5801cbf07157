"""``python -m newsreel.cli.attended PID MODULE …``: runs a module as ``python -m MODULE …`` does, and ends it when the
process PID, which started it, is gone.
"""

from __future__ import annotations

import runpy
import sys

from newsreel.cli.guarding import stop_with_parent

if __name__ == "__main__":
    stop_with_parent(int(sys.argv[1]))
    del sys.argv[:2]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
