"""How long a test waits for what must come."""

from __future__ import annotations

PATIENCE = 60.0
"""Seconds after which a test gives up: far above what anything takes on a machine that is busy with other work."""
