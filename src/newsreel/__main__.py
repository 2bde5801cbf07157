"""``python -m newsreel``."""

import sys

from newsreel.cli import main

sys.exit(main())
