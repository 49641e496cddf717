"""Exit statuses, as the shell sees them."""

from __future__ import annotations

DONE = 0
"""Also when the run diverged: that is a result."""
FAILED = 1
WRONG = 2
"""Wrong usage or bad input."""
HUNG_UP = 129
"""The terminal went (SIGHUP). Results up to then have been written to the streams that are left."""
INTERRUPTED = 130
"""Ended by Ctrl+C or SIGTERM. Results up to then have been written. The number is the shell's custom."""
