"""Lets the tests of this folder import the helpers that stand here, and lets them wait for conditions alone."""

import asyncio
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

TURNS = 50
"""Turns of the event loop after a key: more than the messages take that follow one another from it."""


@pytest.fixture(autouse=True)
def no_waiting_for_idleness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits after every key until the process uses no processor for a fiftieth of a second. That is
    slow, and on a busy machine a second."""

    async def some_turns(*seconds: float) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", some_turns)
