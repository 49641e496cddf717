"""Lets the tests of the screen, and the programs they start on a terminal, import `fake_run`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
