"""Lets the tests of the engine import `given` and the reference cases, and lets Hypothesis run the same everywhere."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent / "reference"))

settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")
