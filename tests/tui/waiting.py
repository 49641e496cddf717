"""Waiting in an app's own loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from patience import PATIENCE
from textual.pilot import Pilot


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        shown = pilot.app.text() if hasattr(pilot.app, "text") else ""
        assert time.monotonic() < end, f"the condition never held:\n{shown}"
        await asyncio.sleep(0.005)
