"""The exit statuses of the program."""

from __future__ import annotations

DONE = 0
"""Also for a diverged run, which is a result."""
FAILED = 1
WRONG = 2
"""Wrong usage or bad input."""
NOT_MET = 5
"""A task of a lesson was not met."""
HUNG_UP = 129
"""The terminal was closed (SIGHUP). Results so far have been written to the remaining streams."""
TERMINATED = 143
"""The screen was ended by SIGTERM. The number is a convention of shells."""
INTERRUPTED = 130
"""Ended by Ctrl+C or SIGTERM. Results so far have been written. The number is a convention of shells."""
