"""Exit statuses, as the shell sees them."""

from __future__ import annotations

DONE = 0
"""Also when the run diverged: that is a result."""
FAILED = 1
WRONG = 2
"""Wrong usage or bad input."""
HUNG_UP = 129
"""The terminal went (SIGHUP); what was there by then has been told, to whom there still is."""
INTERRUPTED = 130
"""Ended by Ctrl+C or SIGTERM; what was there by then has been told. The number is the shell's custom."""
