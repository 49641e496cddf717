"""Prints the modules that are imported after the app is made, while a person opens everything there is to open."""

from __future__ import annotations

import asyncio
import sys

from fake_run import CATALOGUE, open_fake

from tui_trainer.tui.app import TrainerApp
from tui_trainer.tui.catalogue import OpenRequest

OF_THE_TEST = ("textual.pilot", "textual.drivers.headless_driver")


async def main() -> None:
    """Press the keys that open screens, and some that do not."""
    app = TrainerApp(open_fake, CATALOGUE, OpenRequest(preset="lr just right", paused=True))
    known = set(sys.modules)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for keys in ("?", "l", "enter x enter", "ctrl+p e", "t 1 z U"):
            await pilot.press(*keys.split())
            await pilot.pause(0.05)
            while len(app.screen_stack) > 1:
                await app.pop_screen()
    print(*sorted(set(sys.modules) - known - set(OF_THE_TEST)))


asyncio.run(main())
