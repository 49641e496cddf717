"""Lets the tests of this folder import `drawn_curves`, `key_acts` and `panel_text`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
