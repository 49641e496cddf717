"""A run at a moment, as the export command hands it to a format."""

from __future__ import annotations

from functools import cache, partial

from msgspec import structs

from tui_trainer.cli.screenshot import Screen, film, screenshot
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.exports import Source
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry.commands import StepIterations

LIGHT = Screen(100, 30, make_theme("light", ColourDepth.TRUECOLOR))
PLAIN = Screen(100, 30, make_theme("light", ColourDepth.NONE))


@cache
def driver_of(title: str, iterations: int) -> Scheduler:
    driver = Scheduler(Control(find(title).experiments(), paused=True))
    driver.control.request = structs.replace(driver.control.request, whole=True)
    driver.obey(StepIterations(iterations))
    return driver


def source_of(title: str, iterations: int) -> Source:
    driver = driver_of(title, iterations)
    return Source(
        snapshot=driver.snapshot(),
        draw=lambda colours: screenshot(driver, LIGHT if colours else PLAIN),
        film=partial(film, find(title).experiments(), (), iterations, LIGHT),
    )
