"""Lets the tests of this folder import `drawn_curves` and `key_acts`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
