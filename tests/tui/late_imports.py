"""Prints the modules that are imported after the first picture, while a person opens everything there is to open."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))

from fake_run import CATALOGUE, open_fake

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.tui.app import TrainerApp

OF_THE_TEST = ("textual.pilot", "textual.drivers.headless_driver")


async def main() -> None:
    """Press the keys that open screens, and some that do not."""
    app = TrainerApp(open_fake, CATALOGUE, OpenRequest(preset="lr just right", paused=True))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        while "tui_trainer.tui.preloaded" not in sys.modules:
            await pilot.pause(0.01)
        known = set(sys.modules)
        for keys in ("?", "d", "l", "enter x enter", "ctrl+p e", "t 1 z U"):
            await pilot.press(*keys.split())
            await pilot.pause(0.05)
            while len(app.screen_stack) > 1:
                await app.pop_screen()
    print(*sorted(set(sys.modules) - known - set(OF_THE_TEST)))


asyncio.run(main())
