"""The quality of keywords and topics, as their own programs state it: python -m benchmarks.quality"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.ground import SHARED, need
from benchmarks.report import write_section

FOLDER = Path(__file__).resolve().parent
TITLES = {
    "memory": "What a site's memory gains, loses and costs",
    "keywords": "Quality of keywords",
    "topics": "Quality of topics",
}


def main() -> None:
    need(SHARED)
    for name, title in TITLES.items():
        program = FOLDER / f"{name}.py"
        if not program.exists():
            continue
        done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"benchmarks/{name}.py ended with {done.returncode}: {done.stderr[-2000:]}")
        write_section(name, f"{title} (`python benchmarks/{name}.py`)", f"```\n{done.stdout.strip()}\n```")


if __name__ == "__main__":
    main()
